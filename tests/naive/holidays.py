"""Bank business days: weekends and the eleven holidays of the Federal Reserve, for any year."""

from datetime import date, timedelta
from functools import cache

_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
_ONE_DAY = timedelta(days=1)


def is_business_day(day: date) -> bool:
    """True when banks are open: neither a weekend nor a holiday."""
    return day.weekday() < _SATURDAY and day not in bank_holidays(day.year)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The days banks are closed for a holiday: a Sunday holiday moves to Monday, a Saturday holiday does not move."""
    fixed = [date(year, 1, 1), date(year, 6, 19), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    observed = [day + _ONE_DAY if day.weekday() == _SUNDAY else day for day in fixed]
    floating = [
        _nth_weekday(date(year, 1, 1), _MONDAY, 3),  # Martin Luther King's birthday
        _nth_weekday(date(year, 2, 1), _MONDAY, 3),  # Washington's birthday
        _nth_weekday(date(year, 5, 25), _MONDAY, 1),  # Memorial day: the last Monday lies in 25..31 May
        _nth_weekday(date(year, 9, 1), _MONDAY, 1),  # Labor day
        _nth_weekday(date(year, 10, 1), _MONDAY, 2),  # Columbus day
        _nth_weekday(date(year, 11, 1), _THURSDAY, 4),  # Thanksgiving
    ]
    return frozenset(observed + floating)


def _nth_weekday(start: date, weekday: int, n: int) -> date:
    """The n-th such weekday on or after the start."""
    first = start + timedelta(days=(weekday - start.weekday()) % 7)
    return first + timedelta(weeks=n - 1)
