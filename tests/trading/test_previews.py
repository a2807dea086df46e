"""A preview is the window's own plan: its sales and grants are those that the window stores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.invest.market import Side
from engine.invest.orderrecords import Intent, IntentKind
from engine.invest.pies.drafting import drafted
from engine.invest.pies.editing import Draft
from engine.invest.pies.terms import BandTerms, PieTerms
from engine.invest.windows.grants import as_text
from engine.invest.windows.preview import basis_now, is_idle, preview
from engine.invest.windows.previewed import BELOW_MINIMUM, CASH, NO_PRICE, NOT_ASKED, Preview
from market.csvfeed import read_feed
from tests.market.exchange import CALENDAR
from tests.trading.world import HALVES, MONDAY, NESTED, SHARE, World, feed, pie, prices, world

PRICES = feed(prices(VTI={MONDAY - 7: "100", MONDAY: "137.21"}, BND="50", VXUS={MONDAY - 7: "60", MONDAY: "41.07"}))
PATHS = ("", "core", "core/VTI", "core/VXUS", "BND")


def told(desk: World, slot: int = 1, *extra: Intent) -> Preview:
    """The preview of a window at its own prices."""
    window = desk.window(slot=slot)
    with desk.books.read(0) as work:
        basis = basis_now(work, desk.market, window, (window.opens, 1_00), np.array([desk.customer], np.int64))
        return preview(work, replace(basis, extra=extra))


def stored(desk: World, slot: int = 1) -> tuple[dict[Any, Any], str]:
    """The sales and grants that a window stored."""
    with desk.books.read(0) as work:
        orders = [one.client_id for one in work.orders(MONDAY, slot) if one.side == Side.SELL]
        parts = work.parts(orders)
        row = work.window(MONDAY, slot)
    assert row is not None
    return {(one.account, one.slice, one.purpose): (one.units, one.lots) for one in parts}, row.grants


def planned_sells(made: Preview) -> dict[Any, Any]:
    return {
        (one.part.account, one.part.slice, one.part.purpose): (one.part.units, one.part.lots)
        for one in made.planned.sells
    }


orders = st.lists(
    st.tuples(
        st.sampled_from([IntentKind.BUY, IntentKind.SELL, IntentKind.REBALANCE, IntentKind.RAISE]),
        st.sampled_from(PATHS),
        st.integers(1_00, 900_00),
    ),
    max_size=4,
)
terms = st.builds(
    PieTerms,
    minimum_cash=st.integers(0, 200_00),
    mode=st.sampled_from(["flattened", "level_by_level"]),
    bands=st.sampled_from([None, BandTerms(absolute=300)]),
    lots=st.sampled_from(["m1", "fifo", "hifo", "least_tax"]),
)


@settings(max_examples=10)
@given(orders, terms, st.integers(0, 500_00))
def test_a_preview_shows_what_the_window_then_stores(
    asked: list[tuple[IntentKind, str, int]], chosen: PieTerms, cash: int
) -> None:
    with TemporaryDirectory() as folder, world(f"sqlite:///{folder}/books.db", PRICES, 1_000_00) as desk:
        desk.today = MONDAY - 7
        desk.save(NESTED, chosen)
        desk.now = desk.window(MONDAY - 7).opens - 1
        desk.run(MONDAY - 7)
        if cash:
            desk.pay_in(cash, "more")
        desk.now = desk.window().opens - 1
        for kind, path, amount in asked:
            whole = kind == IntentKind.REBALANCE
            place = "" if kind == IntentKind.RAISE or (whole and path.rpartition("/")[0]) or path == "BND" else path
            desk.order(kind, place, 0 if whole else amount, destination=desk.account("cash").account)
        made = told(desk)
        desk.today = MONDAY
        desk.run()
        sells, grants = stored(desk)
        assert planned_sells(made) == sells
        assert as_text(made.planned.grants) == grants
        for one in made.sells:
            assert sum(lot.units for lot in one.lots) == one.units
            assert sum(lot.proceeds for lot in one.lots) == one.amount
            assert one.short_gain + one.long_gain == sum(lot.proceeds - lot.cost for lot in one.lots)
        for purse in made.purses:
            assert purse.after == purse.cash + purse.sales - purse.buys - purse.raised


def test_a_rebalance_with_lots_gains_taxes_and_drift(tmp_path: Path) -> None:
    market = feed(prices(VTI={MONDAY - 7: "100", MONDAY: "150"}, BND="50"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as desk:
        desk.save(HALVES, PieTerms(short_rate=2_400, bands=BandTerms(absolute=500)))
        desk.now = desk.window(MONDAY - 7).opens - 1
        desk.run(MONDAY - 7)
        desk.now = desk.window().opens - 1
        with desk.books.read(0) as work:
            basis = basis_now(work, market, desk.window(), (desk.window().opens, 1_00))
            assert is_idle(work, basis)
        assert not told(desk)
        assert [(one.path, one.drift_bp, one.why) for one in told(desk).leaves] == [
            ("VTI", 1000, NOT_ASKED),
            ("BND", -1000, NOT_ASKED),
        ]
        wish = Intent(-1, desk.customer, desk.account().account, IntentKind.REBALANCE, "", 0, desk.now, "k")
        made = told(desk, 1, wish)
        assert made
        (sale,), (buy,) = made.sells, made.buys
        assert (sale.path, sale.amount, sale.short_gain, sale.long_gain, sale.tax) == ("VTI", 125_00, 41_67, 0, 10_00)
        assert (buy.path, buy.amount, buy.units) == ("BND", 125_00, 2_500_000_000)
        assert [(one.value_after, one.drift_after_bp, one.outside_after) for one in made.leaves] == [
            (625_00, 0, False),
            (625_00, 0, False),
        ]
        assert (made.purses[0].sales, made.purses[0].buys, made.purses[0].after) == (125_00, 125_00, 0)
        assert desk.waiting() == []


def test_what_stays_outside_of_its_band_and_why(tmp_path: Path) -> None:
    market = feed(prices(VTI="100", BND="50"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 30_00) as desk:
        desk.save(HALVES, PieTerms(bands=BandTerms(absolute=10)))
        desk.order(IntentKind.BUY, "VTI", 25_00)
        made = told(desk)
        assert [(one.path, one.why) for one in made.leaves] == [("VTI", CASH), ("BND", CASH)]
        desk.run()
        desk.order(IntentKind.BUY, "BND", 4_20)
        desk.save(pie('{name: h, slices: [{symbol: VTI, weight: "84%"}, {symbol: BND, weight: "16%"}]}'))
        assert {one.why for one in told(desk, 2).leaves} == {BELOW_MINIMUM}


def test_moves_inside_and_money_raised(tmp_path: Path) -> None:
    market = feed(prices(VTI="100", BND="50"))
    twice = pie(
        '{name: two, slices: [{symbol: VTI, weight: "50%"}, '
        '{weight: "50%", pie: {name: core, slices: [{symbol: VTI, weight: "100%"}]}}]}'
    )
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as desk:
        desk.save(twice)
        desk.run()
        desk.save(
            twice.model_copy(
                update={
                    "slices": tuple(
                        one.model_copy(update={"weight": weight})
                        for one, weight in zip(twice.slices, (7_500, 2_500), strict=True)
                    )
                }
            )
        )
        desk.order(IntentKind.REBALANCE)
        (move,) = told(desk, 2).moves
        assert (move.source, move.target, move.units, move.amount) == ("core/VTI", "VTI", 5 * SHARE // 2, 250_00)
        assert not told(desk, 2).sells
        desk.pay_in(100_00, "more")
        desk.order(IntentKind.RAISE, "", 300_00, destination=desk.account("cash").account)
        purse = told(desk, 2).purses[0]
        assert (purse.cash, purse.sales, purse.raised, purse.after) == (100_00, 200_00, 300_00, 0)


def test_a_slice_without_a_price_is_left_out_with_the_markets_reason(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("symbol,day,close\nVTI,2024-07-08,100.00\nBND,2024-06-03,50.00\n")
    with world(f"sqlite:///{tmp_path}/books.db", read_feed(file, CALENDAR), 100_00) as desk:
        desk.save(HALVES)
        made = told(desk)
        assert [(one.path, one.amount) for one in made.buys] == [("VTI", 100_00)]
        stale = made.leaves[1]
        assert (stale.path, stale.why) == ("BND", NO_PRICE)
        assert "too old" in stale.reason


def test_an_order_that_names_lots_that_are_gone_is_refused_in_the_preview(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100", BND="50")), 100_00) as desk:
        desk.save(HALVES)
        desk.run()
        number = desk.order(IntentKind.SELL, "VTI", 10_00, lots=((99, SHARE),))
        assert told(desk, 2).refused[0][:2] == (number, "above_holding")


def test_a_draft_is_previewed_before_it_is_saved(tmp_path: Path) -> None:
    market = feed(prices(VTI={MONDAY - 7: "100", MONDAY: "150"}, BND="50", VXUS="60"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as desk:
        listed = market.listings(market.symbols)
        draft = Draft(HALVES, PieTerms(minimum_cash=400_00))
        customers = np.array([desk.customer], np.int64)
        with desk.books.read(0) as work:
            book, problems = drafted(work, desk.account(), draft, listed)
            basis = basis_now(book, market, desk.window(), (desk.window().opens, 1_00), customers)
            made = preview(book, basis)
            assert (problems, [(one.path, one.amount) for one in made.buys]) == ((), [("VTI", 300_00), ("BND", 300_00)])
            nobody = np.array([desk.customer + 5], np.int64)
            assert len(book.invest_accounts(nobody)) == len(book.slices(nobody)) == len(book.pies_now(nobody)) == 0
        desk.save(HALVES)
        desk.now = desk.window(MONDAY - 7).opens - 1
        desk.run(MONDAY - 7)
        changed = Draft(NESTED, desk.terms, ("VTI",))
        moved = Draft(NESTED, desk.terms, moved={"VTI": "core/VTI"})
        wrong = Draft(NESTED, desk.terms, ("none",))
        with desk.books.read(0) as work:
            assert drafted(work, desk.account(), wrong, listed)[1][0].code == "slice_unknown"
            book, _ = drafted(work, desk.account(), changed, listed)
            gone = preview(book, basis)
            assert (gone.sells[0].path, gone.sells[0].purpose, gone.leaves[-1].value_after) == ("VTI", "remove", 0)
            assert gone.sells[0].amount + gone.moves[0].amount == 750_00
            book, _ = drafted(work, desk.account(), moved, listed)
            assert [one.path for one in preview(book, basis).leaves] == ["BND", "core/VTI", "core/VXUS"]
