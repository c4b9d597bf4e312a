"""`census rules`: which rules a survey has, what each says, and whether its examples hold; parse, one call, print."""

from __future__ import annotations

import sys
from typing import Annotated, Literal, Optional

import typer

from census_cli.cli.console import progress, say
from census_cli.cli.exits import Exit
from census_cli.cli.stopping import opened
from census_cli.i18n import tr

Format = Literal["table", "json"]


def commands() -> typer.Typer:
    """The four commands."""
    app = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help=tr("The rules of a survey: what is held against the data.")
    )
    app.command("list", help=tr("List the rules of a survey."))(list_rules)
    app.command("show", help=tr("Show a rule: what it says and why, what to ask, its source, its examples, its SQL."))(show_rule)
    app.command("test", help=tr("Run the examples of rules and name those that do not hold."))(run_examples_of)
    app.command("new", help=tr("Write the sketch of a rule file, with every place to fill in; nothing is overwritten."))(new_rule)
    return app


def new_rule(
    rule: Annotated[str, typer.Argument(help=tr("The id of the new rule, as S28 or S28b; it continues its series."), show_default=False)],
    table: Annotated[Optional[str], typer.Option(help=tr("The table whose rows it judges."), show_default=False)] = None,
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Write the sketch and say where it is."""
    from census_cli.i18n import set_language
    from census_cli.sketching import sketch_rule

    set_language(lang)
    path = sketch_rule(survey, rule, table)
    say(tr("written: {path}", path=path))
    say(tr("replace every TODO in it, then: census rules test {rule}", rule=rule))


def list_rules(
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
    format: Annotated[Format, typer.Option(help=tr("How to print: a table for people, or json."))] = "table",
) -> None:  # fmt: skip
    """Print the list of rules."""
    from census_cli.expr.bind import sound_survey
    from census_cli.i18n import set_language
    from census_cli.report.rules import write_list

    set_language(lang)
    write_list(sound_survey(survey), sys.stdout, format)


def show_rule(
    rule: Annotated[str, typer.Argument(help=tr("The id of a rule, as the list has it."), show_default=False)],
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    profile: Annotated[Optional[str], typer.Option(help=tr("The profile of parameters."), show_default=tr("the first that has the rule"))] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Print one rule."""
    from census_cli.i18n import set_language
    from census_cli.opening import open_survey
    from census_cli.report.rules import write_rule
    from census_cli.rules import at_home, chosen, sql_of

    set_language(lang)
    if profile:
        bound = open_survey(survey, profile)
        (held,) = chosen(bound, [rule])
    else:
        ((bound, (held,)),) = at_home(survey, [rule])
    write_rule(held.model, bound.tables[held.model.table].model, sql_of(bound, held), sys.stdout)


def run_examples_of(
    rules: Annotated[Optional[list[str]], typer.Argument(help=tr("What to test: rules by id, decision tables by name, as housing, or lists; all without any."), show_default=False)] = None,
    survey: Annotated[str, typer.Option(help=tr("The survey: its id, or a folder that holds survey.yaml."))] = "registered-households",
    profile: Annotated[Optional[str], typer.Option(help=tr("The profile of parameters."), show_default=tr("the first that has the rule"))] = None,
    lang: Annotated[Optional[Literal["zh", "en"]], typer.Option(help=tr("The language of the output."), show_default=tr("that of the system"))] = None,
) -> None:  # fmt: skip
    """Run the examples; a rule whose examples do not hold is unusable."""
    from census_cli.examples import run_examples, run_list_examples, run_table_examples
    from census_cli.i18n import set_language
    from census_cli.opening import open_survey
    from census_cli.report.rules import write_results
    from census_cli.rules import among, at_home, chosen
    from census_cli.sql.plan import vocabulary

    set_language(lang)
    under = open_survey(survey, profile)
    named, tables, lists = among(under, rules or [])
    held = [(under, chosen(under, named))] if profile else at_home(survey, named)
    held = held if named or not rules else []
    with opened("duckdb") as engine:
        engine.teach(vocabulary(under))
        with progress(tr("testing")):
            results = [result for bound, of in held for result in run_examples(engine, bound, of)]
            results += run_table_examples(engine, under, tables) if tables else []
            results += run_list_examples(engine, under) if lists else []
    write_results(results, sys.stdout)
    raise typer.Exit(Exit.CLEAN if all(r.holds for r in results) else Exit.UNUSABLE)
