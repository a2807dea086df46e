"""Cent-days become cents: posted once, half-even, the signed remainder of each account carried on (ruling 5)."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from engine.interest.accrue import Accrued, EndOfDays, ahead
from engine.interest.rates import Rates
from ledger.accounts import Int64s
from ledger.days import period_start


@dataclass(frozen=True, slots=True)
class Carried:
    """What postings left of each account, sorted by account, once each: numerators over `Rates.denominator`.

    At most half a cent either way, so int64 holds them; an account that is not listed carries nothing.
    """

    account: Int64s
    remainder: Int64s


@dataclass(frozen=True, slots=True)
class Posted:
    """What is posted to each account with cent-days or a remainder, sorted by account: cents, and what is carried now.

    Cents below zero take back interest that corrections undid; zero needs no journal.
    """

    account: Int64s
    cents: Int64s
    remainder: Int64s

    def carried(self) -> Carried:
        """Give the remainders as the next posting takes them."""
        return Carried(self.account, self.remainder)

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Self:
        """Give the accounts at `index` (a mask, or positions in rising order)."""
        return type(self)(*(getattr(self, field.name)[index] for field in fields(self)))


def none_carried() -> Carried:
    """Give remainders of no account."""
    return Carried(np.zeros(0, np.int64), np.zeros(0, np.int64))


def post(accrued: Accrued, carried: Carried, rates: Rates) -> Posted:
    """Give the interest of all cent-days given, with what was carried: Σ cent-days × rate / (days a year × 10**12).

    Exact in Python's integers, half-even to cents; the caller drops the cent-days it gave. Accounts that only carry
    post zero and carry on.
    """
    owner = np.concatenate([accrued.account, carried.account])
    if not len(owner):
        return Posted(owner, owner, owner)
    rate = rates.nominal(accrued.row, accrued.tier)
    products = accrued.cent_days.astype(object) * rate.astype(object)
    numerators = np.concatenate([products, carried.remainder.astype(object)])
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    starts = np.flatnonzero(np.concatenate([[True], owner[1:] != owner[:-1]]))
    totals = np.add.reduceat(numerators[order], starts)
    cents, remainder = _half_even(totals, rates.denominator)
    return Posted(owner[starts], cents, remainder)


def _half_even(totals: npt.NDArray[np.object_], denominator: int) -> tuple[Int64s, Int64s]:
    floor = totals // denominator
    twice = 2 * (totals - floor * denominator)
    up = (twice > denominator) | ((twice == denominator) & (floor % 2 == 1))
    cents = floor + up.astype(np.int64)
    return cents.astype(np.int64), (totals - cents * denominator).astype(np.int64)


def projected(held: EndOfDays, last: int, rates: Rates) -> Int64s:
    """Give the cents (n,) that each balance earns from its `day` to day `last` when it stays as it is, half-even.

    `EndOfDays.account` is not read: rows are told apart by place. Raises as `engine.interest.accrue.ahead`. With what
    is accrued: `post(merge(accrued, ahead(...)), carried, rates)`.
    """
    place = np.arange(len(held.cents))
    found = post(
        ahead(EndOfDays(place, held.day, held.cents), last, rates), Carried(place, np.zeros_like(place)), rates
    )
    return found.cents


def year_to_date(posted: EndOfDays, day: int) -> tuple[Int64s, Int64s]:
    """Give (account, cents) of the interest posted in the calendar year of `day` until it, by effective date.

    `posted` has a posting a row: account, effective day, cents of either sign. Accounts rise, once each.
    """
    of_year = (posted.day >= period_start(day, "year")) & (posted.day <= day)
    account, place = np.unique(posted.account[of_year], return_inverse=True)
    cents = np.zeros(len(account), np.int64)
    np.add.at(cents, place, posted.cents[of_year])
    return account, cents
