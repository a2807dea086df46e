"""What the engine asks of the markets: prices, sessions, corporate actions and brokers, as protocols and plain records.

`market/` fills the protocols; nothing here touches a network or a clock. Prices are whole millionths of a currency
unit (`PRICE_SCALE` decimals), units of a security whole billionths (`UNIT_SCALE`, crypto eight decimals; ruling 10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol

PRICE_SCALE: Final = 6
"""Decimals of a price."""

UNIT_SCALE: Final = 9
"""Decimals of the units of every security but crypto."""

CRYPTO_SCALE: Final = 8
"""Decimals of the units of crypto."""


class Side(IntEnum):
    """Which way an order goes; sells run first."""

    SELL = 1
    BUY = 2


@dataclass(frozen=True, slots=True)
class Listing:
    """A security as the market knows it. `synthetic` prices are made up and say so wherever they show."""

    symbol: str
    name: str
    kind: str  # "stock", "etf" or "crypto"
    scale: int
    active: bool
    synthetic: bool


@dataclass(frozen=True, slots=True)
class Quotes:
    """One snapshot of prices. A symbol without a usable price is in `missing` with the reason; it is never zero.

    `price` is in millionths. The same `snapshot` id always stands for the same prices.
    """

    snapshot: str
    instant: int  # microseconds
    source: str
    price: Mapping[str, int]
    missing: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Session:
    """A session of the exchange: its date as a day number, its opening and close as instants."""

    day: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Window:
    """A trade window: `slot` 1 in the morning, 2 in the afternoon, 3 and more for continuous mode and single orders.

    `opens` and `ends` are instants: orders entered before `opens` take part; `ends` is the session's close.
    """

    day: int
    slot: int
    opens: int
    ends: int


class ActionKind(IntEnum):
    """Corporate actions."""

    SPLIT = 1
    DIVIDEND = 2
    RENAMED = 3


@dataclass(frozen=True, slots=True)
class CorporateAction:
    """What a company does to its shares.

    `ex_day` is the first session on which the shares trade without it. A split gives `top` new for `bottom` old
    units. A dividend pays `rate` millionths a share on `pay_day`; `return_of_capital` marks one that is no income.
    A renamed security is `successor` from `ex_day` on.
    """

    id: str
    kind: ActionKind
    symbol: str
    ex_day: int
    pay_day: int = 0
    top: int = 1
    bottom: int = 1
    rate: int = 0
    return_of_capital: bool = False
    successor: str = ""


class Market(Protocol):
    """Prices, sessions and corporate actions."""

    def listings(self, symbols: Sequence[str]) -> dict[str, Listing]:
        """Listings of those of these symbols that are known."""

    def quotes(self, symbols: Sequence[str], instant: int) -> Quotes:
        """Prices as known at the instant; one that is missing, not positive or stale is left out with the reason."""

    def closes(self, symbol: str, first: int, last: int) -> Sequence[tuple[int, int]]:
        """(day, close in millionths) of the sessions from `first` to `last`, as traded, ascending."""

    def actions(self, first: int, last: int) -> Sequence[CorporateAction]:
        """Corporate actions whose ex day or pay day lies between, ascending by (ex day, id)."""

    def sessions(self, first: int, last: int) -> Sequence[Session]:
        """Sessions of the exchange whose dates lie between, ascending."""

    def settles(self, day: int) -> int:
        """The session after `day`: a trade settles so many of them later (`engine.dated.trading.settling`)."""


class OrderState(IntEnum):
    """How an order stands with its broker. UNKNOWN is not failed: only asking again closes it."""

    NEW = 1  # stored, not sent
    SENT = 2  # accepted, may still fill
    FILLED = 3
    PARTIAL = 4  # final: a part was filled, the rest is off
    REJECTED = 5
    CANCELLED = 6  # final, nothing filled
    UNKNOWN = 7


FINAL: Final = frozenset({OrderState.FILLED, OrderState.PARTIAL, OrderState.REJECTED, OrderState.CANCELLED})
"""States that do not change any more."""

OPEN: Final = (OrderState.NEW, OrderState.SENT, OrderState.UNKNOWN)
"""States of orders that may still change."""


@dataclass(frozen=True, slots=True)
class BlockOrder:
    """One market order of a block. A sell names its `units`, a buy its `amount` in cents (ruling 27); the other is 0.

    `client_id` is the idempotency key: a broker that has seen it answers what became of that order, and never makes a
    second one.
    """

    client_id: str
    broker_account: str
    symbol: str
    scale: int
    side: Side
    units: int
    amount: int


@dataclass(frozen=True, slots=True)
class BrokerFill:
    """What a broker says of an order: units so far, the average price in millionths, fees in cents, and its state."""

    state: OrderState
    units: int = 0
    price: int = 0
    fee: int = 0
    reason: str = ""


class Broker(Protocol):
    """A broker. Every method may raise `BrokerSilentError` where no answer came: the fate of the order is unknown."""

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """Send an order, or find the one with this client id; never raises for a rejection."""

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """What became of an order; None where the broker surely never saw it."""

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """Ask to take the rest of an order off, and give its state; None where the broker never saw it."""


class BrokerSilentError(Exception):
    """No answer, or none that can be read: the order may or may not have arrived."""
