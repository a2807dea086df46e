"""What time does to the money of a book before the rules of a night: settled transfers, interest, charges, fees.

`overnight` works it out and writes nothing, so that a preview sees what the night will; `engine.overnight.writing`
books it as one sealed block. The balances after it are what margin is measured on and what rules decide on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.booking import release
from engine.holds.purse import Purse
from engine.holds.settling import kinds_of, settled
from engine.holds.tonight import eve
from engine.invest.market import Market
from engine.invest.nights.after import layers_after
from engine.lookup import placed_anyhow
from engine.overnight.billing import Billed, Registered, bill_book
from engine.overnight.charging import Charged, with_charges
from engine.overnight.collateral import Sight
from engine.overnight.earning import Month
from engine.overnight.entries import Entries, all_of, as_transfers
from engine.overnight.lending import Lending, charge_book, lending, measure_book
from engine.overnight.margin import Measured, grounded, guarded, limits_now, still_open
from engine.overnight.paying import pay_interest
from engine.overnight.places import Places, joined
from engine.overnight.purses import Purses, purses
from engine.overnight.work import Limits, Lines
from engine.ports import BookWork, Population
from ledger.accounts import Accounts, Int64s
from ledger.apply import apply
from ledger.batch import Applied, BookState, Code, Stored, Transfers, join, nothing_stored
from ledger.faults import SluiceError
from ledger.statuses import Status


@dataclass(frozen=True, slots=True)
class Overnight:
    """What happens to a book's money before the rules.

    `batch`, applied to `state`, begins with `released`, the posts of settled transfers; `entries` are its other lines.
    `population` and `state_after` hold balances and limits after it. `widened` are limits that facts of the block
    pass, `limits` those that the collateral sets after it. `measured` are secured lines, None where there is none.
    `purse` is the money under holds after it; `own_floor` the floors of the population's accounts before it.
    """

    day: int
    state: BookState
    batch: Transfers
    applied: Applied
    released: Transfers
    entries: Entries
    population: Population
    widened: Limits
    months: tuple[Month, ...]
    charged: Charged | None
    billed: Billed | None
    measured: Measured | None
    limits: Limits
    purse: Purse
    own_floor: Int64s


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a block is for: households (ascending ids), None for the whole book.

    `written` are their balances as they are stored, where the population has steps that are not written yet.
    """

    customers: Int64s | None = None
    written: Population | None = None


EVERYONE: Final = Scope()


def overnight(
    sight: Sight, population: Population, places: Places, market: Market | None, scope: Scope = EVERYONE
) -> Overnight:
    """Work out the block of the night of the sight's day for these households; nothing of it is written.

    Raises SluiceError `books_broken` where the books refuse it, and `config_missing`.
    """
    work, day = sight.work, sight.day
    before = (population.accounts, population.kind)
    released = _released(work, population, day)
    held = purses(work, population)
    _arrive(held, released)
    balances = (scope.written or population, population)
    made, interest, population = pay_interest(work, balances, held, places, day)
    lend, lines = lending(sight, market), _with_dues(still_open(work.lines(scope.customers), population), population)
    charged = charge_book(lend, held, lines, made)
    billed, measured = _billed(lend, held, with_charges(lines, charged), population, places)
    given = all_of(interest, *([charged.entries] if charged else []), *([billed.entries] if billed else []))
    batch = join([released, as_transfers(work.row.book, given, day, len(released))])
    state, widened = _state(work, population, places, batch)
    applied = apply(state, batch)
    _prove(batch, applied)
    after = limited(balances_after(population, applied), widened)
    limits = limits_now(measured, grounded(held.ground(), widened))
    return Overnight(
        day=day,
        state=state,
        batch=batch,
        applied=applied,
        released=released,
        entries=given,
        population=limited(after, limits),
        widened=widened,
        months=made,
        charged=charged,
        billed=billed,
        measured=measured,
        limits=limits,
        purse=eve(layers_after(work.layers(scope.customers), sight.steps), before, batch, (work.dated(), day)),
        own_floor=before[0].floor,
    )


def _billed(
    lend: Lending, held: Purses, lines: Lines, population: Population, places: Places
) -> tuple[Billed | None, Measured | None]:
    """The fees of the night, bounded by what the secured lines measure, and what those measure once they are taken."""
    measured = measure_book(lend, held, lines)
    registered = Registered(population.customer, population.opened)
    billed = bill_book(held, registered, (lend.sight, places), guarded(measured))
    if billed is not None and len(billed.entries):
        measured = measure_book(lend, held, lines)
    return billed, measured


def _with_dues(lines: Lines, population: Population) -> Lines:
    """The lines with the accounts of interest due that were opened just now."""
    due = dict(zip(population.due_of.tolist(), population.dues.account.tolist(), strict=True))
    return replace(lines, due=np.array([due.get(one, 0) for one in lines.account.tolist()], np.int64))


def _released(work: BookWork, population: Population, day: int) -> Transfers:
    """Posts of the pending transfers that have settled; raises that this very night paid wait for the next one."""
    holds = population.holds.take((population.holds.code != Code.RAISED) | (population.holds.day < day))
    if len(holds):
        kinds = kinds_of(population.accounts.account, population.kind)
        holds = holds.take(settled(holds, kinds, work.dated(), day))
    return release(work.row.book, holds, day)


