"""Money and units that a plan counted on and that are not there, or too little to trade: nothing is lost or doubled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.dated.document import DatedRow
from engine.invest.journals import Entry, Journal
from engine.invest.journals import post as post_journals
from engine.invest.market import Side
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.terms import PieTerms
from engine.window import run_window
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.faults import SluiceError
from market.paper import Behaviour, PaperBroker
from store.verify import verify
from tests.trading.books import assert_in_order
from tests.trading.brokers import Halted, Told
from tests.trading.estates import desk as estate
from tests.trading.estates import dividend, night
from tests.trading.test_faults import TWICE, neighbour
from tests.trading.walking import Gaps
from tests.trading.world import HALVES, MONDAY, NESTED, SHARE, USD, World, feed, pie, prices, world

TUESDAY = MONDAY + 1
BY_HAND = PieTerms(auto_invest=False)
ONE = pie('{name: one, slices: [{symbol: BND, weight: "100%"}]}')


def url(path: Path) -> str:
    return f"sqlite:///{path}/books.db"


def test_a_buy_whose_cash_left_during_the_sales_asks_the_broker_for_nothing(tmp_path: Path) -> None:
    """Ruling 26: no lock is held while orders are at the broker, so a transfer may take what a buy was granted."""
    with world(url(tmp_path), feed(prices(VTI="100", BND="50")), 100_00) as desk:
        desk.save(HALVES, BY_HAND)
        other = neighbour(desk)
        other.save(HALVES, PieTerms())
        other.run()
        broker = Told(desk.paper)
        desk.broker, gone = broker, list[int]()

        def take(call: str, side: Side) -> None:
            if side is Side.SELL and not gone:
                gone.append(100_00)
                desk.pay_out(100_00)

        broker.before = take
        other.order(IntentKind.SELL, "VTI", 100_00)
        bought = desk.order(IntentKind.BUY, "BND", 80_00)
        desk.run(slot=2)
        assert {side for _, side, _ in broker.words} == {Side.SELL}
        assert (desk.balance(), desk.balance("invest.growth:earmarked"), desk.units()) == (0, 0, {})
        assert desk.intent(bought).state == IntentState.WAITING
        assert list(verify(desk.url)) == []


def test_a_cent_of_rounding_that_no_lot_is_left_for_is_not_sold(tmp_path: Path) -> None:
    """Two named lots are worth 50.005 each, 50.00 as cents; the slice is worth 100.01, and a third order sells all."""
    market = feed(prices(VTI={MONDAY: "100", TUESDAY: "100.01"}, BND="50"))
    with world(url(tmp_path), market, 100_00) as desk:
        desk.save(HALVES, BY_HAND)
        for slot in (1, 2):
            desk.order(IntentKind.BUY, "VTI", 50_00)
            desk.run(slot=slot)
        with desk.books.read(0) as work:
            lots = work.lots(np.array([desk.account().account], np.int64))
        orders = [desk.order(IntentKind.SELL, "VTI", 50_00, lots=((lot.lot, lot.units),)) for lot in lots]
        orders.append(desk.order(IntentKind.SELL, "VTI"))
        window = desk.window(TUESDAY)
        desk.now = window.opens
        desk.books.add_dated([DatedRow("order_minimum", TUESDAY, "0.01", "a test")], desk.now)
        result = run_window(desk.books, 0, window, desk.trading())
        assert (result.status, result.orders, desk.units()) == ("done", 1, {})
        assert [desk.intent(one).state for one in orders] == [IntentState.DONE] * 3
        assert desk.balance("invest.growth:unsettled") == 100_01
        assert list(verify(desk.url)) == []


def test_lots_that_one_order_names_are_not_sold_again_by_the_next(tmp_path: Path) -> None:
    """The lots were half of the slice's worth when the first order was made, and are all of its units now."""
    market = feed(prices(VTI={MONDAY: "100", TUESDAY: "200"}, BND="50"))
    with world(url(tmp_path), market, 1_000_00) as desk:
        desk.save(HALVES, BY_HAND)
        desk.order(IntentKind.BUY, "VTI", 500_00)
        desk.run()
        with desk.books.read(0) as work:
            (lot,) = work.lots(np.array([desk.account().account], np.int64))
        named = desk.order(IntentKind.SELL, "VTI", 500_00, lots=((lot.lot, 5 * SHARE),))
        rest = desk.order(IntentKind.SELL, "VTI")
        result = desk.run(TUESDAY)
        assert (result.orders, desk.units()) == (1, {})
        assert [desk.intent(one).state for one in (named, rest)] == [IntentState.DONE] * 2
        assert desk.balance("invest.growth:unsettled") == 1_000_00
        assert list(verify(desk.url)) == []


