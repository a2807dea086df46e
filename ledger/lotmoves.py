"""Changes of tax lots as the books keep them: what the lots' export and the lots' check read (ledger.md 4.13)."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from ledger.ids import NUMBERS


class Change(IntEnum):
    """Why a lot changed; the number is what the database stores."""

    BUY = 1
    SELL = 2
    SPLIT = 3
    RENAMED = 4  # out of the old security's lot, into the new one's
    SLICE = 5  # to another slice of the same account
    ACCOUNT = 6  # to another account of the household
    BASIS = 7  # cost changed, units did not


RESTATED = (Change.SPLIT, Change.BASIS)
"""Changes that begin a new version of a lot even where they take something away (ruling 29)."""


class LotChange(NamedTuple):
    """One change of one lot, kept at book seq `seq`: the first transfer of its journal, or the next seq of the time.

    `units` (at the scale of the security) and `cost` (cents of the currency of the invest account `account`) are
    signed; `proceeds` and `gain` belong to sales. The first change of a lot opens it, with its trade day and the day
    its holding period counts from; `other` is the lot it came from or went to, else 0.
    """

    seq: int
    lot: int
    customer: int
    account: int
    slice: int
    asset: int
    kind: int
    units: int
    cost: int
    day: int
    held_from: int
    proceeds: int
    gain: int
    other: int

    @property
    def book(self) -> int:
        """The book that the lot's number names."""
        return self.lot // NUMBERS

    @property
    def is_sale(self) -> bool:
        """Whether something is realised."""
        return self.kind == Change.SELL

    @property
    def opens(self) -> bool:
        """Whether it can be the first change of a lot."""
        return self.units > 0 and self.kind not in RESTATED

    @property
    def moves_whole_lot(self) -> bool:
        """Whether the lot only goes to another slice, as it is."""
        return self.kind == Change.SLICE and self.units == 0 and self.cost == 0

    @property
    def restates(self) -> bool:
        """Whether what the lot has after it begins a new version (ruling 29); what is taken out of a lot does not."""
        takes = self.units <= 0 and self.cost <= 0
        return not self.moves_whole_lot and (self.kind in RESTATED or not takes)
