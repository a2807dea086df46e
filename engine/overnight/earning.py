"""Interest of a book, month by month: what accounts held on each date becomes cent-days, and cent-days become cents.

Nothing of a month is stored before it is posted: until then its cent-days follow from what the accounts hold and what
changed since, so back-dated lines are right by themselves. Lines for dates of months that were posted before correct
them by the difference, at each date's own rate, in the month that is posted next (ruling 6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from engine.dated.history import Dated
from engine.interest.accrue import Accrued, EndOfDays, accrue, merge
from engine.interest.months import month_after
from engine.interest.post import Carried, Posted, post
from engine.interest.rates import Rates, borrow_rates, cash_rates
from engine.lookup import placed
from engine.overnight.balances import Dates, Now, counted, fitting
from engine.overnight.latelines import corrections
from engine.overnight.work import DayChanges, InterestRun
from engine.ports import NEVER
from ledger.accounts import Int64s
from ledger.days import period_start

_FAR: Final = 10**8
"""A day that never comes."""


class EarningWork(Protocol):
    """What interest is counted from: a book, or some accounts of it (`engine.overnight.own`)."""

    def dated(self) -> Dated:
        """See `engine.dated.work.DatedWork.dated`."""

    def day_changes(self, effective_from: int, recorded_from: int) -> DayChanges:
        """See `MoneyWork.day_changes`."""

    def day_changes_of(self, accounts: Int64s, effective_from: int) -> DayChanges:
        """See `MoneyWork.day_changes_of`."""

    def first_change(self) -> int | None:
        """See `MoneyWork.first_change`."""

    def interest_runs(self) -> list[InterestRun]:
        """See `MoneyWork.interest_runs`."""

    def carried(self, month: int) -> tuple[Int64s, Int64s]:
        """See `MoneyWork.carried`."""


@dataclass(frozen=True, slots=True)
class Month:
    """The interest of one month: cent-days counted, cents and remainders, of cash accounts and borrow lines together.

    `late` are cent-days that correct earlier months; `counted` has them in it. Cents of a borrow line are owed. Nothing
    is counted for the accounts `beyond`, which held more than 10**15 cents on some date.
    """

    month: int
    counted: Accrued
    posted: Posted
    late: Accrued
    beyond: Int64s


@dataclass(frozen=True, slots=True)
class Since:
    """Where the books' interest stands: the first month that is not posted, the night that posted the one before.

    Dates before `earliest` are never corrected: interest had not begun in these books.
    """

    month: int
    night: int
    earliest: int = NEVER


def since(work: EarningWork) -> Since | None:
    """Where the book's interest stands; None where there is nothing to earn yet."""
    runs = work.interest_runs()
    if runs:
        begun = month_after(runs[1].month) if runs[0].month == NEVER else NEVER
        return Since(month_after(runs[-1].month), runs[-1].night, begun)
    first = work.first_change()
    return None if first is None else Since(period_start(first, "month"), NEVER)


def _as_it_is(one: Month) -> Month:
    """Nothing is booked."""
    return one


def months(
    work: EarningWork, now: Now, begins: Since, last: int, book: Callable[[Month], Month] = _as_it_is
) -> tuple[Month, ...]:
    """The interest of every month from the first that is not posted to the one of the day `last`, which may be partial.

    What a month posts is held from the first date of the next one, so that it earns there. `book` is told of each month
    before the next is made, and says what really was posted and what is carried on.
    """
    changes = work.day_changes(begins.month, begins.night if begins.night != NEVER else 10**9)
    dated = work.dated()
    rates = (cash_rates(dated), borrow_rates(dated))
    account, remainder = work.carried(period_start(begins.month - 1, "month"))
    carried = Carried(account, remainder)
    late, wild = corrections(work, (now, changes), begins, rates)
    made: list[Month] = []
    month = begins.month
    if begins.night == NEVER:
        month = max(month, min(_first_month(now, changes, rates[0]), period_start(last, "month")))
    while month <= last:
        following = month_after(month)
        dates = counted(now, changes, month, min(following - 1, last))
        fit = fitting(dates) & ~np.isin(now.account, wild)
        some = Dates(dates.first, dates.cents[fit])
        one = _month(now.take(fit), some, (month, late, carried), rates)
        one = book(replace(one, beyond=now.account[~fit]))
        made.append(one)
        carried, late = one.posted.carried(), _none()
        now, changes = _with_interest(now, changes, one.posted, following)
        month = following
    return tuple(made)


def _none() -> Accrued:
    return merge()


def _first_month(now: Now, changes: DayChanges, cash: Rates) -> int:
    """The first month in which anything earns or costs: before, cash earned nothing."""
    place, ours = placed(now.account, changes.account)
    borrow = now.borrow[place[ours]]
    days = changes.effective[ours]
    pays = min((day for day, row in zip(cash.begins, cash.row, strict=True) if row and any(row.nominal)), default=_FAR)
    first = min(int(days[borrow].min(initial=_FAR)), max(int(days[~borrow].min(initial=_FAR)), pays))
    return period_start(first, "month") if first < _FAR else _FAR


def _month(now: Now, dates: Dates, before: tuple[int, Accrued, Carried], rates: tuple[Rates, Rates]) -> Month:
    month, late, carried = before
    parts = []
    posted = []
    for borrow, of in zip((False, True), rates, strict=True):
        which = np.flatnonzero(now.borrow == borrow)
        mine = now.account[which]
        rows = Dates(dates.first, dates.cents[which]).rows(mine)
        ours = late.take(np.isin(late.account, mine))
        whole = merge(accrue(_some(rows), of), replace(ours, month=np.full_like(ours.month, month)))
        kept = np.isin(carried.account, mine)
        parts.append(whole)
        posted.append(post(whole, Carried(carried.account[kept], carried.remainder[kept]), of))
    both = Posted(*(np.concatenate([getattr(one, name) for one in posted]) for name in Posted.__dataclass_fields__))
    return Month(month, merge(*parts), both.take(np.argsort(both.account)), late, np.zeros(0, np.int64))


def _some(rows: EndOfDays) -> EndOfDays:
    """The rows that earn or cost something."""
    which = np.flatnonzero(rows.cents > 0)
    return EndOfDays(rows.account[which], rows.day[which], rows.cents[which])


def _with_interest(now: Now, changes: DayChanges, posted: Posted, day: int) -> tuple[Now, DayChanges]:
    """The balances with a month's interest, which counts from `day` on; interest due on a line is no principal."""
    place, ours = placed(now.account, posted.account)
    cash = ours & ~now.borrow[place] & (posted.cents != 0)
    place, cents = place[cash], posted.cents[cash]
    balance = now.posted.copy()
    balance[place] += cents
    none = np.zeros(len(cents), np.int64)
    rows = (now.account[place], none + day, none + 10**9, cents, np.minimum(cents, 0), np.maximum(cents, 0))
    names = DayChanges.__dataclass_fields__
    joined = [np.concatenate([getattr(changes, name), row]) for name, row in zip(names, rows, strict=True)]
    order = np.lexsort((joined[2], joined[1], joined[0]))
    return replace(now, posted=balance), DayChanges(*(column[order] for column in joined))
