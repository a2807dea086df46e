"""Read the households to which something happens before a night: what is due to them, and what they hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np

from engine.holds.layers import no_layers, released
from engine.invest.market import OPEN, ActionKind, CorporateAction
from engine.invest.nights.estate import Estate, Slot, slice_rows
from engine.invest.nights.news import News, mark
from engine.invest.orderrecords import OPEN_STATES, Intent, IntentKind, IntentState
from engine.invest.records import Slices
from engine.invest.windows.reserving import RAISE, raise_path
from engine.ports import BookWork
from ledger.accounts import Int64s, Kind
from ledger.seal import asset_number


@dataclass(frozen=True, slots=True)
class Found:
    """The households by number, and of the actions that are due and not done: whom they concern, and units held.

    `held` gives the units before the day without the right, of dividends by their id. `unsure` are (household, action)
    where an order from before the action may still come back, in units from before it.
    """

    estates: Mapping[int, Estate] = field(default_factory=dict)
    actions: Sequence[CorporateAction] = ()
    concerned: Mapping[str, frozenset[int]] = field(default_factory=dict)
    held: Mapping[str, Mapping[Slot, int]] = field(default_factory=dict)
    done: Collection[str] = ()
    unsure: Collection[tuple[int, str]] = ()


def read_estates(work: BookWork, told: News, customers: Int64s | None, *, whole: bool = True) -> Found:
    """Read what is due by `told.day` to these households or all; `whole` reads money on its way too."""
    done = work.actions_done()
    actions = [one for one in told.actions if mark(one) not in done]
    slices = work.slices(_pie_accounts(work, customers)) if actions else None
    concerned = _concerned(actions, told, slices) if slices is not None else {}
    settlements = [row for row in work.settlements() if row[1] <= told.day] if whole else []
    raises, waiting = _raises(work, told) if whole else ([], [])
    owners = work.accounts(np.array(sorted({row[0] for row in settlements}), np.int64)).customer.tolist()
    everyone = {*owners, *(one.customer for one in raises), *(one for some in concerned.values() for one in some)}
    mine = sorted(everyone if customers is None else everyone & set(customers.tolist()))
    if not mine:
        return Found()
    estates = _estates(work, told, np.array(mine, np.int64))
    _money(work, estates, (settlements, raises))
    for estate in estates.values():
        estate.waiting.extend(one for one in waiting if one.customer == estate.customer)
    if slices is not None:
        _holdings(work, estates, slices)
    relevant = [one for one in actions if one.id in concerned]
    paid = [one for one in relevant if one.kind == ActionKind.DIVIDEND]
    held = {one.id: work.units_before(asset_number(one.symbol), one.ex_day) for one in paid}
    return Found(estates, relevant, concerned, held, done, _unsure(work, relevant))


def _unsure(work: BookWork, actions: Sequence[CorporateAction]) -> set[tuple[int, str]]:
    """Households with orders in a security, older than what changes its units, whose fate is not known yet."""
    changes = [one for one in actions if one.kind != ActionKind.DIVIDEND]
    orders = {one.client_id: one for one in work.orders_in(OPEN)} if changes else {}
    parts = [(part.customer, orders[part.client_id]) for part in work.parts(list(orders))]
    return {
        (customer, action.id)
        for customer, order in parts
        for action in changes
        if order.asset == _asset(action.symbol) and order.day < action.ex_day
    }


def _pie_accounts(work: BookWork, customers: Int64s | None) -> Int64s | None:
    return None if customers is None else work.invest_accounts(customers).account


def _raises(work: BookWork, told: News) -> tuple[list[Intent], list[Intent]]:
    """Raises to be paid, whose last window has settled, and cancelled ones with money set aside; the other open ones.

    Ascending by number.
    """
    found = [one for one in work.intents(OPEN_STATES) if one.kind == IntentKind.RAISE]
    due = [one for one in found if one.state == IntentState.SETTLING and told.settles(one.day) <= told.day]
    kept = {path for _, path, _ in work.earmarks() if path.startswith(RAISE)}
    cancelled = work.intents([IntentState.CANCELLED]) if kept else []
    given_up = [one for one in cancelled if one.kind == IntentKind.RAISE and raise_path(one.intent) in kept]
    return [*due, *given_up], [one for one in found if one not in due]


def _concerned(actions: Iterable[CorporateAction], told: News, slices: Slices) -> dict[str, frozenset[int]]:
    """The households with a slice of an action's security, by the action's id; those that concern nobody are absent.

    A successor belongs to whoever has what became it.
    """
    owners: dict[int, set[int]] = {}
    for asset in np.unique(slices.asset).tolist():
        owners[asset] = set(slices.customer[slices.asset == asset].tolist())
    for old, new in _renamed(told).items():
        owners.setdefault(new, set()).update(owners.get(old, ()))
    found = {one.id: frozenset(owners.get(_asset(one.symbol), ())) for one in actions}
    return {action: some for action, some in found.items() if some}


def _renamed(told: News) -> dict[int, int]:
    """Successors by security, in the order of their days."""
    renamed = [one for one in told.actions if one.kind == ActionKind.RENAMED]
    return {_asset(one.symbol): _asset(one.successor) for one in renamed}


def _asset(symbol: str) -> int:
    """The number of a symbol; 0 for one that no book can hold."""
    try:
        return asset_number(symbol)
    except ValueError:
        return 0


def _estates(work: BookWork, told: News, customers: Int64s) -> dict[int, Estate]:
    fresh, scales, renamed = count(-1, -1), work.asset_scales(), _renamed(told)
    found = {one: Estate(one, told.day, {}, fresh, scales, renamed) for one in customers.tolist()}
    for record in work.accounts_of(customers):
        found[record.customer].accounts[record.account] = record
        if record.due_account:
            found[record.customer].line_of[record.due_account] = record.account
    _dues(work, found)
    return found


def _dues(work: BookWork, estates: Mapping[int, Estate]) -> None:
    """Give every household the interest due on its lines that is not on its way already."""
    lines = {due: (estate, line) for estate in estates.values() for due, line in estate.line_of.items()}
    balances = work.accounts(np.array(sorted(lines), np.int64))
    free = -(balances.posted() + balances.debits_pending)
    for due, cents in zip(balances.account.tolist(), free.tolist(), strict=True):
        estate, line = lines[due]
        estate.dues[line] = cents


def _money(
    work: BookWork, estates: Mapping[int, Estate], due: tuple[Iterable[tuple[int, int, int]], Iterable[Intent]]
) -> None:
    """Give every household its settlements and raises that are due, and its money that is set aside."""
    settlements, raises = due
    owner = _owners(estates)
    for account, day, cents in settlements:
        if account in owner:
            owner[account].settlements[account, day] = cents
    for account, path, cents in work.earmarks():
        if account in owner:
            owner[account].earmarks[account, path] = cents
    for intent in raises:
        if intent.customer in estates:
            estates[intent.customer].raises.append(intent)
    _held(work, [one for _, one in sorted(estates.items()) if one.raises])


def _held(work: BookWork, paying: Sequence[Estate]) -> None:
    """Give the households that pay raises their money under holds."""
    layers = work.layers(np.array([one.customer for one in paying], np.int64)) if paying else no_layers()
    for estate in paying:
        mine = released(layers.take(np.isin(layers.account, list(estate.accounts))), estate.day)
        estate.layers = mine if len(mine) else None


def _owners(estates: Mapping[int, Estate]) -> dict[int, Estate]:
    return {account: estate for estate in estates.values() for account in estate.accounts}


def _holdings(work: BookWork, estates: Mapping[int, Estate], slices: Slices) -> None:
    """Give every household its slices, lots and pies."""
    owner = _owners(estates)
    for row, units in zip(slice_rows(slices), slices.units.tolist(), strict=True):
        if row.account in owner:
            owner[row.account].rows[row.account, row.slice] = row
            owner[row.account].units[row.account, row.slice] = units
    kinds = (Kind.INVEST, Kind.IRA)
    accounts = np.array(sorted(one for one, own in owner.items() if own.accounts[one].kind in kinds), np.int64)
    for lot in work.lots(accounts):
        owner[lot.account].lots[lot.lot] = lot
    for account, version in work.pies_now(accounts).items():
        owner[account].pies[account] = version
