"""A book of high-yield accounts that lives through nights with the engine's columns, as a night would call them."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.interest.accrue import Accrued, EndOfDays, accrue, correct, merge, nothing
from engine.interest.months import steps
from engine.interest.post import Carried, none_carried, post
from engine.interest.rates import Rates
from ledger.accounts import Int64s
from ledger.days import parse_day, period_start
from tests.interest.changes import Changes, touched

Line = tuple[int, int, int]
"""Account, effective day, cents."""


def dated(*rows: tuple[str, str, str]) -> Dated:
    """Rows of (name, date, value)."""
    return Dated(DatedRow(name, parse_day(day), value, "a test") for name, day, value in rows)


def column(values: Iterable[int]) -> Int64s:
    return np.array(list(values), np.int64)


def held(*rows: tuple[int, int, int]) -> EndOfDays:
    """Rows of (account, day, cents)."""
    return EndOfDays(*(column(one) for one in (zip(*rows, strict=True) if rows else ((), (), ()))))


class Book:
    """n accounts, numbered from 0, from a first day on."""

    def __init__(self, count: int, first: int, days: int, rates: Rates) -> None:
        """Begin with nothing."""
        self.first, self.rates = first, rates
        self.balance = np.zeros((count, days), np.int64)
        self.accrued: Accrued = nothing()
        self.carried: Carried = none_carried()
        self.accrued_until = first - 1
        self.postings: list[list[tuple[int, int, Fraction]]] = [[] for _ in range(count)]

    def night(self, night: int, lines: list[Line]) -> None:
        """Take the lines recorded since the last night, correct, accrue, and post what is due."""
        given = Changes(*(column(line[place] for line in lines) for place in range(3)))
        late = touched(given, self.accrued_until)
        before = self.balance[late.account, late.day - self.first]
        for account, effective, cents in lines:
            self.balance[account, effective - self.first :] += cents
        month = period_start(self.accrued_until + 1, "month")
        ended = EndOfDays(late.account, late.day, before + late.cents)
        self.accrued = merge(self.accrued, correct(ended, before, month, self.rates))
        accounts = np.arange(len(self.balance))
        for step in steps(self.accrued_until, night):
            for day in range(step.first, step.last + 1):
                ends = EndOfDays(accounts, np.full_like(accounts, day), self.balance[:, day - self.first])
                self.accrued = merge(self.accrued, accrue(ends, self.rates))
            self.accrued_until = step.last
            if step.posts:
                self.post(step.last)

    def post(self, effective: int) -> None:
        """Post to every account; it earns from the next date."""
        posted = post(self.accrued, self.carried, self.rates)
        self.accrued, self.carried = nothing(), posted.carried()
        columns = (posted.account.tolist(), posted.cents.tolist(), posted.remainder.tolist())
        for account, cents, remainder in zip(*columns, strict=True):
            self.balance[account, effective + 1 - self.first :] += cents
            self.postings[account].append((effective, cents, Fraction(remainder, self.rates.denominator)))
