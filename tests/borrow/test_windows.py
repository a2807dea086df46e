"""What secured lines leave to windows and orders: buys capped, calls that stop them, raises held back (ruling 14)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.borrow.states import MarginState
from engine.invest.nights.steps import Steps
from engine.invest.orderrecords import Intent, IntentKind, IntentState
from engine.invest.orders.orderdesk import Wanted
from engine.invest.orders.ordering import place
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.terms import BandTerms, PieTerms
from engine.invest.windows.preview import basis_now, preview
from engine.overnight.marginorders import Unpaid, keep_orders, raise_for_charge
from engine.overnight.marginwindow import measured_at
from engine.overnight.sight import night_sight
from ledger.faults import SluiceError
from ledger.statuses import Status
from tests.borrow.lent import Lent, lent
from tests.borrow.test_books import BEFORE, FRIDAY, IDLE, THURSDAY, TUESDAY, WEDNESDAY, called, falling
from tests.trading.world import HALVES, MONDAY, prices

HALF = prices(VTI={BEFORE: "100", TUESDAY: "56"}, BND={BEFORE: "50", TUESDAY: "28"})
"""Ten thousand are worth 5,600 from Tuesday on: with 4,000 owed the excess is 200."""


def thin(house: Lent) -> None:
    """Stand 200.00 above a call on Tuesday, before any window of it."""
    house.world.save(HALVES, IDLE)
    house.night(MONDAY)
    assert house.draw(4_000_00) == Status.CREATED
    assert house.night(TUESDAY) == MarginState.WATCH
    assert house.excess(TUESDAY) == 200_00


def bought(house: Lent, day: int) -> int:
    """Run Wednesday's window or another; what was bought in it, as its preview foretold."""
    world = house.world
    with world.books.read(0) as work:
        window = world.window(day)
        told = preview(work, basis_now(work, world.market, window, (window.opens, 1_00)))
    world.run(day)
    with world.books.read(0) as work:
        orders = work.orders(day, 1)
        found = sum(one.amount for one in orders)
    assert sum(one.amount for one in told.buys) == found
    return found


def ordered(house: Lent, kind: IntentKind, path: str, amount: int, destination: str = "") -> Intent:
    """Place an order; the clock stands before its window."""
    key = f"{kind}{path}{amount}{destination}"
    return kept(house, Wanted(house.world.customer, "invest.growth", kind, key, path, amount, destination=destination))


def kept(house: Lent, wanted: Wanted) -> Intent:
    """Place it as it is."""
    world = house.world
    with world.books.lock(0) as work:
        return place(work, world.market, wanted, (TUESDAY, world.window(WEDNESDAY).opens - 1))


def refused(house: Lent, kind: IntentKind, path: str = "", amount: int = 0, destination: str = "") -> tuple[str, str]:
    """The code of a refused order, and what would be right."""
    with pytest.raises(SluiceError) as caught:
        ordered(house, kind, path, amount, destination)
    return caught.value.code, caught.value.sentence


def test_auto_invest_buys_as_much_as_the_margin_bears(tmp_path: Path) -> None:
    """A buy takes of the excess no more than its requirement: 100 of cash raise it by 100 and buy for all of it."""
    with lent(tmp_path, HALF, 10_000_00) as house:
        thin(house)
        house.move("checking", "bank", 4_000_00, "away")
        house.world.save(HALVES, PieTerms())
        house.configure(maintenance_requirement="28.5%")
        assert house.excess(TUESDAY) == 4_00
        house.world.pay_in(100_00)
        assert bought(house, WEDNESDAY) == 100_00
        assert house.excess(WEDNESDAY) == 75_50


def test_buys_of_a_rebalance_are_cut_in_one_proportion(tmp_path: Path) -> None:
    """BND demands all of itself: what VTI's sale frees does not carry the buy of it."""
    moving = prices(VTI={BEFORE: "100", TUESDAY: "80"}, BND={BEFORE: "50", TUESDAY: "25"})
    with lent(tmp_path, moving, 10_000_00) as house:
        house.configure(maintenance_requirement__BND="100%")
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(2_900_00)
        house.night(TUESDAY)
        assert house.excess(TUESDAY) == 100_00  # 4,000 × 75% less 2,900
        house.world.order(IntentKind.REBALANCE)
        cents = bought(house, WEDNESDAY)
        assert house.excess(WEDNESDAY) in range(4)
        assert cents == 287_49  # of 750: 100 and 25% of 750 are 287.50


