"""Windows in which nothing can happen, slices that are gone, and slices that a draft joins."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.invest.lots.holding import holdings
from engine.invest.orderrecords import IntentKind
from engine.invest.pies.drafting import drafted
from engine.invest.pies.editing import Draft
from engine.invest.windows.preview import is_quiet
from engine.invest.windows.viewing import kept
from tests.trading.world import HALVES, NESTED, SHARE, World, feed, pie, prices, world

MARKET = feed(prices(VTI="100", BND="50", VXUS="60"))


def quiet(desk: World, slot: int) -> bool:
    with desk.books.read(0) as work:
        return is_quiet(work, replace(desk.window(), slot=slot))


def test_a_window_is_quiet_until_money_or_an_order_waits(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", MARKET, 1_000_00) as desk:
        assert quiet(desk, 1)
        desk.save(HALVES)
        assert not quiet(desk, 1)
        desk.run()
        assert quiet(desk, 2)
        assert quiet(desk, 3)
        desk.order(IntentKind.SELL, "VTI", 5_00)
        assert not quiet(desk, 2)


def test_a_slice_that_left_and_holds_nothing_is_no_holding(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", MARKET) as desk:
        desk.save(HALVES)
        desk.save(pie('{name: one, slices: [{symbol: VTI, weight: "100%"}]}'))
        with desk.books.read(0) as work:
            quotes = kept(MARKET.quotes(["VTI"], desk.window().opens))
            assert [(one.path, one.gain) for one in holdings(work, desk.customer, quotes)] == [("VTI", 0)]


def test_a_draft_that_moves_a_slice_onto_another_joins_their_units(tmp_path: Path) -> None:
    both = pie(
        '{name: all, slices: [{symbol: VTI, weight: "50%"}, '
        '{weight: "50%", pie: {name: core, slices: [{symbol: VTI, weight: "100%"}]}}]}'
    )
    with world(f"sqlite:///{tmp_path}/books.db", MARKET, 1_000_00) as desk:
        desk.save(both)
        desk.run()
        draft = Draft(NESTED, desk.terms, moved={"VTI": "core/VTI"})
        with desk.books.read(0) as work:
            book, problems = drafted(work, desk.account(), draft, MARKET.listings(MARKET.symbols))
            slices = book.slices(np.array([desk.account().account], np.int64))
            assert problems == ()
            held = dict(zip(slices.path, slices.units.tolist(), strict=True))
            assert held["core/VTI"] == 10 * SHARE
            assert len({row.slice for row in book.lots()}) == 1
