"""What lines do to balances, and which of them would break a floor or a ceiling if all were accepted.

Two measures an account, both counting what is pending against it (ledger.md 4.3): the floor holds posted balance
less credits pending, the ceiling holds posted balance plus debits pending. Only a single or a pending line can move
a measure towards its limit; a post or a void never does, so resolving a hold never fails for funds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ledger.accounts import UNLIMITED, Accounts, Int64s
from ledger.batch import Transfers
from ledger.checks import Checked, Flags

POSTED = np.array([0, 1, 0, 1, 0], np.int64)  # by kind: how often the amount is added to the posted sums
PENDING = np.array([0, 0, 1, -1, -1], np.int64)  # and to the pending sums
_LOW_BITS = 30


@dataclass(frozen=True, slots=True)
class Moves:
    """Lines as changes: positions of the two accounts, signed changes of the posted and of the pending sums."""

    debit: Int64s
    credit: Int64s
    posted: Int64s
    pending: Int64s


def moves(batch: Transfers, checked: Checked, lines: Int64s) -> Moves:
    """The changes that `lines` (positions of sound lines) make."""
    kind, amount = batch.kind[lines], batch.amount[lines]
    return Moves(checked.debit[lines], checked.credit[lines], amount * POSTED[kind], amount * PENDING[kind])


def exact_total(column: Int64s) -> int:
    """The sum of a column as a Python integer, whatever its size."""
    high = int((column >> _LOW_BITS).sum())
    return (high << _LOW_BITS) + int((column & ((1 << _LOW_BITS) - 1)).sum())


def by_account(length: int, position: Int64s, amount: Int64s) -> Int64s:
    """Amounts summed by account position."""
    out = np.zeros(length, np.int64)
    np.add.at(out, position, amount)
    return out


def fits(accounts: Accounts, amount: Int64s) -> bool:
    """Whether no sum of an account can pass UNLIMITED, whichever of the amounts reach it: then int64 is safe."""
    debits = accounts.debits_posted + accounts.debits_pending
    credits_ = accounts.credits_posted + accounts.credits_pending
    largest = max(int(debits.max(initial=0)), int(credits_.max(initial=0)))
    return largest + exact_total(amount) <= UNLIMITED


def after(accounts: Accounts, change: Moves) -> Accounts:
    """The accounts after the changes; the input is left as it was."""
    n = len(accounts.account)
    posted_only = not change.pending.any()
    return replace(
        accounts,
        debits_posted=accounts.debits_posted + by_account(n, change.debit, change.posted),
        credits_posted=accounts.credits_posted + by_account(n, change.credit, change.posted),
        debits_pending=accounts.debits_pending
        if posted_only
        else accounts.debits_pending + by_account(n, change.debit, change.pending),
        credits_pending=accounts.credits_pending
        if posted_only
        else accounts.credits_pending + by_account(n, change.credit, change.pending),
    )


def limited(accounts: Accounts) -> Flags:
    """Mask of the accounts that have a floor or a ceiling; the others join no components (ledger.md 4.8)."""
    return (accounts.floor > -UNLIMITED) | (accounts.ceiling < UNLIMITED)


def bad_lines(accounts: Accounts, change: Moves) -> Flags:
    """Mask of the lines that break a limit when every line is accepted in order.

    Both limits are one question: a margin (distance to the limit) must not be below zero after a line that takes
    from it. The floor's margin is taken from by the credit side, the ceiling's by the debit side.
    """
    posted, all_ = accounts.posted(), change.posted + change.pending
    floor_margin = posted - accounts.credits_pending - np.maximum(accounts.floor, -UNLIMITED)
    ceiling_margin = np.minimum(accounts.ceiling, UNLIMITED) - posted - accounts.debits_pending
    return _overdrawn(floor_margin, change.credit, all_, (change.debit, change.posted)) | _overdrawn(
        ceiling_margin, change.debit, all_, (change.credit, change.posted)
    )


def _overdrawn(margin: Int64s, taker: Int64s, taken: Int64s, gives: tuple[Int64s, Int64s]) -> Flags:
    """Lines after which the margin of the `taker` account is below zero; `gives` is (account, amount) added."""
    taking = taken > 0
    margin = np.maximum(margin, -UNLIMITED - 1)  # as hopeless as anything lower, and far from the end of int64
    tight = margin < by_account(len(margin), taker, np.maximum(taken, 0))  # may fail in some order
    bad = np.zeros(len(taker), np.bool_)
    if not (tight[taker] & taking).any():
        return bad
    giver, given = gives
    out, into = np.flatnonzero(tight[taker]), np.flatnonzero(tight[giver])
    line = np.concatenate([out, into])
    account = np.concatenate([taker[out], giver[into]])
    delta = np.concatenate([-taken[out], given[into]])
    order = np.lexsort((line, account))
    line, account, delta = line[order], account[order], delta[order]
    starts = np.flatnonzero(np.concatenate([[True], account[1:] != account[:-1]]))
    running = np.cumsum(delta)
    before = np.repeat(running[starts] - delta[starts], np.diff(np.append(starts, len(line))))
    broken = (margin[account] + running - before < 0) & (delta < 0)
    bad[line[broken]] = True
    return bad
