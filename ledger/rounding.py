"""Every rounding of money in one place: splits by largest remainder, percents floored (design.md 5)."""

from typing import Final

import numpy as np
import numpy.typing as npt

WHOLE_BP: Final = 10_000
"""Basis points in the whole."""

Cents = npt.NDArray[np.int64]


def split_by_largest_remainder(total: Cents, shares_bp: Cents) -> Cents:
    """Split each total (n,), zero or more, by shares (k,) or (k, n) that sum to 10,000; give (k, n) (rules.md 6.7).

    Each part is floored; the missing cents go one each to the largest remainders, ties to the earlier share.
    Every column sums to its total. Exact in int64 for totals up to 10**15.
    """
    shares = shares_bp[:, np.newaxis] if shares_bp.ndim == 1 else shares_bp
    whole: Cents = total // WHOLE_BP
    products: Cents = total % WHOLE_BP * shares
    parts: Cents = whole * shares + products // WHOLE_BP
    missing: Cents = total - parts.sum(axis=0)
    order = np.argsort(-(products % WHOLE_BP), axis=0, kind="stable")
    places = np.argsort(order, axis=0, kind="stable")
    parts += places < missing
    return parts


def percent_floor(amount: Cents, basis_points: Cents | int) -> Cents:
    """Give floor(amount × basis points / 10,000), exact in int64 for |amount| up to 10**15 (rules.md 4)."""
    whole: Cents = amount // WHOLE_BP
    rest: Cents = amount % WHOLE_BP
    floored: Cents = whole * basis_points + rest * basis_points // WHOLE_BP
    return floored
