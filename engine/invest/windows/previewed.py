"""What a preview says: sales with lots and taxes, buys, moves inside, leaves before and after, money; plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from engine.invest.lots.choose import Taken
from engine.invest.market import Window
from engine.invest.windows.planning import Planned

NO_PRICE: Final = "no_price"
BELOW_MINIMUM: Final = "below_minimum"
CASH: Final = "cash"
NOT_ASKED: Final = "not_asked"
"""Why a leaf stays outside of its band; the last: no rebalance was asked for."""


@dataclass(frozen=True, slots=True)
class SellLine:
    """A sale as it would go to market. `lots` are what it takes, with gains at the snapshot's price; cents.

    `tax` is an estimate at the account's own rates, below zero where losses would save some; an IRA pays none. `fee` is
    what regulators would take of it as a block of its own.
    """

    account: int
    path: str
    symbol: str
    purpose: str
    intent: int
    units: int
    amount: int
    lots: tuple[Taken, ...]
    short_gain: int
    long_gain: int
    tax: int
    fee: int = 0


@dataclass(frozen=True, slots=True)
class BuyLine:
    """A buy as it would go to market; `units` is what the amount buys at the snapshot's price."""

    account: int
    path: str
    symbol: str
    purpose: str
    intent: int
    units: int
    amount: int


@dataclass(frozen=True, slots=True)
class MoveLine:
    """Units that change slices inside of an account: nothing is sold, the lots come along."""

    account: int
    source: str
    target: str
    symbol: str
    units: int
    amount: int


@dataclass(frozen=True, slots=True)
class LeafLine:
    """A slice before and after, values in cents, drift in basis points of the pie (shown half-even).

    `why` is empty, or says why the slice stays outside of its band, or has no price, after the window; `reason` is the
    market's own sentence where it has no price.
    """

    account: int
    path: str
    symbol: str
    units: int
    value: int
    value_after: int
    drift_bp: int
    drift_after_bp: int
    outside: bool
    outside_after: bool
    why: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PurseLine:
    """An account's money in cents: settled cash before, what sales bring, buys spend and raises set aside, and after.

    Proceeds settle a session later; `after` counts them, less what regulators take of them.
    """

    account: int
    cash: int
    sales: int
    buys: int
    raised: int
    after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that the window would do. `refused` are (number of the intent, code, sentence)."""

    window: Window
    snapshot: str
    source: str
    purses: tuple[PurseLine, ...]
    sells: tuple[SellLine, ...]
    buys: tuple[BuyLine, ...]
    moves: tuple[MoveLine, ...]
    leaves: tuple[LeafLine, ...]
    refused: tuple[tuple[int, str, str], ...]
    planned: Planned

    def __bool__(self) -> bool:
        """Whether anything would be traded or moved."""
        return bool(self.sells or self.buys or self.moves)
