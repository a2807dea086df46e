"""When money that was sent arrives: days in transit by rail, direction and kind of account (products.md 1.10).

A pending transfer settles on that day, and never before the night after the business day on which it was made.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.dated.history import Dated
from engine.holds.table import longest, open_days, transit_on
from engine.holds.terms import Arrival, Direction, Rail, settles_on
from engine.lookup import placed
from ledger.accounts import Int64s, Kind
from ledger.batch import Code, Transfers

Flags = npt.NDArray[np.bool_]
UNKNOWN = 0
"""The kind of an account that is not among those given: one of the system, or inside an invest account."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kind of each of k accounts, ascending by id."""

    account: Int64s
    kind: Int64s

    def of(self, ids: Int64s) -> Int64s:
        """The kind of each account, UNKNOWN where it is not among them."""
        at, here = placed(self.account, ids)
        found = np.full(len(ids), UNKNOWN, np.int64)
        found[here] = self.kind[at[here]]
        return found


def kinds_of(account: Int64s, kind: Int64s) -> Kinds:
    """The kinds of accounts that are given in any order."""
    order = np.argsort(account)
    return Kinds(account[order], kind[order])


def rail_of(transfers: Transfers) -> Int64s:
    """The rail of each transfer: ACH, but for one that was asked for as a wire."""
    return np.where(transfers.code == Code.WIRE, np.int64(Rail.WIRE), np.int64(Rail.ACH))


def settled(holds: Transfers, kinds: Kinds, dated: Dated, day: int) -> Flags:
    """Tell which pending transfers a night of `day` posts. Raises SluiceError `config_missing`."""
    if len(holds) == 0:
        return np.zeros(0, np.bool_)
    due: Flags = settle_day(holds, kinds, dated) <= day
    return due


def settle_day(holds: Transfers, kinds: Kinds, dated: Dated) -> Int64s:
    """The business day (n,) whose night posts each pending transfer, by the configuration of the day it was made.

    Raises SluiceError `config_missing`.
    """
    found = holds.day + 1
    incoming = (kinds.of(holds.credit) == Kind.BANK) & (kinds.of(holds.debit) != Kind.BANK)
    ours = kinds.of(np.where(incoming, holds.debit, holds.credit))
    ours = np.where(np.isin(ours, (UNKNOWN, Kind.BORROW_DUE)), np.int64(Kind.BORROW), ours)  # interest with its line
    direction = np.where(incoming, np.int64(Direction.IN), np.int64(Direction.OUT))
    for (rail, way, day), which in _alike(rail_of(holds), direction, holds.day):
        table = transit_on(dated, Rail(rail), Direction(way), day)
        arrival = Arrival(Rail(rail), Direction(way), ours[which], holds.day[which])
        there = settles_on(table, arrival, open_days(day, day, longest(table)))
        found[which] = np.maximum(found[which], there)
    return found


def _alike(*columns: Int64s) -> Iterator[tuple[tuple[int, ...], Int64s]]:
    """The rows that are alike in all columns: their values, and their places."""
    rows, which = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    for number, row in enumerate(rows.tolist()):
        yield tuple(row), np.flatnonzero(which.reshape(-1) == number)
