"""Bands: how far a leaf may drift from its weight before its pie counts as breached (investing.md D7, ruling 23)."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from engine.invest.core.columns import Block, Flags, Pies, Refusal, Whole, blocks, refusals
from engine.invest.core.guard import split
from ledger.accounts import Int64s
from ledger.rounding import WHOLE_BP

NO_BAND: Final = -1


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of n pies (n,), each `NO_BAND` or basis points: of the whole pie, and of the leaf's own weight.

    Where a pie has both, the tighter holds for each leaf (5/25: `absolute` 500, `relative` 2,500).
    """

    absolute: Int64s
    relative: Int64s

    @classmethod
    def alike(cls, count: int, absolute: int = NO_BAND, relative: int = NO_BAND) -> Self:
        """The same bands for every pie."""
        return cls(np.full(count, absolute, np.int64), np.full(count, relative, np.int64))

    def take(self, pies: Int64s) -> Self:
        """The bands of these pies."""
        return type(self)(self.absolute[pies], self.relative[pies])

    def widest(self) -> int:
        """The largest factor that the test multiplies with."""
        return int(np.concatenate([self.absolute, self.relative]).max(initial=WHOLE_BP))


def breached(pies: Pies, bands: Bands) -> tuple[Flags, Int64s]:
    """Tell of each leaf (m,) whether it lies outside of its bands, strictly; and why a pie (n,) was not tested.

    Idle cash does not count. A removed leaf that is still held is always outside, bands or none. A blocked leaf is not
    tested and does not count. With value V, weights w of sum W and limit bp, a leaf worth v is outside when
    |v · W - w · V| · 10,000 is more than bp · W · V, or than bp · w · V for the relative band: nothing is rounded.
    """
    refusal = refusals(pies, np.zeros(len(pies), np.bool_))
    return outside(pies, bands, refusal == Refusal.NONE), refusal


def outside(pies: Pies, bands: Bands, good: Flags) -> Flags:
    """Tell of each leaf (m,) of the good pies (n,) whether it lies outside of its bands, whatever it is worth."""
    found = np.zeros(len(pies.value), np.bool_)
    for which, place, block in blocks(pies, good):
        own = bands.take(which)
        for columns, part in split(block, np.zeros(len(which), np.int64), own.widest()):
            found[place[:, columns]] = _outside(part, own.take(columns))
    return found


def _outside(block: Block, bands: Bands) -> Flags:
    weight, value = np.where(block.free, block.weight, 0), np.where(block.free, block.value, 0)
    weights, total = weight.sum(axis=0), value.sum(axis=0)
    apart = np.abs(value * weights - weight * total) * WHOLE_BP
    found: Flags = (weight == 0) & (value > 0)
    edges: tuple[tuple[Int64s, Whole], ...] = ((bands.absolute, weights * total), (bands.relative, weight * total))
    for limit, whole in edges:
        found |= (limit != NO_BAND) & (apart > limit.astype(block.weight.dtype) * whole)
    return found