def test_named_lots_that_were_sold_in_part_are_sold_to_the_end_and_no_further(tmp_path: Path) -> None:
    market = feed(prices(VTI={MONDAY: "100", TUESDAY: "80"}, BND="50"))
    with world(url(tmp_path), market, 1_000_00, Behaviour(partial_ppm=1_000_000)) as desk:
        broker, desk.broker = desk.paper, PaperBroker(1, market.price, ":memory:")
        desk.save(HALVES, BY_HAND)
        for slot in (1, 2):
            desk.order(IntentKind.BUY, "VTI", 500_00)
            desk.run(slot=slot)
        with desk.books.read(0) as work:
            first, second = work.lots(np.array([desk.account().account], np.int64))
        named = ((second.lot, second.units), (first.lot, SHARE))
        sale = desk.order(IntentKind.SELL, "VTI", 600_00, lots=named)
        whole, desk.broker = desk.broker, broker
        desk.run(TUESDAY)
        assert desk.intent(sale).state == IntentState.WAITING
        assert 4 * SHARE < desk.units()["VTI"] < 10 * SHARE
        desk.broker = whole
        desk.run(TUESDAY, 2)
        assert desk.intent(sale).state == IntentState.DONE
        with desk.books.read(0) as work:
            left = {one.lot: one.units for one in work.lots(closed=True)}
        assert left == {first.lot: 4 * SHARE, second.lot: 0}
        assert list(verify(desk.url)) == []


def test_a_sale_that_would_leave_less_than_the_smallest_order_sells_all(tmp_path: Path) -> None:
    with world(url(tmp_path), feed(prices(VTI="100", BND="50")), 1_000_00) as desk:
        desk.save(HALVES)
        desk.run()
        leaving, staying = desk.order(IntentKind.SELL, "VTI", 499_01), desk.order(IntentKind.SELL, "BND", 499_00)
        desk.run(slot=2)
        assert desk.values() == {"BND": 1_00}
        assert desk.balance("invest.growth:unsettled") == 500_00 + 499_00
        assert [desk.intent(one).state for one in (leaving, staying)] == [IntentState.DONE] * 2
        assert_in_order(desk, {0: 1_000_00})


@pytest.mark.parametrize("price, kept", [("0.19", 0), ("0.20", 1_00)])
def test_what_a_removal_brings_is_set_aside_from_the_smallest_order_on(tmp_path: Path, price: str, kept: int) -> None:
    """Five shares bring 0.95 or 1.00, and the slice that stays has no price to be bought at."""
    market = feed(prices(VTI={MONDAY: "100", TUESDAY: price}, BND="50"))
    with world(url(tmp_path), market, 1_000_00) as desk:
        gaps = Gaps(market)
        desk.market = gaps  # type: ignore[assignment]  # a feed with gaps
        desk.save(HALVES, BY_HAND)
        desk.order(IntentKind.BUY, "", 1_000_00)
        desk.run()
        desk.save(ONE, removed=["VTI"])
        gaps.missing = frozenset({"BND"})
        desk.run(TUESDAY)
        assert desk.balance("invest.growth:earmarked") == kept
        assert desk.balance("invest.growth:unsettled") == (0 if kept else 95)
        assert list(verify(desk.url)) == []


def test_money_that_waits_for_its_pie_waits_again_when_its_order_is_refused(tmp_path: Path) -> None:
    market = feed(prices(VTI="100", BND="50"))
    with world(url(tmp_path), market, 1_000_00) as desk:
        gaps = Gaps(market)
        desk.market = gaps  # type: ignore[assignment]  # a feed with gaps
        desk.save(TWICE, BY_HAND)
        desk.order(IntentKind.BUY, "", 1_000_00)
        desk.run()
        text = (
            '{name: all, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
            '[{symbol: VTI, weight: "100%"}]}}]}'
        )
        desk.save(pie(text), removed=["core/BND"])
        gaps.missing = frozenset({"VTI"})
        desk.run(slot=2)
        gaps.missing = frozenset()
        halted = Halted(desk.paper)
        desk.broker = halted
        desk.run(TUESDAY)
        with desk.books.read(0) as work:
            rows = [(path, cents) for _, path, cents in work.earmarks() if cents]
        assert (halted.asked, rows) == (1, [("core", 250_00)])
        desk.broker = desk.paper
        desk.run(TUESDAY, 2)
        assert desk.values() == {"VTI": 500_00, "core/VTI": 500_00}
        assert_in_order(desk, {0: 1_000_00})


