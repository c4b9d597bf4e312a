"""Conditions of XPath put together, with what follows from true and false worked out, so that forms stay readable."""

from __future__ import annotations

from collections.abc import Iterable

TRUE, FALSE = "true()", "false()"


def all_of(tests: Iterable[str]) -> str:
    """All of them hold; each is said once."""
    said = _parts(tests, "and", TRUE, FALSE)
    return _joined([_without(test, said) for test in said], "and", TRUE)


def any_of(tests: Iterable[str]) -> str:
    """One of them holds at least."""
    said = _parts(tests, "or", FALSE, TRUE)
    chains = [_chain(test, "and") for test in said]
    common = [part for part in chains[0] if all(part in chain for chain in chains[1:])] if len(chains) > 1 else []
    if not common:
        return _joined(said, "or", FALSE)
    return all_of([*common, any_of(all_of(part for part in chain if part not in common) for chain in chains)])


def negated(test: str) -> str:
    """It does not hold."""
    if test in (TRUE, FALSE):
        return FALSE if test == TRUE else TRUE
    if test.startswith("not(") and _closes_last(test[3:]):
        inner = test[4:-1]
        return f"({inner})" if any(len(parts(inner, word)) > 1 for word in ("and", "or")) else inner
    return f"not{test}" if test.startswith("(") and _closes_last(test) else f"not({test})"


def choice(test: str, then: str, other: str) -> str:
    """One value or the other."""
    if test in (TRUE, FALSE) or then == other:
        return other if test == FALSE else then
    return f"if({bare(test)}, {bare(then)}, {bare(other)})"


def either(test: str, then: str, other: str) -> str:
    """One condition or the other."""
    if then in (TRUE, FALSE) or other in (TRUE, FALSE):
        if then == other:
            return then
        if then in (TRUE, FALSE):
            return any_of([test, other]) if then == TRUE else all_of([negated(test), other])
        return any_of([negated(test), then]) if other == TRUE else all_of([test, then])
    return choice(test, then, other)


def bare(text: str) -> str:
    """Without the brackets around the whole."""
    return text[1:-1] if text.startswith("(") and _closes_last(text) else text


def quoted(text: str) -> str:
    """A text as XPath writes it, which knows no sign to escape a quote with."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    pieces = ', "\'", '.join(f"'{piece}'" for piece in text.split("'"))
    return f"concat({pieces})"


def parts(text: str, word: str) -> list[str]:
    """The conditions that a chain of `and` or `or` is made of."""
    found, depth, quote, start, mark = list[str](), 0, "", 0, f" {word} "
    for i, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif depth == 0 and i >= start and text.startswith(mark, i):
            found.append(text[start:i])
            start = i + len(mark)
    return [*found, text[start:]]


def _chain(test: str, word: str) -> list[str]:
    """What a chain of the word is made of; anything else is one part."""
    chain = parts(bare(test), word)
    return chain if bare(test) != test and len(chain) > 1 else [test]


def _parts(tests: Iterable[str], word: str, empty: str, settled: str) -> list[str]:
    """Each part once; one that settles all is alone."""
    found = [part for part in dict.fromkeys(p for test in tests for p in _chain(test, word)) if part != empty]
    return [settled] if settled in found else found


def _without(test: str, said: list[str]) -> str:
    """An alternative need not repeat what must hold anyway."""
    chains = [_chain(part, "and") for part in _chain(test, "or")]
    if len(chains) == 1:
        return test
    left = [[part for part in chain if part not in said] for chain in chains]
    return _joined([_joined(chain, "and", TRUE) for chain in left], "or", FALSE) if all(left) else TRUE


def _joined(found: list[str], word: str, empty: str) -> str:
    found = [test for test in dict.fromkeys(found) if test != empty]
    return empty if not found else found[0] if len(found) == 1 else f"({f' {word} '.join(found)})"


def _closes_last(text: str) -> bool:
    """Whether the first bracket is closed by the last sign."""
    depth, quote = 0, ""
    for i, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return i == len(text) - 1
    return False
