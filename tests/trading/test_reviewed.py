"""What a review of trading found: money promised twice or stuck, lots sold again, one account that stops others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from engine.desk import AccountEvent
from engine.household import account_named, post, single
from engine.invest.journals import Entry, Inner, Journal
from engine.invest.journals import post as post_journals
from engine.invest.market import (
    BlockOrder,
    BrokerFill,
    OrderState,
    Window,
)
from engine.invest.nights.eve import eve_steps
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.orders.cancelling import cancel
from engine.invest.orders.orderdesk import Wanted
from engine.invest.orders.ordering import place
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.brokers import MINUTE
from engine.night import Means, run_night
from engine.window import WindowResult, run_window
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from market.paper import Behaviour, PaperBroker
from store.verify import verify
from tests.trading.brokers import Gone, GoneError
from tests.trading.world import FIRST, HALVES, MONDAY, NESTED, SHARE, USD, World, feed, pie, prices, world

TUESDAY, WEDNESDAY = MONDAY + 1, MONDAY + 2
ONE = pie('{name: one, slices: [{symbol: VTI, weight: "100%"}]}')
TWICE = pie(
    '{name: twice, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
    '[{symbol: VTI, weight: "100%"}]}}]}'
)
ALL, NOTHING = 1_000_000, Behaviour()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    """1,000.00 in VTI at 100, which falls to 90 on Wednesday; nothing is invested by itself any more."""
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI={FIRST: "100", WEDNESDAY: "90"})), 1_000_00) as made:
        made.save(ONE)
        made.run()
        made.save(ONE, PieTerms(auto_invest=False))
        yield made
        assert list(verify(made.url)) == []


def behave(made: World, behaviour: Behaviour) -> None:
    made.paper._behaviour = behaviour


def run(made: World, day: int, slot: int = 1) -> WindowResult:
    """A window at its start, however late the one before was finished."""
    made.now = 0
    return made.run(day, slot)


def night(made: World, day: int) -> None:
    assert run_night(made.books, 0, day, lambda: made.now, Means(made.market)).quarantined == {}


def sell_lots(made: World, units: int) -> int:
    """Order the sale of units of the one lot there is."""
    with made.books.lock(0) as work:
        (lot,) = work.lots()
        asked = Wanted(made.customer, "invest.growth", IntentKind.SELL, "named", "VTI", lots=((lot.lot, units),))
        return place(work, made.market, asked, (MONDAY, made.now)).intent


def earmarks(made: World) -> list[tuple[str, int]]:
    with made.books.read(0) as work:
        return [(path, cents) for _, path, cents in work.earmarks()]


def test_lots_by_name_are_sold_once_though_they_bring_less(desk: World) -> None:
    number = sell_lots(desk, 5 * SHARE)
    run(desk, WEDNESDAY)
    sold = desk.intent(number)
    assert (sold.state, sold.done, desk.units()) == (IntentState.DONE, 450_00, {"VTI": 5 * SHARE})
    run(desk, WEDNESDAY, 2)
    assert desk.units() == {"VTI": 5 * SHARE}


def test_what_is_left_of_lots_by_name_is_sold_and_no_unit_more(desk: World) -> None:
    number = sell_lots(desk, 5 * SHARE)
    behave(desk, Behaviour(partial_ppm=ALL))
    run(desk, TUESDAY)
    held = desk.units()["VTI"]
    assert (desk.intent(number).state, 5 * SHARE < held < 10 * SHARE) == (IntentState.WAITING, True)
    behave(desk, NOTHING)
    run(desk, TUESDAY, 2)
    assert (desk.intent(number).state, desk.units()) == (IntentState.DONE, {"VTI": 5 * SHARE})


def test_lots_by_name_go_to_market_and_never_to_another_slice(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100")), 500_00) as made:
        made.save(ONE)
        made.run()
        made.save(TWICE)
        made.pay_in(100_00, "more")
        sell_lots(made, 2 * SHARE)
        run(made, TUESDAY)
        assert made.units() == {"VTI": 3 * SHARE, "core/VTI": SHARE}
        assert made.paper.positions() == {("paper", "VTI"): 4 * SHARE}


@pytest.mark.parametrize("state", [OrderState.PARTIAL, OrderState.FILLED])
def test_a_raise_over_two_days_keeps_what_it_sold_for(desk: World, state: OrderState) -> None:
    desk.save(ONE, PieTerms())
    number = desk.order(IntentKind.RAISE, "", 500_00, destination=desk.account("checking").account)
    behave(desk, Behaviour(partial_ppm=ALL if state == OrderState.PARTIAL else 0))
    run(desk, MONDAY, 2)
    night(desk, MONDAY)
    behave(desk, NOTHING)
    run(desk, TUESDAY)
    night(desk, TUESDAY)
    assert desk.balance() == 0
    run(desk, WEDNESDAY)
    night(desk, WEDNESDAY)
    assert (desk.intent(number).state, desk.balance("checking"), desk.balance()) == (IntentState.DONE, 500_00, 0)
    assert (desk.balance("invest.growth:earmarked"), earmarks(desk)) == (0, [])


def test_what_a_cancelled_raise_had_set_aside_is_cash_again(desk: World) -> None:
    desk.pay_in(50_00, "more")
    other = desk.order(IntentKind.SELL, "VTI", 1_00)
    with desk.books.lock(0) as work:
        cancel(work, desk.customer, other, desk.now, None)
    number = desk.order(IntentKind.RAISE, "", 200_00, destination=desk.account("checking").account)
    behave(desk, Behaviour(reject_ppm=ALL))
    run(desk, TUESDAY)
    assert (desk.balance(), desk.balance("invest.growth:earmarked")) == (0, 50_00)
    with desk.books.lock(0) as work:
        cancel(work, desk.customer, number, desk.now, None)
        steps = eve_steps(work, desk.market, TUESDAY, np.array([desk.customer + 1], np.int64))
        assert steps.estates == ()
    night(desk, TUESDAY)
    assert (desk.balance(), desk.balance("invest.growth:earmarked"), earmarks(desk)) == (50_00, 0, [])
    assert (desk.intent(number).state, desk.intent(number).done) == (IntentState.CANCELLED, 0)


def test_proceeds_of_a_raise_buy_nothing(desk: World) -> None:
    number = desk.order(IntentKind.RAISE, "", 500_00, destination=desk.account("checking").account)
    run(desk, MONDAY, 1 + 1)
    desk.pay_in(300_00, "more")
    desk.save(ONE, PieTerms())
    window = Window(MONDAY, 9, desk.now + MINUTE, desk.window().ends)
    desk.now = window.opens
    gone = Gone(desk.url)
    gone.left, gone.after = 1, True
    with pytest.raises(GoneError):
        run_window(gone, 0, window, desk.trading())
    gone.close()
    with desk.books.lock(0) as work:  # the cash that the window counts on leaves
        growth = account_named(work, desk.customer, "invest.growth")
        equity = int(work.system_accounts(USD, ["equity:opening"])[0])
        post(work, single(0, growth, (equity, growth.account, 300_00), Code.OPENING, ("out", MONDAY)), (MONDAY, "r", 1))
    desk.now += 11 * MINUTE
    run_window(desk.books, 0, window, desk.trading())
    assert (desk.units(), desk.balance("invest.growth:unsettled")) == ({"VTI": 5 * SHARE}, 500_00)
    night(desk, TUESDAY)
    assert (desk.intent(number).state, desk.balance("checking")) == (IntentState.DONE, 500_00)


@pytest.mark.parametrize("standing", [Standing.FROZEN, Standing.CLOSED])
def test_an_account_that_is_not_open_trades_nothing_and_stops_no_other(desk: World, standing: Standing) -> None:
    desk.pay_in(100_00, "more")
    desk.save(ONE, PieTerms())
    with desk.books.lock(0) as work:
        row = desk.account()
        event = AccountEvent(row.account, 0, row.floor, row.ceiling, row.rule_floor, standing)
        work.change_account(row.account, event)
    assert (run(desk, TUESDAY).orders, desk.balance()) == (0, 100_00)


def test_a_removal_after_the_window_opened_waits_for_the_next(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100", BND="50", VXUS="60")), 1_000_00) as made:
        made.save(NESTED)
        made.run()
        made.now = made.window(slot=2).opens + 1
        with made.books.lock(0) as work:
            asked = Wanted(made.customer, "invest.growth", IntentKind.REMOVE, "late", "core")
            number = place(work, made.market, asked, (MONDAY, made.now)).intent
        assert run(made, MONDAY, 2).orders == 0
        assert made.intent(number).state == IntentState.WAITING
        run(made, TUESDAY)
        assert (made.intent(number).state, list(made.units())) == (IntentState.DONE, ["BND"])


def test_money_that_waits_for_a_place_that_is_gone_goes_to_the_pie_around_it(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100", BND="50", VXUS="60")), 60_00) as made:
        made.save(NESTED)
        account = made.account().account
        with made.books.lock(0) as work:
            entry = Entry(Inner(account, Kind.EARMARKED, USD), account, USD, 60_00, Code.EARMARK)
            post_journals(work, [Journal(made.customer, (99,), (entry,))], (MONDAY, "request", 1))
            paths = ("BND", "core", "core/VTI", "core/VXUS", "raise:99")
            work.set_earmarks([(account, path, cents) for path, cents in zip(paths, (1, 2, 4, 8, 59_85), strict=True)])
        made.save(NESTED)
        assert earmarks(made) == list(zip(paths, (1, 2, 4, 8, 59_85), strict=True))
        made.save(HALVES, moved={"core/VTI": "VTI"})
        assert earmarks(made) == [("", 10), ("BND", 1), ("VTI", 4), ("raise:99", 59_85)]


@dataclass
class Dear:
    """A broker that takes more for a sale than the sale brings."""

    paper: PaperBroker

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """See `Broker`."""
        return replace(self.paper.submit(order, instant), fee=100_01)

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self.paper.status(client_id, instant)

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """See `Broker`."""
        return self.paper.cancel(client_id, instant)


def test_a_fee_above_the_proceeds_stays_unbooked_and_stops_no_other(desk: World) -> None:
    desk.order(IntentKind.SELL, "", 100_00)
    desk.broker = Dear(desk.paper)
    assert (run(desk, TUESDAY).status, desk.units()) == ("partial", {"VTI": 10 * SHARE})
    with desk.books.read(0) as work:
        assert [one.reason.startswith("broken: ") for one in work.orders(TUESDAY, 1)] == [True]