def _arrive(held: Purses, released: Transfers) -> None:
    """Let what settles arrive; it left its source when it was sent."""
    at = held.at(released.debit)
    np.add.at(held.balance, at, released.amount)
    np.subtract.at(held.pending_in, at, released.amount)


def _state(work: BookWork, population: Population, places: Places, batch: Transfers) -> tuple[BookState, Limits]:
    """The state the block is decided against, with limits widened where its facts pass them."""
    named = np.unique(np.concatenate([batch.debit, batch.credit]))
    mine = joined(population.accounts, population.dues)
    others = np.setdiff1d(named, mine.account)
    accounts = joined(mine, places.accounts(others)) if len(others) else mine
    accounts, widened = _widened(accounts, population, batch)
    return BookState(work.row.book, work.row.next_seq, accounts, _stored(population)), widened


def _stored(population: Population) -> Stored:
    """The open holds, which releases resolve."""
    holds = population.holds
    unresolved, empty = np.zeros(len(holds), np.int64), nothing_stored()
    return Stored(holds, unresolved, unresolved, empty.refused_hi, empty.refused_lo, empty.refused_status)


def _widened(accounts: Accounts, population: Population, batch: Transfers) -> tuple[Accounts, Limits]:
    """Limits let the block's own facts pass: interest above a ceiling, a fee or a charge below a floor (ledger.md 4.4).

    Rules and requests keep the floor of before, which stays as the floor that rules keep.
    """
    own = (batch.code == Code.INTEREST) | (batch.code == Code.CHARGE) | (batch.code == Code.FEE)
    own &= batch.pending_hi == 0
    touched = np.unique(np.concatenate([batch.debit[own], batch.credit[own]]))
    at = accounts.positions(touched)
    at = at[accounts.customer[at] > 0]
    came, left = np.zeros(len(accounts.account), np.int64), np.zeros(len(accounts.account), np.int64)
    np.add.at(came, accounts.positions(batch.debit[own]), batch.amount[own])
    np.add.at(left, accounts.positions(batch.credit[own]), batch.amount[own])
    arrived = np.zeros(len(accounts.account), np.int64)
    posts = batch.pending_hi != 0
    np.add.at(arrived, accounts.positions(batch.debit[posts]), batch.amount[posts])
    posted = accounts.posted()
    lowest = posted - accounts.credits_pending + np.minimum(came - left + arrived, 0)
    highest = posted + accounts.debits_pending + np.maximum(came - left, 0)
    floor, ceiling = np.minimum(accounts.floor, lowest)[at], np.maximum(accounts.ceiling, highest)[at]
    changed = (floor != accounts.floor[at]) | (ceiling != accounts.ceiling[at])
    at, floor, ceiling = at[changed], floor[changed], ceiling[changed]
    loose = replace(accounts, floor=accounts.floor.copy(), ceiling=accounts.ceiling.copy())
    loose.floor[at] = np.minimum(floor, posted[at] - accounts.credits_pending[at] - left[at])
    loose.ceiling[at] = np.maximum(ceiling, posted[at] + accounts.debits_pending[at] + came[at])
    kept = np.zeros(len(at), np.int64)
    place, ours = placed_anyhow(population.accounts.account, accounts.account[at])
    kept[ours] = population.rule_floor[place[ours]]
    return loose, Limits(accounts.account[at], floor, ceiling, kept)


def _prove(batch: Transfers, applied: Applied) -> None:
    refused = np.flatnonzero(applied.status != Status.CREATED)
    if len(refused):
        line = int(refused[0])
        status = Status(int(applied.status[line])).name.lower()
        sentence = (
            f"The books refuse interest, a charge, a fee or a settled transfer ({status}, customer "
            f"{int(batch.customer[line])}, amount {int(batch.amount[line])}): run `flask verify` before any night."
        )
        raise SluiceError("books_broken", sentence)


def balances_after(population: Population, applied: Applied) -> Population:
    """The population with the balances after a batch, and the limits of before."""

    def after(before: Accounts) -> Accounts:
        found = applied.accounts.take(applied.accounts.positions(before.account))
        return replace(found, floor=before.floor, ceiling=before.ceiling)

    return replace(population, accounts=after(population.accounts), dues=after(population.dues))


def limited(population: Population, limits: Limits) -> Population:
    """The population with other limits of some accounts."""

    def under(before: Accounts) -> Accounts:
        place, ours = placed_anyhow(limits.account, before.account)
        floor, ceiling = before.floor.copy(), before.ceiling.copy()
        floor[ours], ceiling[ours] = limits.floor[place[ours]], limits.ceiling[place[ours]]
        return replace(before, floor=floor, ceiling=ceiling)

    place, ours = placed_anyhow(limits.account, population.accounts.account)
    rule_floor = population.rule_floor.copy()
    rule_floor[ours] = limits.rule_floor[place[ours]]
    accounts, dues = under(population.accounts), under(population.dues)
    return replace(population, accounts=accounts, dues=dues, rule_floor=rule_floor)
