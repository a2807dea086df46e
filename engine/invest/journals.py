"""Journals of trades, settlements and dividends: built with symbolic accounts, written as one sealed block.

An account is an id, an inner account of an invest account, or a system account; those that do not exist yet are opened
when the block is written. Ids of transfers are hashes of whole numbers that the caller names, so that a rerun makes the
same ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.holds.forced import let_come
from engine.holds.passing import Passed, outside, rows_of
from engine.ports import BookWork
from engine.sealing import sealed_block
from ledger.accounts import Accounts, Int64s, Kind
from ledger.apply import apply
from ledger.batch import BookState, Code, TransferKind, Transfers
from ledger.faults import SluiceError
from ledger.ids import transfer_ids
from ledger.statuses import Status

Stamp = tuple[int, str, int]
"""Business day, source, and instant of a block."""

WORDS: Final = 6
"""Whole numbers that tell a journal apart."""


@dataclass(frozen=True, slots=True)
class Inner:
    """An inner account of the invest account `parent`: HOLDING, UNSETTLED or EARMARKED."""

    parent: int
    kind: Kind
    asset: int


@dataclass(frozen=True, slots=True)
class System:
    """A system account of an asset, such as income:dividends."""

    asset: int
    path: str


Place = int | Inner | System


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer of a journal: `amount` of `asset` to `debit` from `credit`; a night settles `pending` ones."""

    debit: Place
    credit: Place
    asset: int
    amount: int
    code: Code
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """Entries that stand or fall together, of one household; `words` tell it apart from every other of that day."""

    customer: int
    words: tuple[int, ...]
    entries: tuple[Entry, ...]


def words_of(client: str) -> tuple[int, int]:
    """A client id, with a purpose, as two whole numbers for the ids of transfers."""
    digest = hashlib.sha256(client.encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True), int.from_bytes(digest[8:16], "big", signed=True)


def transfers(book: int, journals: Sequence[Journal], day: int, places: dict[Place, int]) -> Transfers:
    """The journals as a batch; `places` gives the id of every account they name."""
    rows = [
        (number, journal, leg, entry)
        for number, journal in enumerate(journals)
        for leg, entry in enumerate(journal.entries)
    ]
    words = [(*journal.words, *([0] * (WORDS - len(journal.words))), leg) for _, journal, leg, _ in rows]
    columns = [_column([row[place] for row in words]) for place in range(WORDS + 1)]
    days = np.full(len(rows), day, np.int64)
    id_hi, id_lo = transfer_ids(book, days, columns)
    none, zero = np.zeros(len(rows), np.uint64), np.zeros(len(rows), np.int64)
    entries = [entry for *_, entry in rows]
    return Transfers(
        id_hi=id_hi,
        id_lo=id_lo,
        kind=_column([TransferKind.PENDING if entry.pending else TransferKind.SINGLE for entry in entries]),
        pending_hi=none,
        pending_lo=none,
        journal=_column([number for number, *_ in rows]),
        customer=_column([journal.customer for _, journal, _, _ in rows]),
        debit=_column([places[entry.debit] for entry in entries]),
        credit=_column([places[entry.credit] for entry in entries]),
        asset=_column([entry.asset for entry in entries]),
        amount=_column([entry.amount for entry in entries]),
        code=_column([entry.code for entry in entries]),
        day=days,
        run=zero,
        rank=zero,
    )


def _column(numbers: Sequence[int]) -> Int64s:
    return np.array(numbers, np.int64)


def places_of(work: BookWork, journals: Sequence[Journal], day: int) -> dict[Place, int]:
    """The id of every account that the journals name; inner and system accounts are opened where they lack."""
    named = {place for one in journals for entry in one.entries for place in (entry.debit, entry.credit)}
    found: dict[Place, int] = {place: place for place in named if isinstance(place, int)}
    inner = sorted((one.parent, int(one.kind), one.asset) for one in named if isinstance(one, Inner))
    opened = work.open_inner(inner, day) if inner else {}
    found |= {Inner(parent, Kind(kind), asset): opened[parent, kind, asset] for parent, kind, asset in inner}
    system = sorted((one.asset, one.path) for one in named if isinstance(one, System))
    for asset in sorted({asset for asset, _ in system}):
        paths = [path for one, path in system if one == asset]
        ids = work.system_accounts(asset, paths).tolist()
        found |= {System(asset, path): account for path, account in zip(paths, ids, strict=True)}
    return found


def post(work: BookWork, journals: Sequence[Journal], stamp: Stamp) -> list[int]:
    """Write the journals as one sealed block; the seq of each one's first transfer.

    What holdings bring passes the ceiling of its account, on record (`engine.holds.forced.BRINGS`). Raises SluiceError
    `books_broken` where the books refuse one: the callers have proved that they will not.
    """
    journals = [one for one in journals if one.entries]
    if not journals:
        return []
    day = stamp[0]
    batch = transfers(work.row.book, journals, day, places_of(work, journals, day))
    own = work.accounts(np.unique(np.concatenate([batch.debit, batch.credit])))
    state = BookState(work.row.book, work.row.next_seq, let_come(own, batch), work.stored(batch))
    applied = apply(state, batch)
    refused = np.flatnonzero(applied.status != Status.CREATED)
    if len(refused):
        line = int(refused[0])
        status = Status(int(applied.status[line])).name.lower()
        sentence = (
            f"The books refuse a trade or its settlement ({status}, customer {int(batch.customer[line])}, amount "
            f"{int(batch.amount[line])}): nothing was written. Run `flask verify` before the next window."
        )
        raise SluiceError("books_broken", sentence)
    wide = outside(own, applied)
    work.loosen(wide.account, wide.floor, wide.ceiling)
    work.write(sealed_block(work.row, state.accounts, batch, applied, stamp))
    if len(wide.account):
        work.keep_forced(rows_of(Passed(day, batch, applied, own, wide), _rule_floors(work, own, wide.account)))
    first = np.flatnonzero(np.diff(batch.journal, prepend=-1))
    return [int(seq) for seq in applied.seq[first]]


def _rule_floors(work: BookWork, known: Accounts, accounts: Int64s) -> Int64s:
    """What rules keep in these accounts of households, which are among the known ones."""
    owners = np.unique(known.customer[known.positions(accounts)])
    kept = {one.account: one.rule_floor for one in work.accounts_of(owners, inner=True)}
    return _column([kept[one] for one in accounts.tolist()])
