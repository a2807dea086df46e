"""The paper broker: the same fills for the same seed, one order a client id, and silence that ends."""

import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.lots.worth import cents_of
from engine.invest.market import BlockOrder, Broker, BrokerFill, BrokerSilentError, OrderState, Side
from ledger.faults import SluiceError
from market.paper import Behaviour, PaperBroker
from tests.conftest import ROOT
from tests.market.exchange import DOLLAR, at, feed

NOW = at("2024-07-02 09:30")
MINUTE = 60 * 10**6
UNIT = 10**9
BUY = BlockOrder("b1", "main", "VTI", 9, Side.BUY, 0, 100_000)
SELL = BlockOrder("s1", "main", "VTI", 9, Side.SELL, 3 * UNIT, 0)
ALWAYS = 1_000_000


def hundred(symbol: str, instant: int) -> int | None:
    """Return 100 dollars for every symbol but one without a price."""
    return None if symbol == "NONE" else 100 * DOLLAR


def broker(behaviour: Behaviour | None = None, seed: int = 1, path: Path | str = ":memory:") -> PaperBroker:
    return PaperBroker(seed, hundred, path, behaviour)


def silent(call: Callable[[], object]) -> bool:
    """Tell whether a call got no answer."""
    try:
        call()
    except BrokerSilentError:
        return True
    return False


def test_a_buy_and_a_sell_fill_at_the_price() -> None:
    paper = broker()
    trader: Broker = paper
    assert trader.submit(BUY, NOW) == BrokerFill(OrderState.FILLED, 10 * UNIT, 100 * DOLLAR)
    assert trader.submit(SELL, NOW) == BrokerFill(OrderState.FILLED, 3 * UNIT, 100 * DOLLAR)
    assert trader.status("b1", NOW) == BrokerFill(OrderState.FILLED, 10 * UNIT, 100 * DOLLAR)
    assert paper.positions() == {("main", "VTI"): 7 * UNIT}
    assert paper.cash() == {"main": -70_000}


def test_it_trades_at_a_feeds_prices() -> None:
    paper = PaperBroker(1, feed().price, ":memory:")
    assert paper.submit(BUY, at("2024-07-01 09:30")).price == 100 * DOLLAR
    assert paper.submit(replace(BUY, client_id="b2"), at("2024-07-02 09:30")).price == 111 * DOLLAR
    assert paper.submit(replace(BUY, client_id="b3"), at("2024-07-08 09:30")).state is OrderState.REJECTED


def test_buys_pay_above_the_price_and_sells_get_below_it_and_fees_are_apart() -> None:
    paper = broker(Behaviour(spread_bp=10, fee_bp=5))
    bought, sold = paper.submit(BUY, NOW), paper.submit(SELL, NOW)
    assert (bought.price, bought.units, bought.fee) == (100_100_000, 9_990_009_990, 50)
    assert (sold.price, sold.units, sold.fee) == (99_900_000, 3 * UNIT, 15)
    assert paper.cash() == {"main": -100_000 - 50 + 29_970 - 15}


@given(st.integers(1, 10**15), st.integers(10**3, 10**13), st.integers(0, 500), st.sampled_from([8, 9]))
def test_a_buy_never_costs_more_than_its_amount(amount: int, price: int, spread_bp: int, scale: int) -> None:
    paper = PaperBroker(1, lambda symbol, instant: price, ":memory:", Behaviour(spread_bp=spread_bp))
    fill = paper.submit(replace(BUY, amount=amount, scale=scale), NOW)
    if fill.state is OrderState.REJECTED:
        assert not 0 < amount * 10 ** (4 + scale) // price < 2**63
    else:
        assert fill.price >= price
        assert cents_of(fill.units, fill.price, scale) <= amount
        assert (fill.units + 1) * fill.price > amount * 10 ** (4 + scale)
    paper.close()


MIXED = Behaviour(3, 2, 5 * MINUTE, partial_ppm=300_000, reject_ppm=200_000)


@given(st.integers(0, 2**63), st.lists(st.text("ab", min_size=1, max_size=6), unique=True, max_size=8), st.randoms())
def test_the_same_seed_gives_the_same_fills_in_any_order(seed: int, ids: list[str], chance: object) -> None:
    orders = [replace(BUY if len(name) % 2 else SELL, client_id=name) for name in ids]

    def fills(sequence: list[BlockOrder]) -> dict[str, BrokerFill | None]:
        paper = broker(MIXED, seed)
        for order in sequence:
            paper.submit(order, NOW)
        return {order.client_id: paper.status(order.client_id, NOW + 5 * MINUTE) for order in orders}

    assert fills(orders) == fills(orders[::-1])


