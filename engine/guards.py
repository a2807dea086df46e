"""What else bounds a night's moves besides balances: margin, holds, and room to contribute (rulings 14, 17, 18).

`Guards` names households and accounts by id, as the books give it; `Bounds` is the same spread over the entries of a
snapshot, so that the evaluation works on columns. A household without any of it costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lookup import placed
from ledger.accounts import Int64s

Flags = npt.NDArray[np.bool_]

FREE: Final = 10**18
"""An excess or a room that bounds nothing."""


@dataclass(frozen=True, slots=True)
class Margin:
    """Secured borrow lines: `excess` in cents of k households (ascending ids), and the accounts that count for it.

    `counts` are account ids, ascending: the lines themselves and the invest accounts whose cash is collateral. Money
    between two of them leaves the excess as it is; money that leaves them lowers it by as much. `promised` (k,) are
    cents that raises under way will still take away: no rule may have them, but they open no call.
    """

    customer: Int64s
    excess: Int64s
    promised: Int64s
    counts: Int64s


@dataclass(frozen=True, slots=True)
class Held:
    """Cents of source accounts that may not go to a destination today: (k,) each, once a (source, destination)."""

    source: Int64s
    destination: Int64s
    cents: Int64s


@dataclass(frozen=True, slots=True)
class Rooms:
    """Room to contribute: k accounts (ascending ids), the place of the room each shares, and the cents of each room."""

    account: Int64s
    room: Int64s
    cents: Int64s


@dataclass(frozen=True, slots=True)
class Guards:
    """All of them for one book or some of its households."""

    margin: Margin
    held: Held
    rooms: Rooms


def no_margin() -> Margin:
    """No secured line."""
    none = np.zeros(0, np.int64)
    return Margin(none, none, none, none)


def no_held() -> Held:
    """No money under a hold."""
    none = np.zeros(0, np.int64)
    return Held(none, none, none)


def no_rooms() -> Rooms:
    """No account with a person's room."""
    none = np.zeros(0, np.int64)
    return Rooms(none, none, none)


def no_guards() -> Guards:
    """Nothing is bounded."""
    return Guards(no_margin(), no_held(), no_rooms())


@dataclass(frozen=True, slots=True)
class Bounds:
    """Guards over the entries of a snapshot of n customers and m accounts.

    `excess` (n,), FREE without a secured line; `promised` (n,) of it are for raises; `counts` (m,). `held_key` ascends,
    a key is source entry × m + destination entry. `room_of` (m,) is the place of an account's room in `room`: the first
    n places are the households' own (ruling 62), further ones belong to persons.
    """

    excess: Int64s
    promised: Int64s
    counts: Flags
    held_key: Int64s
    held: Int64s
    room_of: Int64s
    room: Int64s

    def held_back(self, held: Int64s, source: Int64s, destination: Int64s) -> Int64s:
        """Cents of each source entry that may not go to the destination entry; `held` stands beside `held_key`."""
        if len(self.held_key) == 0:
            return np.zeros(len(source), np.int64)
        key = source * len(self.counts) + destination
        at = np.minimum(np.searchsorted(self.held_key, key), len(self.held_key) - 1)
        return np.where(self.held_key[at] == key, held[at], 0)


def bounds(guards: Guards, customer: Int64s, account: Int64s, owner: Int64s, own_room: Int64s) -> Bounds:
    """Spread guards over customers (ascending ids) and account entries; others are left out.

    `owner` (m,) is the customer index of each account entry, `own_room` (n,) the households' own rooms.
    """
    excess, promised = np.full(len(customer), FREE), np.zeros(len(customer), np.int64)
    counts = np.zeros(len(account), np.bool_)
    margin, held, rooms = guards.margin, guards.held, guards.rooms
    if len(margin.customer):
        at, ours = placed(customer, margin.customer)
        excess[at[ours]], promised[at[ours]] = margin.excess[ours], margin.promised[ours]
        counts = np.isin(account, margin.counts)
    order = np.argsort(account) if len(held.source) or len(rooms.account) else np.zeros(0, np.int64)
    key, cents = held.source[:0], held.cents[:0]
    if len(held.source):
        source, is_source = placed(account[order], held.source)
        there, is_there = placed(account[order], held.destination)
        both = is_source & is_there
        key = order[source[both]] * len(account) + order[there[both]]
        rank = np.argsort(key)
        key, cents = key[rank], held.cents[both][rank]
    room_of, room = owner, own_room
    if len(rooms.account):
        at, ours = placed(account[order], rooms.account)
        room_of = owner.copy()
        room_of[order[at[ours]]] = len(customer) + rooms.room[ours]
        room = np.concatenate([own_room, rooms.cents])
    return Bounds(excess, promised, counts, key, cents, room_of, room)
