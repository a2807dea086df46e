"""When interest is accrued, posted and charged: what a night has to do, also after nights that did not take place.

The night of D accrues every date until D − 1. The first night of a month posts the month before, effective on its last
day, so that it earns from the next date (ruling 2). The borrow line is charged by the night of the n-th session of the
next month (ruling 16).
"""

from typing import Final, NamedTuple

import numpy as np

from ledger.accounts import Int64s
from ledger.days import period_start

_LONGEST_MONTH: Final = 31


class Step(NamedTuple):
    """Accrue the dates `first` to `last`, all of one month; then, if `posts`, post that month effective on `last`."""

    first: int
    last: int
    posts: bool


def month_after(day: int) -> int:
    """Give the first day of the month after the one that contains the day."""
    return period_start(period_start(day, "month") + _LONGEST_MONTH, "month")


def steps(accrued_until: int, night: int) -> tuple[Step, ...]:
    """Give what the night of a date does, in order, when dates until `accrued_until` were accrued before.

    Interest posted by one step is part of the balances of the next.
    """
    found = []
    first = accrued_until + 1
    while first < night:
        following = month_after(first)
        last = min(following, night) - 1
        found.append(Step(first, last, posts=last == following - 1))
        first = last + 1
    return tuple(found)


def charge_day(month: int, sessions: Int64s, which: int) -> int | None:
    """Give the day on which the month that begins on day `month` is charged: session `which` of the month after it.

    `sessions` are exchange sessions as rising day numbers; None where they do not reach that far.
    """
    place = int(np.searchsorted(sessions, month_after(month))) + which - 1
    return int(sessions[place]) if place < len(sessions) else None


def charges_due(charged: int, night: int, sessions: Int64s, which: int) -> tuple[tuple[int, int], ...]:
    """Give (month, charge day) of each month after `charged`, the first day of the last month charged, due by a night.

    After nights that did not take place there can be several; each is charged by this night.
    """
    found = []
    month = month_after(charged)
    day = charge_day(month, sessions, which)
    while day is not None and day <= night:
        found.append((month, day))
        month = month_after(month)
        day = charge_day(month, sessions, which)
    return tuple(found)
