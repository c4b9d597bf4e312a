"""Whatever is put to the parser, it gives a tree or says ExpressionError."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from census_cli.expr.bound import TableScope
from census_cli.expr.parse import ExpressionError, parse
from census_cli.expr.resolve import Resolver


def words(text: str) -> list[str]:
    return text.split()


LANGUAGE = words("""
    and or not is null true false in between case when then else end ( ) , + - * / % = <> != < <= > >= date 1 0 2020 1.5
    'male' 'a' '' age score sex name birth_date present health relation household.members person.score person.present
    "score" $age_max $near $poverty_line $poverty_line[ $nope [ ] count_if( count( sum( min( max( coalesce( age( abs( has(
    left( length( matches( year( region( attribute( id_valid( id_birth(
""")
NOISE = words("""
    ; : :: -> => := == || // ** ^ & | ~ << >> @ # ? $ { } " ' ` \\ -- /* */ !! ?? 1e5 .5 0x1 1_0 e'a' b'1' x'1' $$ :v ?1 ０
    （ ） ， “ ” 中文 🙂 select from where group by order limit union exists any all some distinct as cast( try_cast( int
    timestamp '2020-01-01' interval over partition filter within lambda struct row unnest( values with recursive read_csv(
    getenv( like ilike similar escape collate at time zone extract( substring( trim( array[ map{ create drop table insert
    into set pragma attach copy explain describe show call load install use begin grant merge pivot unpivot qualify sample
    using tablesample join lateral grouping sets cube ignore nulls respect default current_date isnull notnull unknown
    var_map( mod( ifnull( substr( if( iff( next value for replace exclude rename columns( * .* \x00 \x7f \u200b
""")
WIDE = ["\u3000", "\u00a0"]


def texts(tokens: list[str]) -> st.SearchStrategy[str]:
    """A few tokens, put together with and without spaces."""
    pairs = st.tuples(st.sampled_from(tokens), st.sampled_from([" ", " ", "", "\n"]))
    return st.lists(pairs, max_size=10).map(lambda drawn: "".join(token + gap for token, gap in drawn))


def read(text: str, scope: TableScope | None = None) -> str:
    """What comes of a text: the kind of its value, or why it is refused."""
    try:
        tree = parse(text)
        return str(Resolver(scope).resolve(tree).kind) if scope else repr(tree)
    except ExpressionError as error:
        return str(error)


@given(text=texts([*LANGUAGE, *NOISE, *WIDE]))
@settings(max_examples=300, deadline=None)
def test_any_words_are_parsed_or_refused(text):
    assert read(text)


@given(text=texts(LANGUAGE))
@settings(max_examples=300, deadline=None)
def test_any_words_of_the_language_are_resolved_or_refused(sampler, text):
    assert read(text, TableScope(sampler, sampler.tables["person"]))
