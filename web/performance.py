"""An account's value over time with its returns, over a range that the address names."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.invest.value.history_value import EARNING, Pots, Priced, Values, first_day, values
from engine.invest.value.returns import Course, MoneyWeighted, money_weighted, rate, time_weighted
from ledger.accounts import Kind
from ledger.days import date_of, day_number
from ledger.faults import SluiceError
from ledger.seal import asset_code
from web.investing import Invested

RANGES: Final = {"1m": 31, "3m": 92, "6m": 183, "1y": 365, "3y": 1096, "5y": 1826}
"""Days back of each range; `ytd` is since the last day of last year, `all` since the account's first day."""

CHOICES: Final = ("1m", "3m", "6m", "ytd", "1y", "3y", "5y", "all")
PLENTY_DAYS: Final = 365
"""Yearly rates are shown for periods of a year or more; those of shorter ones mislead."""


@dataclass(frozen=True, slots=True)
class Performance:
    """One range of an account. Rates are at 10**-8; `values` are all days, `course` those of the range."""

    range: str
    values: Values
    course: Course
    time_weighted: int | None
    money_weighted: MoneyWeighted | None

    @property
    def days(self) -> int:
        """Length of the range in days."""
        return int(self.course.day[-1] - self.course.day[0]) if len(self.course) else 0

    @property
    def yearly(self) -> bool:
        """Whether a yearly rate says something."""
        return self.days >= PLENTY_DAYS

    @property
    def paid_in(self) -> int:
        """Cents paid in over the range, less cents paid out."""
        return int(self.course.paid_in[1:].sum() - self.course.paid_out[1:].sum())

    @property
    def gain(self) -> int:
        """What was earned: the change of value that no payment explains."""
        if not len(self.course):
            return 0
        return int(self.course.value[-1] - self.course.value[0]) - self.paid_in


def performance(own: Invested, wanted: str) -> Performance:
    """The account up to the last night's day or today's, over a range of `CHOICES`. Raises SluiceError `choice`."""
    if wanted not in CHOICES:
        raise SluiceError("choice", f"There is no such range; choose one of {', '.join(CHOICES)}.", "range")
    last = own.house.services.today()
    found = _values(own, last)
    course = found.course().since(_start(wanted, last))
    timed = time_weighted(course)
    return Performance(wanted, found, course, None if timed is None else rate(timed), money_weighted(course))


def _start(wanted: str, last: int) -> int:
    if wanted == "all":
        return -(10**9)
    if wanted == "ytd":
        return day_number(date_of(last).replace(month=1, day=1)) - 1
    return last - RANGES[wanted]


def _values(own: Invested, last: int) -> Values:
    house = own.house
    inner = house.work.inner_accounts(own.ids)
    holdings = {number: asset for (_, kind, asset), number in inner.items() if kind == Kind.HOLDING}
    money = [own.account.account, *(number for (_, kind, _), number in inner.items() if kind != Kind.HOLDING)]
    earning = [number for number, path in house.work.system_paths().items() if path.startswith(EARNING)]
    pots = Pots(np.array(sorted(money), np.int64), holdings, np.array(sorted(earning), np.int64))
    lines = house.past.transfers
    first = first_day(lines, pots)
    closes = {}
    for asset in sorted(set(holdings.values())):
        since = last if first is None else first
        closes[asset] = house.services.market.closes(asset_code(asset), since - 9, last)
    return values(lines, pots, Priced(closes, own.scales), last)
