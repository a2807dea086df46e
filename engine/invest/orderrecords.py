"""What the books keep of orders and windows: intents of people, blocks at brokers, their parts, prices used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from engine.invest.market import OrderState, Side


class IntentKind(IntEnum):
    """What a person, a program or a rule asks of the next window."""

    BUY = 1
    SELL = 2
    REBALANCE = 3
    REMOVE = 4
    RAISE = 5  # sell, settle, transfer out: one job


class IntentState(IntEnum):
    """How far an intent has come; those of a raise in order. The last four are final."""

    WAITING = 1
    WORKING = 2  # in a window
    SETTLING = 3  # a raise: sold, not settled yet
    DONE = 4
    PARTLY = 5
    CANCELLED = 6
    REFUSED = 7


OPEN_STATES: Final = (IntentState.WAITING, IntentState.WORKING, IntentState.SETTLING)


@dataclass(frozen=True, slots=True)
class Intent:
    """An order of a household. `path` is a slice or an inner pie, "" the whole account; `amount` cents, 0 for all.

    `lots` are (lot, units) chosen by name. `destination` is the account a raise pays into. `made` is the instant it
    was made, `day` and `slot` the window that took it last. `done` counts the cents bought, sold or paid out so far.
    """

    intent: int
    customer: int
    account: int
    kind: IntentKind
    path: str
    amount: int
    made: int
    key: str
    destination: int = 0
    lots: tuple[tuple[int, int], ...] = ()
    slot_wanted: int = 0  # 0 any
    state: IntentState = IntentState.WAITING
    day: int = 0
    slot: int = 0
    done: int = 0
    reason: str = ""


class Phase(IntEnum):
    """How far a window of a book has come; one commit each (ruling 26)."""

    PLANNED = 1
    SELLS_SENT = 2
    SELLS_FINAL = 3
    BUYS_PLANNED = 4
    BUYS_SENT = 5
    FINAL = 6


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window of one book. `fence` rises with each runner that takes it over, so that a late one cannot write.

    Until the instant `lease` no other runner takes it over. `grants` is the money that its buys may spend, as JSON,
    decided at its start (`engine/invest/windows/grants.py`).
    """

    day: int
    slot: int
    phase: Phase
    snapshot: str
    opens: int
    ends: int
    started: int
    finished: int
    fence: int
    lease: int = 0
    grants: str = "[]"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A block at the broker: everything of one security, side and phase of a window and broker account (ruling 26)."""

    client_id: str
    day: int
    slot: int
    attempt: int
    broker_account: str
    asset: int
    symbol: str
    side: Side
    units: int
    amount: int
    state: OrderState
    filled_units: int = 0
    price: int = 0
    fee: int = 0
    booked: bool = False
    changed: int = 0  # instant of the last change
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    """One slice's part of a block: what it asked for and what it got. `lots` are (lot, units) to be sold.

    `purpose` says why: "deposit", "rebalance", "remove", "sell", "raise", "buy", "dividend".
    """

    client_id: str
    account: int
    slice: int
    purpose: str
    intent: int
    customer: int
    units: int
    amount: int
    lots: tuple[tuple[int, int], ...] = ()
    filled_units: int = 0
    filled: int = 0  # cents paid or received, without the fee
    fee: int = 0


@dataclass(frozen=True, slots=True)
class KeptQuotes:
    """A price snapshot as a window used it: prices by asset, and the reasons of those it lacks."""

    snapshot: str
    instant: int
    source: str
    price: Mapping[int, int]
    missing: Mapping[int, str]
