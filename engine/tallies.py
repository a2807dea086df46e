"""Running totals recomputed from what moved: for a list that is saved anew, and for a night explained long after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from ledger.days import Per, period_start
from rules.compile import TallyKey
from rules.document import Rule
from rules.shapes import FAR_PAST, PERIODS


@dataclass(frozen=True, slots=True)
class Move:
    """What one rule moved on one night, with the rule as its list version had it.

    `amount` is without what was voided or returned since; the rule moved on that day all the same.
    """

    day: int
    rule: Rule
    amount: int


def tallies_on(day: int, keys: Sequence[TallyKey], moves: Iterable[Move]) -> list[tuple[int, int]]:
    """(since, used) of each tally on `day`, from every move before that night (rules.md 1).

    A counter sums the moves of every rule that named it when it moved, each once; a rule's own tallies sum the rule's.
    The day a rule last moved, for its cool-down, stays whatever became of the money.
    """
    past = list(moves)
    return [_tally(day, key, past) for key in keys]


def _tally(day: int, key: TallyKey, moves: Sequence[Move]) -> tuple[int, int]:
    if key.per == PERIODS[0]:
        own = [move for move in moves if move.rule.id == key.rule]
        return max((move.day for move in own), default=FAR_PAST), sum(move.amount for move in own)
    start = period_start(day, cast("Per", key.per))
    return start, sum(move.amount for move in moves if move.day >= start and _counts(key, move.rule))


def _counts(key: TallyKey, rule: Rule) -> bool:
    if key.counter:
        return any(cap.counter == key.counter for cap in rule.caps)
    return rule.id == key.rule