def test_shares_of_orders_are_rejected_filled_and_partly_filled() -> None:
    paper = broker(MIXED)
    ids = [f"order {number}" for number in range(600)]
    for name in ids:
        paper.submit(replace(SELL, client_id=name), NOW)
    fills = [fill for name in ids if (fill := paper.status(name, NOW + 5 * MINUTE)) is not None]
    seen = Counter(fill.state for fill in fills)
    assert sum(seen.values()) == 600
    assert 80 < seen[OrderState.REJECTED] < 160
    assert 100 < seen[OrderState.PARTIAL] < 190
    assert seen[OrderState.FILLED] == 600 - seen[OrderState.REJECTED] - seen[OrderState.PARTIAL]
    assert all(0 < fill.units < 3 * UNIT for fill in fills if fill.state is OrderState.PARTIAL)
    assert all(fill.units == 0 and fill.reason for fill in fills if fill.state is OrderState.REJECTED)
    assert paper.positions() == {("main", "VTI"): -sum(fill.units for fill in fills)}


def test_a_repeated_submission_never_doubles() -> None:
    paper = broker(Behaviour(delay=MINUTE))
    assert paper.submit(BUY, NOW) == BrokerFill(OrderState.SENT)
    again = paper.submit(BUY, NOW + MINUTE)
    assert again == BrokerFill(OrderState.FILLED, 10 * UNIT, 100 * DOLLAR)
    assert paper.positions() == {("main", "VTI"): 10 * UNIT}


def test_other_terms_under_a_known_id_are_rejected_and_change_nothing() -> None:
    paper = broker()
    first = paper.submit(BUY, NOW)
    other = paper.submit(replace(BUY, amount=5), NOW)
    assert (other.state, other.units) == (OrderState.REJECTED, 0)
    assert "other terms" in other.reason
    assert paper.status("b1", NOW) == first


@pytest.mark.parametrize(
    "order,reason",
    [
        (replace(BUY, symbol="NONE"), "There is no price of NONE."),
        (replace(BUY, amount=0), "A sell names its units alone, a buy its amount alone, above zero."),
        (replace(BUY, units=5), "A sell names its units alone, a buy its amount alone, above zero."),
        (replace(SELL, units=-5), "A sell names its units alone, a buy its amount alone, above zero."),
        (replace(BUY, amount=1, scale=0), "The order of VTI is too small or too large to trade."),
        (replace(SELL, units=2**62, scale=6), "The order of VTI is too small or too large to trade."),
        (replace(BUY, amount=10**15, scale=14), "The order of VTI is too small or too large to trade."),
    ],
)
def test_what_cannot_be_traded_is_rejected_and_stays_so(order: BlockOrder, reason: str) -> None:
    paper = broker()
    assert paper.submit(order, NOW) == BrokerFill(OrderState.REJECTED, reason=reason)
    assert paper.submit(order, NOW) == BrokerFill(OrderState.REJECTED, reason=reason)
    assert paper.positions() == {}


def test_a_delayed_order_shows_part_of_a_partial_fill_and_then_all() -> None:
    paper = broker(Behaviour(delay=MINUTE, partial_ppm=ALWAYS))
    early = paper.submit(SELL, NOW)
    final = paper.status("s1", NOW + MINUTE)
    assert final is not None
    assert (early.state, final.state) == (OrderState.SENT, OrderState.PARTIAL)
    assert early.units == final.units > 0


def test_a_part_of_almost_nothing_is_nothing() -> None:
    paper = broker(Behaviour(partial_ppm=ALWAYS))
    assert paper.submit(replace(SELL, units=1), NOW) == BrokerFill(OrderState.CANCELLED)


def test_cancelling_within_the_delay_takes_the_rest_off() -> None:
    whole, part = broker(Behaviour(delay=MINUTE)), broker(Behaviour(delay=MINUTE, partial_ppm=ALWAYS))
    for paper in (whole, part):
        paper.submit(SELL, NOW)
    assert whole.cancel("s1", NOW + 1) == BrokerFill(OrderState.CANCELLED)
    assert whole.status("s1", NOW + 2 * MINUTE) == BrokerFill(OrderState.CANCELLED)
    assert whole.positions() == {}
    partly = part.cancel("s1", NOW + 1)
    assert partly is not None
    assert partly.state is OrderState.PARTIAL
    assert part.positions() == {("main", "VTI"): -partly.units}


def test_cancelling_too_late_changes_nothing() -> None:
    paper = broker(Behaviour(delay=MINUTE))
    paper.submit(SELL, NOW)
    assert paper.cancel("s1", NOW + MINUTE) == BrokerFill(OrderState.FILLED, 3 * UNIT, 100 * DOLLAR)


def test_an_order_that_never_arrived_is_none() -> None:
    assert broker().status("b1", NOW) is None
    assert broker().cancel("b1", NOW) is None


