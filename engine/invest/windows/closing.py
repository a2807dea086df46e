"""Final orders into the books, and what becomes of the intents that a window worked on."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from engine.invest.journals import Entry, Inner, Journal, Stamp, post, words_of
from engine.invest.market import FINAL, OrderState, Side
from engine.invest.orderrecords import OPEN_STATES, Intent, IntentKind, IntentState, OrderRow, PartRow
from engine.invest.pies.paths import reaches
from engine.invest.records import LotRow, Slices
from engine.invest.windows.blocks import shared
from engine.invest.windows.fills import Booked, booked_buy, booked_sale
from engine.invest.windows.lending import MARGIN_CALL, MARGIN_SHORT
from engine.invest.windows.levies import NO_LEVY, Levied, levied, sale_terms
from engine.invest.windows.phases import currencies
from engine.invest.windows.reserving import Returned, order_rows, returned
from engine.overnight.work import FeeRow
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.days import MICROSECONDS
from ledger.faults import SluiceError

RETURN_WORD: Final = 4

BROKEN: Final = "broken: "
"""How the reason of an order begins that cannot be booked."""

_ENDING: Final = ("cash_short", MARGIN_SHORT, MARGIN_CALL)
"""Why a buy is not planned again: it was done as far as it could be."""

CARRIED_DAYS: Final = 7
"""How long what was not filled is planned again, in days since the intent was made."""


@dataclass(slots=True)
class _Return:
    """What orders did not spend of one account's money, in cents; `client` is one of these orders."""

    customer: int
    client: str
    cash: int = 0
    unsettled: int = 0


@dataclass(slots=True)
class _Closing:
    """Journals, lot moves and rows of final orders, gathered before anything is written."""

    work: BookWork
    settles: Callable[[int], int]
    lots: dict[int, LotRow]
    currency: dict[int, int]
    earmarks: dict[int, dict[str, int]]
    settlements: dict[tuple[int, int], int]
    journals: list[Journal] = field(default_factory=list)
    booked: list[tuple[int, Booked]] = field(default_factory=list)
    returns: dict[int, _Return] = field(default_factory=dict)

    def settle(self, account: int, day: int, cents: int) -> None:
        """Proceeds are on their way until the settlement session of `day`."""
        key = (account, self.settles(day))
        self.settlements[key] = self.settlements.get(key, 0) + cents


def book_final(work: BookWork, settles: Callable[[int], int], stamp: Stamp) -> list[OrderRow]:
    """Book every final order that is not booked yet, as one sealed block; the orders as they are now.

    An order whose fill breaks its own terms, or whose lots are gone, stays unbooked with the reason: people look at it,
    and its accounts take part in no window until then.
    """
    orders = [one for one in work.orders_in(tuple(FINAL)) if not one.reason.startswith(BROKEN)]
    if not orders:
        return []
    parts = _parts_by_order(work, orders)
    closing = _closing(work, settles, [part for own in parts.values() for part in own])
    scales, done = work.asset_scales(), []
    shares: list[PartRow] = []
    for order in orders:
        try:
            own = shared(order, parts[order.client_id], scales[order.asset])
            terms = sale_terms(work.dated(), order.day) if order.side == Side.SELL else NO_LEVY
            sold = levied(own, scales[order.asset], terms)
            _gather(closing, order, sold)
        except (SluiceError, ValueError) as fault:
            done.append(replace(order, reason=f"{BROKEN}{fault}"))
            continue
        shares += [one.part for one in sold]
        done.append(replace(order, booked=True))
    _write(closing, stamp)
    work.set_parts(shares)
    work.set_orders(done)
    _credit(work, shares, {one.client_id: one for one in done})
    return done


def _closing(work: BookWork, settles: Callable[[int], int], parts: Sequence[PartRow]) -> _Closing:
    """What the books hold of the accounts of these parts."""
    accounts = np.unique(np.array([one.account for one in parts], np.int64))
    selling = np.unique(np.array([one.account for one in parts if one.lots], np.int64))
    lots = {row.lot: row for row in work.lots(selling)} if len(selling) else {}
    earmarks: dict[int, dict[str, int]] = {}
    for account, path, cents in work.earmarks():
        earmarks.setdefault(account, {})[path] = cents
    settlements = {(account, day): cents for account, day, cents in work.settlements()}
    return _Closing(work, settles, lots, currencies(work, accounts), earmarks, settlements)


