"""The one primitive the generators draw with, and the pools they draw from.

A `Pick` answers a whole number in 0..n-1. A quick one asks `random.Random`, a shrinking one asks hypothesis; 0 is
always the plainest choice, so that hypothesis shrinks towards plain cases.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TypeAlias, TypeVar

Pick: TypeAlias = Callable[[int], int]
Document: TypeAlias = dict[str, object]
T = TypeVar("T")

HIGHEST = 10**15
_BASES = (100, 2_500, 10_000, 33_333, 100_000, 150_000, 500_000)
AMOUNTS = (
    *(100_000, 10_000, 100, 2_500, 33_333, 150_000, 500_000, 1),
    *(base + cent for base in _BASES for cent in (-1, 1)),
)
"""Positive amounts in cents, few, each with its neighbours, so that equalities happen often."""
BOUNDARIES = (HIGHEST, HIGHEST - 1)


def choose(pick: Pick, options: Sequence[T]) -> T:
    """One of the options, the first being the plainest."""
    return options[pick(len(options))]


def sometimes(pick: Pick, one_in: int) -> bool:
    """True once in so many draws."""
    return pick(one_in) == one_in - 1


def distinct(pick: Pick, options: Sequence[T], most: int) -> list[T]:
    """One to `most` different options, in any order; at least one option is needed."""
    left = list(options)
    return [left.pop(pick(len(left))) for _ in range(1 + pick(min(most, len(left))))]


def text(cents: int) -> str:
    """Cents as a decimal string; half of the whole amounts without decimals, as people write them."""
    if cents < 0:
        return f"-{text(-cents)}"
    if cents % 200 == 100:
        return str(cents // 100)
    return f"{cents // 100}.{cents % 100:02d}"


def amount(pick: Pick) -> int:
    """A positive amount in cents, once in a hundred at the edge of what may be held."""
    return choose(pick, BOUNDARIES) if sometimes(pick, 100) else choose(pick, AMOUNTS)


def modest(pick: Pick) -> int:
    """A positive amount in cents, never at the edge."""
    return choose(pick, AMOUNTS)


def percent(bp: int) -> str:
    """Basis points as a percent string without needless zeros."""
    if bp % 100 == 0:
        return f"{bp // 100}%"
    return f"{bp // 100}.{bp % 100:02d}%"


def signed_percent(bp: int) -> str:
    """The same of either sign."""
    return f"-{percent(-bp)}" if bp < 0 else percent(bp)


def day(on: date, offset: int) -> str:
    """The date so many days after `on`, as text."""
    return (on + timedelta(days=offset)).isoformat()
