"""Orders and previews for programs: an order is placed once for each Idempotency-Key, cancelled until its window."""

from dataclasses import replace
from typing import Final

from engine.contributions.access import prove
from engine.contributions.rights import Action
from engine.invest.market import OrderState, Side
from engine.invest.orderrecords import Intent, IntentKind, IntentState
from engine.invest.orders.cancelling import cancel
from engine.invest.windows.previewed import LeafLine
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.money import format_money, format_units
from web.api.asked import Asked, Reply
from web.api.houses import DEFAULT_LIMIT, MAX_LIMIT
from web.api.pieanswers import (
    FillAnswer,
    LeafAnswer,
    OrderAnswer,
    OrdersAnswer,
    PiePreviewAnswer,
    SoldLotAnswer,
    TradeAnswer,
)
from web.api.piebodies import OrderBody, OrderTerms, PiePreviewBody
from web.api.pies import percent
from web.api.transfers import idempotency_key
from web.asking import Household, changing, reading, trying
from web.investing import Invested, invested
from web.investwords import price_words
from web.orders import Fill, Order, orders_of
from web.trade import INVEST, Trade, Tried, placed, tried
from web.units import parse_units

MAX_ORDER: Final = 10**15


def list_orders(asked: Asked) -> Reply:
    """GET /customers/{reference}/orders."""
    limit = asked.whole("limit", DEFAULT_LIMIT, MAX_LIMIT)
    before = asked.whole("before_order", MAX_ORDER, MAX_ORDER)
    with reading(asked.services, asked.reference) as house:
        found = [one for one in orders_of(house) if one.intent.intent < before]
        shown = [_order(house, one) for one in found[:limit]]
    return Reply(OrdersAnswer(orders=shown, next=shown[-1].order if len(found) > limit else None))


def _order(house: Household, one: Order) -> OrderAnswer:
    handles = {account.account: account.handle for account in house.accounts}
    intent = one.intent
    return OrderAnswer(
        order=intent.intent,
        account=one.handle,
        kind=IntentKind(intent.kind).name.lower(),
        path=intent.path,
        amount=format_money(intent.amount),
        destination=handles.get(intent.destination),
        slot=intent.slot_wanted,
        state=IntentState(intent.state).name.lower(),
        done=format_money(intent.done),
        reason=intent.reason,
        fills=[_fill(each) for each in one.fills],
    )


def _fill(one: Fill) -> FillAnswer:
    return FillAnswer(
        on=format_day(one.order.day),
        slot=one.order.slot,
        side=Side(one.order.side).name.lower(),
        symbol=one.order.symbol,
        path=one.path,
        state=OrderState(one.order.state).name.lower(),
        units=format_units(one.part.filled_units, one.scale),
        price=price_words(one.order.price).replace(",", "") if one.order.price else None,
        amount=format_money(one.part.filled),
        fee=format_money(one.part.fee),
    )


def place_order(asked: Asked) -> Reply:
    """POST /customers/{reference}/orders. The same key with the same order gives the order it made."""
    body, key = asked.body_as(OrderBody), idempotency_key(asked.headers.get("Idempotency-Key"))
    with changing(asked.services, asked.reference) as house:
        prove(house.rights, asked.person, Action.TRADE, (body.account,))
        if body.destination:
            prove(house.rights, asked.person, Action.MOVE, (body.account, body.destination))
        own = invested(house, body.account)
        known = {one.key for one in house.work.intents(None, house.customer)}
        intent = placed(own, _trade(own, body), key)
        if intent is None:
            raise SluiceError("nothing_to_trade", "There is nothing to order.", "kind")
        headers = {"Idempotent-Replayed": "true"} if key in known else {}
        return Reply(_found(house, intent), 201, headers)


def _found(house: Household, intent: Intent) -> OrderAnswer:
    return next(_order(house, one) for one in orders_of(house) if one.intent.intent == intent.intent)


def _trade(own: Invested, terms: OrderTerms) -> Trade:
    scale = _scale(own, terms.path)
    lots = tuple((one.lot, parse_units(one.units, scale, f"lots.{at}.units")) for at, one in enumerate(terms.lots))
    return Trade(terms.kind, terms.path, terms.amount, 0, terms.destination or "", terms.slot, lots)


def _scale(own: Invested, path: str) -> int:
    """Decimals of the security at a path; 0 where there is none."""
    assets = dict(zip(own.slices.path, own.slices.asset.tolist(), strict=True))
    return own.scales[assets[path]] if path in assets else 0


