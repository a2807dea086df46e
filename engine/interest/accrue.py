"""Balances of dates become cent-days: per account, month, rate row and tier, for a whole book at once.

A cent-day is one cent for one day. Tiers are marginal, a balance below zero earns nothing (ruling 6). Cent-days of a
month can be added in any order and any portions; nothing is rounded before it is posted (`engine/interest/post.py`).
"""

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from engine.interest.rates import RateRow, Rates
from ledger.accounts import Int64s
from ledger.days import format_day, period_start
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT

LARGEST: Final = int(np.iinfo(np.int64).max)

MAX_AHEAD: Final = 3660
"""Days a projection looks ahead: so many days of the largest balance fit into int64."""


@dataclass(frozen=True, slots=True)
class EndOfDays:
    """What accounts held at the end of dates: account, day number and cents, (n,) int64 each.

    The borrow line: the highest principal owed on the date, as an amount above zero. Interest that counts for a date
    is no part of that date's balance: it earns from the next date (ruling 2).
    """

    account: Int64s
    day: Int64s
    cents: Int64s


@dataclass(frozen=True, slots=True)
class Accrued:
    """Cent-days that are not posted yet, sorted by and once for each (account, month, row, tier); int64 (n,) each.

    `month` is the day number of the first day of the month with which they are posted, `row` the key of a `RateRow`,
    `tier` its place in the row. Cent-days may be below zero: a correction. Rows of zero are left out.
    """

    account: Int64s
    month: Int64s
    row: Int64s
    tier: Int64s
    cent_days: Int64s

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Self:
        """Give the rows at `index` (a mask, or positions in rising order)."""
        return type(self)(*(getattr(self, field.name)[index] for field in fields(self)))


def nothing() -> Accrued:
    """Give no cent-days."""
    return Accrued(*(np.zeros(0, np.int64) for _ in fields(Accrued)))


def accrue(held: EndOfDays, rates: Rates) -> Accrued:
    """Give the cent-days of balances, each with its own date's row and month.

    Dates on which no rate holds give none. Raises SluiceError `balance_beyond` for a balance beyond 10**15 cents:
    quarantine masks such accounts out before (ruling 56).
    """
    return merge(*_accruals(held, held.cents, rates))


def correct(held: EndOfDays, before: Int64s, month: int, rates: Rates) -> Accrued:
    """Give the change in cent-days when dates that were accrued with `before` (n,) cents really ended with `held`.

    Each date's own row counts, and the result belongs to the current month, which begins on day `month`: what was
    posted stays, no interest is due on the difference (ruling 6). Raises as `accrue`.
    """
    found = merge(*_accruals(held, held.cents, rates), *_negated(_accruals(held, before, rates)))
    return merge(Accrued(found.account, np.full_like(found.month, month), found.row, found.tier, found.cent_days))


def ahead(held: EndOfDays, last: int, rates: Rates) -> Accrued:
    """Give the cent-days of staying at a balance from its `day` to day `last`, both included: a projection.

    They belong to the month of `last`; rates that are dated ahead count. Raises SluiceError `too_far_ahead` for more
    than 3,660 days, and as `accrue`.
    """
    _guard(held.cents)
    first = int(held.day.min(initial=last))
    if last - first >= MAX_AHEAD:
        sentence = f"{format_day(last)} is more than {MAX_AHEAD} days ahead; ask for a nearer day."
        raise SluiceError("too_far_ahead", sentence, "last")
    parts = []
    for begins, ends, row in rates.pieces(first, last):
        if row is not None:
            days = np.maximum(ends - np.maximum(held.day, begins) + 1, 0)
            parts.append(
                _parts(held.account, np.full(len(held.day), period_start(last, "month")), held.cents, row, days)
            )
    return merge(*parts)


