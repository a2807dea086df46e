"""Facts of one book at one moment, in columns: what `evaluate` decides on.

A snapshot is read-only; evaluation works on copies of the columns it changes. The night makes it from the store, a
preview for programs from a document, an explanation from the customer's past: the evaluation is the same.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.guards import FREE, Bounds
from engine.marketfacts import Spread
from engine.programs import Programs
from ledger.accounts import Int64s
from ledger.days import period_start
from rules.shapes import FAR_PAST, PERIODS

Flags = npt.NDArray[np.bool_]

SPENT_DAYS = 512  # more than the longest window of `spent`; packs (account, days) into one key
NO_LIMIT = FREE


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that are not balances.

    `arrived` and `round_up` are cents since the customer's last night, an entry an account, known or not. `spent` is
    looked up by key account index * SPENT_DAYS + days, ascending; a key that is absent is unknown. `market` is what
    depends on prices.
    """

    arrived: Int64s
    arrived_known: Flags
    round_up: Int64s
    round_up_known: Flags
    spent_key: Int64s
    spent: Int64s
    market: Spread


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One book (or some of its customers) on business day `day`, before any rule.

    n customers ascending by id, their accounts ascending by (customer, slot): customer i owns the account entries
    account_start[i] up to account_start[i + 1], so that an account is found at account_start[i] + slot. `floor` is
    the floor rules use. `problem` is 0 or a `codes.Reason` that blocks rules naming the account. Tallies run beside
    `programs.period`, already rolled to the windows that contain `day`. `last_night` is S of rules.md 2 (day - 1 for
    a first night). `bounds` is what else limits moves; without a limit they are NO_LIMIT.
    """

    day: int
    customer: Int64s
    last_night: Int64s
    paused: Flags
    account_start: Int64s
    account: Int64s
    kind: Int64s
    asset: Int64s
    problem: Int64s
    posted: Int64s
    pending_in: Int64s
    pending_out: Int64s
    floor: Int64s
    ceiling: Int64s
    programs: Programs
    tally_since: Int64s
    tally_used: Int64s
    facts: Facts
    bounds: Bounds

    @property
    def ira_room(self) -> Int64s:
        """Each customer's own room to contribute this year (ruling 62)."""
        return self.bounds.room[: len(self.customer)]

    def __len__(self) -> int:
        """Number of customers."""
        return len(self.customer)


def rolled(day: int, period: Int64s, since: Int64s, used: Int64s) -> tuple[Int64s, Int64s]:
    """Tallies as they stand on `day`: those of an earlier window start again from nothing.

    A tally of code 0 (`moved`) keeps the day a rule last moved and is never rolled.
    """
    starts = np.array([FAR_PAST, *(period_start(day, per) for per in PERIODS[1:])], np.int64)
    start = starts[period]
    fresh = (period == 0) | (since == start)
    return np.where(period == 0, since, start), np.where(fresh, used, 0)
