"""The one guard of every int64 product in this package, and what stands behind it (investing.md D1, ruling 10)."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from engine.invest.core.columns import Block, Flags
from ledger.accounts import Int64s

LARGEST: Final = int(np.iinfo(np.int64).max)


def fits(block: Block, money: Int64s, factor: int = 0) -> Flags:
    """Tell of each pie of an int64 block whether no step can overflow.

    With W the sum of the weights, T the value of all free slices plus |money|, and k the number of slices, the guard
    demands that max w · T, W · max v, max removed v · T, k · W and k · T stay below 2**63, and W · T · factor where a
    factor is given. Every product and sum that `engine/invest/core/solve.py` forms, and with its factor
    `engine/invest/core/bands.py`, is at most one of these. Values are at most 10**15 cents each.
    """
    value = np.where(block.free, block.value, 0)
    total = value.sum(axis=0) + np.abs(money)
    count = np.full_like(total, len(block.value))
    heaviest = block.weight.max(axis=0)
    weights = block.weight.sum(axis=0)  # wraps around only where the first demand fails
    removed = np.where(block.weight == 0, value, 0).max(axis=0)
    pairs = ((heaviest, count), (heaviest, total), (value.max(axis=0), weights), (removed, total), (weights, count))
    found = _below(total, count)
    for left, right in pairs:
        found &= _below(left, right)
    if factor:
        found &= weights <= LARGEST // factor // np.maximum(total, 1)
    return found


def _below(left: Int64s, right: Int64s) -> Flags:
    """Tell whether left · right, both zero or more, stays below 2**63, without multiplying."""
    small: Flags = left <= LARGEST // np.maximum(right, 1)
    return small


def split(block: Block, money: Int64s, factor: int = 0) -> Iterator[tuple[Int64s, Block]]:
    """Give a block's pies as int64 where the guard allows it, and as Python integers where not.

    Each part comes with the columns it has in the block. Weights are brought to lowest terms before int64 is given up.
    """
    small = fits(block, money, factor) if block.weight.dtype == np.int64 else np.zeros(len(money), np.bool_)
    if small.all():
        yield np.arange(len(money)), block
        return
    if small.any():
        yield np.flatnonzero(small), block.take(np.flatnonzero(small))
    beyond = np.flatnonzero(~small)
    rest = block.take(beyond).reduced()
    light: Flags = np.logical_and.reduce(rest.weight <= LARGEST, axis=0)
    held = np.flatnonzero(light)
    light[held] = fits(rest.take(held).narrow(), money[beyond[held]], factor)
    if light.any():
        yield beyond[light], rest.take(np.flatnonzero(light)).narrow()
    if not light.all():
        yield beyond[~light], rest.take(np.flatnonzero(~light)).exact()
