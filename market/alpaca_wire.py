"""What goes to Alpaca and what comes back, as bytes and records: pure, and exact to the last decimal.

JSON numbers are never read as floats: every number stays text until it is whole units or millionths. What cannot be
read raises `UnreadableError`; the caller then knows nothing, which is not the same as "failed" (ruling 31).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from engine.invest.market import CRYPTO_SCALE, PRICE_SCALE, UNIT_SCALE, BlockOrder, BrokerFill, OrderState, Side
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT, format_money

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CENTS: Final = 2
_MAX_INT64: Final = 2**63 - 1
_NUMBER: Final = re.compile(r"([0-9]{1,19})(?:\.([0-9]{1,40}))?")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SIDES: Final = {"buy": Side.BUY, "sell": Side.SELL}
_ENDED: Final = frozenset({"canceled", "expired", "done_for_day", "rejected"})
_OPEN: Final = frozenset(
    {
        *("new", "accepted", "pending_new", "accepted_for_bidding", "pending_review", "held", "partially_filled"),
        *("pending_cancel", "pending_replace", "stopped", "suspended", "calculated"),
    }
)


class UnreadableError(Exception):
    """An answer that is not what Alpaca documents; the text says which part, never its contents."""


@dataclass(frozen=True, slots=True)
class AlpacaOrder:
    """An order as Alpaca tells it: its own id, the client's, what is traded, and how it stands.

    `size` is what was asked for: cents of a buy, units of a sell; None where Alpaca does not say.
    """

    id: str
    client_id: str
    symbol: str
    side: Side
    size: int | None
    fill: BrokerFill


@dataclass(frozen=True, slots=True)
class FillEvent:
    """One execution of an order. `id` is the same however often it is read.

    `units` at the security's scale, `price` in millionths, `instant` in microseconds; `whole` where it filled the
    order to its end.
    """

    id: str
    client_id: str
    symbol: str
    side: Side
    units: int
    price: int
    instant: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refusing answer says: Alpaca's code as text ("" where there is none) and its sentence."""

    code: str
    message: str


def order_body(order: BlockOrder) -> dict[str, str]:
    """Give the body of `POST /v2/orders`: a market order of a notional (buy) or a quantity (sell), in decimal text.

    Shares are good for the day. Crypto knows no day orders: immediate or cancel, so that no rest outlives the window
    (investing.md D9). Raises SluiceError `broker_order` for an order that is neither (ruling 27).
    """
    buys = order.side is Side.BUY
    size, other = (order.amount, order.units) if buys else (order.units, order.amount)
    most = MAX_AMOUNT if buys else _MAX_INT64
    if not 0 < size <= most or other != 0 or not 0 <= order.scale <= UNIT_SCALE:
        sentence = "The order cannot be sent; a buy names an amount, a sell units of at most 9 decimals, never both."
        raise SluiceError("broker_order", sentence)
    return {
        "symbol": order.symbol,
        "side": order.side.name.lower(),
        "type": "market",
        "time_in_force": "ioc" if "/" in order.symbol else "day",
        "client_order_id": order.client_id,
        **({"notional": format_money(size)} if buys else {"qty": _units_text(size, order.scale)}),
    }


def _units_text(units: int, scale: int) -> str:
    whole, part = divmod(units, 10**scale)
    return f"{whole}.{part:0{scale}d}".rstrip("0").rstrip(".") if scale else str(whole)


