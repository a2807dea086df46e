"""`invest_drift`: the least cash whose deposit leaves no leaf outside of its bands (rules.md 4, ruling 23).

More cash is not always better: before it is bought, a leaf that was inside can sink below an absolute band. So cash is
raised from nothing. Every leaf that a deposit leaves outside says how much the pie must hold at least: one above its
weight, until it is small enough a part; one below, until the level has come up to its band. That is exact and skips
nothing but lucky roundings of single cents; a last walk goes down cent by cent as long as nothing falls outside.
"""

from typing import Final

import numpy as np

from engine.invest.core.bands import NO_BAND, Bands, breached, outside
from engine.invest.core.columns import Block, Flags, Pies, Refusal, Whole, blocks
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import deposit
from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT
from ledger.rounding import WHOLE_BP

NO_CASH_HELPS: Final = -1
"""A removed slice is still held, the pie's columns are refused, or the bands are too tight for cents."""

_STEPS: Final = 500


def invest_drift(pies: Pies, bands: Bands) -> Int64s:
    """Give of each pie (n,) the least cash in cents that leaves nothing outside, or `NO_CASH_HELPS`.

    Without any minimum order. Unless it is zero, one cent less would leave something outside.
    """
    cash = np.zeros(len(pies), np.int64)
    flags, refusal = breached(pies, bands)
    removed = flags & (pies.weight == 0)
    cash[(refusal != Refusal.NONE) | (pies.sums(removed) > 0)] = NO_CASH_HELPS
    todo = np.flatnonzero((pies.sums(flags) > 0) & (cash == 0))
    some, own = pies.take(todo), bands.take(todo)
    cash[todo] = _walked_down(some, own, _raised(some, own))
    return cash


def _raised(pies: Pies, bands: Bands) -> Int64s:
    cash = np.zeros(len(pies), np.int64)
    at = np.arange(len(pies))
    steps = 0
    while len(at) and steps < _STEPS:
        some, own = pies.take(at), bands.take(at)
        flags = _after(some, own, cash[at])
        short = some.sums(flags) > 0
        more = _more(some, own, cash[at], flags)
        cash[at] = np.where(short, more, cash[at])
        at = at[short & (more != NO_CASH_HELPS)]
        steps += 1
    cash[at] = NO_CASH_HELPS
    return cash


def _walked_down(pies: Pies, bands: Bands, cash: Int64s) -> Int64s:
    at = np.flatnonzero(cash > 0)
    steps = 0
    while len(at) and steps < _STEPS:
        some, own = pies.take(at), bands.take(at)
        at = at[some.sums(_after(some, own, cash[at] - 1)) == 0]
        cash[at] -= 1
        steps += 1
    return cash


def _after(pies: Pies, bands: Bands, cash: Int64s) -> Flags:
    """The leaves (m,) that are outside after a deposit."""
    buys = deposit(pies, cash, Terms.alike(len(pies))).trade
    after = Pies(pies.start, pies.weight, pies.value + buys, pies.blocked)
    return outside(after, bands, np.ones(len(pies), np.bool_))


def _more(pies: Pies, bands: Bands, cash: Int64s, flags: Flags) -> Int64s:
    found = cash.copy()
    for which, place, block in blocks(pies, np.ones(len(pies), np.bool_)):
        money = cash[which].astype(np.object_)
        held = np.where(block.free, block.value, 0).astype(np.object_)
        exact = Block(np.where(block.free, block.weight, 0).astype(np.object_), held, flags[place])
        least = np.maximum(_needed(exact, bands.take(which), money) - held.sum(axis=0), money + 1)
        found[which] = np.where(least > MAX_AMOUNT, NO_CASH_HELPS, least).astype(np.int64)
    return found


def _needed(block: Block, bands: Bands, money: Whole) -> Whole:
    """The least that a pie must be worth (c,) for the leaves that are outside; `free` marks those here."""
    weight, value = block.weight, block.value
    weights, held = weight.sum(axis=0), value.sum(axis=0)
    worth = held + money
    above = block.free & (value * weights > weight * worth)
    room = weight * WHOLE_BP + _edge(bands, weight, weights)
    most = np.where(above, _ceil(value * weights * WHOLE_BP, np.maximum(room, 1)), 0).max(axis=0)
    # the heaviest leaf below its band asks for the highest level: 1 - band / weight of what would be level
    heaviest = np.where(block.free & ~above, weight, 0).max(axis=0)
    bottom = heaviest * WHOLE_BP
    top = np.maximum(bottom - _edge(bands, heaviest, weights), 0)
    while True:
        low = value * weights * bottom < weight * worth * top
        rest = held - np.where(low, value, 0).sum(axis=0)
        share = weights * bottom - np.where(low, weight, 0).sum(axis=0) * top
        higher = np.maximum(worth, _ceil(rest * weights * bottom, np.maximum(share, 1)))
        if (higher == worth).all():
            needed: Whole = np.maximum(most, worth)
            return needed
        worth = higher


def _edge(bands: Bands, weight: Whole, weights: Whole) -> Whole:
    """The tighter band of a leaf, in basis points of the whole times the sum of the weights; 0 without bands."""
    absolute, relative = bands.absolute.astype(np.object_) * weights, bands.relative.astype(np.object_) * weight
    tighter = np.where(bands.relative == NO_BAND, absolute, np.minimum(absolute, relative))
    edge: Whole = np.maximum(np.where(bands.absolute == NO_BAND, relative, tighter), 0)
    return edge


def _ceil(top: Whole, bottom: Whole) -> Whole:
    up: Whole = -(-top // bottom)
    return up
