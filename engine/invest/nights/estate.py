"""One household's invest accounts in memory, while a night or a window works out what happens to them.

Nothing is written here: journals, moves of lots and new rows are gathered, and what they change is seen by what comes
after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.desk import AccountRecord
from engine.holds.forced import BRINGS
from engine.holds.layers import Layers
from engine.invest.journals import Entry, Journal, words_of
from engine.invest.market import CorporateAction
from engine.invest.orderrecords import Intent
from engine.invest.records import LotMove, LotRow, NewSecurity, PieVersion, SliceRow, Slices
from ledger.accounts import Standing
from ledger.faults import SluiceError

Slot = tuple[int, int]
"""An account and a slice of it."""


@dataclass(slots=True)
class Estate:
    """The accounts of a household with what they hold, and what is to happen to them.

    `rows` are slices as they are stored, `units` what they hold, `lots` by number. `renamed` gives the successor of a
    security, `moved` the units that slices gained so far: (asset, slot, day, units). `raises` are paid out or given up
    by this night, `waiting` are those that are still being sold for. New lots have numbers below zero until they are
    written (`fresh`). `moves` belong to the journal with that index. `dues` are cents of interest due by borrow line,
    and `line_of` the line of each account of interest due, whose balance is part of the line's. `bearable` are cents
    that raises may take away from accounts of `behind`, which stand behind a secured line; None where nothing binds.
    `layers` is its money under holds while raises are paid out of it; None where there is none, or no raise.
    """

    customer: int
    day: int
    accounts: dict[int, AccountRecord]
    fresh: Iterator[int]
    scales: Mapping[int, int]
    renamed: Mapping[int, int]
    rows: dict[Slot, SliceRow] = field(default_factory=dict)
    units: dict[Slot, int] = field(default_factory=dict)
    lots: dict[int, LotRow] = field(default_factory=dict)
    pies: dict[int, PieVersion] = field(default_factory=dict)
    settlements: dict[tuple[int, int], int] = field(default_factory=dict)
    earmarks: dict[tuple[int, str], int] = field(default_factory=dict)
    raises: list[Intent] = field(default_factory=list)
    waiting: list[Intent] = field(default_factory=list)
    journals: list[Journal] = field(default_factory=list)
    moves: list[tuple[int, tuple[LotMove, ...]]] = field(default_factory=list)
    moved: list[tuple[int, Slot, int, int]] = field(default_factory=list)
    versions: list[tuple[PieVersion, tuple[SliceRow, ...]]] = field(default_factory=list)
    securities: list[NewSecurity] = field(default_factory=list)
    judged: list[Intent] = field(default_factory=list)
    dues: dict[int, int] = field(default_factory=dict)
    line_of: dict[int, int] = field(default_factory=dict)
    bearable: int | None = None
    behind: frozenset[int] = frozenset()
    layers: Layers | None = None
    _in: dict[int, int] = field(default_factory=dict)
    _out: dict[int, int] = field(default_factory=dict)
    _unfit: dict[int, str] = field(default_factory=dict)

    def add(self, words: tuple[int, ...], entries: Sequence[Entry]) -> None:
        """Add a journal of those entries that move something."""
        some = tuple(one for one in entries if one.amount)
        if not some:
            return
        self.journals.append(Journal(self.customer, words, some))
        for one in some:
            self._count(one)

    def _count(self, entry: Entry) -> None:
        """Change balances by an entry, and keep in mind which account the books would refuse it for (`prove`)."""
        if isinstance(entry.credit, int):
            self._out[entry.credit] = self._out.get(entry.credit, 0) + entry.amount
            row = self.accounts[entry.credit]
            if self.posted(entry.credit) - row.pending_out < row.floor:
                self._unfit.setdefault(entry.credit, "has too little")
        if isinstance(entry.debit, int):
            debit = self.line_of.get(entry.debit, entry.debit)
            row = self.accounts[debit]
            if entry.pending:
                row = self.accounts[debit] = replace(row, pending_in=row.pending_in + entry.amount)
            else:
                self._in[debit] = self._in.get(debit, 0) + entry.amount
            if entry.code not in BRINGS and self.posted(debit) + row.pending_in > row.ceiling:
                self._unfit.setdefault(debit, "is full")

    def change(self, moves: Sequence[LotMove], day: int) -> None:
        """Add moves of lots to the last journal, and fold them; `day` is the day from which they hold."""
        if moves:
            self.moves.append((len(self.journals) - 1, tuple(moves)))
        for move in moves:
            slot = (move.account, move.slice)
            before = self.lots.get(move.lot)
            if before is None:
                after = LotRow(
                    move.lot, move.customer, *slot, move.asset, move.units, move.cost, move.day, move.held_from, 0, 0
                )
            else:
                after = replace(before, units=before.units + move.units, cost=before.cost + move.cost)
            self.lots[move.lot] = replace(after, units_opened=after.units, cost_opened=after.cost)
            self.units[slot] = self.units.get(slot, 0) + move.units
            self.moved.append((move.asset, slot, day, move.units))

    def posted(self, account: int) -> int:
        """The posted balance of an account after all journals so far; pending payments out of it are taken off."""
        return self.accounts[account].posted + self._in.get(account, 0) - self._out.get(account, 0)

    def available(self, account: int, kept: int = 0) -> int:
        """Cents of cash that may leave an account, of which `kept` cents become cash only now.

        What was taken below its floor meanwhile (a forced entry) is made good out of them first.
        """
        row = self.accounts[account]
        return max(self.posted(account) + kept - row.pending_out - max(row.floor, 0), 0)

    def room(self, account: int, asset: int) -> int:
        """Cents that an account may still take of this asset; 0 for one that is closed or not the household's."""
        row = self.accounts.get(account)
        if row is None or row.asset != asset or row.standing == Standing.CLOSED:
            return 0
        return max(row.ceiling - self.posted(account) - row.pending_in, 0)

    def open_lots(self, assets: Sequence[int], before: int) -> dict[int, list[LotRow]]:
        """Lots of these securities that were bought before a day, by account; ascending (slice, lot)."""
        found: dict[int, list[LotRow]] = {}
        chosen = [one for one in self.lots.values() if one.asset in assets and one.units and one.day < before]
        for one in sorted(chosen, key=lambda one: (one.account, one.slice, one.day, one.lot)):
            found.setdefault(one.account, []).append(one)
        return found

    def prove(self) -> None:
        """Raise SluiceError `account_unfit` where an account cannot take what the journals do to it, entry by entry."""
        for account in sorted({*self._in, *self._out, *self._unfit}):
            row = self.accounts[account]
            why = "is closed" if row.standing == Standing.CLOSED else self._unfit.get(account)
            if why:
                sentence = (
                    f"{row.handle} {why}, so what its holdings earn or raise cannot be booked; open it or change its "
                    "limits."
                )
                raise SluiceError("account_unfit", sentence, row.handle)


def slice_rows(slices: Slices) -> list[SliceRow]:
    """Slices as rows, in their order."""
    names = ("account", "slice", "customer", "asset", "place", "weight", "state")
    columns = [getattr(slices, name).tolist() for name in names]
    return [
        SliceRow(account, number, customer, asset, place, weight, state, path)
        for account, number, customer, asset, place, weight, state, path in zip(*columns, slices.path, strict=True)
    ]


def step_words(step: int, action: CorporateAction, account: int) -> tuple[int, ...]:
    """What tells the journal of an action and an account apart from all others of its day."""
    return (step, *words_of(action.id), account)
