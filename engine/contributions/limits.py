"""Limits and deadlines of tax years, out of dated configuration (products.md 1.16).

The value of 1 January is the tax year's; the deadline of the year before is read on the day that asks.
"""

from datetime import date
from typing import Final

from engine.contributions.room import YearLimits
from engine.dated.history import Dated
from engine.proportion import Rate
from ledger.days import date_of, day_number

_WHOLE_BP: Final = 10_000
_MONTH: Final = 100  # a day of the year is month × 100 + day
_NAMES: Final = ("ira_contribution_limit", "ira_catch_up", "catch_up_age", "sep_contribution_limit")
_SHARE: Final = "sep_percent_of_pay"


def year_limits(dated: Dated, year: int) -> YearLimits | None:
    """The limits of a tax year; None where the configuration lacks one of them."""
    first = day_number(date(year, 1, 1))
    found = [dated.value_on(name, first) for name in (*_NAMES, _SHARE)]
    numbers = [value for value in found if isinstance(value, int)]
    if len(numbers) < len(found):
        return None
    limit, catch_up, age, sep, share = numbers
    return YearLimits(year, limit, catch_up, age, sep, Rate.of(share, _WHOLE_BP))


def deadlines(dated: Dated, day: int) -> dict[int, int]:
    """The last day, by tax year, on which a contribution may count to the year before that of `day`; empty without."""
    last = dated.value_on("prior_year_deadline", day)
    if not isinstance(last, int):
        return {}
    year = date_of(day).year
    return {year - 1: day_number(date(year, last // _MONTH, last % _MONTH))}
