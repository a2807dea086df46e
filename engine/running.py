"""The balances, counters and flags that change while rules are evaluated: each rule sees the ones before it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.snapshot import Snapshot
from ledger.accounts import Int64s

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Running:
    """Working copies of a snapshot's columns; `snapshot` is the snapshot itself, which never changes.

    `moved` and `moved_unknown` are (ranks + 1, customers), row r for the rule of rank r; they are one row high where
    no rule reads what another one moved. `room`, `excess` and `held` as in `engine.guards.Bounds`.
    """

    snapshot: Snapshot
    posted: Int64s
    pending_in: Int64s
    pending_out: Int64s
    tally_since: Int64s
    tally_used: Int64s
    tally_touched: Flags
    room: Int64s
    excess: Int64s
    held: Int64s
    stopped: Flags
    moved: Int64s
    moved_unknown: Flags

    @property
    def ira_room(self) -> Int64s:
        """What is left of each customer's own room to contribute."""
        return self.room[: len(self.snapshot)]

    def balance(self, account: Int64s) -> Int64s:
        """Signed balance as rules see it: posted less pending out (rules.md 5)."""
        return self.posted[account] - self.pending_out[account]

    def expected(self, account: Int64s) -> Int64s:
        """Balance plus pending in."""
        return self.balance(account) + self.pending_in[account]


def running(snapshot: Snapshot, *, remember_moves: bool) -> Running:
    """Fresh working copies; `remember_moves` where some rule reads `moved()`."""
    rows = len(snapshot.programs.ranks) + 1 if remember_moves else 1
    return Running(
        snapshot=snapshot,
        posted=snapshot.posted.copy(),
        pending_in=snapshot.pending_in.copy(),
        pending_out=snapshot.pending_out.copy(),
        tally_since=snapshot.tally_since.copy(),
        tally_used=snapshot.tally_used.copy(),
        tally_touched=np.zeros(len(snapshot.tally_used), np.bool_),
        room=snapshot.bounds.room.copy(),
        excess=snapshot.bounds.excess.copy(),
        held=snapshot.bounds.held.copy(),
        stopped=np.zeros(len(snapshot), np.bool_),
        moved=np.zeros((rows, len(snapshot)), np.int64),
        moved_unknown=np.zeros((rows, len(snapshot)), np.bool_),
    )