def merge(*parts: Accrued) -> Accrued:
    """Add cent-days of equal (account, month, row, tier); the order of the parts does not matter.

    Raises SluiceError `cent_days_beyond` where a sum does not fit into int64; no sum of them is ever inexact.
    """
    columns = [
        np.concatenate([nothing().account, *(getattr(one, field.name) for one in parts)]) for field in fields(Accrued)
    ]
    account, month, row, tier, cent_days = columns
    order = np.lexsort((tier, row, month, account))
    whole = Accrued(account, month, row, tier, cent_days).take(order)
    if not len(order):
        return whole
    keys = np.stack([whole.account, whole.month, whole.row, whole.tier])
    starts = np.flatnonzero(np.concatenate([[True], (keys[:, 1:] != keys[:, :-1]).any(axis=0)]))
    summed = _summed(whole, starts)
    kept = np.flatnonzero(summed.cent_days != 0)
    return summed.take(kept)


def _summed(whole: Accrued, starts: Int64s) -> Accrued:
    most = int(np.diff(np.append(starts, len(whole.account))).max())
    largest = max(int(whole.cent_days.max()), -int(whole.cent_days.min()))
    if most * largest <= LARGEST:
        sums = np.add.reduceat(whole.cent_days, starts)
    else:
        exact = np.add.reduceat(whole.cent_days.astype(object), starts)
        beyond = np.flatnonzero(np.abs(exact) > LARGEST)
        if len(beyond):
            account = int(whole.account[starts[beyond[0]]])
            sentence = f"The cent-days of account {account} pass what a row holds; post its interest first."
            raise SluiceError("cent_days_beyond", sentence)
        sums = exact.astype(np.int64)
    return Accrued(whole.account[starts], whole.month[starts], whole.row[starts], whole.tier[starts], sums)


def _accruals(held: EndOfDays, cents: Int64s, rates: Rates) -> list[Accrued]:
    """One part for each stretch of dates with one row and in one month."""
    _guard(cents)
    parts = []
    order = np.argsort(held.day, kind="stable")
    days = held.day[order]
    for first, last in _stretches(days, rates):
        row = rates.on(first)
        if row is not None:
            at = order[np.searchsorted(days, first) : np.searchsorted(days, last, side="right")]
            month = np.full(len(at), period_start(first, "month"))
            parts.append(_parts(held.account[at], month, cents[at], row, np.ones(len(at), np.int64)))
    return parts


def _stretches(days: Int64s, rates: Rates) -> list[tuple[int, int]]:
    """First and last day of each stretch of some of these dates (ascending) with one row and in one month."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    rows = np.searchsorted(np.array(rates.begins, np.int64), days, side="right")
    starts = np.flatnonzero((np.diff(months, prepend=-(10**9)) != 0) | (np.diff(rows, prepend=-1) != 0))
    ends = np.append(starts[1:], len(days)) - 1
    return list(zip(days[starts].tolist(), days[ends].tolist(), strict=True)) if len(days) else []


def _negated(parts: list[Accrued]) -> list[Accrued]:
    return [Accrued(one.account, one.month, one.row, one.tier, -one.cent_days) for one in parts]


def _parts(account: Int64s, month: Int64s, cents: Int64s, row: RateRow, days: Int64s) -> Accrued:
    """Each tier's share of each balance, times days; a row an account and tier that has any."""
    start = np.array(row.start, np.int64)
    width = np.append(np.diff(start), LARGEST)
    share = np.minimum(np.maximum(cents[:, np.newaxis] - start, 0), width) * days[:, np.newaxis]
    place, tier = np.nonzero(share)
    return Accrued(account[place], month[place], np.full(len(place), row.key), tier, share[place, tier])


def _guard(cents: Int64s) -> None:
    if len(cents) and not -MAX_AMOUNT <= int(cents.min()) <= int(cents.max()) <= MAX_AMOUNT:
        sentence = "A balance is beyond 10**15 cents; leave accounts in quarantine out."
        raise SluiceError("balance_beyond", sentence)
