"""Collateral and loans of many customers as columns (rulings 10 to 13).

A holding is one security of one customer, over all invest accounts that may be collateral. Holdings stand customer by
customer, each customer's in display order. Requirements are basis points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lookup import placed
from engine.proportion import LARGEST, Whole
from ledger.accounts import Int64s
from ledger.rounding import WHOLE_BP

Flags = npt.NDArray[np.bool_]

GUARD: Final = LARGEST // (2 * WHOLE_BP * WHOLE_BP)
"""Below so many cents of value, cash and loan together no product here leaves int64."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Dated configuration of the line: most of the value that is lent, and the least equity in cents (ruling 13)."""

    limit_bp: int
    minimum_equity: int


@dataclass(frozen=True, slots=True)
class Requirements:
    """What each security demands, ascending by asset; the defaults hold for those that are not listed."""

    asset: Int64s
    initial_bp: Int64s
    maintenance_bp: Int64s
    default_initial_bp: int
    default_maintenance_bp: int

    def of(self, asset: Int64s) -> tuple[Int64s, Int64s]:
        """Initial and maintenance requirement of each security (m,)."""
        at, listed = placed(self.asset, asset)
        initial = np.full(len(asset), self.default_initial_bp)
        maintenance = np.full(len(asset), self.default_maintenance_bp)
        initial[listed], maintenance[listed] = self.initial_bp[at[listed]], self.maintenance_bp[at[listed]]
        return initial, maintenance


@dataclass(frozen=True, slots=True)
class Holdings:
    """m rows, a security in an invest account each, in display order: customer id, security, last close in cents."""

    customer: Int64s
    asset: Int64s
    value: Int64s


@dataclass(frozen=True, slots=True)
class Loans:
    """n customers, ascending: the cash in their collateral accounts (of any sign) and all they owe, in cents."""

    customer: Int64s
    cash: Int64s
    owed: Int64s


@dataclass(frozen=True, slots=True)
class Position:
    """n customers, m holdings: `start` (n + 1); security, cents, requirements of each holding (m,); cash, owed (n,).

    Values and owed are zero or more, at most 10**15 each. `owed` is principal and interest due together (ruling 12).
    """

    start: Int64s
    asset: Int64s
    value: Whole
    initial_bp: Int64s
    maintenance_bp: Int64s
    cash: Whole
    owed: Whole

    def __len__(self) -> int:
        """Number of customers."""
        return len(self.start) - 1

    def totals(self, column: Whole) -> Whole:
        """Sum a column (m,) over each customer's holdings: (n,)."""
        running = np.concatenate([np.zeros(1, column.dtype), np.cumsum(column)])
        total: Whole = running[self.start[1:]] - running[self.start[:-1]]
        return total

    def owner(self) -> Int64s:
        """The place of the customer of each holding (m,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def take(self, which: Int64s, *, exact: bool = False) -> Position:
        """The customers at these places, in Python's integers where `exact`."""
        size = np.diff(self.start)[which]
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(size)])
        at = np.repeat(self.start[which] - start[:-1], size) + np.arange(int(start[-1]))
        kind = np.object_ if exact else np.int64
        return Position(
            start=start,
            asset=self.asset[at],
            value=self.value[at].astype(kind),
            initial_bp=self.initial_bp[at],
            maintenance_bp=self.maintenance_bp[at],
            cash=self.cash[which].astype(kind),
            owed=self.owed[which].astype(kind),
        )


def gather(holdings: Holdings, requirements: Requirements, loans: Loans) -> Position:
    """Bring the rows of holdings together by customer and security; the first row of a security gives its place.

    Holdings of customers that are not among the loans are left out.
    """
    count = len(loans.customer)
    at = np.minimum(np.searchsorted(loans.customer, holdings.customer), max(count - 1, 0))
    ours = np.flatnonzero(loans.customer[at] == holdings.customer) if count else np.zeros(0, np.int64)
    owner, asset, value = at[ours], holdings.asset[ours], holdings.value[ours]
    by_pair = np.lexsort((asset, owner))
    change = (np.diff(owner[by_pair], prepend=-1) != 0) | (np.diff(asset[by_pair], prepend=-1) != 0)
    opens = np.flatnonzero(change)
    first = by_pair[opens]
    total = np.add.reduceat(value[by_pair], opens) if len(opens) else value
    order = np.lexsort((first, owner[first]))
    kept = first[order]
    initial, maintenance = requirements.of(asset[kept])
    start = np.searchsorted(owner[kept], np.arange(count + 1))
    return Position(start, asset[kept], total[order], initial, maintenance, loans.cash, loans.owed)


def worked(position: Position, work: Callable[[Position], Sequence[Whole]]) -> list[Int64s]:
    """Work on columns (n,) in int64 for the customers that GUARD lets pass, in Python's integers for the others."""
    total = position.totals(position.value) + np.abs(position.cash) + position.owed
    small = total <= GUARD
    if small.all():
        return [column.astype(np.int64) for column in work(position)]
    found: list[Int64s] = []
    for exact in (False, True):
        which = np.flatnonzero(small != exact)
        columns = work(position.take(which, exact=exact))
        found = found or [np.zeros(len(position), np.int64) for _ in columns]
        for into, column in zip(found, columns, strict=True):
            into[which] = column
    return found
