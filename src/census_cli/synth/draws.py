"""Chance without a state: every draw is a function of the seed, a row's number and the draw's name, as SQL macros.

Only whole-number arithmetic is used, so that the same options give the same survey in every version, thread and chunk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from fractions import Fraction

from census_cli.sql.words import string
from census_cli.synth.models import Amounts, Numbers, Shares

_RANGE = 1 << 32
_MASK = f"{_RANGE - 1}::UBIGINT"


def macros(numbers: Numbers, seed: int) -> Iterator[str]:
    """The macros of a recipe.  `luck` is a column that a step makes of a row's number, once; every draw of the row starts from it:

    - `luck(number)`: the luck of a row, a whole number below 2³²;
    - `draw(luck, 'name')`: a whole number below 2³², its leading digits as good as independent of other draws;
    - `chance(luck, 'name', share)`: true for that share, between 0 and 1, of the rows;
    - `within(luck, 'name', low, high)`: a whole number, both ends included;
    - `one_of(luck, 'name', [a, b])`: one of a list, all alike likely;
    - `share_<name>(luck)` and `amount_<name>(luck)`: by the distributions of the recipe.
    """
    # Far apart for neighbouring seeds, which otherwise would give the same households a place further on.
    start = int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:4])
    yield _macro("mix_a(x)", f"(xor(x, x >> 16) * 569420461::UBIGINT) & {_MASK}")
    yield _macro("mix_b(x)", f"(xor(x, x >> 15) * 1935289751::UBIGINT) & {_MASK}")
    yield _macro("mix_c(x)", "xor(x, x >> 15)")
    yield _macro(
        "luck(number)", f"mix_c(mix_b(mix_a(((number::UBIGINT * 2654435769::UBIGINT & {_MASK}) + {start}::UBIGINT) & {_MASK})))"
    )
    # One odd factor and one mask for each name; below 2³² · 2³¹ nothing overflows.
    factor = f"((md5_number_lower(name) & {(_RANGE >> 1) - 1}::UHUGEINT) | 1::UHUGEINT)::UBIGINT"
    mask = f"(md5_number_upper(name) & {_RANGE - 1}::UHUGEINT)::UBIGINT"
    yield _macro("draw(luck, name)", f"xor(luck, {mask}) * {factor} & {_MASK}")
    yield _macro("chance(luck, name, share)", f"draw(luck, name) < (share * {_RANGE})::UBIGINT")
    yield _macro("within(luck, name, low, high)", "low + (draw(luck, name) * (high - low + 1)::UBIGINT >> 32)::BIGINT")
    yield _macro("one_of(luck, name, items)", "items[1 + (draw(luck, name) * len(items)::UBIGINT >> 32)::BIGINT]")
    for name, shares in numbers.shares.items():
        yield _macro(f"share_{name}(luck)", _shares(name, shares))
    for name, amounts in numbers.amounts.items():
        yield _macro(f"amount_{name}(luck)", _amounts(name, amounts))


def _macro(head: str, body: str) -> str:
    return f"CREATE OR REPLACE MACRO {head} AS ({body})"


def _shares(name: str, shares: Shares) -> str:
    whole = sum(map(Fraction, shares.of.values()))
    reached = Fraction(0)
    cases = []
    for answer, part in shares.of.items():
        reached += Fraction(part) / whole
        cases.append(f"WHEN draw(luck, {string(name)}) < {round(reached * _RANGE)} THEN {string(answer)}")
    return f"CASE {' '.join(cases)} END"


def _amounts(name: str, amounts: Amounts) -> str:
    """Linear between two quantiles, in whole numbers."""
    steps = len(amounts.quantiles) - 1
    place = f"draw(luck, {string(name)})::BIGINT * {steps}"
    at, listed = f"({place} >> 32)", f"[{', '.join(map(str, amounts.quantiles))}]"
    return f"{listed}[1 + {at}] + (({listed}[2 + {at}] - {listed}[1 + {at}]) * (({place}) & {_RANGE - 1}) >> 32)"
