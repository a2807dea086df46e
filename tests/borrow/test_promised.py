"""What a raise under way will pay away is not there for other transfers and moved holdings (ruling 14)."""

from __future__ import annotations

from pathlib import Path

from engine.invest.orderrecords import IntentKind, IntentState
from engine.overnight.marginmoves import Leaving, lacking
from ledger.money import format_money
from ledger.statuses import Status
from tests.borrow.lent import Lent, lent
from tests.borrow.test_books import BEFORE, IDLE, THURSDAY, TUESDAY, WEDNESDAY
from tests.trading.world import HALVES, MONDAY, prices


def test_nothing_is_sent_away_that_a_raise_under_way_needs(tmp_path: Path) -> None:
    """What the raise will take on Thursday is not there for a transfer before."""
    lower = prices(VTI={BEFORE: "100", TUESDAY: "60"}, BND="50")
    with lent(tmp_path, lower, 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.world.pay_in(500_00)
        house.night(MONDAY)
        house.draw(4_000_00)
        house.night(TUESDAY)
        assert house.excess(TUESDAY) == 2_500_00
        there = house.world.account("checking").account
        number = house.world.order(IntentKind.RAISE, "", 1_900_00, destination=there)
        assert house.refused(2_500_00, TUESDAY, "invest.growth") is None  # it only waits for its window
        house.world.run(WEDNESDAY)
        house.night(WEDNESDAY)
        assert house.world.intent(number).state == IntentState.SETTLING
        house.world.pay_in(1_000_00, "more")
        most = house.excess(WEDNESDAY) - 1_900_00
        assert 1_900_00 < most < 2_000_00  # 600 and 1,000, and 25% of the 1,400 that were sold
        assert house.refused(most, WEDNESDAY, "invest.growth") is None
        code, sentence = house.refused(most + 1, WEDNESDAY, "invest.growth") or ("", "")
        assert code == "margin_short"
        assert sentence == (
            f"More than {format_money(most, grouped=True)} out of invest.growth would start a margin call once what is "
            "being raised is paid; move no more, or pay in first."
        )
        assert house.move("invest.growth", "checking", 1_000_00, "all its cash") == Status.CREATED
        house.night(THURSDAY)
        assert house.world.intent(number).state == IntentState.DONE
        assert house.excess(THURSDAY) == most - 1_000_00


def test_a_holding_that_a_raise_under_way_needs_stays(tmp_path: Path) -> None:
    with lent(tmp_path, prices(VTI={BEFORE: "100", TUESDAY: "60"}, BND="50"), 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.world.pay_in(500_00)
        house.night(MONDAY)
        house.draw(4_000_00)
        house.night(TUESDAY)
        there = house.world.account("checking").account
        house.world.order(IntentKind.RAISE, "", 1_900_00, destination=there)
        held = house.measured(TUESDAY).backed
        row = held.slice_account.tolist().index(house.world.account("invest.growth").account)
        asset = int(held.holdings.asset[row])
        assert _gone(house, held.slice_number[row], TUESDAY) == 0
        house.world.run(WEDNESDAY)
        house.night(WEDNESDAY)
        value = int(house.measured(WEDNESDAY).backed.holdings.value[row])
        assert int(house.measured(WEDNESDAY).backed.holdings.asset[row]) == asset
        missing = value * 75 // 100 - (house.excess(WEDNESDAY) - 1_900_00)
        assert missing > 0
        assert abs(_gone(house, held.slice_number[row], WEDNESDAY) - missing) <= 1


def _gone(house: Lent, number: int, day: int) -> int:
    """Cents that would be missing if all of a slice went where nothing is lent on it."""
    desk = house.world
    moved = Leaving(desk.customer, desk.account("invest.growth").account, int(number), 0, desk.account("bank").account)
    with desk.books.read(0) as work:
        return lacking(work, desk.market, moved, day)