def test_silence_is_before_storing_half_of_the_time_and_ends_with_the_second_try() -> None:
    paper = broker(Behaviour(silent_ppm=ALWAYS))
    stored = 0
    for number in range(200):
        order = replace(BUY, client_id=f"order {number}")
        assert silent(lambda order=order: paper.submit(order, NOW))  # type: ignore[misc] # bound at once
        known = paper.status(order.client_id, NOW)
        stored += known is not None
        answer = paper.submit(order, NOW)
        assert answer == BrokerFill(OrderState.FILLED, 10 * UNIT, 100 * DOLLAR)
        assert known in (None, answer)
    assert 70 < stored < 130
    assert paper.positions() == {("main", "VTI"): 2_000 * UNIT}


def test_status_and_cancel_can_be_silent_too() -> None:
    paper = broker(Behaviour(delay=MINUTE, silent_later_ppm=ALWAYS))
    cancelled = 0
    for number in range(100):
        name = f"order {number}"
        paper.submit(replace(BUY, client_id=name), NOW)
        assert silent(lambda name=name: paper.status(name, NOW))  # type: ignore[misc] # bound at once
        assert silent(lambda name=name: paper.cancel(name, NOW))  # type: ignore[misc] # bound at once
        fill = paper.status(name, NOW)
        assert fill is not None
        cancelled += fill.state is OrderState.CANCELLED
        assert paper.cancel(name, NOW) == BrokerFill(OrderState.CANCELLED)
    assert 25 < cancelled < 75


def test_deliveries_count_once() -> None:
    paper = broker()
    paper.submit(BUY, NOW)
    for _ in range(2):
        paper.deliver("VTI:split:2024-07-03", "main", "VTI", 10 * UNIT)
        paper.deliver("VTI:dividend:2024-07-03", "main", "VTI", 0, 1_234)
    paper.deliver("moved away", "main", "VTI", -20 * UNIT)
    assert paper.positions() == {}
    assert paper.cash() == {"main": -100_000 + 1_234}


def test_the_file_outlives_the_broker_and_another_seed_changes_no_order(tmp_path: Path) -> None:
    path = tmp_path / "paper.db"
    first = broker(MIXED, 1, path)
    first.submit(BUY, NOW)
    fill = first.status("b1", NOW + 5 * MINUTE)
    first.close()
    second = broker(Behaviour(), 2, path)
    assert second.submit(BUY, NOW + 5 * MINUTE) == second.status("b1", NOW + 5 * MINUTE) == fill
    second.close()


KILLED = """
import os, sys
from engine.invest.market import BlockOrder, Side
from market.paper import PaperBroker
paper = PaperBroker(1, lambda symbol, instant: 100_000_000, sys.argv[1])
paper.submit(BlockOrder("b1", "main", "VTI", 9, Side.BUY, 0, 100_000), 0)
os.kill(os.getpid(), 9)
"""


def test_an_order_that_was_answered_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "paper.db"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], cwd=ROOT, check=False)
    assert done.returncode == -9
    paper = broker(path=path)
    assert paper.positions() == {("main", "VTI"): 10 * UNIT}
    paper.close()


def test_many_threads_on_two_connections_make_one_order(tmp_path: Path) -> None:
    brokers = [broker(path=tmp_path / "paper.db") for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        fills = list(pool.map(lambda number: brokers[number % 2].submit(BUY, NOW), range(40)))
    assert set(fills) == {BrokerFill(OrderState.FILLED, 10 * UNIT, 100 * DOLLAR)}
    assert brokers[0].positions() == {("main", "VTI"): 10 * UNIT}
    for paper in brokers:
        paper.close()


def test_a_failed_change_is_rolled_back() -> None:
    paper = broker()
    with pytest.raises(OverflowError):
        paper.deliver("large", "main", "VTI", 2**63)
    assert paper.submit(BUY, NOW).state is OrderState.FILLED
    assert paper.positions() == {("main", "VTI"): 10 * UNIT}


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "paper.db"
    path.write_text("this is no database, whatever its name says" * 100, encoding="utf-8")
    for wrong in (path, tmp_path / "absent" / "paper.db"):
        with pytest.raises(SluiceError, match="give a path that may be written") as refused:
            broker(path=wrong)
        assert (refused.value.code, refused.value.field) == ("paper_file", "path")
    assert sqlite3.sqlite_version_info >= (3, 37)


@pytest.mark.parametrize(
    "name,value", [("spread_bp", 10_000), ("fee_bp", -1), ("delay", -1), ("partial_ppm", 1_000_001), ("silent_ppm", -1)]
)
def test_behaviour_out_of_range_is_refused(name: str, value: int) -> None:
    with pytest.raises(SluiceError, match=f"{name} is out of range") as refused:
        replace(Behaviour(), **{name: value})
    assert (refused.value.code, refused.value.field) == ("paper_behaviour", name)