def _parts_by_order(work: BookWork, orders: Iterable[OrderRow]) -> dict[str, list[PartRow]]:
    found: dict[str, list[PartRow]] = {one.client_id: [] for one in orders}
    for part in work.parts(list(found)):
        found[part.client_id].append(part)
    return found


def _gather(closing: _Closing, order: OrderRow, shares: Sequence[Levied]) -> None:
    """Everything of one order; raises before anything was added."""
    parts = [one.part for one in shares]
    if order.side == Side.SELL:
        sold = _sold(closing, order, shares)
        for one in sold:
            closing.settle(one.part.account, order.day, one.net)
        returns = []
    else:
        bought = (booked_buy(order, part, closing.currency[part.account], 0) for part in parts)
        sold = [one for one in bought if one is not None]
        returns = _returned(closing, order, parts, sold)
    for one in sold:
        closing.journals.append(one.journal)
        closing.booked.append((len(closing.journals) - 1, one))
    for part, left in returns:
        _give_back(closing, order, part, left)


def _sold(closing: _Closing, order: OrderRow, parts: Sequence[Levied]) -> list[Booked]:
    """The sales of an order, each on the lots as the ones before leave them. Raises ValueError for one below zero."""
    lots = ChainMap(dict[int, LotRow](), closing.lots)
    found = []
    for share in parts:
        part = share.part
        one = booked_sale(order, share, lots, closing.currency[part.account])
        if one is None:
            continue
        if one.net < 0:
            raise ValueError(f"order {order.client_id} cost {part.fee} cents in fees, it brought {part.filled}")
        for move in one.moves:
            row = lots[move.lot]
            lots[move.lot] = replace(row, units=row.units + move.units, cost=row.cost + move.cost)
        found.append(one)
    closing.lots.update(lots.maps[0])
    return found


def _returned(
    closing: _Closing, order: OrderRow, parts: Sequence[PartRow], booked: Sequence[Booked]
) -> list[tuple[PartRow, Returned]]:
    """What each account's money for the order leaves, with one of its parts. Raises ValueError where it was less."""
    spent: dict[int, int] = {}
    for one in booked:
        spent[one.part.account] = spent.get(one.part.account, 0) + one.net
    owners = {part.account: part for part in parts}
    return [
        (owners[account], returned(closing.earmarks.get(account, {}), order.client_id, spent.get(account, 0)))
        for account in sorted(owners)
    ]


def _give_back(closing: _Closing, order: OrderRow, part: PartRow, left: Returned) -> None:
    """What an order did not spend of an account's money goes back to where it came from."""
    account, rows = part.account, closing.earmarks.setdefault(part.account, {})
    for path in order_rows(rows, order.client_id):
        rows[path] = 0
    for path, cents in left.waiting.items():
        rows[path] = rows.get(path, 0) + cents
    if left.unsettled:
        closing.settle(account, order.day, left.unsettled)
    found = closing.returns.setdefault(account, _Return(part.customer, order.client_id))
    found.cash += left.cash
    found.unsettled += left.unsettled


def _return_journals(closing: _Closing) -> list[Journal]:
    """One journal an account that gets something back."""
    found = []
    for account, one in sorted(closing.returns.items()):
        currency = closing.currency[account]
        pot = Inner(account, Kind.EARMARKED, currency)
        both = (
            Entry(account, pot, currency, one.cash, Code.EARMARK),
            Entry(Inner(account, Kind.UNSETTLED, currency), pot, currency, one.unsettled, Code.EARMARK),
        )
        words = (RETURN_WORD, *words_of(one.client), account)
        found.append(Journal(one.customer, words, tuple(each for each in both if each.amount)))
    return found


def _write(closing: _Closing, stamp: Stamp) -> None:
    """Write journals as one block, then the lot moves under the seq of their journals, then the rows."""
    seqs = post(closing.work, [*closing.journals, *_return_journals(closing)], stamp)
    new = iter(closing.work.new_lots(sum(one.moves[0].lot == 0 for _, one in closing.booked)).tolist())
    moves = [(replace(move, lot=move.lot or next(new)), seqs[at]) for at, one in closing.booked for move in one.moves]
    closing.work.keep_moves([move for move, _ in moves], [seq for _, seq in moves])
    closing.work.set_settlements([(account, day, cents) for (account, day), cents in closing.settlements.items()])
    rows = [(account, path, cents) for account, own in closing.earmarks.items() for path, cents in own.items()]
    closing.work.set_earmarks(rows)
    closing.work.keep_fees([row for at, one in closing.booked for row in _levy_rows(one, stamp[0], seqs[at])])


