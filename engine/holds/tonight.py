"""Holds in one night: what may not go where while the rules decide, and what their moves leave (ruling 18).

A night reads the purse (`eve`) with what it books before the rules: deposits that settle this very night are under
their holds already. `held` goes into the guards; `after_moves` follows the legs that were booked, `keep` writes the
layers that changed. A preview does the same without the last. A book without layers costs one empty read.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.dated.history import Dated
from engine.guards import Bounds, Held, no_held
from engine.holds.layers import Layers, packed, released
from engine.holds.purse import Purse, free_on, moved, purse_of
from engine.holds.table import KIND_WORDS
from engine.holds.work import HoldWork
from engine.waterfall import summed
from ledger.accounts import Accounts, Int64s
from ledger.batch import Transfers

Seen = tuple[Accounts, Int64s]
"""The accounts that rules see, in any order, and the kind of each."""


def eve(layers: Layers, before: Seen, booked: Transfers, when: tuple[Dated, int]) -> Purse:
    """The purse after what the night books before its rules; `layers` are those that there are before it.

    `before` has the balances before `booked`, the night's transfers so far in their order: settled ones, interest,
    charges, fees. `when` is the configuration and the night's day. Nothing is written. Raises SluiceError
    `config_missing`.
    """
    dated, day = when
    return moved(purse_of(layers, before, booked, day), booked, dated, day)


def held(purse: Purse, day: int) -> Held:
    """Cents of each account that may not go to each other account of its household on that day.

    A pair stands here as soon as any account of the household holds money back from the destination, with zero where
    the source itself does not: `passed_on` counts what reaches it before the night is over.
    """
    if len(purse.layers) == 0:
        return no_held()
    source, destination = _pairs(purse)
    cents = _held_back(purse, (source, destination), day)
    some = summed(cents, destination, len(purse.account))[destination] > 0
    return Held(purse.account[source[some]], purse.account[destination[some]], cents[some])


def passed_on(bounds: Bounds, held: Int64s, legs: tuple[Int64s, Int64s, Int64s]) -> Int64s:
    """What is held back (beside `bounds.held_key`) after legs: (source, destination) entries and cents of each.

    Money takes its restrictions along: as much as went, and no more than the source held back, is held back at the
    other end too. No account is the source of two of the legs. This is never too little; the exact layers are worked
    out when the night is booked.
    """
    if len(held) == 0:
        return held
    source, destination, amount = legs
    order = np.argsort(source)
    width = len(bounds.counts)
    at = np.minimum(np.searchsorted(source[order], bounds.held_key // width), max(len(source) - 1, 0))
    leg = order[at] if len(order) else at
    out = np.flatnonzero((source[leg] == bounds.held_key // width) & (held > 0)) if len(order) else leg[:0]
    key = destination[leg[out]] * width + bounds.held_key[out] % width
    there = np.minimum(np.searchsorted(bounds.held_key, key), len(held) - 1)
    ours = bounds.held_key[there] == key
    after = held.copy()
    np.add.at(after, there[ours], np.minimum(amount[leg[out]], held[out])[ours])
    return after


def after_moves(purse: Purse, moves: Transfers, dated: Dated, day: int) -> Purse:
    """The purse after the moves of the night's rules, in the order in which they are booked."""
    return moved(purse, moves, dated, day)


def keep(work: HoldWork, purse: Purse, day: int) -> None:
    """Write the layers of the accounts whose layers are not what the books have; expired and empty ones are gone."""
    now = replace(purse, layers=released(purse.layers, day)).layers
    accounts = _changed(purse.stored, now)
    if len(accounts):
        work.set_layers(accounts, now.take(np.isin(now.account, accounts)))


def _pairs(purse: Purse) -> tuple[Int64s, Int64s]:
    """Places of every two accounts of a household of which the first can hold money back."""
    order = np.argsort(purse.customer, kind="stable")
    customer = purse.customer[order]
    first, last = np.searchsorted(customer, customer), np.searchsorted(customer, customer, side="right")
    count = last - first
    source = np.repeat(np.arange(len(order)), count)
    destination = np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    source, destination = order[source], order[destination]
    holds = (source != destination) & np.isin(purse.kind[source], list(KIND_WORDS))
    return source[holds], destination[holds]


def _held_back(purse: Purse, pairs: tuple[Int64s, Int64s], day: int) -> Int64s:
    """Cents of the first account of each pair that may not go to the second on that day."""
    source, destination = pairs
    at = np.searchsorted(purse.account, purse.layers.account)
    order = np.argsort(at, kind="stable")
    first = np.searchsorted(at[order], source)
    count = np.searchsorted(at[order], source, side="right") - first
    pair = np.repeat(np.arange(len(source)), count)
    layer = order[np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)]
    layers = purse.layers.take(layer)
    stays = free_on(layers, purse.account[destination[pair]], purse.kinds) > day
    return summed(layers.amount[stays], pair[stays], len(source))


def _changed(before: Layers, after: Layers) -> Int64s:
    """The accounts, ascending, whose layers are not the same."""
    if len(before) == 0 and len(after) == 0:
        return after.account
    both = [packed(before), packed(after)]
    rows = [np.column_stack([one.account, one.arrived, one.origin, one.amount, *one.until]) for one in both]
    found, which = np.unique(np.concatenate(rows), axis=0, return_inverse=True)
    sign = np.concatenate([np.full(len(both[0]), -1, np.int64), np.ones(len(both[1]), np.int64)])
    return np.unique(found[summed(sign, which.reshape(-1), len(found)) != 0, 0])
