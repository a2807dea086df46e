"""No draw makes the LTV exceed the limit, whatever happened since the last night (ruling 14)."""

from __future__ import annotations

from pathlib import Path

from engine.invest.orderrecords import IntentKind
from engine.invest.pies.terms import PieTerms
from engine.request import TransferRequest, transfer
from tests.borrow.lent import Lent, lent
from tests.trading.world import HALVES, MONDAY, prices

TUESDAY = MONDAY + 1
MOST = 2 * 40_00
"""The limit, 40%, in half steps."""


def asked(house: Lent, cents: int, key: str) -> int:
    """Ask for a draw on Tuesday; the status of the answer."""
    world = house.world
    with world.books.lock(0) as work:
        request = TransferRequest(world.customer, "borrow", "checking", cents, key, TUESDAY)
        return transfer(work, request, world.now, world.market).status


def test_a_draw_after_a_sale_is_bounded_by_what_is_still_held(tmp_path: Path) -> None:
    """10,000 in halves lend 4,000; when one half was sold in the morning, the other lends 2,000."""
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        house.world.save(HALVES, PieTerms(auto_invest=False))
        house.night(MONDAY)
        house.world.order(IntentKind.SELL, "BND", 0)
        house.world.run(TUESDAY)
        assert asked(house, 2_000_01, "above") == 409
        assert asked(house, 2_000_00, "all") == 201
        assert int(house.measured(TUESDAY).measures.ltv[0]) <= MOST
