"""What a loan costs for some days, for people to read (products.md 1.13). The books accrue by cent-days instead."""

from typing import Final

import numpy as np

from engine.proportion import Rate, half_even
from ledger.accounts import Int64s

DAYS_A_YEAR: Final = 360


def cost(owed: Int64s, apr: Rate, days: int = 1) -> Int64s:
    """Cents (n,) that so much owed costs for so many days: owed × APR × days / 360, half-even."""
    return half_even(np.maximum(owed, 0), Rate.of(apr.top * days, apr.bottom * DAYS_A_YEAR))
