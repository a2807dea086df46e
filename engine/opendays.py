"""Counting days on which something is open: bank business days and exchange sessions, as ascending day numbers.

Which days are open comes in as a column (ruling 3): `rules.holidays` for banks, the market's sessions for trading.
"""

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
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


def _picked(open_days: Int64s, at: Int64s, needed: Flags) -> Int64s:
    if bool((needed & (at >= len(open_days))).any()):
        raise ValueError("the calendar ends before the day that is counted to: give more open days")
    return open_days[np.where(needed, at, 0)] if len(open_days) else np.zeros(len(at), np.int64)
