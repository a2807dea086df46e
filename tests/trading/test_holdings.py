"""Holdings as people see them: every slice with its lots, its value and its gain."""

from __future__ import annotations

from pathlib import Path

from engine.invest.lots.holding import holdings
from engine.invest.orderrecords import IntentKind
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.viewing import kept
from tests.trading.world import HALVES, MONDAY, SHARE, feed, prices, world

TUESDAY = MONDAY + 1


def test_a_slice_is_shown_with_its_own_lots_oldest_first_and_what_they_would_gain(tmp_path: Path) -> None:
    market = feed(prices(VTI={MONDAY: "100", TUESDAY: "125"}, BND="50"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as desk:
        desk.save(HALVES, PieTerms(auto_invest=False))
        for day in (MONDAY, TUESDAY):
            desk.order(IntentKind.BUY, "VTI", 250_00)
            desk.run(day)
        desk.order(IntentKind.BUY, "BND", 100_00)
        desk.run(TUESDAY, 2)
        with desk.books.read(0) as work:
            priced = holdings(work, desk.customer, kept(market.quotes(["VTI", "BND"], desk.now)))
            blind = holdings(work, desk.customer, kept(market.quotes(["BND"], desk.now)))
    vti, bnd = priced
    assert (vti.path, vti.units, vti.cost, vti.value, vti.gain) == ("VTI", 9 * SHARE // 2, 500_00, 562_50, 62_50)
    assert [(lot.day, lot.units, lot.cost) for lot in vti.lots] == [
        (MONDAY, 5 * SHARE // 2, 250_00),
        (TUESDAY, 2 * SHARE, 250_00),
    ]
    assert (bnd.path, bnd.value, bnd.gain, len(bnd.lots)) == ("BND", 100_00, 0, 1)
    assert (blind[0].price, blind[0].cost, blind[0].gain) == (0, 500_00, 0)
