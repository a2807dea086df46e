"""Transfers as columns: what is asked of the books, and what the books answer.

One `Transfers` is a batch in order; one transfer is a batch of one. A journal is a run of neighbouring lines with
the same `journal` number: its members stand or fall together (ledger.md 4.5).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from ledger.accounts import Accounts, Int64s

UInt64s = npt.NDArray[np.uint64]


class TransferKind(IntEnum):
    """Reserved, final, released (design.md section 6): single posts at once."""

    SINGLE = 1
    PENDING = 2
    POST = 3
    VOID = 4


class Code(IntEnum):
    """Why money moved; stored on the transfer."""

    OPENING = 1
    STATEMENT = 2  # an imported line
    CARD = 3  # an imported line that is a card purchase
    ADJUSTMENT = 4
    RULE = 5
    ONE_OFF = 6
    BUY = 7
    SELL = 8
    GAIN = 9  # realised, or a loss
    FEE = 10
    SETTLE = 11  # proceeds that have settled
    DIVIDEND = 12
    SPLIT = 13
    CASH_IN_LIEU = 14
    RENAMED = 15
    HOLDING = 16  # a holding moved to another account of the household
    EARMARK = 17
    RETURN_OF_CAPITAL = 18
    RAISED = 19  # money raised by sales, paid out
    INTEREST = 20  # earned by cash, or owed on a borrow line
    CHARGE = 21  # interest due on a borrow line, paid when it is charged
    RETURNED = 22  # a deposit that the bank took back
    CLOSING = 23  # the rest of an account that is closed
    WIRE = 24  # a transfer that was asked for, sent by wire


@dataclass(frozen=True, slots=True)
class Transfers:
    """A batch of n transfers, every column of length n, in the order in which they are to be applied.

    A transfer id is 16 bytes, kept as two unsigned columns (`id_hi`: book 16 bits, effective day 32 bits, first 16
    bits of the hash; `id_lo`: the other 64). `pending_hi/lo` name the pending transfer that a post or void resolves,
    else 0. A post or void repeats the accounts, asset and amount of its pending transfer (part posts come later).
    `day` is the effective date as a day number; `run` the business day of the night that made it, else 0; `rank` the
    position of the rule in the customer's list, from 1, else 0.
    """

    id_hi: UInt64s
    id_lo: UInt64s
    kind: Int64s
    pending_hi: UInt64s
    pending_lo: UInt64s
    journal: Int64s
    customer: Int64s
    debit: Int64s
    credit: Int64s
    asset: Int64s
    amount: Int64s
    code: Int64s
    day: Int64s
    run: Int64s
    rank: Int64s

    def __len__(self) -> int:
        """Number of transfers."""
        return len(self.amount)

    def take(self, index: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Transfers:
        """The lines at `index` (positions or a mask), in that order."""
        return Transfers(*(getattr(self, f.name)[index] for f in fields(self)))


def join(batches: list[Transfers]) -> Transfers:
    """One batch after the other; journal numbers are taken as they are, so callers keep them apart."""
    return Transfers(*(np.concatenate([getattr(b, f.name) for b in batches]) for f in fields(Transfers)))


def no_transfers() -> Transfers:
    """The batch of nothing."""
    ids, none = np.zeros(0, np.uint64), np.zeros(0, np.int64)
    return Transfers(ids, ids, none, ids, ids, *([none] * 10))


@dataclass(frozen=True, slots=True)
class Stored:
    """What the books already hold of the ids that a batch names.

    `rows` are stored transfers whose id is an id or a pending id of the batch; `seq` their sequence numbers;
    `resolution` is 0, or POST or VOID, for a pending row that is resolved. `refused_hi/lo/status` are ids refused
    before, with the status of that refusal.
    """

    rows: Transfers
    seq: Int64s
    resolution: Int64s
    refused_hi: UInt64s
    refused_lo: UInt64s
    refused_status: Int64s


def nothing_stored() -> Stored:
    """No id of the batch is known yet."""
    none, ids = np.zeros(0, np.int64), np.zeros(0, np.uint64)
    return Stored(no_transfers(), none, none, ids, ids, none)


@dataclass(frozen=True, slots=True)
class BookState:
    """The state of one book that a batch is decided against.

    The next sequence number, every account the batch names that exists, and what is stored of its ids.
    """

    book: int
    next_seq: int
    accounts: Accounts
    stored: Stored


@dataclass(frozen=True, slots=True)
class Applied:
    """The answer to a batch, line by line, and the book after it.

    `status` holds codes of `ledger.statuses.Status`; `seq` the sequence number of a created line (or of the original
    for a replay), else 0; `journal` the seq of the journal's first line, 0 where nothing was created. `created` are
    the positions of created lines in seq order. `next_seq` and `accounts` are the book after the batch; the input is
    left as it was.
    """

    status: Int64s
    seq: Int64s
    journal: Int64s
    created: Int64s
    next_seq: int
    accounts: Accounts
