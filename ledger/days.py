"""Day numbers: a business date as the count of days since 1970-01-01, and the first day of each period."""

import re
from datetime import date
from typing import Final, Literal

from ledger.faults import SluiceError
from ledger.money import quoted

Per = Literal["day", "week", "month", "quarter", "year", "ever"]
"""The periods a cap can count over (rules.md 1)."""

EVER: Final = -(10**6)
"""The first day of the period `ever`: before every date there is."""

MICROSECONDS: Final = 86_400_000_000
"""The microseconds of a day; an instant divided by them is its day number in UTC."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_EPOCH_WEEKDAY: Final = 3
_ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def day_number(day: date) -> int:
    """Give the days since 1970-01-01; earlier dates are negative."""
    return day.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """Give the date of a day number. Raises OverflowError or ValueError outside the years 1 to 9999."""
    return date.fromordinal(day + _EPOCH)


def parse_day(text: str) -> int:
    """Give the day number of `2026-11-20`. Raises SluiceError `date` for any other form or a date that is none."""
    if _ISO.fullmatch(text) is None:
        sentence = f"{quoted(text)} is not a date; write year, month and day, such as 2026-11-20."
        raise SluiceError("date", sentence)
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        sentence = f"{quoted(text)} is not a date in the calendar; write an existing day, such as 2026-11-20."
        raise SluiceError("date", sentence) from None


def format_day(day: int) -> str:
    """Give a day number as `2026-11-20`."""
    return date_of(day).isoformat()


def period_start(day: int, per: Per) -> int:
    """Give the first day of the period that contains the day; a week starts on Monday, `ever` at `EVER`."""
    if per == "day":
        return day
    if per == "week":
        return day - (day + _EPOCH_WEEKDAY) % 7
    if per == "ever":
        return EVER
    that = date_of(day)
    if per == "month":
        return day_number(that.replace(day=1))
    if per == "quarter":
        return day_number(that.replace(month=that.month - (that.month - 1) % 3, day=1))
    return day_number(that.replace(month=1, day=1))
