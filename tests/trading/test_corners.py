"""Corners of a plan: later slots, trees level by level, what is left below the minimum order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.invest.market import Window
from engine.invest.orderrecords import IntentKind, IntentState
from engine.invest.pies.terms import PieTerms
from engine.window import run_window
from tests.trading.books import assert_in_order
from tests.trading.test_faults import TWICE
from tests.trading.world import MONDAY, NESTED, World, feed, pie, prices, world

LEVELS = PieTerms(mode="level_by_level", auto_invest=True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    """VTI at 100, BND at 50, VXUS at 60; 1,000.00 of cash."""
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100", BND="50", VXUS="60")), 1_000_00) as made:
        yield made
        assert_in_order(made, {0: 1_000_00})


def test_every_account_takes_part_in_later_slots(desk: World) -> None:
    desk.save(NESTED, PieTerms(windows=("afternoon",)))
    morning = desk.window()
    desk.run()
    assert desk.units() == {}
    desk.now = morning.opens + 1
    window = Window(MONDAY, 7, morning.opens + 1, morning.ends)
    assert run_window(desk.books, 0, window, desk.trading()).filled == 3


def test_level_by_level_sells_what_left_the_pie_first(desk: World) -> None:
    desk.save(NESTED, LEVELS)
    desk.run()
    desk.save(
        pie(
            '{name: core_only, slices: [{weight: "100%", pie: {name: core, slices: '
            '[{symbol: VTI, weight: "50%"}, {symbol: VXUS, weight: "50%"}]}}]}'
        ),
        LEVELS,
    )
    first = desk.order(IntentKind.SELL, "", 300_00)
    desk.run(slot=2)
    assert desk.values() == {"BND": 100_00, "core/VTI": 300_00, "core/VXUS": 300_00}
    second = desk.order(IntentKind.SELL, "", 200_00)
    nothing = desk.order(IntentKind.SELL, "gone", 5_00)
    desk.run(MONDAY + 1)
    assert desk.values() == {"core/VTI": 250_00, "core/VXUS": 249_99}
    assert [desk.intent(one).state for one in (first, second)] == [IntentState.DONE] * 2
    assert desk.intent(nothing).reason == "nothing_to_trade"


def test_a_buy_of_an_unknown_pie_level_by_level_keeps_its_cash(desk: World) -> None:
    desk.save(NESTED, PieTerms(mode="level_by_level", auto_invest=False))
    number = desk.order(IntentKind.BUY, "gone", 5_00)
    desk.run()
    assert (desk.balance(), desk.intent(number).reason) == (1_000_00, "nothing_to_trade")


def test_what_netting_leaves_below_the_minimum_is_carried(desk: World) -> None:
    desk.save(TWICE, PieTerms(auto_invest=False))
    desk.order(IntentKind.BUY, "", 900_00)
    desk.run()
    number = desk.order(IntentKind.SELL, "VTI", 50_60)
    desk.order(IntentKind.BUY, "core/VTI", 50_00)
    result = desk.run(slot=2)
    assert result.orders == 0
    assert desk.intent(number).done == 50_00
    assert desk.balance() == 100_00
