"""What can be said of each line of a batch without its neighbours: is the id new, is the line sound by itself?

Everything here is decided against the state before the batch. Lines whose answer depends on other lines (an id twice
in the batch, a pending line resolved in the batch that makes it) are marked `doubtful` and left to `ledger.replay`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ledger.accounts import Accounts, Int64s, Standing
from ledger.batch import BookState, TransferKind, Transfers, UInt64s
from ledger.ids import book_of
from ledger.statuses import Status

Flags = npt.NDArray[np.bool_]

MAX_AMOUNT = 10**15
CONTENT = (
    (Status.EXISTS_WITH_DIFFERENT_KIND, ("kind",)),
    (Status.EXISTS_WITH_DIFFERENT_PENDING_ID, ("pending_hi", "pending_lo")),
    (Status.EXISTS_WITH_DIFFERENT_ACCOUNTS, ("debit", "credit")),
    (Status.EXISTS_WITH_DIFFERENT_CUSTOMER, ("customer",)),
    (Status.EXISTS_WITH_DIFFERENT_ASSET, ("asset",)),
    (Status.EXISTS_WITH_DIFFERENT_AMOUNT, ("amount",)),
    (Status.EXISTS_WITH_DIFFERENT_CODE, ("code",)),
    (Status.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE, ("day",)),
)
REPEATED = ("debit", "credit", "customer", "asset", "amount")  # what a post or void repeats of its pending transfer


@dataclass(frozen=True, slots=True)
class Checked:
    """Columns beside a batch, one entry a line unless said otherwise; a status of 0 is no objection.

    `debit` and `credit` are positions in the accounts, -1 where there is none; `journal` numbers the journals from
    0 and `first` is the first line of each; `key` is equal for equal transfer ids and `pending_key` uses the same
    numbering (-1 for lines that resolve nothing). `original` is the stored row of the line's own id, or -1. `known`
    is what the books say of the id, `flaw` what is wrong with the line, `unresolved` what is wrong with the stored
    transfer that it resolves.
    """

    debit: Int64s
    credit: Int64s
    journal: Int64s
    first: Int64s
    key: Int64s
    pending_key: Int64s
    original: Int64s
    known: Int64s
    flaw: Int64s
    unresolved: Int64s
    doubtful: Flags

    def reason(self) -> Int64s:
        """The first objection to each line, or 0."""
        return np.where(self.known != 0, self.known, np.where(self.flaw != 0, self.flaw, self.unresolved))


@dataclass(frozen=True, slots=True)
class _Keys:
    """The ids of a batch as small numbers, and where the stored ones are."""

    own: Int64s
    pending: Int64s
    original: Int64s
    resolves: Int64s  # stored row of the pending id, or -1
    rejected: Flags
    doubtful: Flags


def check(state: BookState, batch: Transfers) -> Checked:
    """Check each line of `batch` against `state` (ledger.md 4.7 and 4.16)."""
    starts = np.ones(len(batch), np.bool_)
    starts[1:] = batch.journal[1:] != batch.journal[:-1]
    debit, credit = state.accounts.positions(batch.debit), state.accounts.positions(batch.credit)
    resolving = resolves(batch.kind)
    keys = _keys(state, batch, resolving)
    known = _known(state, batch, keys)
    return Checked(
        debit,
        credit,
        np.cumsum(starts) - 1,
        np.flatnonzero(starts),
        keys.own,
        keys.pending,
        keys.original,
        known,
        _flaws(state.accounts, batch, (debit, credit), resolving),
        _unresolved(state, batch, keys),
        keys.doubtful,
    )


def resolves(kind: Int64s) -> Flags:
    """Mask of the lines that post or void a pending transfer."""
    mask: Flags = (kind == TransferKind.POST) | (kind == TransferKind.VOID)
    return mask


def _first_reason(length: int, reasons: Sequence[tuple[Status, Flags]]) -> Int64s:
    """The first status, in the order given, whose mask holds a line; else 0."""
    out = np.zeros(length, np.int64)
    for status, mask in reversed(reasons):
        np.copyto(out, int(status), where=mask)
    return out


def numbered(high: UInt64s, low: UInt64s) -> Int64s:
    """Small numbers for ids given as two words: equal numbers for equal ids, from 0 without gaps."""
    order = np.lexsort((low, high))
    changes = (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0)
    out = np.zeros(len(high), np.int64)
    out[order[1:]] = np.cumsum(changes)
    return out


def _keys(state: BookState, batch: Transfers, resolving: Flags) -> _Keys:
    stored, n = state.stored, len(batch)
    none = np.full(n, -1, np.int64)
    lows = np.sort(batch.id_lo)
    if not resolving.any() and len(stored.seq) + len(stored.refused_status) == 0 and (lows[1:] != lows[:-1]).all():
        nothing = np.zeros(n, np.bool_)
        return _Keys(np.arange(n), none, none, none, nothing, nothing)
    at = np.flatnonzero(resolving)
    number = numbered(
        np.concatenate([batch.id_hi, batch.pending_hi[at], stored.rows.id_hi, stored.refused_hi]),
        np.concatenate([batch.id_lo, batch.pending_lo[at], stored.rows.id_lo, stored.refused_lo]),
    )
    own, named, rows, refused = np.split(number, np.cumsum([n, len(at), len(stored.seq)]))
    count = int(number.max()) + 1
    pending = none.copy()
    pending[at] = named
    row_of = np.full(count, -1, np.int64)
    row_of[rows] = np.arange(len(rows))
    rejected = np.zeros(count, np.bool_)
    rejected[refused] = True
    asked, referred = np.bincount(own, minlength=count), np.bincount(named, minlength=count)
    doubtful = asked + referred > 1
    return _Keys(
        own,
        pending,
        row_of[own],
        np.where(resolving, row_of[pending], -1),
        rejected[own],
        doubtful[own] | (resolving & doubtful[pending]),
    )


def _differs(names: Sequence[str], left: Transfers, right: Transfers) -> Flags:
    """Where two equally long batches differ in any of the columns."""
    out = np.zeros(len(left), np.bool_)
    for name in names:
        out |= getattr(left, name) != getattr(right, name)
    return out


def _known(state: BookState, batch: Transfers, keys: _Keys) -> Int64s:
    known = np.where(keys.rejected, int(Status.ID_ALREADY_REJECTED), 0)
    at = np.flatnonzero(keys.original >= 0)
    if len(at):
        asked, held = batch.take(at), state.stored.rows.take(keys.original[at])
        different = _first_reason(len(at), [(status, _differs(names, asked, held)) for status, names in CONTENT])
        known[at] = np.where(different == 0, int(Status.EXISTS), different)
    known[book_of(batch.id_hi) != state.book] = Status.BOOK_MISMATCH
    return known


def _flaws(accounts: Accounts, batch: Transfers, sides: tuple[Int64s, Int64s], resolving: Flags) -> Int64s:
    debit, credit = sides
    named = (batch.pending_hi | batch.pending_lo) != 0
    unknown = (batch.kind < TransferKind.SINGLE) | (batch.kind > TransferKind.VOID)
    wrong_asset, closed, wrong_customer = (np.zeros(len(batch), np.bool_) for _ in range(3))
    for side in sides if len(accounts.account) else ():
        wrong_asset |= accounts.asset[side] != batch.asset
        closed |= accounts.standing[side] == Standing.CLOSED
        owner = accounts.customer[side]
        wrong_customer |= (owner != 0) & (owner != batch.customer)
    return _first_reason(
        len(batch),
        [
            (Status.KIND_FIELDS_CONFLICT, unknown | (named != resolving)),
            (Status.AMOUNT_NOT_POSITIVE, batch.amount <= 0),
            (Status.AMOUNT_OVERFLOW, batch.amount > MAX_AMOUNT),
            (Status.ACCOUNTS_SAME, batch.debit == batch.credit),
            (Status.DEBIT_ACCOUNT_NOT_FOUND, debit < 0),
            (Status.CREDIT_ACCOUNT_NOT_FOUND, credit < 0),
            (Status.ASSET_MISMATCH, wrong_asset),
            (Status.ACCOUNT_CLOSED, closed & ~resolving),
            (Status.CUSTOMER_MISMATCH, wrong_customer),
        ],
    )


def _unresolved(state: BookState, batch: Transfers, keys: _Keys) -> Int64s:
    out = np.zeros(len(batch), np.int64)
    at = np.flatnonzero(keys.pending >= 0)
    if len(at) == 0:
        return out
    out[at] = Status.PENDING_NOT_FOUND
    at = at[keys.resolves[at] >= 0]
    row = keys.resolves[at]
    held, resolution = state.stored.rows.take(row), state.stored.resolution[row]
    out[at] = _first_reason(
        len(at),
        [
            (Status.PENDING_NOT_PENDING, held.kind != TransferKind.PENDING),
            (Status.PENDING_ALREADY_POSTED, resolution == TransferKind.POST),
            (Status.PENDING_ALREADY_VOIDED, resolution == TransferKind.VOID),
            (Status.PENDING_HAS_DIFFERENT_FIELD, _differs(REPEATED, batch.take(at), held)),
        ],
    )
    return out