def cancel_order(asked: Asked) -> Reply:
    """DELETE /customers/{reference}/orders/{order}."""
    text = asked.path["order"]
    if not (text.isascii() and text.isdecimal() and len(text) < len(str(MAX_ORDER))):
        raise SluiceError("order_unknown", "There is no such order; an order is named by its number.", "order")
    with changing(asked.services, asked.reference) as house:
        handles = {one.account: one.handle for one in house.accounts}
        mine = [handles[one.account] for one in house.work.intents(None, house.customer) if one.intent == int(text)]
        prove(house.rights, asked.person, Action.TRADE, mine)
        now = asked.services.now()
        opened = asked.services.opened(now, house.work.dated())
        return Reply(_found(house, cancel(house.work, house.customer, int(text), now, opened)))


def preview_pie(asked: Asked) -> Reply:
    """POST /customers/{reference}/pies/{account}/preview."""
    body = asked.body_as(PiePreviewBody)
    with trying(asked.services, asked.reference) as house:
        own = invested(house, asked.path["account"])
        if own.pie is None:
            raise SluiceError("no_pie", f"{own.account.handle} has no pie yet.", "account")
        if body.order is None:
            return Reply(_preview(own, tried(own, Trade(INVEST, new_cash=body.new_cash, places=body.cash_only))))
        try:
            answer = tried(own, replace(_trade(own, body.order), new_cash=body.new_cash))
        except SluiceError as fault:
            field = f"order.{fault.field}" if fault.field else "order"
            raise SluiceError(fault.code, fault.sentence, field) from None
        return Reply(_preview(own, answer))


def _preview(own: Invested, answer: Tried) -> PiePreviewAnswer:
    planned, purse = answer.preview, answer.purse
    return PiePreviewAnswer(
        on=format_day(planned.window.day),
        slot=planned.window.slot,
        prices=planned.source,
        trades=_trades(own, answer),
        leaves=[_leaf(one) for one in answer.leaves],
        cash=format_money(purse.cash if purse else own.cash),
        cash_after=format_money(purse.after if purse else own.cash),
        tax=format_money(answer.tax),
        refused=list(answer.refused),
    )


def _trades(own: Invested, answer: Tried) -> list[TradeAnswer]:
    """Sales, then buys, then moves inside of the account."""
    number, planned = own.account.account, answer.preview
    found = []
    for sold in planned.sells:
        if sold.account == number:
            scale = own.listings[sold.symbol].scale
            lots = [
                SoldLotAnswer(
                    lot=lot.lot,
                    units=format_units(lot.units, scale),
                    cost=format_money(lot.cost),
                    proceeds=format_money(lot.proceeds),
                    gain=format_money(lot.gain),
                    term="long" if lot.long else "short",
                )
                for lot in sold.lots
            ]
            what = (sold.path, None, sold.symbol, sold.purpose)
            found.append(_trade_answer("sell", what, (sold.units, sold.amount, scale), lots))
    for bought in planned.buys:
        if bought.account == number:
            what = (bought.path, None, bought.symbol, bought.purpose)
            scale = own.listings[bought.symbol].scale
            found.append(_trade_answer("buy", what, (bought.units, bought.amount, scale), []))
    for moved in planned.moves:
        if moved.account == number:
            scale = own.listings[moved.symbol].scale
            ends = (moved.source, moved.target, moved.symbol, "inside")
            found.append(_trade_answer("move", ends, (moved.units, moved.amount, scale), []))
    return found


def _trade_answer(
    side: str, what: tuple[str, str | None, str, str], size: tuple[int, int, int], lots: list[SoldLotAnswer]
) -> TradeAnswer:
    path, target, symbol, purpose = what
    units, amount, scale = size
    return TradeAnswer(
        side=side,
        path=path,
        target=target,
        symbol=symbol,
        purpose=purpose,
        units=format_units(units, scale),
        amount=format_money(amount),
        lots=lots,
    )


def _leaf(one: LeafLine) -> LeafAnswer:
    return LeafAnswer(
        path=one.path,
        value=format_money(one.value),
        value_after=format_money(one.value_after),
        drift=percent(one.drift_bp) or "",
        drift_after=percent(one.drift_after_bp) or "",
        outside=one.outside,
        outside_after=one.outside_after,
        why=one.why,
        missing=one.reason,
    )
