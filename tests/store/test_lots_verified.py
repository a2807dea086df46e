"""Trades in real books: verify finds nothing, then whatever is changed; exports have every lot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.invest.journals import Entry, Inner, Journal, System, post
from engine.invest.records import CONVERSION_PATH, LotMove, LotRow, MoveKind
from engine.invest.windows.fills import FEE_PATH, gain_entries
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.export import Scope, export
from ledger.export_lots import export_lots
from store.exported import exported
from store.folding import Fold, Owner
from store.verify import verify
from tests.ledger.traded import lived
from tests.store.households import DAY, NOW, USD, Home, home, lines, put
from tests.store.investing import VTI, Invested, bought, invested
from tests.store.test_verify import tamper

UNIT = 10**9


def journals(made: Invested) -> list[Journal]:
    """A buy with a fee, a sale with a gain and a fee, money set aside."""
    growth = made.growth
    dollars, units = System(USD, CONVERSION_PATH), System(VTI, CONVERSION_PATH)
    holding, unsettled = Inner(growth, Kind.HOLDING, VTI), Inner(growth, Kind.UNSETTLED, USD)
    buy = (
        Entry(holding, units, VTI, 3 * UNIT, Code.BUY),
        Entry(dollars, growth, USD, 100_00, Code.BUY),
        Entry(System(USD, FEE_PATH), growth, USD, 50, Code.FEE),
    )
    sale = (
        Entry(units, holding, VTI, UNIT, Code.SELL),
        Entry(unsettled, dollars, USD, 40_00, Code.SELL),
        *gain_entries(6_67, USD),
        Entry(System(USD, FEE_PATH), unsettled, USD, 2, Code.FEE),
    )
    aside = (Entry(Inner(growth, Kind.EARMARKED, USD), growth, USD, 5_00, Code.EARMARK),)
    return [Journal(made.customer, (number,), entries) for number, entries in enumerate((buy, sale, aside))]


def trade(house: Home) -> Invested:
    """The same in the books, with its lot, its settlement and its earmark."""
    made = invested(house)
    put(house, lines([(made.customer, made.growth, house.opening, 500_00)], 1, code=Code.OPENING))
    with house.books.lock(1) as work:
        (lot,) = work.new_lots(1).tolist()
        buy, sale, _ = post(work, journals(made), (DAY, "window", NOW))
        work.keep_moves([bought(made, lot, 3 * UNIT, 100_00)], buy)
        work.keep_moves([bought(made, lot, -UNIT, -33_33, proceeds=40_00, gain=6_67)], sale)
        work.set_settlements([(made.growth, DAY + 1, 30_00), (made.growth, DAY + 2, 9_98)])
        work.set_earmarks([(made.growth, "core", 3_00), (made.growth, "", 2_00)])
    return made


@pytest.fixture
def traded(database_url: str) -> Iterator[Invested]:
    with home(database_url) as house:
        yield trade(house)


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_books_with_trades_have_no_finding(traded: Invested, monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr("store.verify.ROWS", rows)
    assert list(verify(traded.home.url)) == []


@pytest.mark.parametrize(
    "statement,expected",
    [
        ("UPDATE lot SET cost = cost + 1", {"C12"}),
        ("UPDATE lot SET units = units - 1", {"C12"}),
        ("UPDATE lot SET held_from = held_from - 1", {"C12"}),
        ("UPDATE lot SET cost_opened = cost_opened + 1", {"C12"}),
        ("DELETE FROM lot", {"C12"}),
        ("UPDATE slice SET units = units + 1 WHERE slice = 3", {"C12"}),
        ("UPDATE slice SET units = units - 1 WHERE units > 0", {"C12"}),
        ("UPDATE lot_move SET gain = gain - 1 WHERE kind = 2", {"C12"}),
        ("UPDATE lot_move SET proceeds = proceeds - 1, gain = gain - 1 WHERE kind = 2", {"C12"}),
        ("UPDATE lot_move SET units = units + 1 WHERE kind = 1", {"C12"}),
        ("DELETE FROM lot_move WHERE kind = 2", {"C12"}),
        ("UPDATE settlement SET amount = amount + 1 WHERE amount = 998", {"C14"}),
        ("DELETE FROM settlement", {"C14"}),
        ("DELETE FROM earmark WHERE path = ''", {"C14"}),
        ("UPDATE account SET parent = parent + 1 WHERE kind = 7", {"C12"}),
        ("UPDATE transfer SET amount = amount + 1 WHERE code = 9", {"C01", "C10", "C12"}),
    ],
)
def test_tampering_with_trades_is_found(traded: Invested, statement: str, expected: set[str]) -> None:
    tamper(traded.home, statement)
    assert {finding.code for finding in verify(traded.home.url)} == expected


def test_exports_of_trades_have_every_unit_and_every_lot(traded: Invested) -> None:
    books, whole = traded.home.books, Scope()
    with exported(books, whole) as read:
        text = "".join(export("hledger", read.accounts, read.chunks, whole))
    holding = "Assets:Home---2d-0:Invest--growth----VTI"
    assert f"    {holding}  3.000000000 VTI  ; seq:" in text
    assert f"    {holding}  -1.000000000 VTI = 2.000000000 VTI" in text
    for scope, lots in (
        (whole, 2),
        (Scope(book=1), 2),
        (Scope(customer=traded.customer, book=1), 2),
        (Scope(book=0), 0),
        (Scope(customer=traded.home.customers[1]), 0),
    ):
        with exported(books, scope) as read:
            text = "".join(export_lots(read.accounts, read.chunks, read.changes, scope))
        assert text.count("{{") == lots
        assert ("66.67 USD" in text) is bool(lots)


@given(st.integers(0, 10**6))
@settings(max_examples=20)
def test_the_writer_folds_moves_as_the_check_does(seed: int) -> None:
    trader = lived(seed)
    kept = trader.kept()
    moves = [
        LotMove(
            *(one.lot, one.customer, one.account, one.slice, one.asset, MoveKind(one.kind), one.units, one.cost),
            *(one.day, one.held_from, one.proceeds, one.gain, False, one.other),
        )
        for one in trader.changes
    ]
    fold = Fold([], {slot: Owner(one.customer, one.asset) for slot, one in kept.slices.items()}, {})
    fold.take(moves)
    assert fold.lots == {lot: LotRow(lot, *one) for lot, one in kept.lots.items()}
    assert {slot: units for slot, units in fold.units.items() if units} == {
        slot: one.units for slot, one in kept.slices.items() if one.units
    }
