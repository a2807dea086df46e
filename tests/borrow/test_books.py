"""Secured lines in real books: limits, draws, calls, cures and proposals, night by night (rulings 12 to 16)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine.borrow.states import MarginState
from engine.invest.market import OPEN, Market, OrderState, Side
from engine.invest.nights.steps import Steps
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.blocks import Part, blocks
from engine.overnight.marginorders import Proposal, proposals
from engine.overnight.marginwindow import measured_at
from engine.overnight.sight import night_sight
from ledger.days import parse_day
from ledger.seal import asset_number
from ledger.statuses import Status
from tests.borrow.lent import Lent, lent, never, only
from tests.trading.estates import split
from tests.trading.test_facing import ending
from tests.trading.world import HALVES, MONDAY, feed, pie, prices

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + ahead for ahead in range(1, 5))
NEXT = MONDAY + 7
IDLE = PieTerms(auto_invest=False)
BEFORE = MONDAY - 30


def falling(back: str = "30") -> Mapping[str, Mapping[int, int]]:
    """Ten thousand are worth 4,500 from Tuesday on: VTI falls from 100 to 30, BND from 50 to 30; back on Thursday."""
    return prices(VTI={BEFORE: "100", TUESDAY: "30", THURSDAY: back}, BND={BEFORE: "50", TUESDAY: "30"})


def called(house: Lent) -> None:
    """Draw all there is on a calm Monday, and let Tuesday's prices call it."""
    house.world.save(HALVES, IDLE)
    assert house.night(MONDAY) == MarginState.OK
    assert house.draw(4_000_00) == Status.CREATED
    assert house.night(TUESDAY) == MarginState.CALL
    assert house.excess(TUESDAY) == -625_00


