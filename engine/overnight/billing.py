"""The platform fee of a book: each night samples what households hold, and bills the cycles that end (ruling 30)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.dated.history import Dated
from engine.fees.cycle import Bills, Cycles, FeeTerms, Night, bill, ending, free_yet, registering
from engine.fees.paying import pay
from engine.fees.reasons import Fee
from engine.guards import Margin
from engine.invest.nights.after import slices_after
from engine.lookup import placed
from engine.overnight.collateral import Flags, Sight, values
from engine.overnight.entries import Entries, about, all_of, entries, together
from engine.overnight.places import Places
from engine.overnight.purses import Purses, sources_of
from engine.overnight.work import FeeCycles, FeeRow
from engine.waterfall import Sources, pour, summed
from ledger.accounts import Int64s, Kind
from ledger.batch import Code
from ledger.money import MAX_AMOUNT

FEES: Final = "expense:fees"
FEE: Final = "platform_fee"
WAIVER: Final = "platform_fee_waiver"
FREE: Final = "platform_fee_first_days"


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a night sees of n households (ascending): settled cash and holdings less what is owed; when they came."""

    customer: Int64s
    value: Int64s
    registered: Int64s


@dataclass(frozen=True, slots=True)
class Billed:
    """Cycles that change, entries, and rows of fees charged or waived; `seq` of the rows is not known yet."""

    cycles: FeeCycles
    entries: Entries
    rows: tuple[FeeRow, ...]


def fee_terms(dated: Dated, day: int, registered: int) -> FeeTerms[int]:
    """The platform fee of a day, for a household of that registration day. Raises SluiceError `config_missing`."""
    return FeeTerms(
        dated.number_on(FEE, day), dated.number_on(WAIVER, day), int(_held(dated, FREE, np.array([registered]))[0])
    )


def terms_on(dated: Dated, days: Int64s, registered: Int64s) -> FeeTerms[Int64s]:
    """The same on a day of each household (n,)."""
    return FeeTerms(_held(dated, FEE, days), _held(dated, WAIVER, days), _held(dated, FREE, registered))


def _held(dated: Dated, name: str, days: Int64s) -> Int64s:
    """What a number was on each day (n,); before its first row, what that says."""
    rows = [(day, dated.number_on(name, day)) for day, _ in dated.history(name)]
    first, value = np.array(rows, np.int64).reshape(-1, 2).T
    found: Int64s = value[np.maximum(np.searchsorted(first, days, side="right") - 1, 0)]
    return found


def charges(dated: Dated) -> bool:
    """Whether there is a platform fee on any day: while it is zero, cycles go on."""
    return any(value for _, value in dated.history(FEE))


def payers(held: Purses) -> Int64s:
    """Households with an account that a fee can be taken from, ascending."""
    return np.unique(held.customer[_paying(held)])


def _paying(held: Purses) -> Flags:
    may: Flags = held.open & held.pays & ((held.kind == Kind.CASH) | (held.kind == Kind.INVEST))
    return may


def cash_of(held: Purses, customer: Int64s) -> Int64s:
    """Settled cash less what is owed (n,) of households that can pay, in all accounts with their paying one's asset.

    Outside banks are not ours.
    """
    place, ours = _alike(held, customer)
    counts = ours & (held.kind != Kind.BANK)
    return summed(held.balance[counts], place[counts], len(customer))


def cycles_of(stored: FeeCycles, sampled: Sampled) -> Cycles:
    """The cycles of the households, those that have none yet beginning with their registration."""
    fresh = registering(sampled.registered)
    place, there = placed(stored.customer, sampled.customer)
    if not there.any():
        return fresh
    pairs = ((stored.registered, fresh.registered), (stored.start, fresh.start), (stored.best, fresh.best))
    return Cycles(*(np.where(there, known[place], new) for known, new in pairs))


def billed(
    held: Purses, sampled: Sampled, stored: FeeCycles, stamp: tuple[int, Dated, Int64s], places: Places
) -> Billed:
    """Sample, decide the cycles that ended, and take what they cost; the balances follow.

    `stamp` is (day, configuration, most that invest cash of each household may give without a margin call (n,)).
    """
    day, dated, spare = stamp
    before = cycles_of(stored, sampled)
    terms = terms_on(dated, np.full(len(sampled.customer), day), before.registered)
    past = terms_on(dated, ending(before), before.registered)
    none = np.zeros(len(sampled.customer), np.int64)
    done = bill(before, Night(day, sampled.value, none), terms, past)
    parts, rows = [], []
    for bills in (done.overdue, done.today):
        made, told = _taken(held, sampled.customer, bills, (day, spare), places)
        parts.append(made)
        rows += told
    after = done.cycles
    better = (after.best != before.best) & (before.best < terms.waiver_value) & ~free_yet(after, terms)
    changed = (after.start != before.start) | better
    which = np.flatnonzero(changed)
    cycles = FeeCycles(sampled.customer[which], after.registered[which], after.start[which], after.best[which])
    return Billed(cycles, all_of(*parts), tuple(rows))