def read_json(body: bytes) -> object:
    """Give the JSON value of a body, with every number as its text. Raises UnreadableError."""
    try:
        value: object = json.loads(body.decode("utf-8"), parse_float=str, parse_int=str, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise UnreadableError("no JSON") from None
    return value


def _refuse(word: str) -> object:
    raise ValueError(word)


def read_order(value: object) -> AlpacaOrder:
    """Give the order of a JSON value. Raises UnreadableError.

    Filled units that are finer than the security's scale are rounded down for a buy and up for a sell, so that the
    books never hold more than the broker; the average price is rounded down to millionths, so that units × price
    stays within the notional that was paid. Alpaca states no fee with an order: `fee` is 0.
    """
    fields = _mapping(value)
    symbol, side = _text(fields, "symbol"), _side(fields)
    crypto = fields.get("asset_class") == "crypto" or "/" in symbol
    scale = CRYPTO_SCALE if crypto else UNIT_SCALE
    units = _scaled(fields, "filled_qty", scale, up=side is Side.SELL)
    price = _scaled(fields, "filled_avg_price", PRICE_SCALE) if units else 0
    if units and not price:
        raise UnreadableError("filled_avg_price")
    fill = _fill(_text(fields, "status"), units, price)
    sized, decimals = ("notional", _CENTS) if side is Side.BUY else ("qty", scale)
    size = None if fields.get(sized) is None else _scaled(fields, sized, decimals)
    return AlpacaOrder(_uuid(fields, "id"), _text(fields, "client_order_id"), symbol, side, size, fill)


def _fill(status: str, units: int, price: int) -> BrokerFill:
    """Our orders are good for a day, so one that is done for the day is done; a replaced one goes on elsewhere."""
    if status in _OPEN:
        return BrokerFill(OrderState.SENT, units, price)
    if status == "filled" and units:
        return BrokerFill(OrderState.FILLED, units, price)
    if status == "replaced":
        return BrokerFill(OrderState.UNKNOWN, units, price, reason="The broker replaced the order by another one.")
    if status not in _ENDED:
        raise UnreadableError("status")
    reason = "" if status == "canceled" else f"The broker ended the order: {status}."
    if units:
        return BrokerFill(OrderState.PARTIAL, units, price, reason=reason)
    return BrokerFill(OrderState.REJECTED if status == "rejected" else OrderState.CANCELLED, reason=reason)


def filled_order(value: object) -> str:
    """Give Alpaca's id of the order of a fill activity. Raises UnreadableError."""
    return _uuid(_mapping(value), "order_id")


def read_fill(value: object, client_id: str) -> FillEvent:
    """Give the event of a fill activity, for the order with this client id; rounded as orders are.

    Raises UnreadableError.
    """
    fields = _mapping(value)
    symbol, side, kind = _text(fields, "symbol"), _side(fields), _text(fields, "type")
    units = _scaled(fields, "qty", CRYPTO_SCALE if "/" in symbol else UNIT_SCALE, up=side is Side.SELL)
    price = _scaled(fields, "price", PRICE_SCALE)
    if kind not in {"fill", "partial_fill"}:
        raise UnreadableError("type")
    return FillEvent(_text(fields, "id"), client_id, symbol, side, units, price, _instant(fields), kind == "fill")


def read_refusal(body: bytes) -> Refusal | None:
    """Give what a refusing answer says; None where it is not Alpaca's way of refusing."""
    try:
        fields = _mapping(read_json(body))
        code = fields.get("code", "")
        return Refusal(code if isinstance(code, str) else "", _text(fields, "message"))
    except UnreadableError:
        return None


def after_text(instant: int) -> str:
    """Give the second before an instant (microseconds), in UTC, as Alpaca's `after` wants it."""
    return (_EPOCH + timedelta(seconds=instant // 10**6 - 1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UnreadableError("no JSON object")
    return value


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise UnreadableError(name)
    return value


def _uuid(fields: Mapping[str, object], name: str) -> str:
    text = _text(fields, name)
    if _UUID.fullmatch(text) is None:  # it becomes a part of a path
        raise UnreadableError(name)
    return text


def _side(fields: Mapping[str, object]) -> Side:
    side = _SIDES.get(_text(fields, "side"))
    if side is None:
        raise UnreadableError("side")
    return side


def _scaled(fields: Mapping[str, object], name: str, scale: int, *, up: bool = False) -> int:
    match = _NUMBER.fullmatch(_text(fields, name))
    if match is None:
        raise UnreadableError(name)
    part = match[2] or ""
    number = int(match[1] + part[:scale].ljust(scale, "0")) + (up and bool(part[scale:].strip("0")))
    if number > _MAX_INT64:
        raise UnreadableError(name)
    return number


def _instant(fields: Mapping[str, object]) -> int:
    try:
        return (datetime.fromisoformat(_text(fields, "transaction_time")) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, TypeError):  # no time, or one without a zone
        raise UnreadableError("transaction_time") from None
