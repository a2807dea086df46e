"""What units are worth at a price, and how many units an amount buys or must be sold for, exact to the cent.

Units are whole numbers at the scale of their security, prices millionths of a currency unit, money cents, so units
times price is a whole number of parts of which 10**(4 + scale) make a cent (investing.md D1, ruling 10).
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.invest.market import PRICE_SCALE
from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT, SCALE

Flags = npt.NDArray[np.bool_]

MAX_SCALE: Final = 14
"""The most decimals of units that the columns take; beyond it three fractions of a cent would not add up in int64."""

_CENT: Final = 10**PRICE_SCALE // SCALE
"""Millionths in a cent."""

_POWERS: Final = 10 ** np.arange(MAX_SCALE + 1, dtype=np.int64)
_LARGEST: Final = int(np.iinfo(np.int64).max)


def half_even(top: int, bottom: int) -> int:
    """Round top / bottom to the nearest whole number, a half to the even one; `bottom` above zero."""
    floored, rest = divmod(top, bottom)
    return floored + (2 * rest > bottom or (2 * rest == bottom and floored % 2))


def parts_of_a_cent(scale: int) -> int:
    """Give how many products of one smallest unit and one millionth make a cent: 10**(4 + scale)."""
    power: int = 10**scale
    return _CENT * power


def cents_of(units: int, price: int, scale: int) -> int:
    """Give what units are worth in cents, the exact product rounded half-even; any size and sign (investing.md D1)."""
    return half_even(units * price, parts_of_a_cent(scale))


def units_for(amount: int, price: int, scale: int) -> int:
    """Give the most units that `amount` cents buy at a price above zero: rounded down (D9, ruling 27)."""
    return amount * parts_of_a_cent(scale) // price


def units_to_raise(amount: int, price: int, scale: int, held: int) -> int:
    """Give the least units that bring `amount` cents at a price above zero, at most what is held (D9)."""
    return min(-(-amount * parts_of_a_cent(scale) // price), held)


def worth(units: Int64s, price: Int64s, scale: Int64s) -> tuple[Int64s, Flags]:
    """Give what every row is worth in cents (m,), half-even of the exact product, and which rows have no worth (m,).

    A row is flagged, with 0 cents, where its price is missing (zero or less), where the result is beyond 10**15 cents
    either way, or where its scale lies outside of 0 to `MAX_SCALE`. Rows whose products fit are worked out on int64,
    the others on Python's integers: the same cents as `cents_of`.
    """
    wrong = (price <= 0) | (scale < 0) | (scale > MAX_SCALE)
    one, scales = np.where(wrong, 1, price), np.where(wrong, 0, scale)
    held = np.where(wrong, 0, units)
    cents, fits = _on_int64(held, one, scales)
    for row in np.flatnonzero(~fits):
        exact = cents_of(int(held[row]), int(one[row]), int(scales[row]))
        cents[row] = max(-MAX_AMOUNT - 1, min(exact, MAX_AMOUNT + 1))
    wrong |= (cents > MAX_AMOUNT) | (cents < -MAX_AMOUNT)
    return np.where(wrong, 0, cents), wrong


def _on_int64(units: Int64s, price: Int64s, scale: Int64s) -> tuple[Int64s, Flags]:
    """Give cents (m,), and the rows where they can be trusted (m,) because no step of theirs can overflow.

    Whole units W and their fraction F, whole cents P of the price and the millionths M beyond them: the worth is
    W·P cents + W·M of 10**4 parts + F·P of 10**scale parts + F·M of 10**(4 + scale) parts. Only W·P, W·M and F·P can
    be large; the three fractions that remain are below one each, so their sum stays below 3·10**18.
    """
    fraction = _POWERS[scale]
    whole, part = units // fraction, units % fraction
    dear, millionths = price // _CENT, price % _CENT
    reach = np.minimum(_LARGEST // 4 // np.maximum(dear, 1), _LARGEST // _CENT)
    fits = (whole <= reach) & (whole >= -reach) & (part <= _LARGEST // np.maximum(dear, 1))
    whole, part = np.where(fits, whole, 0), np.where(fits, part, 0)
    first, second = whole * millionths, part * dear
    rest = first % _CENT * fraction + second % fraction * _CENT + part * millionths
    cents = whole * dear + first // _CENT + second // fraction + rest // (fraction * _CENT)
    rest %= fraction * _CENT
    half = fraction * (_CENT // 2)
    up: Flags = (rest > half) | ((rest == half) & (cents % 2 == 1))
    return cents + up, fits
