"""From a pie's tree to columns: leaves with exact weights (`flattened`), or level below level (`level_by_level`).

A leaf's weight is the product of the fractions on its way, never rounded to basis points (investing.md D6). It is kept
as a whole number over a denominator that all leaves of the pie share, with nothing left to cancel.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import gcd

import numpy as np

from engine.invest.core.columns import Pies, Weights
from engine.invest.pies.pie import Pie
from ledger.accounts import Int64s
from ledger.rounding import WHOLE_BP


@dataclass(frozen=True, slots=True)
class Leaf:
    """A slice that is a security: where it stands, places from the outermost pie inwards, and its exact weight."""

    path: tuple[int, ...]
    symbol: str
    weight: int


@dataclass(frozen=True, slots=True)
class Flattened:
    """The leaves of a tree in display order, depth first; `whole` is the denominator of their weights and their sum."""

    leaves: tuple[Leaf, ...]
    whole: int


@dataclass(frozen=True, slots=True)
class Level:
    """The m slices of n pies that stand equally deep: `start` (n + 1), weights (m,), and what each slice is (m,).

    `child` counts the leaves of the batch in display order, or, as ~child, the pies of the level below. `owner` (n,) is
    the tree that a pie belongs to.
    """

    start: Int64s
    weight: Int64s
    child: Int64s
    owner: Int64s


@dataclass(frozen=True, slots=True)
class Trees:
    """A batch of n trees, level below level, and where the leaves of each begin (n + 1)."""

    levels: tuple[Level, ...]
    start: Int64s


def flatten(pie: Pie) -> Flattened:
    """Give the leaves with their exact weights in lowest terms (investing.md D6, ruling 10)."""
    found = list(_leaves(pie, (), 1))
    deepest = max(len(path) for path, _, _ in found)
    whole = [weight * WHOLE_BP ** (deepest - len(path)) for path, _, weight in found]
    common = gcd(*whole)
    pairs = zip(found, whole, strict=True)
    leaves = tuple(Leaf(path, symbol, weight // common) for (path, symbol, _), weight in pairs)
    return Flattened(leaves, sum(leaf.weight for leaf in leaves))


def _leaves(pie: Pie, path: tuple[int, ...], above: int) -> Iterator[tuple[tuple[int, ...], str, int]]:
    for place, one in enumerate(pie.slices):
        here, weight = (*path, place), above * one.weight
        if one.pie is None:
            yield here, one.label, weight
        else:
            yield from _leaves(one.pie, here, weight)


def inside(flattened: Flattened, path: tuple[int, ...]) -> list[bool]:
    """Tell of every leaf whether it lies in the inner pie at this path."""
    return [leaf.path[: len(path)] == path for leaf in flattened.leaves]


def columns(flattened: Sequence[Flattened], value: Int64s) -> Pies:
    """Put flattened pies one after the other, with the cents that each of their leaves is worth now (m,)."""
    sizes = [len(one.leaves) for one in flattened]
    start = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.array(sizes, np.int64))])
    return Pies(start, whole_numbers([leaf.weight for one in flattened for leaf in one.leaves]), value)


def whole_numbers(numbers: Sequence[int]) -> Weights:
    """Give a column of int64 where every number fits, otherwise of Python integers."""
    fits = all(abs(number) <= np.iinfo(np.int64).max for number in numbers)
    return np.array(numbers, np.int64) if fits else np.array(numbers, np.object_)


def levels(pies: Sequence[Pie]) -> Trees:
    """Lay trees out level below level; leaves are counted over the batch in display order, depth first."""
    first = [0, *accumulate(_leaf_count(pie) for pie in pies)]
    here = list(zip(pies, range(len(pies)), first[:-1], strict=True))
    found: list[Level] = []
    while here:
        below: list[tuple[Pie, int, int]] = []
        child: list[int] = []
        for pie, tree, start in here:
            leaf = start
            for one in pie.slices:
                child.append(leaf if one.pie is None else ~len(below))
                if one.pie is not None:
                    below.append((one.pie, tree, leaf))
                leaf += 1 if one.pie is None else _leaf_count(one.pie)
        sizes = np.array([0, *(len(pie.slices) for pie, _, _ in here)], np.int64)
        weight = np.array([one.weight for pie, _, _ in here for one in pie.slices], np.int64)
        owner = np.array([tree for _, tree, _ in here], np.int64)
        found.append(Level(np.cumsum(sizes), weight, np.array(child, np.int64), owner))
        here = below
    return Trees(tuple(found), np.array(first, np.int64))


def _leaf_count(pie: Pie) -> int:
    return sum(1 if one.pie is None else _leaf_count(one.pie) for one in pie.slices)
