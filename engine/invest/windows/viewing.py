"""Read what a window or a preview is planned on: accounts with pies, prices, money, orders and lots of one book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.invest.lots.choose import first_units
from engine.invest.lots.lots import Lot, lot_of
from engine.invest.market import OrderState, Quotes, Window
from engine.invest.orderrecords import Intent, IntentKind, IntentState, KeptQuotes
from engine.invest.pies.paths import reaches
from engine.invest.pies.pie import Pie, stored_pie
from engine.invest.records import InvestAccounts, PieMode, Slices, SliceState
from engine.invest.windows.known import Purse
from engine.invest.windows.levies import sale_terms
from engine.invest.windows.planning import View
from engine.invest.windows.reserving import is_reserved
from engine.invest.windows.valued import Valued, pick, pick_slices, valued
from engine.overnight.marginwindow import backing
from engine.ports import BookWork
from ledger.accounts import Int64s, Standing
from ledger.seal import asset_code, asset_number

ONE_WINDOW_SLOTS = 2
"""Slots of a session that an account may choose among; every account takes part in later ones."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a plan is made on: the window, the prices, the minimum order in cents; for these households or all.

    `extra` are intents that are not stored, `more_cash` (account, cents) that are not there yet, as a preview asks for.
    """

    window: Window
    quotes: KeptQuotes
    minimum: int
    customers: Int64s | None = None
    extra: tuple[Intent, ...] = ()
    more_cash: tuple[tuple[int, int], ...] = ()


def kept(quotes: Quotes) -> KeptQuotes:
    """A snapshot by asset, as it is kept."""
    price = {asset_number(symbol): price for symbol, price in quotes.price.items()}
    missing = {asset_number(symbol): reason for symbol, reason in quotes.missing.items()}
    return KeptQuotes(quotes.snapshot, quotes.instant, quotes.source, price, missing)


def symbols_held(work: BookWork, customers: Int64s | None = None) -> list[str]:
    """Symbols of every slice that has a weight or units, ascending."""
    accounts = work.invest_accounts(customers)
    slices = work.slices(accounts.account)
    return sorted({asset_code(asset) for asset in np.unique(slices.asset[_alive(slices)]).tolist()})


def view(work: BookWork, basis: Basis) -> View:
    """What the window sees.

    Accounts that are not open or do not use the window's slot are left out, and so are those with orders of an earlier
    window whose fate is open: their units may be sold already. Intents made since the window opened wait for the next,
    removals too.
    """
    window, quotes = basis.window, basis.quotes
    accounts = work.invest_accounts(basis.customers)
    unsure = np.array(sorted(unsettled_accounts(work, window)), np.int64)
    fitting = ~np.isin(accounts.account, unsure) & (work.accounts(accounts.account).standing == Standing.OPEN)
    if window.slot <= ONE_WINDOW_SLOTS:
        fitting &= (accounts.slots & (1 << (window.slot - 1))) != 0
    accounts = pick(accounts, fitting)
    slices = work.slices(accounts.account)
    slices = pick_slices(slices, _alive(slices))
    here = set(accounts.account.tolist())
    known = [one for one in (*work.intents([IntentState.WAITING]), *basis.extra) if one.account in here]
    ours = [one for one in known if one.slot_wanted in {0, window.slot}]
    intents = [one for one in ours if one in basis.extra or one.made < window.opens]
    slices = _not_yet(slices, [one for one in known if one.kind == IntentKind.REMOVE and one not in intents])
    intents = [_unsold(work, one) if one.lots and one.done else one for one in intents]
    documents = _documents(work, accounts, slices)
    trees = {account: pie for account, pie in documents.items() if _level(accounts, account)}
    now = valued(accounts, slices, (quotes.price, work.asset_scales()), trees)
    number = {account: at for at, account in enumerate(accounts.account.tolist())}
    lots = _lots(work, now, intents)
    trees = {number[one]: pie for one, pie in documents.items()}
    purse = _purse(work, accounts, dict(basis.more_cash))
    backed = backing(work, quotes.price, window.day, basis.customers)
    return View(now, purse, intents, lots, trees, basis.minimum, backed, sale_terms(work.dated(), window.day))


def _not_yet(slices: Slices, late: Sequence[Intent]) -> Slices:
    """Slices whose removal waits for a later window are, in this one, as those that have left their pie."""
    state = slices.state.copy()
    for one in late:
        inside = np.array([reaches(one.path, path) for path in slices.path], np.bool_)
        state[inside & (slices.account == one.account) & (state == SliceState.REMOVING)] = SliceState.LEFT
    return replace(slices, state=state)


def _unsold(work: BookWork, intent: Intent) -> Intent:
    """An order of named lots with those units that no window before has sold of them."""
    left = dict(intent.lots)
    for _, part in work.parts_of(intent.customer):
        if part.intent == intent.intent:
            for lot, units in first_units(part.lots, part.filled_units):
                left[lot] -= units
    return replace(intent, lots=tuple((lot, units) for lot, units in left.items() if units))


def unsettled_accounts(work: BookWork, window: Window) -> set[int]:
    """Accounts with orders of other windows that are not booked yet."""
    open_orders = [one for one in work.orders_in(tuple(OrderState)) if (one.day, one.slot) != (window.day, window.slot)]
    return {part.account for part in work.parts([one.client_id for one in open_orders])}


def _alive(slices: Slices) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Slices that are part of their pie or still hold units."""
    found: np.ndarray[tuple[int], np.dtype[np.bool_]] = (slices.state == SliceState.HELD) | (slices.units > 0)
    return found


def _level(accounts: InvestAccounts, account: int) -> bool:
    at = int(np.searchsorted(accounts.account, account))
    return int(accounts.mode[at]) == PieMode.LEVEL_BY_LEVEL


def _documents(work: BookWork, accounts: InvestAccounts, slices: Slices) -> dict[int, Pie]:
    """The pies of accounts that need their trees: those that work level by level, and those with a removal."""
    removing = np.unique(slices.account[slices.state == SliceState.REMOVING])
    wanted = np.union1d(accounts.account[accounts.mode == PieMode.LEVEL_BY_LEVEL], removing)
    if len(wanted) == 0:
        return {}
    return {account: stored_pie(version.document) for account, version in work.pies_now(wanted).items()}


def _purse(work: BookWork, accounts: InvestAccounts, more: Mapping[int, int]) -> Purse:
    balances = work.accounts(accounts.account)
    number = {account: at for at, account in enumerate(accounts.account.tolist())}
    earmarks = [
        (number[account], path, cents)
        for account, path, cents in work.earmarks()
        if account in number and not is_reserved(path)
    ]
    added = np.array([more.get(account, 0) for account in accounts.account.tolist()], np.int64)
    return Purse(balances.posted() - balances.credits_pending + added, earmarks)


def _lots(work: BookWork, now: Valued, intents: Sequence[Intent]) -> Mapping[tuple[int, int], Sequence[Lot]]:
    """Open lots of the accounts in which something may be sold."""
    selling = {one.account for one in intents if one.kind not in {IntentKind.BUY, IntentKind.REMOVE}}
    accounts = now.accounts
    selling |= set(accounts.account[(accounts.on_bands != 0) | (accounts.every != 0)].tolist())
    selling |= set(now.slices.account[now.slices.state == SliceState.REMOVING].tolist())
    found: dict[tuple[int, int], list[Lot]] = {}
    if selling:
        for row in work.lots(np.array(sorted(selling), np.int64)):
            found.setdefault((row.account, row.slice), []).append(lot_of(row))
    return found
