"""The table of holds: how long money that came over a rail must not go where (ruling 18, products.md 1.10).

Rows are dated configuration. Several may match one arrival; for each destination the longest counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from engine.opendays import nth_after
from ledger.accounts import Int64s

ANY: Final = 0
"""In a row of the table: of every kind."""


class Destination(IntEnum):
    """Where money may go, as far as holds tell apart; the number is a row of `Layers.until`."""

    CASH = 0  # checking and high-yield cash
    INVEST = 1
    RETIREMENT = 2
    BORROW = 3
    OWN_BANK = 4  # the bank it came from
    OTHER_BANK = 5


DESTINATIONS: Final = len(Destination)


class Rail(IntEnum):
    """How money came."""

    ACH = 1
    WIRE = 2
    TRANSFER_IN = 3  # holdings from another broker
    SALE = 4
    DIVIDEND = 5
    INTERNAL = 6


class Direction(IntEnum):
    """Whether it comes in or goes out."""

    IN = 1
    OUT = 2


class Calendar(IntEnum):
    """What days of a hold are counted in (ruling 3)."""

    BANK_DAYS = 1
    SESSIONS = 2
    DAYS = 3


@dataclass(frozen=True, slots=True)
class HoldTerm:
    """A row of the table: rail, direction, kind of account (ANY: all), days by a calendar, forbidden destinations."""

    rail: Rail
    direction: Direction
    kind: int
    days: int
    calendar: Calendar
    forbids: tuple[Destination, ...]


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Bank business days and exchange sessions, ascending, far enough ahead for the longest hold."""

    bank: Int64s
    sessions: Int64s


@dataclass(frozen=True, slots=True)
class Arrival:
    """n amounts that arrived over one rail: account kind and business day of each (n,)."""

    rail: Rail
    direction: Direction
    kind: Int64s
    day: Int64s


def until(table: Sequence[HoldTerm], arrival: Arrival, days: OpenDays) -> Int64s:
    """The first day from which each amount may go to each destination: (DESTINATIONS, n).

    That is the day it arrived where no row forbids it. Raises ValueError where the open days end too early.
    """
    found = np.tile(arrival.day, (DESTINATIONS, 1))
    for term in table:
        if (term.rail, term.direction) == (arrival.rail, arrival.direction):
            which = np.flatnonzero((arrival.kind == term.kind) | (term.kind == ANY))
            free = _counted(term, arrival.day[which], days)
            for destination in term.forbids:
                found[destination, which] = np.maximum(found[destination, which], free)
    return found


def settles_on(table: Sequence[HoldTerm], arrival: Arrival, days: OpenDays) -> Int64s:
    """The day (n,) on which money that goes out over a rail has arrived: the longest of the rows that match."""
    latest: Int64s = until(table, arrival, days).max(axis=0)
    return latest


def _counted(term: HoldTerm, day: Int64s, days: OpenDays) -> Int64s:
    if term.calendar is Calendar.DAYS:
        return day + term.days
    return nth_after(days.bank if term.calendar is Calendar.BANK_DAYS else days.sessions, day, term.days)
