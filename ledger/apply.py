"""`apply`: the books' state machine. A batch of transfers in, balances, sequence numbers and answers out.

Lines are decided in order; the members of a journal stand or fall together; a line sees the effects of the journals
and members before it. The result is exactly that of deciding one journal after the other, but journals are decided
as sets wherever none of them can fail for limits (ledger.md 4.5, 4.7, 4.8).

A journal is refused when a member is: each refused member says why, the others answer `group_failed`. A journal of
which every member exists is a replay and answers `exists`; one with some existing and some new members is refused,
the new ones with `group_failed`. Reasons that need no limits are looked for in all members first; limits are then
tested member by member, and only the first that fails says so.

A closed account refuses single and pending lines. A hold placed before can still be posted or voided, so that the
account can come to rest. A line that improves an account beyond its limit is accepted even when the account stays
beyond it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ledger.accounts import Int64s
from ledger.batch import Applied, BookState, Transfers
from ledger.checks import Checked, Flags, check
from ledger.components import connected
from ledger.limits import after, bad_lines, fits, limited, moves
from ledger.replay import replay
from ledger.statuses import Status


@dataclass(frozen=True, slots=True)
class _Journals:
    """Masks over the journals of a batch: refused or replayed by what is stored; of unsure fate; neither."""

    refused: Flags
    doubtful: Flags
    live: Flags


def apply(state: BookState, batch: Transfers) -> Applied:
    """Decide `batch` against `state`; pure: `state` is left as it was.

    Created lines get consecutive sequence numbers from `state.next_seq` in batch order. A replayed line takes none
    and answers with its original's. Refusals of class `state` are for the caller to store (`statuses.remembered`).
    """
    checked = check(state, batch)
    reason = checked.reason()
    journals = _sort_journals(checked, reason)
    status = np.where(reason != 0, reason, int(Status.CREATED))
    status[(reason == 0) & journals.refused[checked.journal]] = Status.GROUP_FAILED
    twin = np.full(len(batch), -1, np.int64)
    lines = np.flatnonzero(_unsettled(state, batch, checked, journals)[checked.journal])
    if len(lines):
        status[lines], twin[lines] = replay(state.accounts, batch, checked, lines)
    return _answer(state, batch, checked, (status, twin))


def _sort_journals(checked: Checked, reason: Int64s) -> _Journals:
    count = len(checked.first)

    def has(lines: Flags) -> Flags:
        return np.bincount(checked.journal[lines], minlength=count) > 0

    exists = reason == Status.EXISTS
    existing, new = has(exists), has(reason == 0)
    refused = has((reason != 0) & ~exists) | (existing & new)
    doubtful = has(checked.doubtful)
    return _Journals(refused, doubtful, new & ~refused & ~doubtful)


def _unsettled(state: BookState, batch: Transfers, checked: Checked, journals: _Journals) -> Flags:
    """Mask of the journals that must be decided one by one."""
    lines = np.flatnonzero((journals.live | journals.doubtful)[checked.journal] & (checked.flaw == 0))
    if not fits(state.accounts, batch.amount[lines]):
        return journals.live | journals.doubtful
    live = lines[journals.live[checked.journal[lines]]]
    bad = live[bad_lines(state.accounts, moves(batch, checked, live))]
    seeds = journals.doubtful.copy()
    seeds[checked.journal[bad]] = True
    if not seeds.any():
        return seeds
    bounded = limited(state.accounts)
    sides = [(lines, checked.debit[lines]), (lines, checked.credit[lines])]
    touched = [(checked.journal[at[bounded[side]]], side[bounded[side]]) for at, side in sides]
    return connected(
        seeds,
        np.concatenate([journal for journal, _ in touched]),
        np.concatenate([account for _, account in touched]),
        len(bounded),
    )


def _answer(
    state: BookState,
    batch: Transfers,
    checked: Checked,
    decided: tuple[Int64s, Int64s],
) -> Applied:
    """Number the created lines and carry them out."""
    status, twin = decided
    made = status == Status.CREATED
    created = np.flatnonzero(made)
    seq = np.where(made, state.next_seq - 1 + np.cumsum(made), 0)
    journal = np.where(made, seq[checked.first[checked.journal]], 0)
    replayed = np.flatnonzero(status == Status.EXISTS)
    if len(replayed):
        here = twin[replayed] >= 0
        seq[replayed[here]] = seq[twin[replayed[here]]]
        seq[replayed[~here]] = state.stored.seq[checked.original[replayed[~here]]]
    accounts = after(state.accounts, moves(batch, checked, created))
    return Applied(status, seq, journal, created, state.next_seq + len(created), accounts)
