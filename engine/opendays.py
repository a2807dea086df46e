"""Counting days on which something is open: bank business days and exchange sessions, as ascending day numbers.

Which days are open comes in as a column (ruling 3): `rules.holidays` for banks, the market's sessions for trading.
"""

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
from ledger.days import period_start
from rules.holidays import business_days

Flags = npt.NDArray[np.bool_]


def bank_days(first: int, last: int) -> Int64s:
    """The bank business days from `first` to `last`, both included, ascending."""
    days: Int64s = np.flatnonzero(business_days(first, last)).astype(np.int64) + first
    return days


def nth_after(open_days: Int64s, day: Int64s, count: Int64s | int) -> Int64s:
    """The count-th open day after each day (n,); the day itself for a count of zero, open or not.

    Raises ValueError where the calendar ends before that.
    """
    counts = np.broadcast_to(np.asarray(count, np.int64), day.shape)
    at = np.searchsorted(open_days, day, side="right") + counts - 1
    return np.where(counts == 0, day, _picked(open_days, np.where(counts == 0, 0, at), counts > 0))


def taken_up(open_days: Int64s, day: Int64s, late: Int64s | int = 0) -> Int64s:
    """The open day on which something is taken up that came in on each day (n,).

    That is the day itself where it is open, else the next open one; one open day later where it came in `late`, past
    the cut-off of an open day. Raises ValueError where the calendar ends before that.
    """
    at = np.searchsorted(open_days, day, side="left")
    inside = np.minimum(at, max(len(open_days) - 1, 0))
    open_today = open_days[inside] == day if len(open_days) else np.zeros(len(day), np.bool_)
    return _picked(open_days, at + (open_today & (np.asarray(late) != 0)), np.ones(len(day), np.bool_))


def nth_of_month(open_days: Int64s, day: int, count: int) -> int:
    """The count-th open day of the month that `day` lies in. Raises ValueError where the calendar does not have it."""
    before = np.array([period_start(day, "month") - 1], np.int64)
    return int(nth_after(open_days, before, count)[0])


def _picked(open_days: Int64s, at: Int64s, needed: Flags) -> Int64s:
    if bool((needed & (at >= len(open_days))).any()):
        raise ValueError("the calendar ends before the day that is counted to: give more open days")
    return open_days[np.where(needed, at, 0)] if len(open_days) else np.zeros(len(at), np.int64)
