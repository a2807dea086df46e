"""What goes to Alpaca and what comes back, without a network: exact numbers, every status, hostile answers."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.market import BlockOrder, BrokerFill, OrderState, Side
from ledger.faults import SluiceError
from market.alpaca_wire import UnreadableError, after_text, order_body, read_fill, read_json, read_order, read_refusal
from tests.market.alpaca_orders import BUYS, SELLS, buy
from tests.market.alpaca_schemas import STATUSES, Json, as_order, as_request

ID = "61e69015-8549-4bfd-b9c3-01e75843f47d"
FILLED = {"filled_qty": "1.5", "filled_avg_price": "10.25"}
FILL = {
    "activity_type": "FILL",
    "id": "20261120143000000::1",
    "order_id": ID,
    "symbol": "VTI",
    "side": "buy",
    "type": "partial_fill",
    "qty": "0.5",
    "price": "10.1234567",
    "transaction_time": "2026-11-20T14:30:00.123456789Z",
}


def answer(**other: object) -> Json:
    """An order as Alpaca would tell it."""
    when = dict.fromkeys(("created_at", "updated_at", "submitted_at"), "2026-11-20T14:30:00.1Z")
    order: Json = {"id": ID, "client_order_id": "b1", "symbol": "VTI", "side": "buy", "status": "filled", **FILLED}
    return order | when | {"time_in_force": "day", "extended_hours": False} | other


@given(st.one_of(BUYS, SELLS))
def test_every_order_becomes_a_body_that_the_sdk_accepts_and_loses_nothing(order: BlockOrder) -> None:
    body = order_body(order)
    taken = as_request(dict(body))
    assert (taken.symbol, taken.side, taken.client_order_id) == (body["symbol"], body["side"], order.client_id)
    assert all(isinstance(text, str) for text in body.values())
    if order.side is Side.BUY:
        assert "qty" not in body
        assert Decimal(body["notional"]) * 100 == order.amount
        assert Decimal(body["notional"]).as_tuple().exponent == -2
    else:
        assert "notional" not in body
        assert Decimal(body["qty"]) * 10**order.scale == order.units
        assert len(body["qty"].partition(".")[2]) <= 9


@pytest.mark.parametrize(
    "units,scale,text", [(5, 0, "5"), (10**9, 9, "1"), (1, 9, "0.000000001"), (1, 8, "0.00000001")]
)
def test_units_are_written_without_needless_zeros(units: int, scale: int, text: str) -> None:
    assert order_body(BlockOrder("s", "a", "VTI", scale, Side.SELL, units, 0))["qty"] == text


@pytest.mark.parametrize(
    "side,scale,units,amount",
    [
        (Side.BUY, 9, 0, 0),
        (Side.BUY, 9, 1, 1),
        (Side.BUY, 9, 0, -1),
        (Side.BUY, 9, 0, 10**15 + 1),
        (Side.SELL, 9, 0, 1),
        (Side.SELL, 9, 1, 1),
        (Side.SELL, 9, 2**63, 0),
        (Side.SELL, 10, 1, 0),
    ],
)
def test_an_order_of_no_size_or_of_two_is_not_sent(side: Side, scale: int, units: int, amount: int) -> None:
    with pytest.raises(SluiceError) as caught:
        order_body(BlockOrder("x", "a", "VTI", scale, side, units, amount))
    assert caught.value.code == "broker_order"


NO_FILL = {"filled_qty": "0", "filled_avg_price": None}
OPEN = [
    *("new", "accepted", "pending_new", "accepted_for_bidding", "pending_review", "held", "partially_filled"),
    *("pending_cancel", "pending_replace", "stopped", "suspended", "calculated"),
]
ENDED = ["canceled", "expired", "done_for_day", "rejected"]


@pytest.mark.parametrize(
    "status,empty,part",
    [
        *((word, OrderState.SENT, OrderState.SENT) for word in OPEN),
        *((word, OrderState.CANCELLED, OrderState.PARTIAL) for word in ENDED[:3]),
        ("rejected", OrderState.REJECTED, OrderState.PARTIAL),
        ("replaced", OrderState.UNKNOWN, OrderState.UNKNOWN),
    ],
)
def test_each_status_of_alpaca_is_a_state(status: str, empty: OrderState, part: OrderState) -> None:
    none = read_order(as_order(answer(status=status, **NO_FILL))).fill
    some = read_order(as_order(answer(status=status))).fill
    assert (none.state, none.units, none.price) == (empty, 0, 0)
    assert (some.state, some.units, some.price) == (part, 1_500_000_000, 10_250_000)
    assert bool(some.reason) == (status in {"expired", "done_for_day", "rejected", "replaced"})


def test_no_status_of_the_sdk_is_forgotten() -> None:
    assert set(STATUSES) == {*OPEN, *ENDED, "filled", "replaced"}


@pytest.mark.parametrize(
    "symbol,side,units,price,expected",
    [
        ("VTI", "buy", "0.1234567891", "1", (123_456_789, 1_000_000)),
        ("VTI", "sell", "0.1234567891", "1", (123_456_790, 1_000_000)),
        ("VTI", "sell", "0.1234567890", "1", (123_456_789, 1_000_000)),
        ("BTC/USD", "buy", "0.123456789", "91234.5678919", (12_345_678, 91_234_567_891)),
        ("BTC/USD", "sell", "0.123456780", "0.0000019", (12_345_678, 1)),
        ("VTI", "buy", "9223372036.854775807", "9223372036854.775807", (2**63 - 1, 2**63 - 1)),
    ],
)
def test_what_is_finer_than_the_books_is_rounded_against_what_they_hold(
    symbol: str, side: str, units: str, price: str, expected: tuple[int, int]
) -> None:
    told = as_order(answer(symbol=symbol, side=side, filled_qty=units, filled_avg_price=price))
    assert read_order(told).fill == BrokerFill(OrderState.FILLED, *expected)


@given(st.integers(1, 2**63 - 1), st.integers(1, 2**63 - 1))
def test_decimals_in_text_or_as_numbers_arrive_exactly(units: int, price: int) -> None:
    head = f'"id": "{ID}", "client_order_id": "b1", "symbol": "VTI", "side": "buy", "status": "filled"'
    text = f'"filled_qty": "{units // 10**9}.{units % 10**9:09d}"'
    number = f'"filled_avg_price": {price // 10**6}.{price % 10**6:06d}'
    body = f"{{{head}, {text}, {number}}}"
    assert read_order(read_json(body.encode())).fill == BrokerFill(OrderState.FILLED, units, price)


@pytest.mark.parametrize(
    "other",
    [
        {"status": "vanished"},
        {"status": "filled", **NO_FILL},
        {"filled_qty": None},
        {"filled_qty": "-1"},
        {"filled_qty": "1e3"},
        {"filled_qty": "NaN"},
        {"filled_qty": "１"},  # noqa: RUF001 - digits of another script are the case tried
        {"filled_qty": "9223372036.854775808"},
        {"filled_qty": "1" * 20},
        {"filled_qty": 1.5},
        {"filled_avg_price": None},
        {"filled_avg_price": "0"},
        {"side": "short"},
        {"side": None},
        {"id": "../../v2/account"},
        {"client_order_id": ""},
        {"symbol": 7},
        {"qty": "many", "side": "sell"},
    ],
)
def test_an_order_that_is_not_as_documented_is_not_read(other: Json) -> None:
    with pytest.raises(UnreadableError):
        read_order(answer(**other))


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff{}", b"[" * 200_000, b'{"a": NaN}', b'{"a": -Infinity}', b"<html>", b"{} {}"]
)
def test_a_body_that_is_not_json_is_not_read(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_json(body)
    assert read_refusal(body) is None


VALUES = st.recursive(st.none() | st.booleans() | st.text(), st.lists, max_leaves=4)


@given(st.sampled_from(["id", "side", "status", "symbol", "filled_qty", "filled_avg_price", "notional"]), VALUES)
def test_any_value_in_any_place_is_read_or_unreadable(name: str, value: object) -> None:
    with suppress(UnreadableError):
        assert read_order(answer(**{name: value})).client_id == "b1"


@given(st.binary(max_size=200))
def test_no_bytes_by_chance_are_an_order(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read_order(read_json(body))


def test_numbers_stay_text() -> None:
    assert read_json(b'[1, 1.10, 1e5, "x", null, true]') == ["1", "1.10", "1e5", "x", None, True]


def test_a_fill_is_read_to_the_microsecond() -> None:
    fill = read_fill(FILL, "b1")
    assert (fill.client_id, fill.units, fill.price, fill.whole) == ("b1", 500_000_000, 10_123_456, False)
    assert fill.instant == 1_795_185_000_123_456
    assert after_text(fill.instant) == "2026-11-20T14:29:59Z"


@pytest.mark.parametrize(
    "other",
    [
        {"type": "bust"},
        {"transaction_time": "yesterday"},
        {"transaction_time": "2026-11-20T14:30:00"},
        {"transaction_time": None},
        {"price": "free"},
        {"qty": ""},
    ],
)
def test_a_fill_that_is_not_as_documented_is_not_read(other: Json) -> None:
    with pytest.raises(UnreadableError):
        read_fill(FILL | other, "b1")


def test_a_refusal_may_come_without_a_code() -> None:
    told = read_refusal(b'{"message": "forbidden."}')
    assert told is not None
    assert (told.code, told.message) == ("", "forbidden.")
    with_code = read_refusal(b'{"code": 40310000, "message": "insufficient buying power"}')
    assert with_code is not None
    assert with_code.code == "40310000"
    odd = read_refusal(b'{"code": [], "message": "x"}')
    assert odd is not None
    assert odd.code == ""
    assert read_refusal(b"[]") is None
    assert read_refusal(b'{"code": 1}') is None


def test_the_size_that_was_asked_for_is_read_where_it_is_told() -> None:
    assert read_order(answer()).size is None
    assert read_order(answer(notional="100")).size == 10_000
    assert read_order(answer(side="sell", qty="1.5")).size == 1_500_000_000
    assert buy().amount == 10_000
