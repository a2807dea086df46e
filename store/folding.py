"""The fold of lot moves: what lots hold and what slices own after them.

The writer folds here and refuses; `verify` folds by a program of its own (ledger/lotfold.py) and reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from engine.invest.records import LotMove, LotRow, MoveKind
from store.held import broken

Place = tuple[int, int]
"""An account and a slice of it."""

RESTATED: Final = (MoveKind.SPLIT, MoveKind.BASIS)
"""Moves that begin a new version of a lot even where they take something away (ruling 29)."""

SIGN: Final = {MoveKind.BUY: 1, MoveKind.SELL: -1}
"""What buys and sales do to units and cost, if anything."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a slice is, and of which security."""

    customer: int
    asset: int


class Fold:
    """Lots by number and units by slice, changed move by move. Raises SluiceError `books_broken` for what cannot be.

    `lots` are as they are before the moves, `slices` every slice that the moves name or that those lots are in, and
    `units` what these hold.
    """

    def __init__(self, lots: Iterable[LotRow], slices: Mapping[Place, Owner], units: Mapping[Place, int]) -> None:
        """Begin with these."""
        self.lots = {one.lot: one for one in lots}
        self.units = dict(units)
        self._slices = slices

    def take(self, moves: Iterable[LotMove]) -> None:
        """Fold moves in their order."""
        for move in moves:
            self._take(move)

    def _take(self, move: LotMove) -> None:
        owner = self._slices.get((move.account, move.slice))
        if owner is None:
            raise broken(f"a move of lot {move.lot} names slice {move.slice} of account {move.account}: there is none")
        if (owner.customer, owner.asset) != (move.customer, move.asset):
            raise broken(f"a move of lot {move.lot} is of another household or security than its slice")
        if any(amount * SIGN.get(move.kind, 0) < 0 for amount in (move.units, move.cost)):
            raise broken(f"a move of lot {move.lot} ({move.kind.name}) of {move.units} units and {move.cost} cost")
        before = self.lots.get(move.lot)
        after = _opened(move) if before is None else _changed(before, move)
        if after.units < 0 or after.cost < 0:
            raise broken(f"lot {move.lot} is left with {after.units} units that cost {after.cost}")
        if before is not None:
            self._add((before.account, before.slice), -before.units)
        self._add((after.account, after.slice), after.units)
        self.lots[move.lot] = after

    def _add(self, place: Place, units: int) -> None:
        """Change what a slice holds."""
        held = self.units.get(place, 0) + units
        if held < 0:
            raise broken(f"slice {place[1]} of account {place[0]} is left with {held} units")
        self.units[place] = held


def _opened(move: LotMove) -> LotRow:
    """The lot that its first move opens."""
    if move.units <= 0 or move.kind in RESTATED:
        raise broken(f"the first move of lot {move.lot} ({move.kind.name}, {move.units} units) opens nothing")
    return LotRow(
        lot=move.lot,
        customer=move.customer,
        account=move.account,
        slice=move.slice,
        asset=move.asset,
        units=move.units,
        cost=move.cost,
        day=move.day,
        held_from=move.held_from,
        units_opened=move.units,
        cost_opened=move.cost,
    )


def _changed(lot: LotRow, move: LotMove) -> LotRow:
    """A lot after a later move.

    What is taken out of it leaves its version as it was, so that the pieces of its cost sum to the whole; whatever
    else changes it begins a new version with what it has now (ruling 29).
    """
    if (lot.customer, lot.account, lot.asset) != (move.customer, move.account, move.asset):
        raise broken(f"a move of lot {lot.lot} names another household, account or security than the lot's")
    whole = move.kind == MoveKind.SLICE and move.units == 0 and move.cost == 0
    if move.slice != lot.slice and not whole:
        raise broken(f"a move of lot {lot.lot} names slice {move.slice}, the lot is in slice {lot.slice}")
    units, cost = lot.units + move.units, lot.cost + move.cost
    stays = whole or (move.units <= 0 and move.cost <= 0 and move.kind not in RESTATED)
    opened = (lot.units_opened, lot.cost_opened) if stays else (units, cost)
    return LotRow(
        lot.lot, lot.customer, lot.account, move.slice, lot.asset, units, cost, lot.day, lot.held_from, *opened
    )
