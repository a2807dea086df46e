"""Lots and every change of them: moves are kept as they come and folded into lots and slices, nowhere else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
from sqlalchemy import Select, case, func, select

from engine.invest.records import LotMove, LotRow, MoveKind, StoredMove
from ledger.accounts import Int64s
from store.bulk import Columns
from store.folding import Fold, Owner, Place
from store.held import alarm
from store.people import Numbers
from store.tables import table
from store.transfers import sorted_by

LOT: Final = (
    *("lot_id", "customer_id", "account_id", "slice", "asset", "units", "cost", "day", "held_from"),
    *("units_opened", "cost_opened"),
)
"""Columns of table lot in the order of the fields of `LotRow`."""

MOVE: Final = (
    *("lot_id", "customer_id", "account_id", "slice", "asset", "kind", "units", "cost", "day", "held_from"),
    *("proceeds", "gain", "long_term", "other"),
)
"""Columns of table lot_move in the order of the fields of `LotMove`."""

CHANGES: Final = ("slice", "units", "cost", "units_opened", "cost_opened")
"""What moves change of a lot."""


class Holdings(Numbers):
    """Lots with their moves."""

    def lots(self, accounts: Int64s | None = None, *, closed: bool = False) -> list[LotRow]:
        """See `PieWork.lots`."""
        lot = table("lot")
        query = select(*(lot.c[name] for name in LOT)).where(self.here(lot))
        if not closed:
            query = query.where(lot.c.units > 0)
        if accounts is not None:
            query = query.where(self.bulk.among(lot.c.account_id, accounts))
        return lot_rows(sorted_by(self.bulk.read(query), "account_id", "slice", "lot_id"))

    def new_lots(self, count: int) -> Int64s:
        """See `PieWork.new_lots`."""
        self.must_write()
        return self.numbers(count)

    def keep_moves(self, moves: Sequence[LotMove], seq: int | Sequence[int]) -> None:
        """See `PieWork.keep_moves`."""
        self.must_write()
        if not moves:
            return
        lot = table("lot")
        named = np.unique(np.array([move.lot for move in moves], np.int64))
        chosen = select(*(lot.c[name] for name in LOT)).where(self.here(lot))
        known = lot_rows(sorted_by(self.bulk.read(chosen.where(self.bulk.among(lot.c.lot_id, named))), "lot_id"))
        accounts = np.array([*(move.account for move in moves), *(one.account for one in known)], np.int64)
        slices, units = self.owned(np.unique(accounts))
        fold = Fold(known, slices, units)
        fold.take(moves)
        with alarm("a constraint of the database refused moves of lots"):
            self._keep(moves, [seq] * len(moves) if isinstance(seq, int) else seq)
            self._keep_lots({one.lot for one in known}, [fold.lots[one] for one in named.tolist()])
            self._keep_units({place: held for place, held in fold.units.items() if held != units.get(place)})

    def _keep(self, moves: Sequence[LotMove], seqs: Sequence[int]) -> None:
        """Insert the moves, each after those that have its seq already."""
        kept = table("lot_move")
        mine = (self.here(kept), self.bulk.among(kept.c.seq, np.unique(_column(seqs))))
        counted = self.bulk.rows(select(kept.c.seq, func.count()).where(*mine).group_by(kept.c.seq))
        there = Counter({row[0]: row[1] for row in counted})
        order = []
        for seq in seqs:
            order.append(there[seq])
            there[seq] += 1
        columns = _columns(LotMove, MOVE, moves)
        self.bulk.insert(kept, {"book_id": self.book, "seq": _column(seqs), "ordinal": _column(order), **columns})

    def _keep_lots(self, known: set[int], lots: Sequence[LotRow]) -> None:
        """Insert lots that are new, change the others."""
        for old in (True, False):
            some = [one for one in lots if (one.lot in known) is old]
            columns = _columns(LotRow, LOT, some)
            if old:
                key: Columns = {"book_id": self.book, "lot_id": columns["lot_id"]}
                self.change("lot", key, {name: columns[name] for name in CHANGES})
            else:
                self.bulk.insert(table("lot"), {"book_id": self.book, **columns})

    def _keep_units(self, units: dict[Place, int]) -> None:
        """Store what slices hold."""
        places = {"account_id": _column([one for one, _ in units]), "slice": _column([one for _, one in units])}
        self.change("slice", {"book_id": self.book, **places}, {"units": _column(list(units.values()))})

    def owned(self, accounts: Int64s | None = None) -> tuple[dict[Place, Owner], dict[Place, int]]:
        """Owner and units of every slice of these accounts or of all, as a `Fold` wants them."""
        of = table("slice")
        names = ("account_id", "slice", "customer_id", "asset", "units")
        query = select(*(of.c[name] for name in names)).where(self.here(of))
        if accounts is not None:
            query = query.where(self.bulk.among(of.c.account_id, accounts))
        rows = sorted_by(self.bulk.read(query), "account_id", "slice")
        listed = list(zip(*(rows[name].tolist() for name in names), strict=True))
        slices = {(account, number): Owner(customer, asset) for account, number, customer, asset, _ in listed}
        return slices, {(account, number): units for account, number, _, _, units in listed}

    def lot_moves(self, customer: int, asset: int | None = None) -> list[StoredMove]:
        """See `PieWork.lot_moves`."""
        move = table("lot_move")
        query = self._moves().where(move.c.customer_id == customer)
        return stored_moves(self.bulk.read(query if asset is None else query.where(move.c.asset == asset)))

    def _moves(self) -> Select[Any]:
        move = table("lot_move")
        return select(move.c.seq, move.c.ordinal, *(move.c[name] for name in MOVE)).where(self.here(move))

    def units_before(self, asset: int, day: int) -> dict[Place, int]:
        """See `PieWork.units_before`.

        A lot that came out of another one was opened with the other's trade day; its units count here from the day
        on which they left the other, which is the day of a move of the same seq.
        """
        move, other = table("lot_move"), table("lot_move").alias("other_move")
        left = (other.c.book_id == move.c.book_id) & (other.c.seq == move.c.seq) & (other.c.lot_id == move.c.other)
        kept = (move.c.other == 0) | (move.c.units <= 0)
        since = select(func.max(other.c.day)).where(left).correlate(move).scalar_subquery()
        happened = case((kept, move.c.day), (func.coalesce(since, move.c.day) > move.c.day, since), else_=move.c.day)
        names = ("seq", "ordinal", "lot_id", "account_id", "slice", "units")
        query = select(*(move.c[name] for name in names)).where(self.here(move), move.c.asset == asset, happened < day)
        rows = sorted_by(self.bulk.read(query), "lot_id", "seq", "ordinal")
        if len(rows["seq"]) == 0:
            return {}
        first = np.flatnonzero(np.diff(rows["lot_id"], prepend=-1))
        last = np.append(first[1:], len(rows["seq"])) - 1
        held: dict[Place, int] = {}
        places = zip(rows["account_id"][last].tolist(), rows["slice"][last].tolist(), strict=True)
        for place, units in zip(places, np.add.reduceat(rows["units"], first).tolist(), strict=True):
            held[place] = held.get(place, 0) + units
        return {place: units for place, units in sorted(held.items()) if units}


def lot_rows(columns: dict[str, Any]) -> list[LotRow]:
    """Rows of table lot as records."""
    return [LotRow(*row) for row in zip(*(columns[name].tolist() for name in LOT), strict=True)]


def stored_moves(columns: dict[str, Any]) -> list[StoredMove]:
    """Rows of table lot_move as records, in order."""
    columns = sorted_by(columns, "seq", "ordinal")
    listed = {name: columns[name].tolist() for name in ("seq", *MOVE)}
    listed["kind"] = list(map(MoveKind, listed["kind"]))
    listed["long_term"] = list(map(bool, listed["long_term"]))
    moves = zip(*(listed[name] for name in MOVE), strict=True)
    return [StoredMove(seq, LotMove(*move)) for seq, move in zip(listed["seq"], moves, strict=True)]


def _columns(
    kind: type[LotRow | LotMove], names: Sequence[str], records: Sequence[LotRow | LotMove]
) -> dict[str, Int64s]:
    """Records of a kind as columns; `names` are in the order of its fields."""
    pairs = zip(names, fields(kind), strict=True)
    return {name: _column([getattr(one, field.name) for one in records]) for name, field in pairs}


def _column(values: Sequence[int]) -> Int64s:
    return np.array(values, np.int64)
