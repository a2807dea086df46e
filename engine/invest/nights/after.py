"""What the steps before a night change of what rules and facts read, for a preview that must not write them."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.holds.layers import Layers, merged, no_layers, packed
from engine.invest.core.columns import Weights
from engine.invest.journals import Entry, Inner, Place
from engine.invest.nights.estate import slice_rows
from engine.invest.nights.steps import Steps
from engine.invest.records import Slices
from engine.ports import Flows, Population
from ledger.accounts import Accounts, Int64s, Kind

_COUNTERS = ("debits_posted", "credits_posted", "debits_pending", "credits_pending")
_FITS = 9 * 10**18  # weights below fit into int64, as `PieWork.slices` has them


def population_after(population: Population, steps: Steps) -> Population:
    """The population as it will be read once the steps are written."""
    accounts, dues = (_moved(one, steps) for one in (population.accounts, population.dues))
    return replace(population, accounts=accounts, dues=dues)


def _moved(accounts: Accounts, steps: Steps) -> Accounts:
    """Balances with what the steps move."""
    place = {account: at for at, account in enumerate(accounts.account.tolist())}
    counters = {name: getattr(accounts, name).copy() for name in _COUNTERS}
    for entry in _entries(steps):
        kind = "pending" if entry.pending else "posted"
        for word, side in (("debits", entry.debit), ("credits", entry.credit)):
            if side in place:
                counters[f"{word}_{kind}"][place[side]] += entry.amount
    return replace(accounts, **counters)


def _entries(steps: Steps) -> list[Entry]:
    return [entry for estate in steps.estates for journal in estate.journals for entry in journal.entries]


def layers_after(layers: Layers, steps: Steps) -> Layers:
    """The money under holds as it will be read once the steps are written."""
    accounts, ours = layers_of(steps)
    return packed(merged(layers.take(~np.isin(layers.account, accounts)), ours)) if len(accounts) else layers


def layers_of(steps: Steps) -> tuple[Int64s, Layers]:
    """The accounts (ascending) of households that raises may take money under holds from, and their layers."""
    accounts: list[int] = []
    found = no_layers()
    for estate in steps.estates:
        if estate.layers is not None:
            accounts += list(estate.accounts)
            found = merged(found, estate.layers)
    return np.array(sorted(accounts), np.int64), packed(found)


def flows_after(flows: Flows, steps: Steps, last_night: int) -> Flows:
    """The flows with what the steps bring in from incomes; `last_night` is the book's."""
    found = [(one.debit, one.amount) for one in _entries(steps) if isinstance(one.debit, int) and _income(one.credit)]
    if not found:
        return flows
    account, arrived = np.array(found, np.int64).T
    none = np.zeros(len(found), np.int64)
    more = Flows(account, none + steps.day, none + last_night, arrived, none, none)
    names = Flows.__dataclass_fields__
    return Flows(*(np.concatenate([getattr(flows, name), getattr(more, name)]) for name in names))


def _income(place: Place) -> bool:
    return not isinstance(place, int | Inner) and place.path.startswith("income:")


def inner_after(steps: Steps, kinds: tuple[Kind, ...]) -> Mapping[int, int]:
    """Cents that the steps bring into inner accounts of these kinds, by the account around them."""
    found: dict[int, int] = {}
    for entry in _entries(steps):
        for side, amount in ((entry.debit, entry.amount), (entry.credit, -entry.amount)):
            if isinstance(side, Inner) and side.kind in kinds:
                found[side.parent] = found.get(side.parent, 0) + amount
    return found


def slices_after(slices: Slices, steps: Steps) -> Slices:
    """Slices of whole accounts as they will be; those of households to which nothing happens stay as they are."""
    if not steps.estates:
        return slices
    names = ("account", "slice", "customer", "asset", "place", "state")
    rows = slice_rows(slices)
    known = {(row.account, row.slice): (row, units) for row, units in zip(rows, slices.units.tolist(), strict=True)}
    accounts = set(slices.account.tolist())
    for estate in steps.estates:
        mine = {slot: row for slot, row in estate.rows.items() if slot[0] in accounts}
        known |= {slot: (row, estate.units[slot]) for slot, row in mine.items()}
    listed = sorted(known.values(), key=lambda one: (one[0].account, one[0].place, one[0].slice))
    after = {name: _column([getattr(row, name) for row, _ in listed]) for name in names}
    weight: Weights = np.array([row.weight for row, _ in listed], np.object_)
    if (weight < _FITS).all():
        weight = weight.astype(np.int64)
    units = _column([units for _, units in listed])
    return Slices(**after, weight=weight, units=units, path=[row.path for row, _ in listed])


def _column(values: list[int]) -> Int64s:
    return np.array(values, np.int64)
