"""An exact amount of money that is not a whole number of cents: interest before it is posted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.money import DECIMALS, format_units

PLACES: Final = 8
"""Decimals of a dollar with which people read it; the books keep every one."""


@dataclass(frozen=True, slots=True)
class Exact:
    """`numerator` / `denominator` cents; the denominator is above zero."""

    numerator: int
    denominator: int

    def __add__(self, other: Exact) -> Exact:
        """Add an amount with the same denominator. Raises ValueError for another."""
        if other.denominator != self.denominator:
            message = f"{other.denominator} is not the denominator {self.denominator}"
            raise ValueError(message)
        return Exact(self.numerator + other.numerator, self.denominator)

    @property
    def cents(self) -> int:
        """The nearest whole number of cents, half-even: what would be posted."""
        floor, rest = divmod(self.numerator, self.denominator)
        up = 2 * rest > self.denominator or (2 * rest == self.denominator and floor % 2 == 1)
        return floor + up

    def text(self, places: int = PLACES) -> str:
        """The amount in dollars as `12.34567890`, cut towards zero after so many decimals (2 or more)."""
        units = abs(self.numerator) * 10 ** (places - DECIMALS) // self.denominator
        return format_units(-units if self.numerator < 0 else units, places)
