"""Lots and their moves: what the books keep is what a plain dictionary would say, move after move."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.invest.lots.lots import Lot, part_cost
from engine.invest.records import LotMove, LotRow, MoveKind, StoredMove
from ledger.faults import SluiceError
from store.books import Work
from store.folding import Fold
from tests.store.households import DAY, home, numbers
from tests.store.investing import BND, VTI, Invested, bought, invested, open_invest

SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
BILLION = 10**9


@pytest.fixture
def made(database_url: str) -> Iterator[Invested]:
    with home(database_url) as house:
        yield invested(house)


class UndoneError(Exception):
    """Ends a transaction of which nothing is to stay."""


def kept(made: Invested, *moves: LotMove, seq: int = 1) -> list[LotRow]:
    """Keep these moves; every lot after them."""
    with made.home.books.lock(1) as work:
        work.keep_moves(moves, seq)
        return work.lots(closed=True)


def test_a_lot_is_bought_and_sold(made: Invested) -> None:
    with made.home.books.lock(1) as work:
        one, two = work.new_lots(2).tolist()
        assert work.new_lots(1).tolist() == [two + 1]
        assert work.new_lots(0).tolist() == []
    sold = bought(made, one, -4, -40, day=DAY + 1, proceeds=50, gain=10, long=True)
    moves = [bought(made, one, 10, 100), bought(made, two, 5, 70), sold]
    first = LotRow(one, made.customer, made.growth, 1, VTI, 6, 60, DAY, DAY - 3, 10, 100)
    second = LotRow(two, made.customer, made.growth, 1, VTI, 5, 70, DAY, DAY - 3, 5, 70)
    assert kept(made, *moves) == [first, second]
    kept(made, bought(made, two, -5, -70, gain=-3), seq=4)
    with made.home.books.lock(1) as work:
        assert work.lots() == [first]
        assert work.lots(numbers(made.income)) == []
        assert work.lots(numbers(made.growth), closed=True) == [first, replace(second, units=0, cost=0)]
        assert work.slices(numbers(made.growth)).units.tolist() == [6, 0, 0]
        told = [*(StoredMove(1, move) for move in moves), StoredMove(4, bought(made, two, -5, -70, gain=-3))]
        assert work.lot_moves(made.customer) == told
        assert work.lot_moves(made.customer, VTI) == told
        assert work.lot_moves(made.customer, BND) == work.lot_moves(made.home.customers[1]) == []
        work.keep_moves([], 9)


def test_what_changes_a_basis_begins_a_version(made: Invested) -> None:
    (lot,) = kept(made, bought(made, 5, 10, 100), bought(made, 5, -5, -50))
    split = replace(bought(made, 5, 5, 0), kind=MoveKind.SPLIT)
    (lot,) = kept(made, split)
    assert (lot.units, lot.cost, lot.units_opened, lot.cost_opened) == (10, 50, 10, 50)
    rest = Lot(5, 1, VTI, lot.units, lot.cost, DAY, DAY, lot.units_opened, lot.cost_opened)
    assert part_cost(rest, 4) == 20
    (lot,) = kept(made, bought(made, 5, -4, -20), replace(bought(made, 5, 1, -6), kind=MoveKind.BASIS, units=0))
    assert (lot.units, lot.cost, lot.units_opened, lot.cost_opened) == (6, 24, 6, 24)
    (lot,) = kept(made, replace(split, units=-3), bought(made, 5, 2, 6))
    assert (lot.units, lot.cost, lot.units_opened, lot.cost_opened) == (5, 30, 5, 30)


def test_lots_go_to_other_slices_and_accounts(made: Invested) -> None:
    kept(made, bought(made, 5, 10, 100), bought(made, 6, 4, 44))
    whole = bought(made, 5, 1, 0, slice=2, kind=MoveKind.SLICE)
    parts = [
        bought(made, 6, -4, -44, kind=MoveKind.SLICE, other=7),
        bought(made, 7, 1, 11, kind=MoveKind.SLICE, other=6),
        bought(made, 8, 3, 33, kind=MoveKind.SLICE, slice=2, other=6),
    ]
    kept(made, replace(whole, units=0), *parts)
    away = bought(made, 8, -3, -33, slice=2, kind=MoveKind.ACCOUNT, other=9, day=DAY + 8)
    here = bought(made, 9, 3, 33, account=made.income, kind=MoveKind.ACCOUNT, other=8)
    found = kept(made, away, here, seq=2)
    assert [(one.lot, one.account, one.slice, one.units, one.cost) for one in found] == [
        (6, made.growth, 1, 0, 0),
        (7, made.growth, 1, 1, 11),
        (5, made.growth, 2, 10, 100),
        (8, made.growth, 2, 0, 0),
        (9, made.income, 1, 3, 33),
    ]
    with made.home.books.read(1) as work:
        assert work.slices().units.tolist() == [1, 10, 0, 3, 0, 0]
        assert work.units_before(VTI, DAY + 8) == {(made.growth, 1): 1, (made.growth, 2): 13}
        assert work.units_before(VTI, DAY + 9) == {(made.growth, 1): 1, (made.growth, 2): 10, (made.income, 1): 3}
        assert work.units_before(VTI, DAY) == work.units_before(BND, DAY + 9) == {}


def test_a_lot_that_goes_on_at_the_same_seq_is_counted_once(made: Invested) -> None:
    """The next seq stays the same over days without transfers: what went out on one day comes in on that day."""
    kept(made, bought(made, 5, 10, 100))
    for day, lot, where in ((DAY + 3, 5, 2), (DAY + 6, 6, 1)):
        out = bought(made, lot, -10, -100, kind=MoveKind.SLICE, slice=3 - where, other=lot + 1, day=day)
        kept(made, out, bought(made, lot + 1, 10, 100, kind=MoveKind.SLICE, slice=where, other=lot), seq=7)
    with made.home.books.read(1) as work:
        held = [work.units_before(VTI, DAY + days) for days in (0, 1, 3, 4, 6, 7)]
    assert held == [{}, *([{(made.growth, 1): 10}] * 2), *([{(made.growth, 2): 10}] * 2), {(made.growth, 1): 10}]


CANNOT: Sequence[dict[str, Any]] = [
    {"units": -11, "kind": MoveKind.SELL},
    {"units": 0, "cost": -101, "kind": MoveKind.BASIS},
    {"units": -11},
    {"cost": -101},
    {"units": -1, "cost": 1, "kind": MoveKind.SELL},
    {"units": -1, "kind": MoveKind.BUY},
    {"slice": 2},
    {"slice": 9},
    {"account": 99},
    {"asset": BND},
    {"asset": BND, "slice": 3},
    {"customer": 99},
    {"slice": 2, "kind": MoveKind.SLICE},
    {"lot": 6, "units": 0},
    {"lot": 6, "units": -1},
    {"lot": 6, "kind": MoveKind.SPLIT},
    {"lot": 6, "cost": -1},
]


def test_moves_that_cannot_be(made: Invested) -> None:
    before = kept(made, bought(made, 5, 10, 100))
    for wrong in (*CANNOT, {"account": made.income}):
        with pytest.raises(SluiceError) as raised:
            kept(made, replace(bought(made, 5, 1, 0), **wrong), seq=2)
        assert raised.value.code == "books_broken", wrong
    with pytest.raises(SluiceError, match="constraint"):
        kept(made, bought(made, 6, 1, 1), seq=0)
    with made.home.books.read(1) as work:
        assert work.lots() == before
        assert len(work.lot_moves(made.customer)) == 1


def test_a_slice_owns_no_less_than_nothing(made: Invested) -> None:
    """Units of a slice that its lots do not add up to stop the fold."""
    (lot,) = kept(made, bought(made, 5, 10, 100))
    with made.home.books.read(1) as work:
        slices, _ = work.owned()
    with pytest.raises(SluiceError, match="left with -6 units"):
        Fold([lot], slices, {(made.growth, 1): 4}).take([bought(made, 5, -10, -100)])


@dataclass
class Plain:
    """Lots as a dictionary: lot to account, slice, units, cost."""

    lots: dict[int, list[int]] = field(default_factory=dict)

    def units(self) -> dict[tuple[int, int], int]:
        """What slices own."""
        owned: dict[tuple[int, int], int] = {}
        for account, number, units, _ in self.lots.values():
            owned[account, number] = owned.get((account, number), 0) + units
        return owned


def drawn(data: st.DataObject, plain: Plain, made: Invested, new: Iterator[int]) -> list[LotMove]:
    """The moves of one deed that can be, and the deed done to the plain lots."""
    held = [lot for lot, (_, _, units, _) in plain.lots.items() if units]
    deeds = ["buy", *(["sell", "split", "slice", "account"] if held else [])]
    deed = data.draw(st.sampled_from(deeds))
    if deed == "buy":
        lot, account = next(new), data.draw(st.sampled_from(made.accounts))
        where, units, cost = data.draw(st.tuples(st.integers(1, 3), st.integers(1, BILLION), st.integers(0, 10**6)))
        plain.lots[lot] = [account, where, units, cost]
        return [bought(made, lot, units, cost, account=account, slice=where, asset=BND if where == 3 else VTI)]
    lot = data.draw(st.sampled_from(held))
    mine = plain.lots[lot]
    account, where, units, cost = mine
    place = {"account": account, "slice": where, "asset": BND if where == 3 else VTI}
    if deed == "sell":
        part = data.draw(st.integers(1, units))
        price = cost if part == units else cost * part // units
        mine[2:] = [units - part, cost - price]
        return [bought(made, lot, -part, -price, **place)]
    if deed == "split":
        more = data.draw(st.integers(1 - units, units))
        mine[2] += more
        return [replace(bought(made, lot, 1, 0, **place), units=more, kind=MoveKind.SPLIT)]
    if deed == "slice" and where < 3:
        mine[1] = 3 - where
        return [replace(bought(made, lot, 1, 0, **{**place, "slice": 3 - where}), units=0, kind=MoveKind.SLICE)]
    other, there = next(new), sum(made.accounts) - account
    plain.lots[other], plain.lots[lot] = [there, where, units, cost], [account, where, 0, 0]
    return [
        replace(bought(made, lot, -units, -cost, **place), kind=MoveKind.ACCOUNT, other=other),
        replace(bought(made, other, units, cost, **{**place, "account": there}), kind=MoveKind.ACCOUNT, other=lot),
    ]


@SETTINGS
@given(st.data())
def test_the_books_fold_as_a_dictionary_does(made: Invested, data: st.DataObject) -> None:
    with contextlib.suppress(UndoneError), made.home.books.lock(1) as work:
        mine = open_invest(work, made.home.customers[1], made.home)
        plain, told = Plain(), []
        for seq in range(1, data.draw(st.integers(1, 5))):
            new = iter(work.new_lots(12).tolist())
            deeds = [move for _ in range(data.draw(st.integers(0, 5))) for move in drawn(data, plain, mine, new)]
            work.keep_moves(deeds, seq)
            told += deeds
        agrees(work, mine, plain, told)
        raise UndoneError


def agrees(work: Work, made: Invested, plain: Plain, told: list[LotMove]) -> None:
    """The books say what the dictionary says, and the fold of all their moves says it again."""
    accounts = numbers(*made.accounts)
    lots = work.lots(accounts, closed=True)
    assert {one.lot: [one.account, one.slice, one.units, one.cost] for one in lots} == plain.lots
    assert [one.lot for one in work.lots(accounts)] == [one.lot for one in lots if one.units]
    assert [one.move for one in work.lot_moves(made.customer)] == told
    read = work.slices(accounts)
    units = dict(zip(zip(read.account.tolist(), read.slice.tolist(), strict=True), read.units.tolist(), strict=True))
    owned = {place: held for place, held in units.items() if held}
    assert owned == {place: held for place, held in plain.units().items() if held}
    before = {**work.units_before(VTI, DAY + 1), **work.units_before(BND, DAY + 1)}
    assert before == owned
    fold = Fold([], work.owned(accounts)[0], {})
    fold.take(told)
    assert sorted(fold.lots.values(), key=lambda one: (one.account, one.slice, one.lot)) == lots
    assert {place: held for place, held in fold.units.items() if held} == owned