def _levy_rows(booked: Booked, day: int, seq: int) -> list[FeeRow]:
    """What regulators took of a sale, as fees with the journal they are part of."""
    part = booked.part
    return [
        FeeRow(part.customer, day, fee, part.account, cents, 0, 0, seq) for fee, cents in booked.levies.items() if cents
    ]


def _credit(work: BookWork, parts: Sequence[PartRow], orders: dict[str, OrderRow]) -> None:
    """Count what the parts brought or bought towards their intents."""
    got: dict[int, int] = {}
    for part in parts:
        if part.intent and part.purpose in {"sell", "raise", "buy"}:
            fee = part.fee if orders[part.client_id].side == Side.SELL and part.purpose == "raise" else 0
            got[part.intent] = got.get(part.intent, 0) + part.filled - fee
    known = [one for one in work.intents(OPEN_STATES) if one.intent in got] if got else []
    work.set_intents([replace(one, done=one.done + got[one.intent]) for one in known])


def finish_intents(work: BookWork, window: tuple[int, int], minimum: int) -> None:
    """Judge the intents that a window (day, slot) worked on, once all of its orders for them are booked."""
    working = [one for one in work.intents([IntentState.WORKING]) if (one.day, one.slot) == window]
    if not working:
        return
    orders = {one.client_id: one for one in work.orders(*window)}
    parts: dict[int, list[OrderRow]] = {}
    for part in work.parts(list(orders)):
        order = orders[part.client_id]
        whole = order.booked and 0 < part.units == part.filled_units
        parts.setdefault(part.intent, []).append(replace(order, state=OrderState.FILLED) if whole else order)
    sure = [one for one in working if all(order.booked for order in parts.get(one.intent, ()))]
    slices = work.slices(np.unique(np.array([one.account for one in sure], np.int64)))
    when = (window[0], minimum)
    work.set_intents([_judged(slices, intent, parts.get(intent.intent, ()), when) for intent in sure])


def _judged(slices: Slices, intent: Intent, own: Sequence[OrderRow], when: tuple[int, int]) -> Intent:
    """Done, partly, or to be planned again; after CARRIED_DAYS what is left is given up with its reason."""
    day, minimum = when
    missing = [order for order in own if order.state != OrderState.FILLED]
    if _complete(slices, intent, (bool(own), bool(missing)), minimum):
        state = IntentState.SETTLING if intent.kind == IntentKind.RAISE else IntentState.DONE
        return replace(intent, state=state, reason="")
    reason = intent.reason or (missing[0].reason if missing else "") or "nothing_to_trade"
    old = day - intent.made // MICROSECONDS >= CARRIED_DAYS
    if (reason in _ENDING and intent.kind == IntentKind.BUY) or old:
        if intent.kind == IntentKind.RAISE and intent.done:
            return replace(intent, state=IntentState.SETTLING, reason=reason)
        return replace(intent, state=IntentState.PARTLY if intent.done or own else IntentState.REFUSED, reason=reason)
    return replace(intent, state=IntentState.WAITING, reason=reason)


def _complete(slices: Slices, intent: Intent, orders: tuple[bool, bool], minimum: int) -> bool:
    """Whether nothing is left to do; `orders` says whether there were any, and whether one was not filled."""
    some, missing = orders
    match intent.kind:
        case IntentKind.BUY:
            return (some or intent.done > 0) and not missing and not intent.reason
        case IntentKind.RAISE:
            return intent.amount - intent.done < minimum
        case IntentKind.REBALANCE:
            return not missing and not intent.reason
        case IntentKind.SELL if intent.lots:
            return some and not missing
        case IntentKind.SELL if intent.amount:
            return intent.amount - intent.done < minimum
        case _:
            return not _units_left(slices, intent)


def _units_left(slices: Slices, intent: Intent) -> bool:
    """Whether a slice of the intent's path still holds units."""
    first, last = np.searchsorted(slices.account, (intent.account, intent.account + 1)).tolist()
    return any(
        units > 0 and reaches(intent.path, path)
        for path, units in zip(slices.path[first:last], slices.units[first:last].tolist(), strict=True)
    )
