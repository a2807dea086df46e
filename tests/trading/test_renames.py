"""A security with a new symbol: lots, slices, terms and money go along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.invest.market import ActionKind, CorporateAction
from engine.invest.pies.terms import PieTerms
from engine.invest.records import NewSecurity, SliceState
from ledger.seal import asset_code
from store.verify import verify
from tests.trading.estates import (
    BONDS,
    FLAT,
    RENAMED,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    desk,
    dividend,
    lots,
    night,
    stated,
    units,
)
from tests.trading.world import HALVES, NESTED, SHARE, feed, pie, world


def test_a_new_symbol_takes_lots_slices_terms_and_money_along(tmp_path: Path) -> None:
    with desk(str(tmp_path), RENAMED, document=NESTED) as made:
        made.terms = PieTerms(auto_invest=False, symbols={"VTI": "reinvest"})
        made.save(NESTED)
        path = next(one for one in made.units() if one.endswith("VTI"))
        with made.books.lock(0) as work:
            before = work.lots()
        night(made, TUESDAY)
        slices = made.slices()
        states = dict(zip(slices.path, slices.state.tolist(), strict=True))
        renamed = path.replace("VTI", "NEW")
        assert (states[path], states[renamed]) == (SliceState.LEFT, SliceState.HELD)
        with made.books.read(0) as work:
            (version,) = work.pies_now(np.array([made.account().account])).values()
            after = [one for one in work.lots() if asset_code(one.asset) == "NEW"]
        assert ('"NEW"' in version.document, '"VTI"' in version.document) == (True, False)
        assert '"symbols":{"NEW":"reinvest"}' in version.terms
        old = [one for one in before if asset_code(one.asset) == "VTI"]
        assert [(one.units, one.cost, one.day) for one in after] == [(one.units, one.cost, one.day) for one in old]
        night(made, WEDNESDAY)


BOTH = pie('{name: all, slices: [{symbol: VTI, weight: "50%"}, {symbol: NEW, weight: "50%"}]}')


def test_a_new_symbol_joins_its_slice_where_the_pie_has_one(tmp_path: Path) -> None:
    with desk(str(tmp_path), RENAMED, document=BOTH) as made:
        night(made, TUESDAY)
        assert units(made) == {"NEW": 10 * SHARE}
        assert len({one.slice for one in lots(made)}) == 1


@pytest.mark.parametrize("removed", [[], ["VTI"]])
def test_a_slice_that_has_left_is_renamed_too(tmp_path: Path, removed: Sequence[str]) -> None:
    with desk(str(tmp_path), RENAMED) as made:
        made.save(BONDS, removed=removed)
        night(made, TUESDAY)
        slices = made.slices()
        state = dict(zip(slices.path, slices.state.tolist(), strict=True))
        assert units(made) == {"BND": 10 * SHARE, "NEW": 5 * SHARE}
        assert state["NEW"] == (SliceState.REMOVING if removed else SliceState.LEFT)


def test_a_symbol_changes_before_anything_is_bought(tmp_path: Path) -> None:
    """A slice without units goes over too; one that left the pie without units is left alone."""
    with world(f"sqlite:///{tmp_path}/books.db", feed(FLAT, [RENAMED])) as made:
        made.save(HALVES)
        night(made, TUESDAY)
        assert sorted(made.slices().path) == ["BND", "NEW", "VTI"]
        made.save(BONDS)
        assert sorted(made.slices().path) == ["BND", "NEW", "VTI"]
        assert list(verify(made.url)) == []


def test_a_successor_that_cannot_be(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        with made.books.lock(0) as work:
            work.know_assets([NewSecurity("BTC", 8)])
        assert "other decimals" in stated(made, replace(RENAMED, successor="BTC"))[made.customer]
        assert "asset code" in stated(made, replace(RENAMED, successor="no code"))[made.customer]
        assert stated(made, replace(RENAMED, symbol="no code")) == {}
        assert units(made) == {"VTI": 5 * SHARE, "BND": 10 * SHARE}


def test_symbols_may_come_back(tmp_path: Path) -> None:
    back = CorporateAction("NEW-VTI", ActionKind.RENAMED, "NEW", WEDNESDAY, successor="VTI")
    paid = replace(dividend(60_00, TUESDAY, THURSDAY), return_of_capital=True)
    with desk(str(tmp_path), RENAMED, back, paid) as made:
        night(made, THURSDAY)
        assert units(made) == {"VTI": 5 * SHARE, "BND": 10 * SHARE}
        assert made.balance() == 300_00
        assert {asset_code(one.asset): one.cost for one in lots(made)} == {"VTI": 200_00, "BND": 500_00}


def test_earmarks_follow_a_new_symbol(tmp_path: Path) -> None:
    change = replace(RENAMED, ex_day=THURSDAY)
    with desk(str(tmp_path), dividend(50), change) as made:
        made.save(HALVES, PieTerms(auto_invest=False, dividends="reinvest"))
        night(made, WEDNESDAY)
        night(made, THURSDAY)
        with made.books.read(0) as work:
            assert [(path, cents) for _, path, cents in work.earmarks()] == [("NEW", 2_50)]
