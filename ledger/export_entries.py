"""What every export reads: chunks of stored transfers, taken apart into days of posted journals and open holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, NamedTuple

from ledger.accounts import Int64s
from ledger.batch import Code, TransferKind, Transfers
from ledger.ids import book_of, to_hex

NO_ID: Final = "0" * 32
_WORDS: Final[dict[int, str]] = {
    Code.OPENING: "opening",
    Code.STATEMENT: "statement",
    Code.CARD: "card purchase",
    Code.ADJUSTMENT: "adjustment",
    Code.ONE_OFF: "one-off transfer",
    Code.WIRE: "one-off transfer by wire",
    Code.RETURNED: "deposit that the bank took back",
    Code.INTEREST: "interest",
    Code.CHARGE: "interest charged",
    Code.CLOSING: "account closed",
    Code.BUY: "buy",
    Code.SELL: "sale",
    Code.GAIN: "realised gain or loss",
    Code.FEE: "fee",
    Code.SETTLE: "settlement",
    Code.DIVIDEND: "dividend",
    Code.SPLIT: "split",
    Code.CASH_IN_LIEU: "cash in lieu of a fraction",
    Code.RENAMED: "new symbol",
    Code.HOLDING: "holding moved",
    Code.EARMARK: "set aside",
    Code.RETURN_OF_CAPITAL: "return of capital",
    Code.RAISED: "raised by sales",
}


@dataclass(frozen=True, slots=True)
class ExportChunk:
    """Stored transfers with their sequence numbers; `transfers.journal` is the journal number as stored.

    All chunks of an export, one after the other, ascend strictly by (effective date, book, seq): the caller sorts,
    the export only checks. A chunk may begin or end anywhere, also inside a journal.
    """

    seq: Int64s
    transfers: Transfers


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose transfers an export holds: one customer's, one book's, or all when both are None."""

    customer: int | None = None
    book: int | None = None

    def holds(self, customer: int, book: int) -> bool:
        """Whether the books of this customer, who is in this book, are in the scope."""
        return self.customer in {None, customer} and self.book in {None, book}


class ExportEntry(NamedTuple):
    """One transfer. Ids are hexadecimal; `resolves` is that of the hold which a post or void resolves, else zeros."""

    day: int
    book: int
    seq: int
    id: str
    kind: int
    resolves: str
    journal: int
    customer: int
    debit: int
    credit: int
    asset: int
    amount: int
    code: int
    rank: int

    def narration(self) -> str:
        """Why the money moved, in words: `statement`, `rule 3`."""
        if self.code == Code.RULE:
            return f"rule {self.rank}"
        return _WORDS.get(self.code, f"code {self.code}")


Journal = list[ExportEntry]


def entries(chunks: Iterable[ExportChunk], scope: Scope) -> Iterator[ExportEntry]:
    """The transfers of the chunks that lie in the scope, one by one.

    Raises ValueError for transfers that do not ascend by (effective date, book, seq).
    """
    last = (-(10**9), 0, 0)
    for chunk in chunks:
        for entry in _rows(chunk):
            if entry[:3] <= last:
                message = f"transfer {entry[:3]} after {last}: exports need ascending (day, book, seq)"
                raise ValueError(message)
            last = entry[:3]
            if scope.holds(entry.customer, entry.book):
                yield entry


def _rows(chunk: ExportChunk) -> Iterator[ExportEntry]:
    lines = chunk.transfers
    ids = map(to_hex, lines.id_hi.tolist(), lines.id_lo.tolist())
    resolves = map(to_hex, lines.pending_hi.tolist(), lines.pending_lo.tolist())
    head = (lines.day.tolist(), book_of(lines.id_hi).tolist(), chunk.seq.tolist(), ids, lines.kind.tolist(), resolves)
    names = ("journal", "customer", "debit", "credit", "asset", "amount", "code", "rank")
    rest = (getattr(lines, name).tolist() for name in names)
    return (ExportEntry(*row) for row in zip(*head, *rest, strict=True))


@dataclass(slots=True)
class Holds:
    """The pending transfers that nothing seen so far has resolved, in the order of their dates."""

    open: dict[str, ExportEntry] = field(default_factory=dict)
    _resolved: set[str] = field(default_factory=set)  # before their pending transfer was seen: dated earlier than it

    def see(self, entry: ExportEntry) -> None:
        """Take notice of the next transfer."""
        if entry.kind == TransferKind.PENDING:
            if entry.id in self._resolved:
                self._resolved.remove(entry.id)
            else:
                self.open[entry.id] = entry
        elif entry.resolves != NO_ID and self.open.pop(entry.resolves, None) is None:
            self._resolved.add(entry.resolves)


def posted_days(transfers: Iterable[ExportEntry], holds: Holds) -> Iterator[tuple[int, list[Journal]]]:
    """Each day with the journals posted on it; holds go to `holds`, and a hold that is posted counts as its post.

    The legs of one asset stand together in a journal. One day is held in memory at a time.
    """
    for day, rows in groupby(transfers, key=lambda entry: entry.day):
        journals = []
        for _, members in groupby(rows, key=lambda entry: (entry.book, entry.journal)):
            legs = []
            for entry in members:
                holds.see(entry)
                if entry.kind in {TransferKind.SINGLE, TransferKind.POST}:
                    legs.append(entry)
            if legs:
                journals.append(sorted(legs, key=lambda entry: entry.asset))
        if journals:
            yield day, journals
