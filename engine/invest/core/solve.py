"""The three exact splits on a block: deposit, withdrawal, full (investing.md 2.0, D3 to D5, rulings 21 and 22).

Each takes a block (k, c) and an amount of cents a pie (c,), and gives signed cents a slice (k, c), int64. Blocked
slices and those that are not free get none. Levels are found by dropping slices that lie beyond the level until none
does: only products are compared, nothing is divided. Every split is by largest remainder, ties to the earlier slice.
"""

from collections.abc import Callable

import numpy as np

from engine.invest.core.columns import Block, Flags, Whole
from ledger.accounts import Int64s

Solve = Callable[[Block, Whole], Int64s]
Beside = Callable[[Whole, Whole], Flags]


def deposit(block: Block, money: Whole) -> Int64s:
    """Buy for `money`, zero or more: raise the lowest ratios of value to weight together until it is spent.

    Where no free slice has a weight, nothing is bought.
    """
    weight, value, total = _level(block, money, money > 0, np.less)
    weights = np.maximum(weight.sum(axis=0), 1)
    parts, remainder = _divided(weight * total, weights)
    return _hand_out(parts - value, remainder, weight > 0, money)


def withdraw(block: Block, money: Whole) -> Int64s:
    """Sell for -`money`: removed slices first, then lower the highest ratios together; nothing for `money` above zero.

    Where the free slices are worth less, all of them are sold.
    """
    value = np.where(block.free, block.value, 0)
    amount = np.minimum(np.maximum(-money, 0), value.sum(axis=0))
    removed = np.where(block.weight == 0, value, 0)
    gone = removed.sum(axis=0)
    first = np.minimum(amount, gone)
    sales = np.zeros(value.shape, np.int64)
    if np.any(gone > 0):
        parts, remainder = _divided(removed * first, np.maximum(gone, 1))
        sales = _hand_out(parts, remainder, removed > 0, first)
    return -(sales + _lower(block, amount - first))


def _lower(block: Block, rest: Whole) -> Int64s:
    weight, value, total = _level(block, -rest, rest > 0, np.greater)
    weights = np.maximum(weight.sum(axis=0), 1)
    parts, remainder = _divided(-(weight * total), weights)
    return _hand_out(value + parts, remainder, weight > 0, rest)


def _level(block: Block, money: Whole, some: Flags, beside: Beside) -> tuple[Whole, Whole, Whole]:
    """Find the slices (k, c) whose ratio lies on the right side of the level that they reach together with `money`.

    Gives their weights and values, zero for the others, and the value (c,) they have in the end. Where there is not
    `some` money there are none.
    """
    active = block.free & (block.weight > 0) & some
    weight, value = np.where(active, block.weight, 0), np.where(active, block.value, 0)
    weights = weight.sum(axis=0)
    while True:
        total = value.sum(axis=0) + money
        keep = beside(value * weights, weight * total)
        weight, value = weight * keep, value * keep
        fewer = weight.sum(axis=0)
        if (fewer == weights).all():
            return weight, value, total
        weights = fewer


def full(block: Block, money: Whole) -> Int64s:
    """Bring every free slice to its target of what the free slices and `money` (of either sign) are worth together.

    Where `money` takes more than they are worth, everything is sold; where no free slice has a weight, too.
    """
    value = np.where(block.free, block.value, 0)
    active = block.free & (block.weight > 0)
    weights = np.maximum(np.where(active, block.weight, 0).sum(axis=0), 1)
    total = np.maximum(value.sum(axis=0) + money, 0)
    parts, remainder = _divided(np.where(active, block.weight * total, 0), weights)
    targets = _hand_out(parts, remainder, active, total)
    return targets - value.astype(np.int64)


def _divided(product: Whole, by: Whole) -> tuple[Whole, Whole]:
    """Divide once: parts rounded down, and what remains of each, from zero to less than `by`.

    The product of the two may leave int64 by less than `by` below zero: it wraps around, its difference does not.
    """
    parts = product // by
    return parts, product - parts * by


def _hand_out(floored: Whole, remainder: Whole, among: Flags, total: Whole) -> Int64s:
    """Give the cents missing to the total one each to the largest remainders, ties to the earlier slice."""
    count = len(floored)
    parts = floored.astype(np.int64)
    missing = np.where(among.any(axis=0), total - parts.sum(axis=0), 0).astype(np.int64)
    some = np.flatnonzero(missing)
    if len(some):
        place = np.arange(count - 1, -1, -1)[:, np.newaxis]
        key = np.where(among[:, some], remainder[:, some] * count + place, -1)
        lowest = np.take_along_axis(np.sort(key, axis=0), count - missing[np.newaxis, some], axis=0)
        parts[:, some] += key >= lowest
    return parts
