"""Interest of months that ended is posted: to cash accounts, and as interest due on borrow lines (rulings 2, 5, 6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from engine.interest.post import Posted
from engine.interest.rates import RATE_SCALE
from engine.lookup import placed_anyhow
from engine.overnight.balances import Now
from engine.overnight.earning import Month, months, since
from engine.overnight.entries import Entries, about, all_of, entries
from engine.overnight.places import Places
from engine.overnight.purses import Purses
from engine.ports import BookWork, Population
from ledger.accounts import Accounts, Int64s, Kind, Standing
from ledger.batch import Code
from ledger.days import period_start
from ledger.money import MAX_AMOUNT

EARNED: Final = "income:interest"
OWED: Final = "expense:borrow_interest"

_CARRIED_MOST: Final = 20_000
"""Cents that an account may carry where it has less than a correction takes back: a numerator still fits into int64."""

_YEARS: Final = {False: 365, True: 360}


def earning_now(population: Population) -> Now:
    """Accounts that earn or cost interest, as they are; closed ones had theirs when they were closed."""
    kind, accounts = population.kind, population.accounts
    earns = ((kind == Kind.CASH) | (kind == Kind.BORROW)) & (accounts.standing != Standing.CLOSED)
    posted = accounts.posted()
    which = np.flatnonzero(earns & (np.abs(posted) <= MAX_AMOUNT))
    which = which[np.argsort(accounts.account[which])]
    return Now(accounts.account[which], posted[which], kind[which] == Kind.BORROW)


def pay_interest(
    work: BookWork, populations: tuple[Population, Population], held: Purses, places: Places, day: int
) -> tuple[tuple[Month, ...], Entries, Population]:
    """The interest of every month that ended before `day`, as entries that the balances follow.

    `populations` are the balances that are written, and those that the block begins with. Gives the population with the
    accounts of interest due that had to be opened.
    """
    written, population = populations
    begins = since(work)
    last = period_start(day, "month") - 1
    if begins is None or begins.month > last:
        return (), all_of(), population
    parts: list[Entries] = []
    whole = [population]

    def book(one: Month) -> Month:
        whole[0] = _with_dues(one, whole[0], held, places)
        posted, given = _posted(one, whole[0], held, places)
        held.book(given)
        parts.append(given)
        return replace(one, posted=posted)

    made = months(work, earning_now(written), begins, last, book)
    return made, all_of(*parts), whole[0]


def _with_dues(one: Month, population: Population, held: Purses, places: Places) -> Population:
    """Open the account of interest due of every line that owes interest for the first time."""
    owing = one.posted.account[one.posted.cents != 0]
    lines = owing[held.kind[held.at(owing)] == Kind.BORROW]
    lines = np.setdiff1d(lines, population.due_of)
    if not len(lines):
        return population
    customers = held.customer[held.at(lines)]
    order = np.lexsort((lines, customers))
    lines, customers = lines[order], customers[order]
    ids = places.dues(list(zip(customers.tolist(), lines.tolist(), strict=True)))
    accounts = places.accounts(ids)
    held.add_dues(accounts)
    dues = np.concatenate([population.dues.account, ids])
    due_of = np.concatenate([population.due_of, lines])
    names = Accounts.__dataclass_fields__
    parts = (population.dues, accounts.take(accounts.positions(ids)))
    rows = Accounts(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))
    rank = np.argsort(dues)
    return replace(population, dues=rows.take(rank), due_of=due_of[rank])


def _posted(one: Month, population: Population, held: Purses, places: Places) -> tuple[Posted, Entries]:
    """Entries of a month, and what is posted with them: what cannot be taken back is carried."""
    posted = one.posted
    at = held.at(posted.account)
    borrow = held.kind[at] == Kind.BORROW
    due = _due_of(population, posted.account)
    cents = _absorbed(posted, held, due, borrow)
    year = np.where(borrow, _YEARS[True], _YEARS[False])
    remainder = posted.remainder + (posted.cents - cents) * year * RATE_SCALE
    given = _entries(cents, (posted.account, due), borrow, (held, places, _last_day(one)))
    return Posted(posted.account, cents, remainder), given


def _last_day(one: Month) -> int:
    return period_start(one.month + 31, "month") - 1


def _due_of(population: Population, account: Int64s) -> Int64s:
    """The account of interest due of each borrow line, 0 for others and where there is none."""
    place, ours = placed_anyhow(population.due_of, account)
    found = np.zeros(len(account), np.int64)
    found[ours] = population.dues.account[place[ours]]
    return found


def _absorbed(posted: Posted, held: Purses, due: Int64s, borrow: Int64s) -> Int64s:
    """Cents that are booked: of what is taken back, as much as is there; the rest is carried as far as that goes."""
    cents = posted.cents
    has_due = due != 0
    owed = np.zeros(len(cents), np.int64)
    owed[has_due] = np.maximum(-held.of(due[has_due]), 0)
    there = np.where(borrow, owed, np.maximum(held.of(posted.account), 0))
    back = np.maximum(-cents, 0)
    kept = np.clip(back - there, 0, _CARRIED_MOST)
    return np.where(cents < 0, cents + kept, cents)


def _entries(cents: Int64s, sides: tuple[Int64s, Int64s], borrow: Int64s, stamp: tuple[Purses, Places, int]) -> Entries:
    held, places, day = stamp
    account, due = sides
    some = np.flatnonzero(cents != 0)
    account, due, borrow, cents = account[some], due[some], borrow[some], cents[some]
    at = held.at(account)
    asset = held.asset[at]
    system = np.zeros(len(some), np.int64)
    for one in np.unique(asset).tolist():
        for lends, path in ((False, EARNED), (True, OWED)):
            which = (asset == one) & (borrow == lends)
            if which.any():
                system[which] = places.system(one, path)
    mine = np.where(borrow, due, account)
    up = (cents > 0) ^ borrow
    of = about(held.customer[at], asset, account * 2, np.arange(len(some)))
    debit, credit = np.where(up, mine, system), np.where(up, system, mine)
    return entries((debit, credit), np.abs(cents), Code.INTEREST, day, of)
