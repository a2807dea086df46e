"""From an allowed amount to legs: capacities, rooms, shares, and who gives to whom (rules.md 6.6 to 6.9)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.holds.tonight import passed_on
from engine.rows import Rows
from engine.running import Running
from engine.snapshot import NO_LIMIT
from ledger.accounts import Int64s, Kind
from ledger.rounding import split_by_largest_remainder
from rules.shapes import PLACE_WORDS

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spread:
    """How an amount would move: what each source can give and does, what each destination has room for and gets.

    Lists in the order of the document, an array over the rows each; cents. `held` is the sum of the capacities,
    `gross` is G, `total` is T of rules.md 6.
    """

    capacity: list[Int64s]
    room: list[Int64s]
    taken: list[Int64s]
    given: list[Int64s]
    held: Int64s
    gross: Int64s
    total: Int64s


def spread(run: Running, rows: Rows, allowed: Int64s) -> Spread:
    """Spread the allowed amount over sources and destinations."""
    capacity = _margin_kept(run, rows, _capacities(run, rows))
    held = sum(capacity, start=np.zeros(len(rows), np.int64))
    gross = np.minimum(allowed, held)
    room, given = _give(run, rows, gross)
    total = sum(given, start=np.zeros(len(rows), np.int64))
    return Spread(capacity, room, _take(capacity, total), given, held, gross, total)


def places(first: int, count: int) -> range:
    """Places of the sources or destinations of a shape."""
    return range(first, first + PLACE_WORDS * count, PLACE_WORDS)


def _capacities(run: Running, rows: Rows) -> list[Int64s]:
    """What each source may give: what it has above its floor, `leave`, and money under a hold for any destination."""
    found: list[Int64s] = []
    for place in places(rows.layout.sources, rows.shape.sources):
        account = rows.account(place)
        leave, at_most = rows.numbers[place + 1], rows.numbers[place + 2]
        kept = np.maximum(run.snapshot.floor[account], leave)
        if len(run.snapshot.bounds.held_key):
            held = held_back(run, rows, account)
            kept = np.where(held > 0, np.maximum(kept, held), kept)
        found.append(np.maximum(0, np.minimum(run.balance(account) - kept, at_most)))
    return found


def held_back(run: Running, rows: Rows, account: Int64s) -> Int64s:
    """Cents of a source that may not go to some destination of the rule today; all of them stay."""
    most = np.zeros(len(rows), np.int64)
    for place in places(rows.layout.destinations, rows.shape.destinations):
        most = np.maximum(most, run.snapshot.bounds.held_back(run.held, account, rows.account(place)))
    return most


def _margin_kept(run: Running, rows: Rows, capacity: list[Int64s]) -> list[Int64s]:
    """The capacities with which no excess falls below zero (ruling 14).

    Sources that count for a secured line give together no more than its excess less what is promised to raises, unless
    every destination counts too; while a call is open the line itself gives nothing.
    """
    bounds, counts = run.snapshot.bounds, run.snapshot.bounds.counts
    if not counts.any():
        return capacity
    inside = np.ones(len(rows), np.bool_)
    for place in places(rows.layout.destinations, rows.shape.destinations):
        inside &= counts[rows.account(place)]
    excess = run.excess[rows.customer]
    left = np.where(inside, NO_LIMIT, np.maximum(excess - bounds.promised[rows.customer], 0))
    found: list[Int64s] = []
    for place, most in zip(places(rows.layout.sources, rows.shape.sources), capacity, strict=True):
        account = rows.account(place)
        own = np.where(counts[account], left, NO_LIMIT)
        own = np.where(counts[account] & (run.snapshot.kind[account] == Kind.BORROW) & (excess < 0), 0, own)
        given = np.minimum(most, own)
        left = np.where(counts[account], left - given, left)
        found.append(given)
    return found


def _give(run: Running, rows: Rows, gross: Int64s) -> tuple[list[Int64s], list[Int64s]]:
    at = list(places(rows.layout.destinations, rows.shape.destinations))
    asked: list[Int64s] | None = None
    if rows.shape.shared:
        asked = list(split_by_largest_remainder(gross, np.stack([rows.numbers[place + 1] for place in at])))
    rooms: list[Int64s] = []
    given: list[Int64s] = []
    left = gross
    used: list[tuple[Int64s, Int64s]] = []
    for number, place in enumerate(at):
        account = rows.account(place)
        ira_left = _room_left(run, account, used)
        room = np.minimum(run.snapshot.ceiling[account], rows.numbers[place + 2]) - run.expected(account)
        is_ira = run.snapshot.kind[account] == Kind.IRA
        room = np.maximum(0, np.where(is_ira, np.minimum(room, ira_left), room))
        give = np.minimum(left if asked is None else asked[number], room)
        left = left - give
        used.append((run.snapshot.bounds.room_of[account], np.where(is_ira, give, 0)))
        rooms.append(room)
        given.append(give)
    return rooms, given


def _room_left(run: Running, account: Int64s, used: list[tuple[Int64s, Int64s]]) -> Int64s:
    """What is left of the room to contribute that each account shares, after earlier destinations of the rule."""
    mine = run.snapshot.bounds.room_of[account]
    left: Int64s = run.room[mine]
    for place, given in used:
        left = left - np.where(place == mine, given, 0)
    return left


def _take(capacity: list[Int64s], total: Int64s) -> list[Int64s]:
    taken: list[Int64s] = []
    left = total
    for most in capacity:
        take = np.minimum(most, left)
        left = left - take
        taken.append(take)
    return taken


@dataclass(frozen=True, slots=True)
class Legs:
    """Single transfers of moves: leg `number` (from 0) of the rule of `rank` of customer index `customer`.

    Accounts are entries of the snapshot. `pending` where either account is a bank. All int64 but `pending`.
    """

    rank: Int64s
    customer: Int64s
    number: Int64s
    source: Int64s
    destination: Int64s
    amount: Int64s
    pending: Flags


def legs_of(run: Running, rows: Rows, rank: int, how: Spread) -> list[Legs]:
    """The overlaps of what is taken and what is given, laid side by side: a part for each pair that overlaps."""
    parts: list[Legs] = []
    number = np.zeros(len(rows), np.int64)
    source_ends, given_ends = np.cumsum(how.taken, axis=0), np.cumsum(how.given, axis=0)
    for i, source_place in enumerate(places(rows.layout.sources, rows.shape.sources)):
        for j, given_place in enumerate(places(rows.layout.destinations, rows.shape.destinations)):
            first = np.maximum(source_ends[i] - how.taken[i], given_ends[j] - how.given[j])
            amount = np.minimum(source_ends[i], given_ends[j]) - first
            some = np.flatnonzero(amount > 0)
            if len(some) == 0:
                continue
            source, destination = rows.account(source_place)[some], rows.account(given_place)[some]
            kind = run.snapshot.kind
            pending = (kind[source] == Kind.BANK) | (kind[destination] == Kind.BANK)
            ranks = np.full(len(some), rank, np.int64)
            parts.append(Legs(ranks, rows.customer[some], number[some], source, destination, amount[some], pending))
            number[some] += 1
    return parts


def shift(run: Running, legs: Legs) -> None:
    """Change the running balances by legs of one pair of places: no account stands in two of them."""
    at_once = np.where(legs.pending, 0, legs.amount)
    later = legs.amount - at_once
    run.posted[legs.source] -= at_once
    run.posted[legs.destination] += at_once
    run.pending_out[legs.source] += later
    run.pending_in[legs.destination] += later
    bounds, counts = run.snapshot.bounds, run.snapshot.bounds.counts
    if len(run.held):
        run.held[:] = passed_on(bounds, run.held, (legs.source, legs.destination, at_once))
    if counts.any():
        run.excess[legs.customer] += at_once * counts[legs.destination] - legs.amount * counts[legs.source]


def lower_ira_room(run: Running, rows: Rows, how: Spread) -> None:
    """Take what moved into IRAs off the customers' contribution room."""
    for give, place in zip(how.given, places(rows.layout.destinations, rows.shape.destinations), strict=True):
        account = rows.account(place)
        room = run.snapshot.bounds.room_of[account]
        counted = (run.room[room] < NO_LIMIT) & (run.snapshot.kind[account] == Kind.IRA)
        np.subtract.at(run.room, room[counted], give[counted])
