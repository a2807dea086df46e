"""Bank business days by the Federal Reserve's holidays, as our own table of eleven rules (ruling 3).

A holiday on a Sunday is observed on the Monday after it; one on a Saturday is not moved. Every rule is applied to
every year asked for, also to years before the holiday existed.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from ledger.days import date_of, day_number

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_DAYS_A_WEEK: Final = 7
_EPOCH_WEEKDAY: Final = 3

FIXED: Final = (
    (1, 1, "New Year's Day"),
    (6, 19, "Juneteenth"),
    (7, 4, "Independence Day"),
    (11, 11, "Veterans Day"),
    (12, 25, "Christmas Day"),
)
"""Month, day of the month, name."""

FLOATING: Final = (
    (1, 3, _MONDAY, "Birthday of Martin Luther King, Jr."),
    (2, 3, _MONDAY, "Washington's Birthday"),
    (5, -1, _MONDAY, "Memorial Day"),
    (9, 1, _MONDAY, "Labor Day"),
    (10, 2, _MONDAY, "Columbus Day"),
    (11, 4, _THURSDAY, "Thanksgiving Day"),
)
"""Month, which of its weekdays (-1: the last), weekday (0: Monday), name."""


def holidays(year: int) -> dict[int, str]:
    """Give the observed holidays of a year: day number to name."""
    return dict(sorted((*_fixed(year), *_floating(year))))


def business_days(first: int, last: int) -> npt.NDArray[np.bool_]:
    """Tell for each day number from `first` to `last`, both included, whether banks do business on it."""
    days = np.arange(first, last + 1, dtype=np.int64)
    open_days: npt.NDArray[np.bool_] = (days + _EPOCH_WEEKDAY) % _DAYS_A_WEEK < _SATURDAY
    if days.size:
        closed = [day for year in range(date_of(first).year, date_of(last).year + 1) for day in holidays(year)]
        open_days &= ~np.isin(days, np.array(closed, dtype=np.int64))
    return open_days


def _fixed(year: int) -> Iterator[tuple[int, str]]:
    for month, day, name in FIXED:
        that = date(year, month, day)
        yield day_number(that) + (that.weekday() == _SUNDAY), name


def _floating(year: int) -> Iterator[tuple[int, str]]:
    for month, which, weekday, name in FLOATING:
        if which > 0:
            start = date(year, month, 1)
            ahead = (weekday - start.weekday()) % _DAYS_A_WEEK
            yield day_number(start) + ahead + _DAYS_A_WEEK * (which - 1), name
        else:
            end = day_number(date(year, month + 1, 1)) - 1
            yield end - (date_of(end).weekday() - weekday) % _DAYS_A_WEEK, name
