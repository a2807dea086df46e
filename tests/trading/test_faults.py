"""Faults that were found in windows, each with the case that showed it; and brokers that break their contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.desk import NewAccount, NewCustomer
from engine.invest.market import BlockOrder, BrokerFill, OrderState
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.terms import PieTerms
from engine.invest.records import LotMove, MoveKind
from ledger.accounts import Kind
from ledger.batch import Code
from market.paper import Behaviour, PaperBroker
from store.verify import verify
from tests.trading.books import assert_in_order
from tests.trading.walking import Gaps
from tests.trading.world import HALVES, LIMIT, MONDAY, NESTED, SHARE, USD, World, feed, pie, prices, world

TUESDAY = MONDAY + 1
TWICE = pie(
    '{name: all, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
    '[{symbol: VTI, weight: "50%"}, {symbol: BND, weight: "50%"}]}}]}'
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    """VTI at 100 and a cent's part, BND at 50; 1,000.01 of cash."""
    market = feed(prices(VTI="100.003333", BND="50", VXUS="60"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_01) as made:
        made.save(HALVES)
        yield made
        assert list(verify(made.url)) == []


class Wrong:
    """A broker whose fills of one symbol are not what they should be."""

    def __init__(self, paper: PaperBroker, symbol: str, **change: int) -> None:
        self.paper, self.symbol, self.change = paper, symbol, change

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker`."""
        found = self.paper.submit(order, instant)
        if order.symbol != self.symbol:
            return found
        return replace(found, **{name: getattr(found, name) + more for name, more in self.change.items()})

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self.paper.status(client_id, instant)

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self.paper.cancel(client_id, instant)


def neighbour(made: World) -> World:
    """Another household with 500.00 in the same book."""
    with made.books.lock(0) as work:
        customer = int(work.open_customers([NewCustomer("jones", "Jones")], MONDAY - 7, 1)[0])
        work.open_accounts([NewAccount(customer, "invest.growth", "g", Kind.INVEST, USD, 0, LIMIT, 0)], MONDAY - 7, 1)
    other = replace(made, customer=customer)
    other.pay_in(500_00, "theirs")
    return other


def test_two_sales_of_one_lot_leave_nothing_of_its_cost(desk: World) -> None:
    """Each part took its cost from the whole lot: the pieces summed to a cent more than the lot had cost."""
    desk.run()
    for cents in (100_01, 0):
        desk.order(IntentKind.SELL, "VTI", cents)
    desk.run(slot=2)
    with desk.books.read(0) as work:
        (lot,) = (one for one in work.lots(closed=True) if one.units == 0)
    assert lot.cost == 0
    assert_in_order(desk, {0: 1_000_01})


def test_what_a_block_leaves_goes_back_under_its_own_household(desk: World) -> None:
    """All of it was written down for the household of the block's first part."""
    other = neighbour(desk)
    other.save(HALVES)
    desk.run()
    with desk.books.read(0) as work:
        for made in (desk, other):
            past = work.past(made.customer)
            returns = past.transfers.take(past.transfers.code == Code.EARMARK)
            owners = {one.account for one in work.accounts_of(np.array([made.customer]), inner=True)}
            assert set(returns.debit.tolist()) | set(returns.credit.tolist()) <= owners
            assert set(returns.customer.tolist()) == {made.customer}


def test_two_rebalances_of_an_account_in_one_window(desk: World) -> None:
    """The day of the rebalance was stored twice, which the books refused."""
    desk.run()
    numbers = [desk.order(IntentKind.REBALANCE, "", 0, key=str(at)) for at in range(2)]
    desk.run(slot=2)
    assert [desk.intent(one).state for one in numbers] == [IntentState.DONE] * 2


@pytest.mark.parametrize("change", [{"price": 2 * 10**6, "units": 10**9}, {"fee": 50_00}])
def test_a_fill_above_its_amount_stays_unbooked_and_stops_only_its_own_accounts(
    desk: World, change: dict[str, int]
) -> None:
    other = neighbour(desk)
    other.save(pie('{name: other, slices: [{symbol: BND, weight: "100%"}]}'))
    desk.broker = other.broker = Wrong(desk.paper, "VTI", **change)
    result = desk.run()
    assert (result.status, result.open) == ("partial", 1)
    assert desk.units() == {"BND": desk.units()["BND"]}
    with desk.books.read(0) as work:
        (order,) = work.orders_in(tuple(OrderState))
    assert order.reason.startswith("broken: ")
    desk.pay_in(200_00, "more")
    other.pay_in(200_00, "theirs too")
    desk.run(slot=2)
    assert desk.balance() == 200_00
    assert other.values() == {"BND": 700_00}


def test_a_sale_of_a_lot_that_is_gone_stays_unbooked(desk: World) -> None:
    desk.run()
    desk.order(IntentKind.SELL, "VTI")
    broker, desk.broker = desk.broker, Wrong(desk.paper, "VTI")

    class Taker(Wrong):
        def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
            with desk.books.lock(0) as work:
                (lot,) = (one for one in work.lots() if one.slice == 1)
                (number,) = work.new_lots(1).tolist()
                whole = (lot.customer, lot.account, lot.slice, lot.asset, MoveKind.SLICE)
                into = LotMove(number, *whole, lot.units, lot.cost, lot.day, lot.held_from, other=lot.lot)
                out = LotMove(lot.lot, *whole, -lot.units, -lot.cost, MONDAY, other=number)
                work.keep_moves([out, into], work.row.next_seq)
            return super().submit(order, instant)

    desk.broker = Taker(desk.paper, "VTI")
    result = desk.run(slot=2)
    assert (result.status, result.open) == ("partial", 1)
    with desk.books.read(0) as work:
        (order,) = work.orders_in(tuple(OrderState))
    assert "is gone or closed" in order.reason
    desk.broker = broker


def test_an_account_with_an_unknown_broker_says_so_and_stops_no_other(desk: World) -> None:
    desk.save(HALVES, PieTerms(broker="nobody"))
    result = desk.run()
    assert (result.status, result.filled, result.open) == ("done", 0, 0)
    with desk.books.read(0) as work:
        assert {one.reason for one in work.orders(MONDAY, 1)} == {"broker_unknown"}
    assert desk.balance() == 1_000_01


def test_money_of_a_removal_that_bought_inside_pays_the_seller(desk: World) -> None:
    """The removal's pie bought what a person sold; its money was set aside all the same, and the seller got none."""
    desk.save(TWICE, PieTerms(auto_invest=False, minimum_cash=0))
    desk.order(IntentKind.BUY, "", 1_000_00)
    desk.run()
    sale = desk.order(IntentKind.SELL, "VTI", 100_00)
    only = pie(
        '{name: all, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
        '[{symbol: VTI, weight: "100%"}]}}]}'
    )
    desk.save(only, PieTerms(auto_invest=False), removed=["core/BND"])
    desk.run(slot=2)
    assert desk.intent(sale).state == IntentState.DONE
    assert desk.balance("invest.growth:earmarked") == 0
    assert desk.balance() + desk.balance("invest.growth:unsettled") == 100_01
    assert_in_order(desk, {0: 1_000_01})


def test_earmarked_money_that_bought_inside_pays_the_seller(tmp_path: Path) -> None:
    """It stayed earmarked, and what a person had sold was paid with nothing."""
    market = feed(prices(VTI="100", BND="50", VXUS="60"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as desk:
        gaps = Gaps(market)
        desk.market = gaps  # type: ignore[assignment]  # a feed with gaps
        desk.save(TWICE, PieTerms(auto_invest=False))
        desk.order(IntentKind.BUY, "", 1_000_00)
        desk.run()
        desk.save(
            pie(
                '{name: all, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
                '[{symbol: VTI, weight: "100%"}]}}]}'
            ),
            removed=["core/BND"],
        )
        gaps.missing = frozenset({"VTI"})
        desk.run(slot=2)
        assert desk.balance("invest.growth:earmarked") == 250_00
        gaps.missing = frozenset()
        desk.order(IntentKind.SELL, "VTI", 100_00)
        desk.run(TUESDAY)
        assert (desk.balance(), desk.balance("invest.growth:unsettled")) == (100_00, 0)
        assert desk.balance("invest.growth:earmarked") == 0
        assert desk.values() == {"VTI": 400_00, "core/VTI": 500_00}
        assert_in_order(desk, {0: 1_000_00})


def test_lots_named_by_number_are_sold_and_wrong_ones_are_refused(desk: World) -> None:
    desk.run()
    with desk.books.read(0) as work:
        lot = next(one for one in work.lots() if one.slice == 1)
    right = desk.order(IntentKind.SELL, "VTI", 100_00, lots=((lot.lot, SHARE),))
    wrong = desk.order(IntentKind.SELL, "VTI", 50_00, lots=((lot.lot + 1, SHARE),))
    desk.run(slot=2)
    assert desk.intent(right).state == IntentState.DONE
    assert (desk.intent(wrong).state, desk.intent(wrong).reason) == (IntentState.WAITING, "lots_specific")


@pytest.mark.parametrize(
    "kind, path, amount, states",
    [
        (IntentKind.BUY, "BND", 100_00, (IntentState.WAITING, IntentState.PARTLY)),
        (IntentKind.BUY, "", 2_000_00, (IntentState.PARTLY, IntentState.PARTLY)),
        (IntentKind.BUY, "gone", 100_00, (IntentState.WAITING, IntentState.REFUSED)),
        (IntentKind.RAISE, "", 2_000_00, (IntentState.WAITING, IntentState.SETTLING)),
        (IntentKind.RAISE, "", 500_00, (IntentState.SETTLING, IntentState.SETTLING)),
        (IntentKind.REBALANCE, "core", 0, (IntentState.DONE, IntentState.DONE)),
        (IntentKind.REMOVE, "gone", 0, (IntentState.DONE, IntentState.DONE)),
        (IntentKind.SELL, "BND", 5_00, (IntentState.WAITING, IntentState.REFUSED)),
    ],
)
def test_orders_too_old_are_given_up_with_their_reason(
    tmp_path: Path, kind: IntentKind, path: str, amount: int, states: tuple[IntentState, IntentState]
) -> None:
    market = feed(prices(VTI="100", BND="50", VXUS="60"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00, Behaviour(reject_ppm=1_000_000)) as desk:
        desk.save(NESTED, PieTerms(auto_invest=False))
        number = desk.order(kind, path, amount)
        desk.run()
        first = desk.intent(number)
        desk.run(MONDAY + 8)
        assert (first.state, desk.intent(number).state) == states
        assert desk.intent(number).reason or states[1] in {IntentState.DONE, IntentState.SETTLING}
        assert_in_order(desk, {0: 1_000_00})