def _taken(
    held: Purses, customer: Int64s, bills: Bills, stamp: tuple[int, Int64s], places: Places
) -> tuple[Entries, list[FeeRow]]:
    day, spare = stamp
    some = np.flatnonzero(bills.ended != 0)
    if not len(some):
        return all_of(), []
    payer, fee = customer[some], bills.fee[some]
    forced_on, asset = _forced_on(held, payer)
    account, sources = sources_of(held, (payer, asset), np.ones(len(payer), np.int64))
    plan = pay(fee, _within(held, account, sources, spare[some]))
    pays = asset[fee > 0]
    expense = {one: places.system(one, FEES) for one in np.unique(pays).tolist()}
    costs = np.array([expense.get(one, 0) for one in asset.tolist()], np.int64)
    of = about(payer, asset, bills.ended[some], np.arange(len(payer)))
    owner = sources.owner
    paid = entries((costs[owner], account), plan.paid, Code.FEE, day, of.take(owner))
    forced = entries((costs, forced_on), plan.forced, Code.FEE, day, of)
    both = all_of(together(paid, forced))
    held.book(both)
    rows = [
        FeeRow(one, end, int(Fee.PLATFORM), on, cents, force, why, 0)
        for one, end, on, cents, force, why in zip(
            payer.tolist(),
            bills.ended[some].tolist(),
            forced_on.tolist(),
            fee.tolist(),
            plan.forced.tolist(),
            bills.waived[some].tolist(),
            strict=True,
        )
        if cents or why
    ]
    return both, rows


def _forced_on(held: Purses, payer: Int64s) -> tuple[Int64s, Int64s]:
    """The account that each household's fee is forced on, and its asset: its first cash account, else invest."""
    mine = np.flatnonzero(_paying(held))
    order = np.lexsort((held.account[mine], held.kind[mine] != Kind.CASH, held.customer[mine]))
    mine = mine[order]
    first = mine[np.searchsorted(held.customer[mine], payer)]
    return held.account[first], held.asset[first]


def _alike(held: Purses, customer: Int64s) -> tuple[Int64s, Flags]:
    """The place of each account's household among these, and whether it is there with the asset that it pays in."""
    _, asset = _forced_on(held, customer)
    place, ours = placed(customer, held.customer)
    return place, ours & (held.asset == asset[place])


def _within(held: Purses, account: Int64s, sources: Sources, spare: Int64s) -> Sources:
    """The sources with invest cash giving no more than the household's excess spares, in display order."""
    invest = held.kind[held.at(account)] == Kind.INVEST
    most = pour(spare, sources.owner, np.where(invest, sources.available, 0))
    return Sources(sources.owner, sources.rank, np.where(invest, most, sources.available))


@dataclass(frozen=True, slots=True)
class Registered:
    """Households (ascending) and the days on which they were opened."""

    customer: Int64s
    day: Int64s


def bill_book(held: Purses, registered: Registered, base: tuple[Sight, Places], spared: Margin) -> Billed | None:
    """Sample and bill the households of a book; the balances follow. None where there is no platform fee on any day.

    `spared` are the excesses of secured lines, beyond which no invest cash pays.
    """
    sight, places = base
    dated = sight.work.dated()
    if not charges(dated):
        return None
    waiver = dated.number_on(WAIVER, sight.day)
    customer = payers(held)
    place, ours = placed(registered.customer, customer)
    customer, opened = customer[ours], registered.day[place[ours]]
    if not len(customer):
        return None
    stored = sight.work.fee_cycles(customer if len(customer) == 1 else None)
    value = cash_of(held, customer)
    poor = np.flatnonzero(value < waiver)
    if len(poor):
        value[poor] += held_value(sight, held, customer[poor], waiver)
    spare = np.full(len(customer), MAX_AMOUNT)
    at, lends = placed(spared.customer, customer)
    spare[lends] = np.maximum(spared.excess[at[lends]], 0)
    sampled = Sampled(customer, value, opened)
    return billed(held, sampled, stored, (sight.day, dated, spare), places)


def held_value(sight: Sight, held: Purses, customer: Int64s, waiver: int) -> Int64s:
    """What the holdings of households that can pay are worth (n,), in accounts with their paying one's asset.

    As much as waives the fee where a price is not known.
    """
    total = np.zeros(len(customer), np.int64)
    mine = placed(customer, held.customer)[1] & ((held.kind == Kind.INVEST) | (held.kind == Kind.IRA))
    slices = slices_after(sight.work.slices(held.account[mine]), sight.steps)
    some = (slices.units > 0) & _alike(held, customer)[1][held.at(slices.account)]
    if not some.any():
        return total
    value, missing = values(sight, slices.asset[some], slices.units[some])
    at = placed(customer, slices.customer[some])[0]
    np.add.at(total, at, np.where(missing, waiver, value))
    return total
