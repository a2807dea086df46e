"""Dates that a schedule of rules cannot say but as a list: every quarter, and the nth weekday of each month.

The list is what the rule holds; `recognised` finds the words for it again, so that nothing else has to be kept.
"""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final, Literal

from rules.document import Weekday
from rules.values import Document

Nth = Literal["first", "second", "third", "fourth", "last"]
Span = tuple[date, date]
"""Start and end, both included."""

DATED: Final = ("quarterly", "nth_weekday")
QUARTER: Final = 3
WEEK: Final = 7
MONTHS: Final = 12
NTHS: Final[tuple[Nth, ...]] = ("first", "second", "third", "fourth", "last")
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class NthWeekday(Document):
    """A weekday of each month, such as the second Tuesday."""

    nth: Nth
    weekday: Weekday


Pattern = int | Literal["last"] | NthWeekday
"""A day of the month for `quarterly`, else a weekday."""


def dates_of(form: str, pattern: Pattern, span: Span) -> tuple[date, ...]:
    """The dates of a form of `DATED` from start to end.

    A quarter is counted from the first such day on or after the start; a day beyond a month's end is its last.
    """
    every = [one for one in _in_months(pattern, span) if span[0] <= one <= span[1]]
    return tuple(every[::QUARTER] if form == "quarterly" else every)


def recognised(dates: Sequence[date], span: Span) -> tuple[str, Pattern] | None:
    """The form and pattern whose dates from start to end are exactly these, in this order; None where there is none.

    One date fits many patterns and is none.
    """
    if len(dates) < QUARTER - 1:
        return None
    candidates: list[tuple[str, Pattern]] = [("quarterly", "last"), ("quarterly", max(one.day for one in dates))]
    weekday = WEEKDAYS[dates[0].weekday()]
    candidates += [("nth_weekday", NthWeekday(nth=nth, weekday=weekday)) for nth in NTHS]
    return next((one for one in candidates if dates_of(*one, span) == tuple(dates)), None)


def _in_months(pattern: Pattern, span: Span) -> Iterator[date]:
    """The day of each month that the span touches."""
    first, last = (one.year * MONTHS + one.month - 1 for one in span)
    for month in range(first, last + 1):
        year, number = divmod(month, MONTHS)
        days = monthrange(year, number + 1)[1]
        if isinstance(pattern, NthWeekday):
            yield _nth(pattern, date(year, number + 1, 1), days)
        else:
            yield date(year, number + 1, days if pattern == "last" else min(int(pattern), days))


def _nth(pattern: NthWeekday, month: date, days: int) -> date:
    wanted = WEEKDAYS.index(pattern.weekday)
    if pattern.nth == "last":
        end = month.replace(day=days)
        return end - timedelta(days=(end.weekday() - wanted) % WEEK)
    return month + timedelta(days=(wanted - month.weekday()) % WEEK + WEEK * NTHS.index(pattern.nth))
