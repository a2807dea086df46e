"""The check of lots finds nothing in sound books, and the right code wherever one number is another."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.invest.records import MoveKind
from ledger.accounts import Kind
from ledger.lotcheck import Kept, LotCheck, Place
from ledger.lotfold import HeldLot, HeldSlice
from ledger.lotmoves import Change, LotChange
from tests.ledger.books import as_transfers
from tests.ledger.traded import lived, small
from tests.ledger.trading import Trader


@dataclass
class Stored:
    """Everything the check reads, to be altered."""

    trader: Trader
    lots: dict[int, HeldLot]
    slices: dict[tuple[int, int], HeldSlice]
    settlements: dict[int, int]
    earmarks: dict[int, int]
    places: dict[int, Place]
    said: set[str] = field(default_factory=set)

    def codes(self) -> list[str]:
        kept = Kept(self.lots, self.slices, self.settlements, self.earmarks)
        found = self.trader.check(kept=kept, places=self.places).findings()
        self.said = {finding.sentence for finding in found}
        return [finding.code for finding in found]


def stored(trader: Trader) -> Stored:
    kept = trader.kept()
    return Stored(
        trader, dict(kept.lots), dict(kept.slices), dict(kept.settlements), dict(kept.earmarks), trader.places()
    )


def set_aside() -> Trader:
    trader = small()
    trader.set_aside(trader.invest(), 5_00)
    return trader


def test_the_numbers_of_changes_are_those_of_the_moves() -> None:
    assert {kind.name: int(kind) for kind in Change} == {kind.name: int(kind) for kind in MoveKind}


def test_sound_lots_have_no_findings() -> None:
    assert stored(set_aside()).codes() == []


@given(st.integers(0, 10**6))
@settings(max_examples=40)
def test_whatever_is_traded_passes_the_check(seed: int) -> None:
    assert lived(seed).check().findings() == []


def test_a_book_without_trades_has_nothing_to_check() -> None:
    history = small().history
    check = LotCheck(1, {}, Kept({}, {}, {}, {}))
    check.add(as_transfers([line for _, _, line in history.rows[1]]))
    assert check.findings() == []


Mutation = Callable[[Stored, random.Random], None]


def a_change(name: str) -> Mutation:
    """One number of one change is another."""

    def mutate(books: Stored, source: random.Random) -> None:
        changes = books.trader.changes
        wanted = {"proceeds": [n for n, one in enumerate(changes) if one.is_sale]}
        wanted |= {"gain": wanted["proceeds"]}
        first = {one.lot: n for n, one in reversed(list(enumerate(changes)))}
        wanted["held_from"] = sorted(first.values())
        at = source.choice(wanted.get(name, range(len(changes))))
        changes[at] = changes[at]._replace(**{name: getattr(changes[at], name) + source.choice((-1, 1))})

    return mutate


def a_lot(name: str) -> Mutation:
    """One number of one kept lot is another."""

    def mutate(books: Stored, source: random.Random) -> None:
        lot = source.choice(sorted(books.lots))
        one = books.lots[lot]
        books.lots[lot] = one._replace(**{name: getattr(one, name) + source.choice((-1, 1))})

    return mutate


def drop_a_change(books: Stored, source: random.Random) -> None:
    changes = books.trader.changes
    matters = [n for n, one in enumerate(changes) if one.units or one.cost or one.gain]
    del changes[source.choice(matters)]


def drop_a_lot(books: Stored, source: random.Random) -> None:
    del books.lots[source.choice(sorted(books.lots))]


def another_units_of_a_slice(books: Stored, source: random.Random) -> None:
    slot = source.choice(sorted(books.slices))
    one = books.slices[slot]
    books.slices[slot] = one._replace(units=one.units + 1)


def drop_a_slice(books: Stored, source: random.Random) -> None:
    used = {(one.account, one.slice) for one in books.trader.changes}
    del books.slices[source.choice(sorted(used))]


def another_balance_of_a_holding(books: Stored, source: random.Random) -> None:
    holdings = [account for account, one in books.places.items() if one.kind == Kind.HOLDING]
    account = source.choice(holdings)
    books.places[account] = replace(books.places[account], posted=books.places[account].posted - 1)


def a_transfer_through_conversion(books: Stored, source: random.Random) -> None:
    conversions = {account for account, one in books.places.items() if one.kind == Kind.CONVERSION}
    rows = books.trader.history.rows[1]
    at = source.choice([n for n, (_, _, line) in enumerate(rows) if {line.debit, line.credit} & conversions])
    seq, rank, line = rows[at]
    rows[at] = (seq, rank, replace(line, amount=line.amount + 1))


CHANGED = ("units", "cost", "proceeds", "gain", "account", "customer", "asset", "slice", "held_from")
MUTATIONS = {
    **{f"change {name}": a_change(name) for name in CHANGED},
    **{f"lot {name}": a_lot(name) for name in HeldLot._fields},
    **{
        mutate.__name__: mutate
        for mutate in (
            *(drop_a_change, drop_a_lot, another_units_of_a_slice, drop_a_slice, another_balance_of_a_holding),
            a_transfer_through_conversion,
        )
    },
}


@pytest.mark.parametrize("name", MUTATIONS)
@pytest.mark.parametrize("seed", range(8))
def test_one_other_number_is_found(name: str, seed: int) -> None:
    books = stored(lived(seed))
    MUTATIONS[name](books, random.Random(seed))
    assert set(books.codes()) == {"C12"}


@pytest.mark.parametrize("which", ["settlements", "earmarks"])
@pytest.mark.parametrize("more", [1, -1])
def test_money_on_its_way_is_held_against_its_account(which: str, more: int) -> None:
    books = stored(set_aside())
    rows: dict[int, int] = getattr(books, which)
    (account,) = rows
    rows[account] += more
    assert books.codes() == ["C14"]
    rows.clear()
    assert books.codes() == ["C14"]


def altered(at: int, **change: int) -> Stored:
    """The small history with one change altered."""
    books = stored(small())
    books.trader.changes[at] = books.trader.changes[at]._replace(**change)
    return books


def told(books: Stored) -> set[str]:
    books.codes()
    number = min(books.lots)
    return {sentence.replace(str(number), "N") for sentence in books.said if str(number) in sentence}


def test_each_finding_says_what_is_wrong() -> None:
    assert "a change of lot N realises 668 of 4000 for a cost of 3333" in told(altered(2, gain=668))
    assert "a change of lot N names slice 7, which is none of that household, account and security" in told(
        altered(2, slice=7)
    )
    assert "a change of lot N names slice 7, the lot is in 1" in told(altered(2, slice=7))
    assert "a change of lot N comes before anything opened the lot" in told(altered(0, units=0))
    assert "a change of lot N leaves -1000000000 units that cost 6667" in told(altered(2, units=-4_000_000_000))
    assert "a change of lot N takes 3335 for 1000000000 units, more than a cent out of proportion" in told(
        altered(2, cost=-33_35)
    )
    assert "a change of lot N names another household, account or security than the lot's" in told(altered(2, asset=1))


def test_a_cost_that_all_others_agree_on_is_still_out_of_proportion() -> None:
    """Cost, gain, lot and transfers are changed alike by two cents: only the rule of proportion is broken."""
    trader = small()
    at, sale = next((n, one) for n, one in enumerate(trader.changes) if one.is_sale)
    trader.changes[at] = sale._replace(cost=sale.cost - 2, gain=sale.gain - 2)
    rows = trader.history.rows[1]
    rows[:] = [
        (seq, rank, replace(line, amount=line.amount - 2) if seq == sale.seq + 2 else line) for seq, rank, line in rows
    ]
    books = stored(trader)
    books.codes()
    assert any("out of proportion" in sentence for sentence in books.said)
    assert not any("realises" in sentence for sentence in books.said)


def test_a_change_of_an_account_that_is_not_there() -> None:
    change = LotChange(1, 5, 1, 99, 1, 7, Change.SELL, 3, 4, 1, 1, 9, 13, 0)
    check = LotCheck(1, {}, Kept({5: HeldLot(1, 99, 1, 7, 3, 4, 1, 1, 3, 4)}, {}, {}, {}))
    check.change([change])
    assert {finding.code for finding in check.findings()} == {"C12"}