@pytest.mark.parametrize(
    "changes, row",
    [({}, ""), ({"moved": {"VTI": "core/VTI"}}, "core/VTI")],
    ids=["gone", "moved"],
)
def test_dividends_that_wait_for_a_slice_follow_it_or_go_to_the_pie_around_it(
    tmp_path: Path, changes: dict[str, dict[str, str]], row: str
) -> None:
    terms = PieTerms(auto_invest=False, dividends="reinvest")
    with estate(str(tmp_path), dividend(50)) as made:
        made.save(HALVES, terms)
        for day in (TUESDAY, TUESDAY + 1, TUESDAY + 2):
            night(made, day)
        assert waiting(made) == [("VTI", 2_50)]
        made.save(NESTED if changes else ONE, terms, **changes)
        assert waiting(made) == [(row, 2_50)]
        made.run(TUESDAY + 3)
        assert waiting(made) == []
        assert made.balance("invest.growth:earmarked") == 0
        assert list(verify(made.url)) == []


def waiting(made: World) -> list[tuple[str, int]]:
    """Money that waits for a slice or a pie."""
    with made.books.read(0) as work:
        return [(path, cents) for _, path, cents in work.earmarks() if cents]


def test_orders_of_an_account_whose_broker_is_not_there_are_off_and_its_cash_comes_back(tmp_path: Path) -> None:
    with world(url(tmp_path), feed(prices(VTI="100", BND="50")), 1_000_00) as desk:
        desk.save(HALVES, PieTerms(broker="elsewhere"))
        result = desk.run()
        assert (result.status, result.orders, result.filled, result.open) == ("done", 2, 0, 0)
        assert (desk.balance(), desk.balance("invest.growth:earmarked"), desk.units()) == (1_000_00, 0, {})
        assert_in_order(desk, {0: 1_000_00})


def test_orders_whose_broker_is_gone_stay_open_until_it_is_back(tmp_path: Path) -> None:
    market = feed(prices(VTI="100", BND="50"))
    with world(url(tmp_path), market, 1_000_00, Behaviour(delay=90_000_000)) as desk:
        desk.save(HALVES)
        window, brokers = desk.window(), {"paper": desk.broker}

        def pause() -> None:
            brokers.clear()
            desk.pause()

        desk.now = window.opens
        first = run_window(desk.books, 0, window, replace(desk.trading(), brokers=brokers, pause=pause))
        assert (first.status, first.orders, first.filled, first.open) == ("partial", 2, 0, 2)
        assert (desk.balance("invest.growth:earmarked"), desk.units()) == (1_000_00, {})
        desk.run(slot=2)
        assert desk.units() == {"VTI": 5 * SHARE, "BND": 10 * SHARE}
        assert_in_order(desk, {0: 1_000_00})


def test_books_that_refuse_one_journal_take_none_of_the_block(tmp_path: Path) -> None:
    with world(url(tmp_path), feed(prices(VTI="100")), 1_000_00) as desk:
        growth, cash = desk.account().account, desk.account("cash").account
        assert desk.account("cash").kind == Kind.CASH
        fits = Journal(desk.customer, (99, 1), (Entry(cash, growth, USD, 400_00, Code.EARMARK),))
        above = Journal(desk.customer, (99, 2), (Entry(cash, growth, USD, 600_01, Code.EARMARK),))
        with desk.books.lock(0) as work:
            before = work.row
            with pytest.raises(SluiceError, match="nothing was written") as raised:
                post_journals(work, [fits, above], (MONDAY, "window", desk.now))
            assert (raised.value.code, work.row) == ("books_broken", before)
            assert str(600_01) in raised.value.sentence
        assert (desk.balance(), desk.balance("cash")) == (1_000_00, 0)
        with desk.books.lock(0) as work:
            assert len(post_journals(work, [fits, Journal(desk.customer, (99, 3), ())], (MONDAY, "window", 1))) == 1
        assert (desk.balance(), desk.balance("cash")) == (600_00, 400_00)
