"""What time does to the money of a book before the rules of a night: settled transfers, interest, charges, fees.

`overnight` works it out and writes nothing, so that a preview sees what the night will; `engine.overnight.writing`
books it as one sealed block. The balances after it are what margin is measured on and what rules decide on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.booking import release
from engine.holds.passing import outside
from engine.holds.purse import Purse
from engine.holds.settling import kinds_of, settled
from engine.holds.tonight import eve
from engine.holds.work import Loosened
from engine.invest.market import Market
from engine.invest.nights.after import layers_after
from engine.lookup import placed_anyhow
from engine.overnight.billing import Billed, Registered, bill_book
from engine.overnight.charging import Charged, with_charges
from engine.overnight.collateral import Sight
from engine.overnight.earning import Month
from engine.overnight.entries import Entries, all_of, as_transfers
from engine.overnight.forcing import let_pass
from engine.overnight.lending import Lending, charge_book, lending, measure_book
from engine.overnight.margin import Measured, guarded, limits_now, still_open
from engine.overnight.paying import pay_interest
from engine.overnight.places import Places, joined
from engine.overnight.purses import Purses, purses
from engine.overnight.work import Limits, Lines
from engine.ports import BookWork, Population
from ledger.accounts import Accounts, Int64s, no_accounts
from ledger.apply import apply
from ledger.batch import Applied, BookState, Code, Stored, Transfers, join, nothing_stored
from ledger.faults import SluiceError
from ledger.statuses import Status


@dataclass(frozen=True, slots=True)
class Overnight:
    """What happens to a book's money before the rules.

    `batch`, applied to `state`, begins with `released`, the posts of settled transfers; `entries` are its other lines.
    `population` holds balances after it, and the accounts' own limits. `widened` stand in for those of accounts that
    are outside of them, `limits` are new own ones that the collateral sets after it. `measured` are secured lines, None
    where there is none. `purse` is the money under holds after it.
    """

    day: int
    state: BookState
    batch: Transfers
    applied: Applied
    released: Transfers
    entries: Entries
    population: Population
    widened: Loosened
    months: tuple[Month, ...]
    charged: Charged | None
    billed: Billed | None
    measured: Measured | None
    limits: Limits
    purse: Purse


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
    charged, lines, measured = _charged(lend, held, lines, made)
    billed, measured = _billed(lend, held, (lines, measured), population, places)
    given = all_of(interest, *([charged.entries] if charged else []), *([billed.entries] if billed else []))
    batch = join([released, as_transfers(work.row.book, given, day, len(released))])
    named = _named(population, places, batch) if len(batch) else no_accounts()
    state = BookState(work.row.book, work.row.next_seq, let_pass(named, batch), _stored(population))
    applied = apply(state, batch)
    _prove(batch, applied)
    limits = limits_now(measured, held.ground())
    return Overnight(
        day=day,
        state=state,
        batch=batch,
        applied=applied,
        released=released,
        entries=given,
        population=limited(balances_after(population, applied), limits),
        widened=outside(named, applied),
        months=made,
        charged=charged,
        billed=billed,
        measured=measured,
        limits=limits,
        purse=eve(layers_after(work.layers(scope.customers), sight.steps), before, batch, (work.dated(), day)),
    )


def _charged(
    lend: Lending, held: Purses, lines: Lines, made: Sequence[Month]
) -> tuple[Charged | None, Lines, Measured | None]:
    """The charges of the night, the lines with them, and what the secured ones measure once they are taken."""
    measured = measure_book(lend, held, lines)
    charged = charge_book(lend, held, lines, made, measured)
    if charged is not None:
        lines = with_charges(lines, charged)
        measured = measure_book(lend, held, lines, measured)
    return charged, lines, measured


def _billed(
    lend: Lending, held: Purses, of: tuple[Lines, Measured | None], population: Population, places: Places
) -> tuple[Billed | None, Measured | None]:
    """The fees of the night, bounded by what the secured lines measure, and what those measure once they are taken."""
    lines, measured = of
    registered = Registered(population.customer, population.opened)
    billed = bill_book(held, registered, (lend.sight, places), guarded(measured))
    if billed is not None and len(billed.entries):
        measured = measure_book(lend, held, lines, measured)
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


def _named(population: Population, places: Places, batch: Transfers) -> Accounts:
    """The accounts that the block is decided on, with their own limits."""
    named = np.unique(np.concatenate([batch.debit, batch.credit]))
    mine = joined(population.accounts, population.dues)
    others = np.setdiff1d(named, mine.account)
    return joined(mine, places.accounts(others)) if len(others) else mine


def _stored(population: Population) -> Stored:
    """The open holds, which releases resolve."""
    holds = population.holds
    unresolved, empty = np.zeros(len(holds), np.int64), nothing_stored()
    return Stored(holds, unresolved, unresolved, empty.refused_hi, empty.refused_lo, empty.refused_status)


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
    if len(applied.status) == 0:
        return population

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
