"""How much a rule, an order, a fee or a draw may take without a margin call (ruling 14, investing.md 1).

Columns (n,) of cents, of the measures as they are when the move is decided; a preview and the night ask the same
functions. While a call is open the excess is below zero, so all of them give zero: no draw, no buy on margin.
"""

from typing import Final

import numpy as np

from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT
from ledger.rounding import WHOLE_BP

_MOST: Final = MAX_AMOUNT // WHOLE_BP


def most_out(excess: Int64s) -> Int64s:
    """Most that may leave the collateral accounts, as cash, fee or withdrawal: each cent lowers the excess by one."""
    return np.clip(excess, 0, MAX_AMOUNT)


def most_drawn(room: Int64s, excess: Int64s) -> Int64s:
    """Most that may be drawn to an account that is no collateral: within the limit, and the excess stays."""
    return np.minimum(np.maximum(room, 0), most_out(excess))


def most_bought(excess: Int64s, maintenance_bp: Int64s) -> Int64s:
    """Most of a security with this requirement that may be bought with cash of the collateral accounts.

    A buy leaves the equity as it is and raises the requirement by its cost × requirement. 10**15 where none binds.
    """
    part = np.maximum(maintenance_bp, 1)
    whole, rest = np.divmod(np.maximum(excess, 0), part)
    most = np.minimum(whole, _MOST) * WHOLE_BP + rest * WHOLE_BP // part
    return np.where(maintenance_bp == 0, MAX_AMOUNT, np.minimum(most, MAX_AMOUNT))
