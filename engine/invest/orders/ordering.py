"""An order of a household for the next window, held against the books and the prices before it is kept.

What is refused leaves nothing behind. The same key gives the same order again; with other terms it is refused.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from engine.dated.trading import order_minimum
from engine.desk import AccountRecord
from engine.household import account_named
from engine.invest.lots.choose import SaleTerms, choose
from engine.invest.lots.lots import lot_of
from engine.invest.lots.worth import cents_of
from engine.invest.market import Market
from engine.invest.orderrecords import Intent, IntentKind
from engine.invest.orders.bearing import prove_borne
from engine.invest.orders.orderdesk import OrderDesk, Wanted, order_desk
from engine.invest.pies.editing import Draft
from engine.invest.pies.paths import inner_pies, leaves
from engine.invest.pies.removing import save, without
from engine.invest.pies.terms import terms_of
from engine.invest.records import LotOrder, SliceState
from engine.ports import BookWork
from ledger.accounts import Kind, Standing
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT, format_money, quoted
from ledger.seal import asset_code


def place(work: BookWork, market: Market, wanted: Wanted, when: tuple[int, int]) -> Intent:
    """Keep an order for the next window; `when` is (business day, instant). A known key gives the order it made.

    A removal saves the pie without the slice as well (products.md 1.3). Raises SluiceError with the field that is
    wrong: `account_unknown`, `account_closed`, `no_pie_account`, `no_pie`, `slice_unknown`, `order_slot`,
    `order_amount`, `below_minimum`, `exceeds_cash`, `above_holding`, `exceeds_value`, `nothing_held`, `no_price`,
    `symbol_inactive`, `lots_specific`, `order_destination`, `pie_unknown`, `model_locked`, `last_slice`,
    `exceeds_owed`, `margin_call`, `margin_short`, `idempotency_key_reused`; nothing is kept then.
    """
    account = account_named(work, wanted.customer, wanted.account)
    destination = _destination(work, wanted, account)
    known = [one for one in work.intents(None, wanted.customer) if one.key == wanted.key]
    if known:
        return _again(known[0], wanted, (account.account, destination))
    desk = order_desk(work, market, account, (wanted, when[1], order_minimum(work.dated(), when[0])))
    intent = _CHECKS[wanted.kind](desk, market)
    intent = replace(intent, destination=destination, made=when[1])
    prove_borne(desk, market, intent, when)
    if wanted.kind == IntentKind.REMOVE:
        _remove(desk, market, when)
    return replace(intent, intent=work.keep_intent(intent))


def _again(known: Intent, wanted: Wanted, ids: tuple[int, int]) -> Intent:
    """The order that the key stands for."""
    asked = (*ids, wanted.kind, wanted.path, wanted.lots, wanted.slot)
    same = asked == (known.account, known.destination, known.kind, known.path, known.lots, known.slot_wanted)
    if not same or (wanted.amount != known.amount and not wanted.lots):
        sentence = "This key was used for another order; repeat that order exactly, or make a new key for a new one."
        raise SluiceError("idempotency_key_reused", sentence, "key")
    return known


def _destination(work: BookWork, wanted: Wanted, account: AccountRecord) -> int:
    """The account a raise pays into; 0 for every other order."""
    if wanted.kind != IntentKind.RAISE:
        if wanted.destination:
            sentence = "Only a raise has a destination; leave it out, the money stays in the account."
            raise SluiceError("order_destination", sentence, "destination")
        return 0
    try:
        target = account_named(work, wanted.customer, wanted.destination)
    except SluiceError as fault:
        raise SluiceError("order_destination", fault.sentence, "destination") from None
    if target.account == account.account or target.asset != account.asset or target.standing != Standing.OPEN:
        sentence = f"{target.handle} cannot take this money; choose another open account in the same currency."
        raise SluiceError("order_destination", sentence, "destination")
    if target.kind == Kind.IRA:
        sentence = f"{target.handle} takes contributions of a tax year; raise to cash, and transfer from there."
        raise SluiceError("order_destination", sentence, "destination")
    return target.account


def _intent(desk: OrderDesk, amount: int) -> Intent:
    wanted = desk.wanted
    made = {"made": 0, "key": wanted.key, "lots": wanted.lots, "slot_wanted": wanted.slot}
    return Intent(0, wanted.customer, desk.account.account, wanted.kind, wanted.path, amount, **made)  # type: ignore[arg-type]  # the names are Intent's own


def _amount(desk: OrderDesk, *, all_: bool) -> int:
    """The amount asked for; 0 only where that means all."""
    amount, least = desk.wanted.amount, format_money(desk.minimum)
    if desk.wanted.lots and desk.wanted.kind != IntentKind.SELL:
        raise SluiceError("lots_specific", "Lots are named by a sale alone; leave them out.", "lots")
    if not 0 <= amount <= MAX_AMOUNT:
        raise SluiceError("order_amount", f"An order is of {least} or more; write an amount above zero.", "amount")
    if amount < desk.minimum and not (all_ and amount == 0):
        asked = format_money(amount)
        raise SluiceError("below_minimum", f"{asked} is below the smallest order; ask for {least} or more.", "amount")
    return amount


def _buy(desk: OrderDesk, market: Market) -> Intent:
    amount = _amount(desk, all_=False)
    places = [at for at in desk.inside() if desk.slices.state[at] == SliceState.HELD]
    if not places:
        sentence = f"{desk.wanted.path} has left the pie; only slices of the pie are bought. Take it back in first."
        raise SluiceError("slice_unknown", sentence, "path")
    desk.prove_priced(places)
    symbols = [asset_code(int(desk.slices.asset[at])) for at in places]
    listed = market.listings(symbols)
    idle = [symbol for symbol in symbols if symbol in listed and not listed[symbol].active]
    if idle:
        sentence = f"{idle[0]} is not traded any more; take it out of the pie, or buy another slice."
        raise SluiceError("symbol_inactive", sentence, "path")
    if amount > desk.cash and not desk.wanted.beyond_cash:
        most = format_money(desk.cash, grouped=True)
        sentence = f"{desk.account.handle} has {most} of settled cash; buy for no more, or move cash in first."
        raise SluiceError("exceeds_cash", sentence, "amount")
    return _intent(desk, amount)


def _sell(desk: OrderDesk, market: Market) -> Intent:
    del market
    amount, places = _amount(desk, all_=True), [at for at in desk.inside() if desk.slices.units[at] > 0]
    if not places:
        where = desk.wanted.path or desk.account.handle
        raise SluiceError("nothing_held", f"Nothing is held in {where}, so there is nothing to sell.", "path")
    desk.prove_priced(places)
    if desk.wanted.lots:
        return _intent(desk, _lots_worth(desk, places))
    most = desk.value(places)
    if amount > most:
        sentence = f"What is held there is worth {format_money(most, grouped=True)}; sell for no more, or sell all."
        raise SluiceError("above_holding", sentence, "amount")
    return _intent(desk, amount)


def _lots_worth(desk: OrderDesk, places: list[int]) -> int:
    """What the lots that were named are worth now. Raises SluiceError `lots_specific` where they do not fit."""
    if len(places) > 1 or desk.slices.path[places[0]] != desk.wanted.path or desk.wanted.amount:
        sentence = (
            "Lots are named for the sale of one slice, and say themselves how much is sold: leave the amount out."
        )
        raise SluiceError("lots_specific", sentence, "lots")
    at = places[0]
    number, asset = int(desk.slices.slice[at]), int(desk.slices.asset[at])
    rows = desk.work.lots(np.array([desk.account.account], np.int64))
    own = [lot_of(row) for row in rows if row.slice == number]
    units = sum(count for _, count in desk.wanted.lots)
    price = desk.price(at) or 0
    try:
        choose(own, units, LotOrder.SPECIFIC, SaleTerms(0, price, desk.scales[asset], specific=desk.wanted.lots))
    except SluiceError as fault:
        raise SluiceError("lots_specific", fault.sentence, fault.field.replace("specific", "lots")) from None
    return cents_of(units, price, desk.scales[asset])


def _raise(desk: OrderDesk, market: Market) -> Intent:
    del market
    if desk.wanted.path:
        raise SluiceError("slice_unknown", "A raise sells what is furthest above its weight; name no slice.", "path")
    amount = _amount(desk, all_=False)
    most = desk.cash + desk.value(desk.alive())
    if amount > most:
        sentence = f"{desk.account.handle} is worth {format_money(most, grouped=True)} with its cash; raise no more."
        raise SluiceError("exceeds_value", sentence, "amount")
    return _intent(desk, amount)


def _without_amount(desk: OrderDesk) -> None:
    if desk.wanted.amount or desk.wanted.lots:
        raise SluiceError("order_amount", "This order has no amount and no lots of its own; leave them out.", "amount")


def _rebalance(desk: OrderDesk, market: Market) -> Intent:
    del market
    _without_amount(desk)
    pies = dict(inner_pies(desk.pie))
    if desk.wanted.path not in pies:
        choices = ", ".join(sorted(pies)[1:]) or "none"
        sentence = f"{quoted(desk.wanted.path)} is no pie; name none for the whole, or an inner pie: {choices}."
        raise SluiceError("pie_unknown", sentence, "path")
    desk.prove_priced(desk.inside())
    return _intent(desk, 0)


def _removal(desk: OrderDesk, market: Market) -> Intent:
    del market
    _without_amount(desk)
    if not desk.wanted.path:
        raise SluiceError("slice_unknown", "Name the slice that is to be removed.", "path")
    desk.inside()
    return _intent(desk, 0)


def _remove(desk: OrderDesk, market: Market, when: tuple[int, int]) -> None:
    """Save the pie without the slice."""
    pie = desk.wanted.pie or without(desk.pie, desk.wanted.path)
    staying = {path for path, _, _ in leaves(pie)}
    removed = [path for path in (desk.slices.path[at] for at in desk.inside()) if path not in staying]
    if not removed:
        sentence = f"{desk.wanted.path} is still part of the pie that was given; take it out there."
        raise SluiceError("slice_stays", sentence, "path")
    account = desk.account
    terms = terms_of(desk.work.pies_now(np.array([account.account], np.int64))[account.account].terms)
    listed = market.listings([symbol for _, symbol, _ in leaves(pie)])
    problems = save(desk.work, account, Draft(pie, terms, tuple(removed)), listed, when)
    if problems:
        raise SluiceError(problems[0].code, problems[0].sentence, problems[0].path)


_CHECKS: Final = {
    IntentKind.BUY: _buy,
    IntentKind.SELL: _sell,
    IntentKind.REBALANCE: _rebalance,
    IntentKind.REMOVE: _removal,
    IntentKind.RAISE: _raise,
}
