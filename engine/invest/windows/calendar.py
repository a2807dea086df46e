"""Which accounts rebalance on a day because their calendar says so. Pure."""

from typing import Final

import numpy as np

from engine.invest.core.columns import Flags
from engine.invest.pies.terms import EVERY
from engine.invest.records import InvestAccounts
from ledger.days import Per, period_start

_PER: Final[dict[int, Per]] = {
    EVERY.index("month"): "month",
    EVERY.index("quarter"): "quarter",
    EVERY.index("year"): "year",
}


def due_by_calendar(accounts: InvestAccounts, day: int) -> Flags:
    """The accounts (n,) whose calendar asks for a rebalance on this day; a cooldown may still hold it."""
    due = np.zeros(len(accounts), np.bool_)
    for number, per in _PER.items():
        due |= (accounts.every == number) & (accounts.rebalanced < period_start(day, per))
    return due
