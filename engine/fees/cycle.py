"""The platform fee's cycle of each customer: when it ends, what its nights saw, and what it costs (ruling 30).

A cycle begins on the registration day's day of the month, for the 29th to the 31st on the 1st, and ends on the day
before the next begins. Each night samples settled cash and holdings less all that is owed. The night of a cycle's last
day decides it; where that night did not run, the next one does, and its own sample counts for its own cycle. Nights of
a cycle that is free because it ends soon after registration are not kept: how soon that is follows from the terms of
the registration day, so that nothing depends on them. What a cycle costs follows from the terms of its own last day.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from engine.fees.reasons import Waived
from ledger.accounts import Int64s

Flags = npt.NDArray[np.bool_]

NO_SAMPLE: Final = -(10**18)
"""Less than any sampled value: no night of the cycle has run."""

_COMMON_DAYS: Final = 28
"""Days that every month has."""


N = TypeVar("N", int, Int64s)


@dataclass(frozen=True, slots=True)
class FeeTerms(Generic[N]):
    """Dated configuration: the fee, the value that waives it (cents), and the days without one after registration.

    Of n customers, or the same of all. A fee of zero costs nothing and needs no reason.
    """

    fee: N
    waiver_value: N
    free_days: N


Terms = FeeTerms[int] | FeeTerms[Int64s]


@dataclass(frozen=True, slots=True)
class Cycles:
    """n customers: registration day, first day of the cycle that is running, and the most a night of it saw."""

    registered: Int64s
    start: Int64s
    best: Int64s


@dataclass(frozen=True, slots=True)
class Night:
    """What a night sees of n customers: its day, the sampled value, and who is exempt (0 or 1)."""

    day: int
    value: Int64s
    exempt: Int64s


@dataclass(frozen=True, slots=True)
class Bills:
    """Columns (n,): last day of the cycle decided, 0 where none was; cents charged for it; why nothing, as `Waived`."""

    ended: Int64s
    fee: Int64s
    waived: Int64s


@dataclass(frozen=True, slots=True)
class Billed:
    """What a night decides: cycles that ended before it and were not decided yet, cycles that end with its day."""

    overdue: Bills
    today: Bills
    cycles: Cycles


class Loss(IntEnum):
    """What a move does to the waiver."""

    NONE = 0
    THIS_CYCLE = 1  # without the move the running cycle would be free, with it the fee comes
    NEXT_CYCLE = 2  # the running cycle is free already, the next one would cost the fee


def registering(registered: Int64s) -> Cycles:
    """The first cycles of customers registered on these days."""
    return Cycles(registered, registered, np.full(len(registered), NO_SAMPLE, np.int64))


def next_start(registered: Int64s, day: Int64s) -> Int64s:
    """The first day after each day (n,) on which a cycle of that customer begins."""
    month = _month(day + 1)
    begin = _begin(registered, month)
    return np.where(begin > day, begin, _begin(registered, month + 1))


def ending(cycles: Cycles) -> Int64s:
    """The last day (n,) of each running cycle."""
    last: Int64s = next_start(cycles.registered, cycles.start) - 1
    return last


def bill(cycles: Cycles, night: Night, terms: Terms, before: Terms) -> Billed:
    """Decide what ended before the night, take the night's sample, decide what ends with its day.

    `terms` are those of the night's day, `before` those of the last day of each running cycle (`ending`).
    """
    day = np.full(len(night.value), night.day, np.int64)
    end = ending(cycles)
    past = end < day
    overdue = _decided(cycles, np.where(past, end, 0), night, before)
    start = np.where(past, _last_start(cycles.registered, day), cycles.start)
    best = np.maximum(np.where(past, NO_SAMPLE, cycles.best), night.value)
    running = Cycles(cycles.registered, start, best)
    end = ending(running)
    done = end == day
    today = _decided(running, np.where(done, end, 0), night, terms)
    after = Cycles(cycles.registered, np.where(done, day + 1, start), np.where(done, NO_SAMPLE, best))
    return Billed(overdue, today, after)


def free_yet(cycles: Cycles, terms: Terms) -> Flags:
    """Whether (n,) the running cycle ends too soon after registration to cost anything, whatever its nights see."""
    return _young(cycles.registered, ending(cycles), terms)


def waiver_lost(cycles: Cycles, before: Night, after: Int64s, terms: Terms) -> Int64s:
    """Tell for a preview what moves do to the waiver: `Loss` (n,).

    `before` is what the next night would see without them, `after` (n,) the value with them. Nobody who is exempt, and
    no cycle that ends too soon after registration, loses anything.
    """
    falls = (before.value >= terms.waiver_value) & (after < terms.waiver_value) & (before.exempt == 0)
    end = ending(cycles)
    later = next_start(cycles.registered, end + 1) - 1
    safe = cycles.best >= terms.waiver_value
    young = _young(cycles.registered, end, terms)
    this = falls & ~safe & ~young
    following = falls & (safe | young) & ~_young(cycles.registered, later, terms)
    return np.where(this, Loss.THIS_CYCLE, np.where(following, Loss.NEXT_CYCLE, Loss.NONE))


def _decided(cycles: Cycles, ended: Int64s, night: Night, terms: Terms) -> Bills:
    choices = (
        (_young(cycles.registered, ended, terms), Waived.YOUNG),
        (night.exempt != 0, Waived.EXEMPT),
        (cycles.best >= terms.waiver_value, Waived.VALUE),
        (cycles.best == NO_SAMPLE, Waived.UNSAMPLED),
    )
    why = np.select([found for found, _ in choices], [int(word) for _, word in choices], int(Waived.NONE))
    some = (ended != 0) & (np.asarray(terms.fee) > 0)
    fee = np.where(some & (why == Waived.NONE), terms.fee, 0)
    return Bills(ended, fee, np.where(some, why, Waived.NONE).astype(np.int64))


def _young(registered: Int64s, end: Int64s, terms: Terms) -> Flags:
    early: Flags = end - registered < terms.free_days
    return early


def _last_start(registered: Int64s, day: Int64s) -> Int64s:
    month = _month(day)
    begin = _begin(registered, month)
    return np.where(begin <= day, begin, _begin(registered, month - 1))


def _begin(registered: Int64s, month: Int64s) -> Int64s:
    """The day on which the customers' cycles begin in these months."""
    anchor = registered - _first_day(_month(registered))
    return _first_day(month) + np.where(anchor < _COMMON_DAYS, anchor, 0)


def _month(day: Int64s) -> Int64s:
    """Months since January 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _first_day(month: Int64s) -> Int64s:
    return month.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
