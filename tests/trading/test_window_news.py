"""A split holds from the session's first window on: units change before anything is priced, once."""

from __future__ import annotations

from pathlib import Path

from engine.invest.market import ActionKind, CorporateAction
from store.verify import verify
from tests.trading.world import HALVES, MONDAY, SHARE, feed, prices, world

SPLIT = CorporateAction("VTI:split", ActionKind.SPLIT, "VTI", MONDAY + 1, top=2, bottom=1)


def test_a_window_plans_on_the_units_after_a_split(tmp_path: Path) -> None:
    market = feed(prices(VTI={MONDAY: "100", MONDAY + 1: "50"}, BND="50", VXUS="60"), [SPLIT])
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as desk:
        desk.save(HALVES)
        desk.run()
        desk.pay_in(100_00, "more")
        desk.run(MONDAY + 1)
        assert desk.units() == {"VTI": 11 * SHARE, "BND": 11 * SHARE}
        desk.run(MONDAY + 1, slot=2)
        assert desk.units() == {"VTI": 11 * SHARE, "BND": 11 * SHARE}
        assert list(verify(desk.url)) == []
