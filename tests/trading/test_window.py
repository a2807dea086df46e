"""What a window does, seen from the books: cash becomes holdings, sells pay for buys, nothing is bought twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.pie import Pie
from engine.invest.pies.terms import BandTerms, PieTerms
from market.paper import Behaviour
from store.verify import verify
from tests.trading.world import HALVES, MONDAY, NESTED, SHARE, World, feed, pie, prices, world


@pytest.fixture
def desk(database_url: str) -> Iterator[World]:
    """VTI at 100, BND at 50, VXUS at 60; 1,000.00 of cash and a pie of two halves."""
    market = feed(prices(VTI="100", BND="50", VXUS="60"))
    with world(database_url, market, 1_000_00) as made:
        made.save(HALVES)
        yield made
        assert list(verify(made.url)) == []


def test_cash_above_the_minimum_becomes_holdings_by_weight(desk: World) -> None:
    result = desk.run()
    assert (result.status, result.orders, result.filled, result.open) == ("done", 2, 2, 0)
    assert desk.units() == {"VTI": 5 * SHARE, "BND": 10 * SHARE}
    assert desk.balance() == 0


def test_a_window_done_is_done(desk: World) -> None:
    desk.run()
    desk.pay_in(500_00, "more")
    assert desk.run().status == "already_done"
    assert desk.balance() == 500_00
    assert desk.paper.positions() == {("paper", "VTI"): 5 * SHARE, ("paper", "BND"): 10 * SHARE}


def test_minimum_cash_and_threshold_hold_money_back(desk: World) -> None:
    desk.save(HALVES, PieTerms(minimum_cash=990_00))
    desk.run()
    assert desk.units() == {}
    desk.save(HALVES, PieTerms(minimum_cash=975_00))
    desk.run(slot=2)
    assert desk.balance() == 975_00
    assert desk.values() == {"VTI": 12_50, "BND": 12_50}


def test_a_sale_goes_to_cash_once_it_has_settled(desk: World) -> None:
    desk.run()
    number = desk.order(IntentKind.SELL, "VTI", 100_00)
    desk.run(slot=2)
    assert desk.intent(number).state == IntentState.DONE
    assert desk.balance() == 0
    assert desk.balance("invest.growth:unsettled") == 100_00
    assert desk.values() == {"VTI": 400_00, "BND": 500_00}


def test_a_rebalance_sells_first_and_buys_with_what_came(database_url: str) -> None:
    market = feed(prices(VTI={MONDAY: "100", MONDAY + 1: "150"}, BND="50", VXUS="60"))
    with world(database_url, market, 1_000_00) as desk:
        desk.save(HALVES)
        desk.run()
        number = desk.order(IntentKind.REBALANCE)
        desk.run(MONDAY + 1)
        assert desk.intent(number).state == IntentState.DONE
        assert desk.values(MONDAY + 1) == {"VTI": 624_99, "BND": 625_00}
        assert desk.balance("invest.growth:unsettled") == 0
        assert list(verify(desk.url)) == []


def test_what_is_removed_goes_back_into_its_own_pie(desk: World) -> None:
    desk.save(NESTED)
    desk.run()
    smaller = pie(
        '{name: all, slices: [{symbol: BND, weight: "40%"}, {weight: "60%", pie: {name: core, slices: '
        '[{symbol: VXUS, weight: "100%"}]}}]}'
    )
    desk.save(smaller, removed=["core/VTI"])
    desk.run(slot=2)
    assert desk.values() == {"BND": 400_00, "core/VXUS": 600_00}


def test_two_buys_share_short_cash(desk: World) -> None:
    desk.save(HALVES, PieTerms(auto_invest=False))
    first, second = (desk.order(IntentKind.BUY, path, 1_000_00) for path in ("VTI", "BND"))
    desk.run()
    assert desk.values() == {"VTI": 500_00, "BND": 500_00}
    assert [desk.intent(one).state for one in (first, second)] == [IntentState.PARTLY] * 2


def test_one_security_in_two_pies_is_netted_inside(desk: World) -> None:
    both: Pie = pie(
        '{name: all, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
        '[{symbol: VTI, weight: "100%"}]}}]}'
    )
    desk.save(both)
    desk.run()
    desk.pay_in(400_00, "more")
    desk.order(IntentKind.SELL, "core/VTI", 100_00)
    desk.run(slot=2)
    assert desk.balance("invest.growth:unsettled") == 0
    assert desk.balance() == 100_00
    assert sum(desk.units().values()) == 13 * SHARE


def test_a_raise_sells_and_sets_aside(desk: World) -> None:
    desk.save(HALVES, PieTerms(minimum_cash=100_00))
    desk.run()
    number = desk.order(IntentKind.RAISE, "", 500_00, destination=desk.account("checking").account)
    desk.run(slot=2)
    raised = desk.intent(number)
    assert (raised.state, raised.done) == (IntentState.SETTLING, 500_00)
    assert desk.balance() == 0
    assert desk.balance("invest.growth:earmarked") == 100_00
    assert desk.balance("invest.growth:unsettled") == 400_00


def test_bands_rebalance_by_themselves(database_url: str) -> None:
    market = feed(prices(VTI={MONDAY: "100", MONDAY + 1: "150"}, BND="50", VXUS="60"))
    with world(database_url, market, 1_000_00) as desk:
        desk.save(HALVES, PieTerms(bands=BandTerms(absolute=500), rebalance_on="bands", cooldown_days=0))
        desk.run()
        desk.run(MONDAY + 1)
        assert desk.values(MONDAY + 1) == {"VTI": 624_99, "BND": 625_00}
        assert list(verify(desk.url)) == []


def test_partial_fills_and_rejects_are_planned_again(database_url: str) -> None:
    market = feed(prices(VTI="100", BND="50", VXUS="60"))
    behaviour = Behaviour(spread_bp=5, partial_ppm=300_000, reject_ppm=200_000, silent_ppm=200_000, delay=90_000_000)
    with world(database_url, market, 1_000_00, behaviour) as desk:
        desk.save(NESTED)
        for step in range(12):
            day = MONDAY + step // 2 + (2 if step >= 10 else 0)
            if step in {4, 7}:
                desk.order(IntentKind.REBALANCE)
            if step == 5:
                desk.order(IntentKind.SELL, "core/VTI", 50_00)
            desk.run(day, 1 + step % 2)
            assert list(verify(desk.url)) == []
        held = {("paper", path.rpartition("/")[2]): units for path, units in desk.units().items()}
        assert {key: units for key, units in desk.paper.positions().items() if units} == held
