"""Lots folded again from their changes, with a finding for every change that cannot be (ledger.md 4.13; C12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger.invariants import Findings
from ledger.lotmoves import LotChange

Slot = tuple[int, int]
"""An account and a slice of it."""

_CODE: Final = "C12"


class HeldLot(NamedTuple):
    """A lot as it is now; `units_opened` and `cost_opened` are what its current version began with."""

    customer: int
    account: int
    slice: int
    asset: int
    units: int
    cost: int
    day: int
    held_from: int
    units_opened: int
    cost_opened: int


class HeldSlice(NamedTuple):
    """Whose a slice is, of which security, and the units it holds."""

    customer: int
    asset: int
    units: int


class LotFold:
    """Lots by number, changed one by one. A change that cannot be is a finding, and is folded as far as it goes."""

    def __init__(self, slices: Mapping[Slot, HeldSlice], findings: Findings) -> None:
        """Begin with nothing; `slices` are those that the book keeps."""
        self._slices, self._findings = slices, findings
        self._lots: dict[int, HeldLot] = {}

    def take(self, change: LotChange) -> None:
        """Fold the next change."""
        before = self._lots.get(change.lot)
        self._prove(change, before)
        after = _opened(change) if before is None else _changed(before, change)
        if after.units < 0 or after.cost < 0:
            self._find(change, f"leaves {after.units} units that cost {after.cost}")
        self._lots[change.lot] = after

    def compare(self, kept: Mapping[int, HeldLot]) -> None:
        """Hold the lots, and the units of slices, against those that the book keeps; everything was folded."""
        for number in sorted({*self._lots, *kept}):
            folded, stored = self._lots.get(number), kept.get(number)
            if folded != stored:
                self._findings.add(
                    _CODE, 0, f"lot {number} is kept as {_words(stored)}, its moves say {_words(folded)}"
                )
        units = Counter[Slot]()
        for lot in self._lots.values():
            units[lot.account, lot.slice] += lot.units
        for slot in sorted({*units, *self._slices}):
            has = self._slices[slot].units if slot in self._slices else 0
            if has != units[slot]:
                sentence = f"slice {slot[1]} of account {slot[0]} is kept with {has} units, its lots say {units[slot]}"
                self._findings.add(_CODE, 0, sentence)

    def _prove(self, change: LotChange, before: HeldLot | None) -> None:
        """What can be said of a change and the lot it changes."""
        owner = self._slices.get((change.account, change.slice))
        if owner is None or (owner.customer, owner.asset) != (change.customer, change.asset):
            self._find(change, f"names slice {change.slice}, which is none of that household, account and security")
        if change.gain != (change.proceeds + change.cost if change.is_sale else 0):
            self._find(change, f"realises {change.gain} of {change.proceeds} for a cost of {-change.cost}")
        if before is None:
            if not change.opens:
                self._find(change, "comes before anything opened the lot")
            return
        if (change.customer, change.account, change.asset) != (before.customer, before.account, before.asset):
            self._find(change, "names another household, account or security than the lot's")
        if change.slice != before.slice and not change.moves_whole_lot:
            self._find(change, f"names slice {change.slice}, the lot is in {before.slice}")
        if change.units < 0 and not change.restates and not _in_proportion(before, change):
            self._find(change, f"takes {-change.cost} for {-change.units} units, more than a cent out of proportion")

    def _find(self, change: LotChange, sentence: str) -> None:
        self._findings.add(_CODE, change.seq, f"a change of lot {change.lot} {sentence}")


def _in_proportion(lot: HeldLot, change: LotChange) -> bool:
    """Whether a part takes its share of the cost, to less than a cent or exactly one (ledger.md 4.13)."""
    error = -change.cost * lot.units_opened - lot.cost_opened * -change.units
    return abs(error) <= lot.units_opened


def _opened(change: LotChange) -> HeldLot:
    mine = (change.customer, change.account, change.slice, change.asset, change.units, change.cost)
    return HeldLot(*mine, change.day, change.held_from, change.units, change.cost)


def _changed(lot: HeldLot, change: LotChange) -> HeldLot:
    units, cost = lot.units + change.units, lot.cost + change.cost
    after = lot._replace(units=units, cost=cost, slice=change.slice)
    return after._replace(units_opened=units, cost_opened=cost) if change.restates else after


def _words(lot: HeldLot | None) -> str:
    if lot is None:
        return "none"
    return ", ".join(f"{name} {number}" for name, number in lot._asdict().items())
