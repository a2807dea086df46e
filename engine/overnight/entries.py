"""Journals of a night's own money as columns: interest, charges and fees of a whole book (rulings 5, 16, 30)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
from ledger.batch import Code, TransferKind, Transfers, no_transfers
from ledger.ids import transfer_ids

_WORD: Final = -2  # stands where a move has its rank, so that ids never meet those of rules or releases


@dataclass(frozen=True, slots=True)
class Entries:
    """n entries: `amount` cents to `debit` from `credit`, counting for `day`; those of one `journal` stand together.

    `about` tells an entry apart from every other of its customer, code and day: an account, a month, a kind of fee.
    """

    customer: Int64s
    debit: Int64s
    credit: Int64s
    asset: Int64s
    amount: Int64s
    code: Int64s
    day: Int64s
    about: Int64s
    journal: Int64s

    def __len__(self) -> int:
        """Number of entries."""
        return len(self.customer)

    def take(self, which: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Self:
        """The entries at these places."""
        return type(self)(*(getattr(self, one.name)[which] for one in fields(self)))

    def some(self) -> Self:
        """Those that move something."""
        return self.take(self.amount > 0)


def entries(sides: tuple[Int64s, Int64s], amount: Int64s, code: Code, day: Int64s | int, of: Entries) -> Entries:
    """Entries with the customers, assets, `about` and journals of others; those of nothing are left out."""
    debit, credit = sides
    count = len(amount)
    days = np.broadcast_to(np.asarray(day, np.int64), (count,))
    codes = np.full(count, code, np.int64)
    return Entries(of.customer, debit, credit, of.asset, amount, codes, days, of.about, of.journal).some()


def about(customer: Int64s, asset: Int64s, what: Int64s, journal: Int64s) -> Entries:
    """What entries of one kind share: no amounts yet."""
    zero = np.zeros(len(customer), np.int64)
    return Entries(customer, zero, zero, asset, zero, zero, zero, what, journal)


def all_of(*parts: Entries) -> Entries:
    """All parts, in order; journals of different parts stay apart."""
    found: list[Entries] = []
    first = 0
    for one in parts:
        if len(one):
            numbers = np.unique(one.journal, return_inverse=True)[1]
            columns = {field.name: getattr(one, field.name) for field in fields(one)}
            found.append(Entries(**columns | {"journal": numbers + first}))
            first += int(numbers.max()) + 1
    if not found:
        none = np.zeros(0, np.int64)
        return Entries(*(none for _ in fields(Entries)))
    return together(*found)


def together(*parts: Entries) -> Entries:
    """All parts, those with one journal's number in one journal."""
    both = Entries(*(np.concatenate([getattr(one, name.name) for one in parts]) for name in fields(Entries)))
    return both.take(np.argsort(both.journal, kind="stable"))


def as_transfers(book: int, given: Entries, run: int, first_journal: int) -> Transfers:
    """The entries as a batch of the night `run`."""
    if not len(given):
        return no_transfers()
    leg = _legs(given)
    words = [given.customer, np.full(len(given), run), np.full(len(given), _WORD), given.code, given.about, leg]
    id_hi, id_lo = transfer_ids(book, given.day, words)
    none, zero = np.zeros(len(given), np.uint64), np.zeros(len(given), np.int64)
    return Transfers(
        id_hi=id_hi,
        id_lo=id_lo,
        kind=zero + TransferKind.SINGLE,
        pending_hi=none,
        pending_lo=none,
        journal=given.journal + first_journal,
        customer=given.customer,
        debit=given.debit,
        credit=given.credit,
        asset=given.asset,
        amount=given.amount,
        code=given.code,
        day=given.day,
        run=zero + run,
        rank=zero,
    )


def _legs(given: Entries) -> Int64s:
    """The number of each entry within its journal."""
    starts = np.flatnonzero(np.diff(given.journal, prepend=-1))
    return np.arange(len(given)) - np.repeat(starts, np.diff(np.append(starts, len(given))))