def test_the_brokers_own_example_in_the_books(tmp_path: Path) -> None:
    """products.md 1.14: 49,000 of securities, 1,000 of cash, 10,000 owed, 25%: excess 27,750, a call at 75.5%."""
    with lent(tmp_path, prices(VTI="100", BND="50"), 49_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.world.pay_in(1_000_00)
        assert house.night(MONDAY) == MarginState.OK
        assert house.draw(10_000_00) == Status.CREATED
        found = house.measured(TUESDAY).measures
        assert (only(found.excess), only(found.fall)) == (27_750_00, 2 * 75_51 + 1)
        assert (only(found.limit), only(found.room)) == (19_600_00, 9_600_00)


def test_books_let_nothing_be_drawn_above_the_limit(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        assert house.draw(1) != Status.CREATED  # before a night has measured it, a line lends nothing
        house.night(MONDAY)
        assert house.draw(4_000_01, key="above") != Status.CREATED
        assert house.draw(4_000_00) == Status.CREATED
        assert only(house.measured(MONDAY).measures.ltv) == 2 * 40_00
        assert house.draw(1, key="more") != Status.CREATED
        account = house.world.account("borrow")
        assert (account.floor, account.rule_floor, account.ceiling) == (-4_000_00, -4_000_00, 0)


def test_a_limit_that_fell_below_what_is_owed_leaves_the_balance_within_its_bounds(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        account = house.world.account("borrow")
        assert (account.floor, account.rule_floor) == (-4_000_00, 0)  # the equity is below 2,000
        assert house.draw(1, key="more") != Status.CREATED


def test_a_fall_opens_a_call_that_three_sessions_turn_into_a_proposal(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        lines = house.lines()
        assert (only(lines.opened), only(lines.deadline)) == (TUESDAY, FRIDAY)
        states = [house.night(day) for day in range(WEDNESDAY, NEXT)]
        assert states == [MarginState.CALL] * 2 + [MarginState.LIQUIDATION] * 3
        assert house.world.waiting() == []  # people decide
        sold = told(house, FRIDAY)
        assert [(one.path, one.amount) for one in sold] == [("VTI", 1_500_00), ("BND", 1_000_00)]


def told(house: Lent, day: int) -> list[Proposal]:
    """What is proposed on a day."""
    with house.world.books.read(0) as work:
        sight = night_sight(work, house.world.market, Steps(day))
        return proposals(sight, measured_at(sight))


def test_the_highest_requirement_is_sold_first_and_by_itself_where_configured(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        house.configure(liquidation_automatic="yes", maintenance_requirement__BND="40%")
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(4_000_00)
        for day in range(TUESDAY, NEXT):
            house.night(day)
        assert house.state() == MarginState.LIQUIDATION
        made = house.world.waiting()
        assert [(one.path, one.amount, one.kind) for one in made] == [("BND", 2_687_50, IntentKind.SELL)]
        house.world.run(NEXT)
        assert (house.state(), house.world.waiting()) == (MarginState.CURED, [])
        assert house.excess(NEXT) >= 0
        assert house.night(NEXT) == MarginState.WATCH
        assert never(house.lines())


def test_a_deposit_cures(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        house.world.pay_in(625_00 - 1)
        assert house.night(WEDNESDAY) == MarginState.CALL
        house.world.pay_in(1, "the last cent")
        assert house.night(THURSDAY) == MarginState.CURED
        assert never(house.lines())
        assert house.night(FRIDAY) == MarginState.WATCH


def test_a_recovery_cures(tmp_path: Path) -> None:
    with lent(tmp_path, falling("90"), 10_000_00) as house:
        called(house)
        assert house.night(WEDNESDAY) == MarginState.CALL
        assert house.night(THURSDAY) == MarginState.CURED


def test_a_sale_cures_in_its_window_and_a_payment_at_its_night(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        house.world.order(IntentKind.SELL, "BND", 2_500_00)
        house.world.run(WEDNESDAY)
        assert house.state() == MarginState.CURED
        assert house.excess(WEDNESDAY) == 0
    with lent(tmp_path / "another", falling(), 10_000_00) as house:
        called(house)
        assert house.move("checking", "borrow", 625_00, "pay") == Status.CREATED
        assert house.night(WEDNESDAY) == MarginState.CURED


def test_what_has_no_price_is_not_lent_on_and_calls_nobody(tmp_path: Path) -> None:
    """VTI ends on Monday: from Wednesday on nobody knows what it is worth."""
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(2_900_00)
        usual: Market = house.world.market
        house.world.market = ending(house.world.market, "VTI", MONDAY)  # type: ignore[assignment]  # a feed of the same kind
        assert house.night(TUESDAY) == MarginState.OK
        assert house.night(WEDNESDAY) == MarginState.OK
        assert house.excess(WEDNESDAY) == 5_000_00 * 3 // 4 - 2_900_00
        assert house.world.account("borrow").rule_floor == -2_000_00
        house.world.market = usual  # type: ignore[assignment]  # the same
        assert house.night(THURSDAY) == MarginState.OK
        assert house.world.account("borrow").rule_floor == -4_000_00


def test_a_call_without_prices_stays_open_but_is_cured_by_what_is_known(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        house.world.market = ending(house.world.market, "VTI", TUESDAY)  # type: ignore[assignment]  # a feed of the same kind
        assert [house.night(day) for day in range(WEDNESDAY, NEXT)] == [
            *[MarginState.CALL] * 2,  # Wednesday and Thursday; on Friday, its deadline, nobody knows what VTI is worth
            *[MarginState.CALL] * 3,
        ]
        house.world.pay_in(2_000_00)
        assert house.night(NEXT) == MarginState.CURED


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Lent]:
    with lent(tmp_path, falling(), 10_000_00) as made:
        yield made


def test_a_split_between_close_and_night_calls_nobody(house: Lent) -> None:
    house.world.save(HALVES, IDLE)
    house.night(MONDAY)
    house.draw(4_000_00)
    halves = prices(VTI={BEFORE: "100", TUESDAY: "50"}, BND="50")
    house.world.market = feed(halves, [replace(split(2, 1), ex_day=TUESDAY)])
    assert house.night(TUESDAY) == MarginState.OK
    assert house.excess(TUESDAY) == 3_500_00


def test_sales_that_wait_are_not_proposed_twice(house: Lent) -> None:
    house.configure(liquidation_automatic="yes")
    called(house)
    for day in range(WEDNESDAY, NEXT):
        house.night(day)
    assert [one.state for one in house.world.waiting()] == [IntentState.WAITING] * 2


def test_a_transfer_takes_away_what_the_margin_bears(house: Lent) -> None:
    called(house)
    assert house.refused(1, TUESDAY, "invest.growth") == (
        "margin_short",
        "More than 0.00 out of invest.growth would start a margin call; move no more, or pay in first.",
    )
    missing = "A margin call is open: 625.00 is missing behind borrow. Pay so much in, or sell; nothing is drawn until "
    assert house.refused(1, TUESDAY, "borrow", "invest.growth") == ("margin_call", f"{missing}then.")
    assert house.refused(1, TUESDAY, "borrow") == ("margin_call", f"{missing}then.")
    assert house.refused(1, TUESDAY, "checking", "cash") is None
    house.world.pay_in(700_00)
    waits = (
        "A margin call is open behind borrow. Nothing is missing any more, so the next night or window ends it: draw "
    )
    assert house.refused(1, TUESDAY, "borrow", "invest.growth") == ("margin_call", f"{waits}after that.")
    assert house.refused(75_00, TUESDAY, "invest.growth") is None
    assert house.refused(75_01, TUESDAY, "invest.growth") is not None


def test_a_charge_and_a_call_of_one_night_are_both_kept(tmp_path: Path) -> None:
    """July is charged by the night of 5 August, the third session, whose prices open a call too."""
    fall = prices(VTI={BEFORE: "100", MONDAY + 28: "30"}, BND={BEFORE: "50", MONDAY + 28: "30"})
    with lent(tmp_path, fall, 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(4_000_00)
        for day in range(TUESDAY, MONDAY + 29):
            house.night(day)
        assert house.state() == MarginState.CALL
        assert only(house.lines().charged) == parse_day("2024-07-01")


def test_without_a_market_states_stay(house: Lent) -> None:
    called(house)
    house.world.market = None  # type: ignore[assignment]  # a night without prices
    assert [house.night(day) for day in range(WEDNESDAY, NEXT)] == [MarginState.CALL] * 5


def test_a_line_with_a_fixed_limit_binds_no_transfer(house: Lent) -> None:
    called(house)
    with house.world.books.lock(0) as work:
        work.set_line_terms(house.line, secured=False, cash_pays=False)
    assert house.refused(1_000_00, TUESDAY, "invest.growth") is None
    assert house.night(WEDNESDAY) == MarginState.CALL


def test_an_order_to_buy_that_is_at_a_broker_counts_as_filled(house: Lent) -> None:
    house.world.save(HALVES, IDLE)
    house.night(MONDAY)
    before = house.excess(MONDAY)
    house.world.run(slot=2)
    window = house.world.window(MONDAY, 2)
    with house.world.books.lock(0) as work:
        for number, (symbol, handle) in enumerate((("VTI", "invest.growth"), ("BND", "cash")), start=1):
            account = house.world.account(handle).account
            part = Part("paper", account, number, house.world.customer, asset_number(symbol), "buy", 0, 0, 100_01)
            work.keep_orders(*blocks(0, window, Side.BUY, [part], 1))
        sent = [replace(one, state=OrderState.SENT) for one in work.orders_in(OPEN)]
        work.set_orders(sent)
    assert house.excess(MONDAY) == before - 25_01  # a quarter of 100.01, rounded up
    with house.world.books.lock(0) as work:
        work.set_orders([replace(one, state=OrderState.CANCELLED, booked=True) for one in work.orders_in(OPEN)])


TWICE = pie(
    '{name: all, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
    '[{symbol: VTI, weight: "50%"}, {symbol: BND, weight: "50%"}]}}]}'
)


def test_of_a_security_in_two_slices_the_first_is_sold_first(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00, TWICE) as house:
        house.world.save(TWICE, IDLE)
        house.night(MONDAY)
        house.draw(3_000_00)
        house.night(TUESDAY)
        assert house.excess(TUESDAY) == -187_50  # of 3,750 that are left
        assert [(one.path, one.amount) for one in told(house, TUESDAY)] == [("VTI", 750_00)]
