"""Books as a beancount file with tax lots (ledger.md 4.15, lots mode): bean-check then follows every lot by its label.

The same transfers as in exact mode, but what passes the conversion accounts is left out: a buy is a lot at its total
cost, a sale reduces lots by name, and the gain is left to the stranger to find. The balances that the file asserts,
realised gains too, are ours. A part of a lot that is left with a cost which is not in proportion, because cents do
not divide, is booked anew at ours; so are lots after a split. Slices do not show: a lot in two slices of one account
is one lot here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ledger.accounts import Kind
from ledger.days import format_day
from ledger.export_beancount import beancount_file, heading, opened, posting
from ledger.export_books import ExportedBooks
from ledger.export_entries import ExportChunk, Journal, Scope, entries
from ledger.export_names import ExportAccount, beancount_commodity
from ledger.ids import NUMBERS
from ledger.lotmoves import Change, LotChange
from ledger.seal import asset_code

LOTS_FORMAT: Final = "beancount-lots"
_REALISED: Final = (Kind.INCOME, Kind.EXPENSE)


def export_lots(
    accounts: Mapping[int, ExportAccount], chunks: Iterable[ExportChunk], changes: Iterable[LotChange], scope: Scope
) -> Iterator[str]:
    """The lines of the file, each with its end; `accounts`, `chunks` and `scope` as for `ledger.export.export`.

    `changes` are every change of lots in the scope, in order. Memory: as for `export`, and every change of a lot.
    Raises ValueError as `export` does, and for changes that fit no holding, no lot, or no transfers of the file.
    """
    stated = {
        account: replace(one, posted=None) if one.kind == Kind.CONVERSION else one for account, one in accounts.items()
    }
    books = ExportedBooks(stated, scope, beancount_commodity)
    lots = _Lots(books, changes)
    yield 'option "booking_method" "STRICT"\n'
    yield from beancount_file(books, map(books.known, entries(chunks, scope)), lots.transaction)
    lots.must_be_done()


@dataclass(slots=True)
class _Lot:
    """A lot as the file has it: what it holds and cost now, and what its label was booked with.

    `invest` is an account that holds the currency of its cost. `loose` is a cost without units, which waits on the
    conversion account to be realised: a split may leave a lot with less than one unit.
    """

    holding: int
    invest: int
    name: str
    day: int
    units: int = 0
    cost: int = 0
    units_booked: int = 0
    cost_booked: int = 0
    version: int = 0
    loose: int = 0

    @property
    def label(self) -> str:
        """What the file calls the current version."""
        return self.name if self.version < 2 else f"{self.name}/{self.version}"  # noqa: PLR2004 - the first has none

    def change(self, units: int, cost: int) -> None:
        """Add to what it has. Raises ValueError below nothing."""
        self.units, self.cost = self.units + units, self.cost + cost
        if self.units < 0 or self.cost < 0:
            message = f"lot {self.name} is left with {self.units} units that cost {self.cost}"
            raise ValueError(message)

    def book(self) -> None:
        """Begin a new version with what it has now."""
        self.version += 1
        self.units_booked, self.cost_booked = self.units, self.cost

    def in_proportion(self) -> bool:
        """Whether what it has cost as much a unit as what it was booked with."""
        return self.cost * self.units_booked == self.cost_booked * self.units


class _Lots:
    """The lots of the file, changed journal by journal."""

    def __init__(self, books: ExportedBooks, changes: Iterable[LotChange]) -> None:
        self._books = books
        accounts = books.accounts.items()
        self._holding = {(one.parent, one.asset): at for at, one in accounts if one.kind == Kind.HOLDING}
        self._conversion = {(one.book, one.asset): at for at, one in accounts if one.kind == Kind.CONVERSION}
        self._whole: dict[int, int] = {}  # the lot that a part in another slice came out of
        self._lots: dict[int, _Lot] = {}
        self._waiting: dict[tuple[int, int], list[LotChange]] = defaultdict(list)
        for change in changes:
            if change.kind != Change.SLICE and (change.units or change.cost):
                self._waiting[change.book, change.seq].append(change)
            elif change.kind == Change.SLICE and change.units > 0:
                self._whole[change.lot] = self._whole.get(change.other, change.other)

    def must_be_done(self) -> None:
        """Raise ValueError for changes whose journal never came."""
        for book, seq in self._waiting:
            message = f"lots change at seq {seq} of book {book}, where no posted journal of the export begins"
            raise ValueError(message)

    def transaction(self, journal: Journal) -> Iterator[str]:
        """A posted journal with the changes of lots that belong to it."""
        changes = self._waiting.pop((journal[0].book, journal[0].journal), [])
        legs, realised = self._sides(journal, lots=bool(changes))
        booked = [(lot, units, list(lines)) for lot, units, lines in self._changed(changes)]
        legs += self._loose([lot for lot, _, _ in booked], priced=bool(legs))
        used = [*(account for account, _ in legs), *realised, *(lot.holding for lot, _, _ in booked)]
        yield from opened(self._books, self._books.unopened(used), journal[0].day)
        yield from heading(journal)
        for account, amount in legs:
            yield posting(self._books, account, amount)
        for lot, units, lines in booked:
            self._books.post(lot.holding, units)
            yield from lines
        for place, (account, amount) in enumerate(realised.items()):
            stated = posting(self._books, account, amount)
            yield stated if place else f"  {self._books.path[account]}\n"

    def _sides(self, journal: Journal, *, lots: bool) -> tuple[list[tuple[int, int]], dict[int, int]]:
        """The sides of transfers that the file states, and what is realised by account, where lots change."""
        legs, realised = [], dict[int, int]()
        for entry in journal:
            kinds = [self._books.accounts[account].kind for account in (entry.debit, entry.credit)]
            if Kind.HOLDING in kinds:
                continue
            for account, kind, amount in zip((entry.debit, entry.credit), kinds, (1, -1), strict=True):
                if lots and kind in _REALISED and Kind.CONVERSION in kinds:
                    realised[account] = realised.get(account, 0) + amount * entry.amount
                elif kind != Kind.CONVERSION:
                    legs.append((account, amount * entry.amount))
        return legs, realised

    def _changed(self, changes: Iterable[LotChange]) -> Iterator[tuple[_Lot, int, Iterator[str]]]:
        """Each lot that changes with its units and its postings, the parts of a lot together."""
        together: dict[int, list[LotChange]] = defaultdict(list)
        for change in changes:
            together[self._whole.get(change.lot, change.lot)].append(change)
        for number, members in together.items():
            if number not in self._lots:
                self._lots[number] = self._opened(number, members[0])
            lot, units = self._lots[number], sum(one.units for one in members)
            cost = sum(one.cost for one in members)
            yield lot, units, self._postings(lot, units, cost, restated=any(one.restates for one in members))

    def _opened(self, number: int, first: LotChange) -> _Lot:
        holding = self._holding.get((first.account, asset_code(first.asset)))
        if holding is None or first.account not in self._books.accounts:
            message = f"lot {number}: account {first.account} has no holding of {asset_code(first.asset)}"
            raise ValueError(message)
        return _Lot(holding, first.account, str(number % NUMBERS), first.day)

    def _postings(self, lot: _Lot, units: int, cost: int, *, restated: bool) -> Iterator[str]:
        """The postings of a change: what goes, and what stays where that has to be booked anew."""
        before, rest = lot.label, lot.units
        lot.change(units, cost)
        if lot.version and not restated and units:
            rest += units
            yield self._posting(lot, units, f'{{{format_day(lot.day)}, "{before}"}}')
        if restated or not lot.in_proportion():
            if rest:
                yield self._posting(lot, -rest, f'{{{format_day(lot.day)}, "{before}"}}')
            lot.book()
            if lot.units:
                price = self._books.amount(lot.invest, lot.cost)
                yield self._posting(lot, lot.units, f'{{{{{price}, {format_day(lot.day)}, "{lot.label}"}}}}')

    def _posting(self, lot: _Lot, units: int, cost: str) -> str:
        return f"  {self._books.path[lot.holding]}  {self._books.amount(lot.holding, units)} {cost}\n"

    def _loose(self, lots: Iterable[_Lot], *, priced: bool) -> Iterator[tuple[int, int]]:
        """Costs that lose their units, or are realised without, on the conversion account.

        Where no other leg of the transaction is money, one of zero: beancount forgives nothing without it, not even
        that a cost a unit has no end.
        """
        for lot in lots:
            loose = 0 if lot.units else lot.cost
            if loose != lot.loose or not priced:
                one = self._books.accounts[lot.invest]
                yield self._conversion[one.book, one.asset], loose - lot.loose
                lot.loose, priced = loose, True
