"""What a night does to pies before its rules: settlements, raises, splits, who is left out. Books stay clean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.invest.orderrecords import IntentKind, IntentState
from ledger.accounts import Standing
from ledger.seal import asset_code
from tests.trading.estates import (
    BONDS,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    act,
    desk,
    dividend,
    income,
    limit,
    lots,
    night,
    other_balance,
    second,
    split,
    stated,
    units,
)
from tests.trading.world import LIMIT, MONDAY, SHARE, feed, pie, prices


def test_proceeds_settle_on_the_night_of_the_next_session(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        made.order(IntentKind.SELL, "VTI", 100_00)
        made.run(slot=2)
        night(made, MONDAY)
        assert (made.balance(), made.balance("invest.growth:unsettled")) == (0, 100_00)
        night(made, TUESDAY)
        assert (made.balance(), made.balance("invest.growth:unsettled")) == (100_00, 0)
        assert night(made, WEDNESDAY).transfers == 0
        assert made.balance() == 100_00


def test_a_raise_pays_what_there_is_and_room_for(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        full = made.order(IntentKind.RAISE, "", 100_00, destination=made.account("cash").account)
        lost = made.order(IntentKind.RAISE, "", 50_00, destination=10**9)
        shut = made.order(IntentKind.RAISE, "", 30_00, destination=made.account("checking").account)
        made.run(slot=2)
        limit(made, "cash", 40_00)
        limit(made, "checking", LIMIT, Standing.CLOSED)
        night(made, TUESDAY)
        told = [(one.state, one.done, one.reason) for one in map(made.intent, (full, lost, shut))]
        less = (IntentState.PARTLY, 0, "raised_less")
        assert told == [(IntentState.PARTLY, 40_00, "raised_less"), less, less]
        assert (made.balance("cash"), made.balance()) == (40_00, 140_00)


@pytest.mark.parametrize("by_window", [True, False])
def test_a_split_gives_units_and_leaves_cost(tmp_path: Path, *, by_window: bool) -> None:
    with desk(str(tmp_path), split(2, 1)) as made:
        night(made, MONDAY)
        before = lots(made)
        if by_window:
            assert dict(act(made, TUESDAY)) == {}
        night(made, TUESDAY)
        night(made, WEDNESDAY)
        assert units(made) == {"VTI": 10 * SHARE, "BND": 10 * SHARE}
        (vti,) = [one for one in lots(made) if asset_code(one.asset) == "VTI"]
        (old,) = [one for one in before if asset_code(one.asset) == "VTI"]
        assert vti == replace(old, units=10 * SHARE, units_opened=10 * SHARE)
        assert dict(act(made, WEDNESDAY)) == {}


def test_a_reverse_split_of_odd_units(tmp_path: Path) -> None:
    """Two slices of VTI with two lots each, the last too small for one new unit; its cost is a realised loss."""
    both = pie(
        '{name: all, slices: [{symbol: VTI, weight: "50%"}, {weight: "50%", pie: {name: core, slices: '
        '[{symbol: VTI, weight: "100%"}]}}]}'
    )
    odd = feed(prices(VTI="299.999999", BND="50", VXUS="60", NEW="60"), [split(1, 10)])
    with desk(str(tmp_path), document=both, market=odd) as made:
        made.pay_in(77_77, "more")
        made.order(IntentKind.BUY, "core/VTI", 77_77)
        made.run(slot=2)
        before = lots(made)
        night(made, TUESDAY)
        after = lots(made)
        assert sum(one.units for one in after) == sum(one.units for one in before) // 10
        assert [one.cost for one in after] == [one.cost for one in before]


def test_a_lot_left_without_units_is_realised_against_the_money(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        assert stated(made, split(1, 10**10), 1_000 * 10**15) == {}
        assert units(made) == {"BND": 10 * SHARE}
        assert made.balance() == 500_00  # half of a smallest unit
        assert [asset_code(one.asset) for one in lots(made)] == ["BND"]
        with made.books.read(0) as work:
            sold = [one.move for one in work.lot_moves(made.customer) if one.move.proceeds]
        assert [(one.proceeds, one.cost, one.gain, one.long) for one in sold] == [(500_00, -500_00, 0, False)]


def test_cash_in_lieu_is_income_where_every_lot_keeps_units(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        assert stated(made, split(1, 2 * 10**9), 200 * 10**15) == {}
        assert units(made) == {"VTI": 2, "BND": 10 * SHARE}
        assert (made.balance(), income(made, "income:cash_in_lieu")) == (100_00, 100_00)


def test_a_split_that_changes_nothing(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        before = lots(made)
        assert stated(made, split(10**10 + 1, 10**10)) == {}
        assert lots(made) == before


def test_a_household_that_cannot_be_worked_out_waits_alone(tmp_path: Path) -> None:
    with desk(str(tmp_path), dividend(50)) as made:
        other = second(made)
        limit(made, "invest.growth", LIMIT, Standing.CLOSED)
        result = night(made, WEDNESDAY)
        assert list(result.quarantined) == [made.customer]
        assert "invest.growth is closed" in result.quarantined[made.customer]
        assert other_balance(made, other) == 2_50
        assert made.balance() == 0
        night(made, THURSDAY)
        limit(made, "invest.growth", LIMIT)
        assert night(made, THURSDAY + 4).status == "done"
        night(made, THURSDAY + 5)
        assert (made.balance(), other_balance(made, other)) == (2_50, 2_50)


def test_households_without_the_security_are_left_alone(tmp_path: Path) -> None:
    with desk(str(tmp_path), split(2, 1)) as made:
        second(made, BONDS)
        night(made, TUESDAY)
        assert [one.units for one in lots(made)] == [10 * SHARE, 10 * SHARE, 20 * SHARE]
