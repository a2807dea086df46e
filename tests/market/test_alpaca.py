"""Alpaca's client against the double on loopback: orders, what becomes of them, cancelling, fills."""

from collections.abc import Iterator
from fractions import Fraction

import pytest

from engine.invest.market import CRYPTO_SCALE, BlockOrder, Broker, BrokerFill, BrokerSilentError, OrderState
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT
from market.alpaca import PAGE, AlpacaBroker
from tests.market.alpaca_double import Double, Mishap
from tests.market.alpaca_floor import Refused
from tests.market.alpaca_orders import NOW, buy, sell, trading


@pytest.fixture
def both() -> Iterator[tuple[Double, AlpacaBroker]]:
    with trading() as pair:
        yield pair


@pytest.fixture
def double(both: tuple[Double, AlpacaBroker]) -> Double:
    return both[0]


@pytest.fixture
def broker(both: tuple[Double, AlpacaBroker]) -> AlpacaBroker:
    return both[1]


def done(broker: Broker, client_id: str) -> BrokerFill:
    found = broker.status(client_id, NOW)
    assert found is not None
    return found


def test_a_buy_names_its_amount_and_fills_to_nine_decimals(double: Double, broker: AlpacaBroker) -> None:
    double.floor.prices["VTI"] = "134.25"
    assert broker.submit(buy(), NOW) == BrokerFill(OrderState.SENT)
    (_, path, body) = double.seen[0]
    assert (path, body) == (
        "/v2/orders",
        {
            "symbol": "VTI",
            "side": "buy",
            "type": "market",
            "time_in_force": "day",
            "client_order_id": "b1",
            "notional": "100.00",
        },
    )
    double.floor.trade()
    assert done(broker, "b1") == BrokerFill(OrderState.FILLED, 744_878_957, 134_250_000)


def test_a_sell_names_its_units(double: Double, broker: AlpacaBroker) -> None:
    broker.submit(sell(units=744_878_957), NOW)
    assert double.seen[0][2]["qty"] == "0.744878957"
    double.floor.trade()
    assert done(broker, "s1") == BrokerFill(OrderState.FILLED, 744_878_957, 100_000_000)


def test_crypto_keeps_its_name_and_its_eight_decimals(double: Double, broker: AlpacaBroker) -> None:
    double.floor.prices["BTC/USD"] = "91234.567"
    broker.submit(buy(symbol="BTC/USD"), NOW)
    assert (double.seen[0][2]["symbol"], double.seen[0][2]["time_in_force"]) == ("BTC/USD", "ioc")
    double.floor.trade()
    units = 10_000 * 10**CRYPTO_SCALE * 1000 // (100 * 91_234_567)
    assert done(broker, "b1") == BrokerFill(OrderState.FILLED, units, 91_234_567_000)


def test_the_largest_amounts_arrive_to_the_last_digit(double: Double, broker: AlpacaBroker) -> None:
    double.floor.prices["VTI"] = "1234567.123456"
    broker.submit(buy(amount=MAX_AMOUNT - 1), NOW)
    broker.submit(sell(units=2**63 - 1), NOW)
    assert double.seen[0][2]["notional"] == "9999999999999.99"
    assert double.seen[1][2]["qty"] == "9223372036.854775807"
    double.floor.trade()
    bought = done(broker, "b1")
    assert bought.units == (MAX_AMOUNT - 1) * 10**13 // 1_234_567_123_456
    assert bought.units * bought.price <= (MAX_AMOUNT - 1) * 10**13
    assert done(broker, "s1").units == 2**63 - 1


def test_an_order_sent_twice_is_one_order(double: Double, broker: AlpacaBroker) -> None:
    broker.submit(buy(), NOW)
    double.floor.trade()
    again = broker.submit(buy(), NOW)
    assert (again.state, again.units) == (OrderState.FILLED, 10**9)
    assert (len(double.floor.orders), len(double.floor.fills)) == (1, 1)


@pytest.mark.parametrize("other", [buy(symbol="VXUS"), buy(amount=10_001), sell("b1", units=10**9)])
def test_a_client_id_that_stands_for_another_order_stops(
    double: Double, broker: AlpacaBroker, other: BlockOrder
) -> None:
    broker.submit(buy(), NOW)
    with pytest.raises(SluiceError) as caught:
        broker.submit(other, NOW)
    assert caught.value.code == "broker_other_order"


