"""What the planning of a window knows besides its accounts: money, pies, the minimum order, margin and levies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.fees.trading import SaleTerms
from engine.invest.pies.pie import Pie
from engine.invest.windows.lending import NO_BACKING, Backing
from engine.invest.windows.levies import NO_LEVY
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Purse:
    """Money of the accounts (n,): settled cash that may be spent; and (index, path, cents) that waits for its pie."""

    cash: Int64s
    earmarks: Sequence[tuple[int, str, int]] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """The pies' documents by index, the minimum order, what secured borrow lines leave, and the levies on sales."""

    documents: dict[int, Pie]
    minimum: int
    backing: Backing = NO_BACKING
    levies: SaleTerms = NO_LEVY
