"""A proportion as an exact fraction, and amounts times it: rounded down, up, or half-even to the nearest.

Work is done in int64 where no product can overflow and in Python's integers elsewhere: the same steps, the same cents.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import gcd
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s

Whole = npt.NDArray[Any]
"""Whole numbers: int64, or Python integers where those would overflow."""

LARGEST: Final = int(np.iinfo(np.int64).max)
_ROOM: Final = 4


@dataclass(frozen=True, slots=True)
class Rate:
    """The fraction top / bottom, top zero or more and bottom above zero, in lowest terms."""

    top: int
    bottom: int

    @classmethod
    def of(cls, top: int, bottom: int) -> Self:
        """Make a rate. Raises ValueError where top is below zero or bottom is not above."""
        if top < 0 or bottom <= 0:
            raise ValueError(f"{top}/{bottom} is no rate: it is zero or more over more than zero")
        shared = gcd(top, bottom)
        return cls(top // shared, bottom // shared)


def rounded_down(amount: Int64s, rate: Rate) -> Int64s:
    """Floor of amount × rate (n,); the answer has to fit into int64."""
    return _worked(amount, rate, lambda product, bottom: product // bottom)


def rounded_up(amount: Int64s, rate: Rate) -> Int64s:
    """Ceiling of amount × rate (n,)."""
    return _worked(amount, rate, lambda product, bottom: -(-product // bottom))


def half_even(amount: Int64s, rate: Rate) -> Int64s:
    """The whole number nearest to amount × rate (n,); of two that are as near, the even one."""
    return _worked(amount, rate, _nearest)


def _nearest(product: Whole, bottom: int) -> Whole:
    floor = product // bottom
    twice = (product - floor * bottom) * 2
    up = (twice > bottom) | ((twice == bottom) & (floor % 2 == 1))
    nearest: Whole = floor + up
    return nearest


def _worked(amount: Int64s, rate: Rate, rounding: Callable[[Whole, int], Whole]) -> Int64s:
    small = np.abs(amount) <= LARGEST // _ROOM // max(rate.top, rate.bottom)
    found = np.zeros(len(amount), np.int64)
    if max(rate.top, rate.bottom) <= LARGEST // _ROOM:
        found[small] = rounding(amount[small] * rate.top, rate.bottom)
    else:
        small[:] = False
    if not small.all():
        found[~small] = rounding(amount[~small].astype(np.object_) * rate.top, rate.bottom)
    return found
