"""Guards of a night as they are kept, a row each, and read again for its explanation (ruling 50)."""

from typing import Final

import numpy as np

from engine.guards import Guards, Held, Margin, Rooms
from engine.invest.records import SeenFacts
from engine.ports import BookWork, Population
from ledger.accounts import Int64s

EXCESS: Final = 100
COUNTS: Final = 101
HELD: Final = 102
ROOM: Final = 103
PROMISED: Final = 104
"""Kinds of kept facts, beyond those of the market."""


def kept_guards(guards: Guards, population: Population) -> SeenFacts:
    """The rows to be kept. `asset` is the other account of a hold, or the place of a room."""
    margin, held, rooms = guards.margin, guards.held, guards.rooms
    accounts = population.accounts
    order = np.argsort(accounts.account) if len(margin.counts) + len(held.source) + len(rooms.account) else None

    def owner(account: Int64s) -> Int64s:
        if order is None:
            return account
        found: Int64s = accounts.customer[order][np.searchsorted(accounts.account[order], account)]
        return found

    none = np.zeros(len(margin.customer), np.int64)
    some = margin.promised > 0
    counted = np.zeros(len(margin.counts), np.int64)
    rows = (
        (margin.customer, none, none + EXCESS, none, margin.excess),
        (margin.customer[some], none[some], none[some] + PROMISED, none[some], margin.promised[some]),
        (owner(margin.counts), margin.counts, counted + COUNTS, counted, counted),
        (owner(held.source), held.source, np.full(len(held.source), HELD), held.destination, held.cents),
        (owner(rooms.account), rooms.account, np.full(len(rooms.account), ROOM), rooms.room, rooms.cents[rooms.room]),
    )
    customer, account, kind, asset, value = (np.concatenate(column) for column in zip(*rows, strict=True))
    zero = np.zeros(len(kind), np.int64)
    return SeenFacts(customer, account, kind, asset, zero, value, zero + 1)


def seen_guards(work: BookWork, day: int, customer: int) -> Guards:
    """What bounded the moves of one household on the night of a day, for `PastNight.with_guards`."""
    seen = work.seen(day, customer)

    def of(kind: int) -> SeenFacts:
        rows = seen.take(seen.kind == kind)
        return rows.take(np.lexsort((rows.asset, rows.account)))

    excess, counts, held, room = (of(kind) for kind in (EXCESS, COUNTS, HELD, ROOM))
    places, place = np.unique(room.asset, return_inverse=True)
    cents = np.zeros(len(places), np.int64)
    cents[place] = room.value
    promised = np.full(len(excess.customer), of(PROMISED).value.sum())
    return Guards(
        margin=Margin(excess.customer, excess.value, promised, counts.account),
        held=Held(held.account, held.asset, held.value),
        rooms=Rooms(room.account, place.astype(np.int64), cents),
    )