def test_a_buy_that_people_asked_for_is_done_in_part_and_says_why(tmp_path: Path) -> None:
    with lent(tmp_path, HALF, 10_000_00) as house:
        house.configure(maintenance_requirement__BND="100%")
        house.world.save(HALVES, IDLE)
        house.world.pay_in(1_000_00)
        house.night(MONDAY)
        house.draw(3_000_00)
        house.night(TUESDAY)
        assert house.excess(TUESDAY) == 100_00
        assert refused(house, IntentKind.BUY, "BND", 100_01)[0] == "margin_short"
        assert "buy for no more than 100.00, or pay" in refused(house, IntentKind.BUY, "BND", 100_01)[1]
        beyond = Wanted(
            house.world.customer, "invest.growth", IntentKind.BUY, "beyond", "BND", 500_00, beyond_cash=True
        )
        number = kept(house, beyond).intent
        assert bought(house, WEDNESDAY) == 99_99
        done = house.world.intent(number)
        assert (done.state, done.done, done.reason) == (IntentState.PARTLY, 99_99, "margin_short")
        assert house.excess(WEDNESDAY) >= 0


def test_while_a_call_is_open_nothing_is_bought(tmp_path: Path) -> None:
    with lent(tmp_path, falling(), 10_000_00) as house:
        called(house)
        world = house.world
        world.save(HALVES, PieTerms(bands=BandTerms(absolute=500), rebalance_on="bands"))
        world.pay_in(200_00)
        for kind, path, amount in ((IntentKind.BUY, "VTI", 10_00), (IntentKind.REBALANCE, "", 0)):
            code, sentence = refused(house, kind, path, amount)
            assert (code, "425.00 is missing" in sentence) == ("margin_call", True)
        late = world.order(IntentKind.BUY, "VTI", 50_00)
        again = world.order(IntentKind.REBALANCE)
        assert bought(house, WEDNESDAY) == 0
        assert (world.intent(late).state, world.intent(late).reason) == (IntentState.REFUSED, "margin_call")
        assert (world.intent(again).state, world.intent(again).reason) == (IntentState.WAITING, "margin_call")
        assert house.state() == MarginState.CALL


def test_a_raise_takes_away_what_the_margin_bears(tmp_path: Path) -> None:
    with lent(tmp_path, HALF, 10_000_00) as house:
        thin(house)
        assert refused(house, IntentKind.RAISE, "", 200_01, "checking")[0] == "margin_short"
        number = house.world.order(IntentKind.RAISE, "", 300_00, destination=house.world.account("checking").account)
        house.world.run(WEDNESDAY)
        now = house.world.intent(number)
        assert (now.state, now.done, now.reason) == (IntentState.WAITING, 200_00, "margin_short")


