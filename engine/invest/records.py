"""What the books keep of pies, slices and lots: plain records and columns that cross the store's border."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.invest.core.columns import Weights
from ledger.accounts import Int64s

CONVERSION_PATH: Final = "conversion:trades"
"""The system account of each asset that its trades pass through; that of money holds the cost of all open lots."""

NO_BAND_BP: Final = -1


class SliceState(IntEnum):
    """Where a slice stands (ruling 24)."""

    HELD = 0  # part of the pie
    LEFT = 1  # out of the pie by a change of weights: no trade by itself, later flows sell it first
    REMOVING = 2  # to be sold in the next window, the money goes back to the same inner pie


class PieMode(IntEnum):
    """How deposits and withdrawals run down a tree (investing.md D6)."""

    FLATTENED = 0
    LEVEL_BY_LEVEL = 1


class LotOrder(IntEnum):
    """Which lots are sold first."""

    M1 = 0
    FIFO = 1
    LIFO = 2
    HIFO = 3
    LEAST_TAX = 4
    SPECIFIC = 5  # named by the order itself


class Dividends(IntEnum):
    """Where a dividend goes."""

    CASH = 0
    REINVEST = 1
    SWEEP = 2


@dataclass(frozen=True, slots=True)
class PieVersion:
    """One version of an account's pie: the document and its terms as canonical JSON; used from book seq `seq` on."""

    account: int
    customer: int
    version: int
    seq: int
    day: int
    recorded: int
    document: str
    terms: str


@dataclass(frozen=True, slots=True)
class InvestAccounts:
    """n invest accounts that have a pie: their terms now, a column each; ascending by account.

    `bands` are basis points, NO_BAND_BP for none. `every` is 0 never, 1 month, 2 quarter, 3 year. `slots` is a mask:
    1 morning, 2 afternoon. `rebalanced` is the day of the last full rebalance, or NEVER. `broker` names the account
    at the broker.
    """

    account: Int64s
    customer: Int64s
    version: Int64s
    auto: Int64s
    minimum_cash: Int64s
    threshold: Int64s
    mode: Int64s
    leave_cash: Int64s
    absolute_bp: Int64s
    relative_bp: Int64s
    on_bands: Int64s
    every: Int64s
    cooldown_days: Int64s
    rebalanced: Int64s
    lot_order: Int64s
    slots: Int64s
    dividends: Int64s
    short_bp: Int64s
    long_bp: Int64s
    broker: Sequence[str]

    def __len__(self) -> int:
        """Number of accounts."""
        return len(self.account)


@dataclass(frozen=True, slots=True)
class Slices:
    """m slices, ascending by (account, place): a security's place in a pie and the units it owns there.

    `slice` numbers the slices of an account from 1 and is never given again. `weight` is the flattened weight as a
    whole number, 0 for one that left; only proportions within an account count. `path` is "core/VTI".
    """

    account: Int64s
    slice: Int64s
    customer: Int64s
    asset: Int64s
    place: Int64s
    weight: Weights
    state: Int64s
    units: Int64s
    path: Sequence[str]

    def __len__(self) -> int:
        """Number of slices."""
        return len(self.account)


def no_slices() -> Slices:
    """No slice."""
    none = np.zeros(0, np.int64)
    return Slices(none, none, none, none, none, none, none, none, [])


@dataclass(frozen=True, slots=True)
class SliceRow:
    """One slice as it is to be stored; units are kept by lot moves alone."""

    account: int
    slice: int
    customer: int
    asset: int
    place: int
    weight: int
    state: int
    path: str


class MoveKind(IntEnum):
    """Why a lot changed."""

    BUY = 1
    SELL = 2
    SPLIT = 3
    RENAMED = 4  # out of the old security's lot, into the new one's
    SLICE = 5  # to another slice of the same account; the lot stays the same or is parted
    ACCOUNT = 6  # to another account of the household
    BASIS = 7  # cost changed, units did not (return of capital)


@dataclass(frozen=True, slots=True)
class LotRow:
    """One lot as it is now. A lot without units is closed and kept."""

    lot: int
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


@dataclass(frozen=True, slots=True)
class LotMove:
    """A change of one lot. `units` and `cost` are signed; `proceeds`, `gain` and `long` belong to sales alone.

    The first move of a lot opens it in `slice`: `day` is then its trade day and `held_from` its holding period's
    first. A SLICE move without units moves the whole lot to `slice`; a part is moved by two moves with units, one
    that takes from the lot and one that opens another. The writer folds moves into lots and into the units of slices:
    nothing else does.
    """

    lot: int
    customer: int
    account: int
    slice: int
    asset: int
    kind: MoveKind
    units: int
    cost: int
    day: int
    held_from: int = 0
    proceeds: int = 0
    gain: int = 0
    long: bool = False
    other: int = 0  # the lot it came from or went to


@dataclass(frozen=True, slots=True)
class StoredMove:
    """A lot move as it was kept: at book seq `seq` (the first transfer of its journal, or the next seq of the time)."""

    seq: int
    move: LotMove


@dataclass(frozen=True, slots=True)
class SeenFacts:
    """Market facts that a night's rules read, a row each, kept so that the night can be explained (ruling 50).

    `kind` names the fact; `account` is 0 for a fact of a security, `asset` 0 for one of an account.
    """

    customer: Int64s
    account: Int64s
    kind: Int64s
    asset: Int64s
    sessions: Int64s
    value: Int64s
    known: Int64s

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> SeenFacts:
        """The rows at `index`."""
        return SeenFacts(*(getattr(self, field.name)[index] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class NewSecurity:
    """A security to be known as an asset: its symbol and the decimals of its units."""

    symbol: str
    scale: int