def test_a_rejection_is_an_answer_with_its_reason(double: Double, broker: AlpacaBroker) -> None:
    double.floor.refusals["VTI"] = Refused(403, 40310000, "insufficient buying power", buying_power="1.00")
    assert broker.submit(buy(), NOW) == BrokerFill(OrderState.REJECTED, reason="insufficient buying power")
    assert broker.status("b1", NOW) is None


def test_a_refusal_of_an_order_sent_before_does_not_make_it_a_rejected_one(
    double: Double, broker: AlpacaBroker
) -> None:
    broker.submit(buy(), NOW)
    double.floor.refusals["VTI"] = Refused(403, 40310000, "insufficient buying power")
    assert broker.submit(buy(), NOW).state is OrderState.SENT


def test_a_part_is_sent_while_it_may_go_on_and_partial_when_it_ended(double: Double, broker: AlpacaBroker) -> None:
    double.floor.portion["VTI"] = 40
    broker.submit(sell(), NOW)
    double.floor.trade()
    assert done(broker, "s1") == BrokerFill(OrderState.SENT, 600_000_000, 100_000_000)
    assert broker.cancel("s1", NOW) == BrokerFill(OrderState.PARTIAL, 600_000_000, 100_000_000)
    double.floor.end("s1", "expired")
    assert done(broker, "s1").state is OrderState.PARTIAL


def test_cancelling_gives_what_became_of_the_order(double: Double, broker: AlpacaBroker) -> None:
    assert broker.cancel("b1", NOW) is None
    broker.submit(buy(), NOW)
    assert broker.cancel("b1", NOW) == BrokerFill(OrderState.CANCELLED)
    sent = double.count("DELETE")
    assert broker.cancel("b1", NOW) == BrokerFill(OrderState.CANCELLED)
    assert double.count("DELETE") == sent == 1


def test_a_cancel_that_takes_time_leaves_the_order_sent(double: Double, broker: AlpacaBroker) -> None:
    double.floor.slow_cancel = True
    broker.submit(buy(), NOW)
    assert broker.cancel("b1", NOW) == BrokerFill(OrderState.SENT)


def test_a_cancel_that_comes_too_late_says_what_the_order_became(double: Double, broker: AlpacaBroker) -> None:
    broker.submit(buy(), NOW)
    double.floor.end("b1", "calculated")  # it still counts as open here, and cannot be cancelled there
    assert broker.cancel("b1", NOW) == BrokerFill(OrderState.SENT)
    double.next("DELETE", Mishap.BUSY_BEFORE)
    with pytest.raises(BrokerSilentError, match="429"):
        broker.cancel("b1", NOW)


def test_fills_come_in_pages_oldest_first_each_with_its_client_id(double: Double, broker: AlpacaBroker) -> None:
    count = 2 * PAGE + 3
    for place in range(count):
        double.floor.place(
            {"symbol": "VTI", "side": "buy", "time_in_force": "day"}
            | {"type": "market", "client_order_id": f"c{place}", "notional": "10.00"}
        )
    double.floor.trade()
    fills = broker.events(0)
    assert [fill.client_id for fill in fills] == [f"c{place}" for place in range(count)]
    assert len({fill.id for fill in fills}) == count
    assert {(fill.units, fill.price, fill.whole) for fill in fills} == {(10**8, 10**8, True)}
    assert [fill.instant for fill in fills] == sorted(fill.instant for fill in fills)
    asked = len([path for _, path, _ in double.seen if "activities" in path])
    assert asked == 3


def test_fills_are_asked_for_from_an_instant_on_that_one_included(double: Double, broker: AlpacaBroker) -> None:
    double.floor.portion["VTI"] = 50
    broker.submit(buy(), NOW)
    double.floor.trade()
    double.floor.portion["VTI"] = 100
    double.floor.trade()
    first, second = broker.events(0)
    assert (first.whole, second.whole, first.units + second.units) == (False, True, 10**9)
    assert broker.events(second.instant) == [second]
    assert broker.events(second.instant + 1) == []


def test_a_full_last_page_asks_once_more(double: Double, broker: AlpacaBroker) -> None:
    for place in range(PAGE):
        broker.submit(buy(f"c{place}"), NOW)
    double.floor.trade()
    assert len(broker.events(0)) == PAGE


def test_the_average_price_never_costs_more_than_the_notional(double: Double, broker: AlpacaBroker) -> None:
    double.floor.prices["VTI"] = "33.333333333333"
    broker.submit(buy(), NOW)
    double.floor.trade()
    fill = done(broker, "b1")
    assert fill.price == 33_333_333
    assert Fraction(fill.units * fill.price, 10**15) <= 100