def test_a_raise_waits_with_its_money_while_its_payment_would_start_a_call(tmp_path: Path) -> None:
    """On Thursday, the day its proceeds settle, prices have fallen again."""
    again = prices(VTI={BEFORE: "100", TUESDAY: "60", THURSDAY: "40", FRIDAY: "70"}, BND="50")
    with lent(tmp_path, again, 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(4_000_00)
        house.night(TUESDAY)
        assert house.excess(TUESDAY) == 2_000_00
        before = house.world.balance("checking")
        there = house.world.account("checking").account
        small = house.world.order(IntentKind.RAISE, "", 100_00, destination=there)
        number = house.world.order(IntentKind.RAISE, "", 1_900_00, destination=there)
        house.world.run(WEDNESDAY)
        house.night(WEDNESDAY)
        assert house.night(THURSDAY) in {MarginState.WATCH, MarginState.OK}
        now = house.world.intent(number)
        assert (now.state, now.reason) == (IntentState.SETTLING, "margin_short")
        assert (house.world.intent(small).state, house.world.balance("checking")) == (IntentState.DONE, before + 100_00)
        assert house.excess(THURSDAY) >= 0
        house.night(FRIDAY)
        assert house.world.intent(number).state == IntentState.DONE
        assert house.world.balance("checking") == before + 2_000_00


def test_a_raise_for_the_line_pays_interest_first_and_never_more_than_is_owed(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(100_00)
        with house.world.books.lock(0) as work:
            (due,) = work.open_due([(house.world.customer, house.line)], MONDAY).tolist()
        house.owe(due, 3_00)
        assert refused(house, IntentKind.RAISE, "", 103_01, "borrow") == (
            "exceeds_owed",
            "103.00 is owed on borrow; raise no more than that.",
        )
        ordered(house, IntentKind.RAISE, "", 50_00, "borrow")
        house.world.order(IntentKind.RAISE, "", 60_00, destination=house.line)
        house.world.run(WEDNESDAY)
        house.night(TUESDAY)
        house.night(WEDNESDAY)
        house.night(THURSDAY)
        with house.world.books.read(0) as work:
            found = work.accounts(np.array(sorted([due, house.line]), np.int64))
            states = {one.state for one in work.intents(None) if one.kind == IntentKind.RAISE}
        assert found.posted().tolist() == [0, 0]
        assert states == {IntentState.DONE, IntentState.PARTLY}
        assert house.world.balance() == 7_00


def asking(house: Lent, cents: int) -> list[tuple[str, int]]:
    """What is asked for a charge, twice over: (account, cents) of the raises that wait."""
    unpaid = [Unpaid(house.world.customer, house.line, MONDAY, cents)]
    for _ in range(2):
        with house.world.books.lock(0) as work:
            sight = night_sight(work, house.world.market, Steps(TUESDAY))
            found = measured_at(sight)
            assert found is not None
            keep_orders(work, raise_for_charge(sight, found, unpaid, house.world.window(TUESDAY).opens - 1))
    names = {house.world.account(name).account: name for name in ("invest.growth", "invest.income")}
    made = house.world.waiting()
    assert {(one.kind, one.destination) for one in made} <= {(IntentKind.RAISE, house.line)}
    return [(names[one.account], one.amount) for one in made]


def second(house: Lent) -> None:
    """Another pie of 1,000.00."""
    world = house.world
    world.pay_in(1_000_00, "second", "invest.income")
    with world.books.lock(0) as work:
        listed = world.market.listings(world.market.symbols)
        draft = Draft(HALVES, PieTerms())
        assert save_pie(work, world.account("invest.income"), draft, listed, (MONDAY, world.now)) == ()
    world.run(slot=2)


@pytest.mark.parametrize(
    "cents, raised",
    [
        (50, [("invest.growth", 1_00)]),
        (10_400_00, [("invest.growth", 10_000_00), ("invest.income", 400_00)]),
        (12_000_00, [("invest.growth", 11_000_00), ("invest.income", 1_000_00)]),
    ],
)
def test_money_is_raised_for_a_charge_once(tmp_path: Path, cents: int, raised: list[tuple[str, int]]) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        second(house)
        assert asking(house, cents) == raised


def test_what_has_no_price_is_asked_of_the_first_account_and_nothing_of_an_empty_one(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        usual, house.world.market = house.world.market, None  # type: ignore[assignment]  # no price is known
        assert asking(house, 50_00) == [("invest.growth", 50_00)]
        house.world.market = usual
    with lent(tmp_path / "another", prices(VTI="100", BND="50"), 0) as house:
        assert asking(house, 50_00) == []


def test_an_order_within_the_margin_is_kept(tmp_path: Path) -> None:
    with lent(tmp_path, HALF, 10_000_00) as house:
        thin(house)
        house.world.pay_in(100_00)
        assert ordered(house, IntentKind.BUY, "VTI", 100_00).amount == 100_00
        assert ordered(house, IntentKind.RAISE, "", 300_00, "checking").amount == 300_00
        assert ordered(house, IntentKind.REBALANCE, "", 0).kind == IntentKind.REBALANCE
