"""The books against themselves: every transfer read again and held against all that was derived from it.

Findings carry the codes of ledger.md 4.14: C01 to C03, C05, C07, C08 and C10 from the ledger's own checks; here also
C06 lines and last seq a balance, C08 the open holds, C09 flows a day, C10 links of the chain, C15 refusals without a
transfer, C16 guards. By way of their own modules: C07 limits in force (`store/limitverify.py`), C09 changes a day
(`store/dayverify.py`), C12 lots and C14 clearing accounts (`store/lotverify.py`), C19 interest
(`store/interestverify.py`). One snapshot, in chunks: memory grows with accounts, days and lots, not with transfers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from sqlalchemy import select

from ledger.accounts import Accounts, Int64s
from ledger.batch import Code, TransferKind, Transfers
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.invariants import BookCheck, Finding, Findings
from ledger.money import format_money
from ledger.seal import GENESIS, SEAL_VERSION
from ledger.sealcheck import Block, SealCheck
from store.books import Work, opened
from store.bulk import Bulk, Ids, ids16
from store.database import Database
from store.dayverify import DayCheck
from store.guards import missing_guards
from store.held import Chart
from store.interestverify import InterestCheck
from store.limitverify import limit_findings
from store.lotverify import lot_check, take_changes
from store.migrate import assert_ready
from store.tables import table
from store.transfers import loaded, query, sorted_by
from store.writing import by_day, flow_sums

ROWS: Final = 100_000
"""Transfers in memory at once."""

Sums = tuple[Int64s, Int64s, dict[str, Int64s]]
FLOWS: Final = ("arrived", "spent", "round_up")


def verify(url: str) -> Iterator[Finding]:
    """Every finding, book by book. Raises SluiceError `database_not_migrated` where there is nothing to read."""
    with closing(Database(url)) as database, database.reading() as bulk:
        assert_ready(bulk.connection, guards=False)
        for name in missing_guards(bulk.connection):
            yield Finding("C16", 0, 0, f"the guard {name} is missing, changed or switched off")
        for row in bulk.rows(select(table("book").c.book_id).order_by(table("book").c.book_id)):
            yield from _book(bulk, row[0])


@dataclass(frozen=True, slots=True)
class Override:
    """A floor or a ceiling that gave way to a forced entry (ledger.md 4.4): no finding, but to be seen."""

    book: int
    seq: int
    sentence: str


def overrides(url: str) -> Iterator[Override]:
    """Every override, book by book, in order of the entries; reads a database that `verify` can read."""
    with closing(Database(url)) as database, database.reading() as bulk:
        for (book,) in bulk.rows(select(table("book").c.book_id).order_by(table("book").c.book_id)):
            work = opened(bulk, book)
            rows = sorted(work.forced(), key=lambda row: row.seq)
            names = {one.account: one.handle for one in work.accounts_of(inner=True)} if rows else {}
            loose = work.loosened()
            sides = (set(loose.account[loose.floor < loose.own_floor].tolist()), "floor", "lowered")
            tops = (set(loose.account[loose.ceiling > loose.own_ceiling].tolist()), "ceiling", "raised")
            for row in rows:
                gave_way, word, so = tops if row.above else sides
                how = "above" if row.above else "below"
                own = format_money(row.own_ceiling if row.above else row.own_floor)
                went = f"{names[row.account]} (account {row.account}) went {format_money(row.amount)} {how} its {word}"
                now = f"the {word} is still {so}" if row.account in gave_way else f"the {word} is its own again"
                why = f"of {own} on {format_day(row.day)}: {Code(row.code).name.lower()}"
                yield Override(book, row.seq, f"{went} {why}; {now}")


def _book(bulk: Bulk, book: int) -> list[Finding]:
    """Everything wrong with one book."""
    work = opened(bulk, book)
    try:
        accounts = work.every_account()
    except SluiceError as fault:
        return [Finding("C01", book, 0, fault.sentence)]
    check, seals, counts = BookCheck(book, accounts), _Seals(work), _Counts(work, accounts)
    lots = lot_check(work, accounts)
    start = 0
    while True:
        transfer = table("transfer")
        chosen = query().where(work.here(transfer), transfer.c.seq > start).order_by(transfer.c.seq).limit(ROWS)
        columns = sorted_by(bulk.read(chosen), "seq")
        seq, lines = columns["seq"], loaded(columns)
        check.add(seq, lines, columns["journal"])
        seals.check.add(seq, lines, columns["journal"])
        counts.add(seq, lines)
        lots.add(lines)
        if len(seq) < ROWS:
            take_changes(work, lots, ROWS)
            found = [*check.findings(work.row.next_seq), *limit_findings(work), *seals.findings()]
            return [*found, *counts.findings(), *lots.findings()]
        start = int(seq[-1])


class _Seals:
    """The stored seals of a book: each follows the one before, and the book's head is the last."""

    def __init__(self, work: Work) -> None:
        seal = table("seal")
        names = ("first_seq", "last_seq", "version", "previous", "hash")
        chosen = select(*(seal.c[name] for name in names)).where(work.here(seal)).order_by(seal.c.first_seq)
        self._rows = work.bulk.rows(chosen)
        self._work = work
        self.check = SealCheck(work.book, [Block(row.first_seq, row.last_seq, bytes(row.hash)) for row in self._rows])

    def findings(self) -> list[Finding]:
        """Seals that do not hold, then links that do not."""
        links = Findings(self._work.book)
        before = GENESIS
        for row in self._rows:
            if bytes(row.previous) != before or row.version != SEAL_VERSION:
                links.add("C10", row.first_seq, "the seal does not name the seal before it, or another version")
            before = bytes(row.hash)
        if before != self._work.row.head:
            links.add("C10", 0, "the head of the book is not its last seal")
        return [*self.check.findings(), *links.all()]


class _Counts:
    """What the writer keeps beside the transfers: lines an account, open holds, flows a day, refusals."""

    def __init__(self, work: Work, accounts: Accounts) -> None:
        self._work, self._accounts = work, accounts
        self._chart: Chart = work.chart(accounts.account)
        self._found = Findings(work.book)
        self._lines, self._last = (np.zeros(len(accounts.account), np.int64) for _ in range(2))
        self._open: dict[bytes, int] = {}
        none = np.zeros(0, np.int64)
        self._flows = (none, none, dict.fromkeys(FLOWS, none))
        self._day_check, self._interest = DayCheck(work, self._chart), InterestCheck(work, self._chart)

    def add(self, seq: Int64s, lines: Transfers) -> None:
        """Take the next transfers; those that name unknown accounts are reported elsewhere."""
        known = (self._accounts.positions(lines.debit) >= 0) & (self._accounts.positions(lines.credit) >= 0)
        seq, lines = seq[known], lines.take(known)
        for side in (lines.debit, lines.credit):
            at = self._accounts.positions(side)
            np.add.at(self._lines, at, 1)
            np.maximum.at(self._last, at, seq)
        pending = lines.kind == TransferKind.PENDING
        self._open |= zip(_keys(ids16(lines.id_hi, lines.id_lo)[pending]), seq[pending].tolist(), strict=True)
        ends = (lines.kind == TransferKind.POST) | (lines.kind == TransferKind.VOID)
        for key in _keys(ids16(lines.pending_hi, lines.pending_lo)[ends]):
            self._open.pop(key, None)
        self._flows = _joined(self._flows, flow_sums(lines, self._chart))
        self._day_check.add(seq, lines)
        self._interest.add(lines)

    def findings(self) -> list[Finding]:
        """What does not agree, after the last transfer."""
        self._balances()
        self._holds()
        self._days()
        transfer, rejection = table("transfer"), table("rejection")
        both = (rejection.c.book_id == transfer.c.book_id) & (rejection.c.transfer_id == transfer.c.transfer_id)
        refused = select(transfer.c.seq).join(rejection, both).where(self._work.here(transfer))
        for row in self._work.bulk.rows(refused.order_by(transfer.c.seq)):
            self._found.add("C15", row[0], "was refused and is here all the same")
        return [*self._found.all(), *self._day_check.findings(), *self._interest.findings()]

    def _balances(self) -> None:
        balance = table("balance")
        names = ("account_id", "version", "last_seq")
        chosen = select(*(balance.c[name] for name in names)).where(self._work.here(balance))
        rows = sorted_by(self._work.bulk.read(chosen), "account_id")
        wrong = (rows["version"] != self._lines) | (rows["last_seq"] != self._last)
        for at in np.flatnonzero(wrong).tolist():
            said = f"{rows['version'][at]} lines up to seq {rows['last_seq'][at]}"
            counted = f"{self._lines[at]} up to {self._last[at]}"
            self._found.add("C06", 0, f"account {rows['account_id'][at]} says {said}, there are {counted}")

    def _holds(self) -> None:
        hold = table("hold")
        rows = self._work.bulk.read(select(hold.c.transfer_id, hold.c.seq).where(self._work.here(hold)))
        stored = dict(zip(_keys(rows["transfer_id"]), rows["seq"].tolist(), strict=True))
        for _, seq in sorted(stored.items() ^ self._open.items(), key=lambda item: item[1]):
            self._found.add("C08", seq, "is pending and not among the open holds, or the other way round")

    def _days(self) -> None:
        flows = self._work.flows(*(2 * (-(2**62),)))
        account, day, less = self._flows
        kept = (flows.account, flows.effective, {name: getattr(flows, name) for name in FLOWS})
        account, day, rest = _joined((account, day, {name: -less[name] for name in FLOWS}), kept)
        wrong = np.any([rest[name] != 0 for name in FLOWS], axis=0)
        for one, at in zip(account[wrong].tolist(), day[wrong].tolist(), strict=True):
            self._found.add("C09", 0, f"the flows of account {one} on day {at} are not its transfers'")


def _joined(one: Sums, other: Sums) -> Sums:
    """Both sums an account and day in one."""
    account, day = (np.concatenate([one[place], other[place]]) for place in (0, 1))
    return by_day(account, day, {name: np.concatenate([one[2][name], other[2][name]]) for name in FLOWS})


def _keys(ids: Ids) -> list[bytes]:
    """Ids as dictionary keys."""
    return cast("list[bytes]", ids.tolist())
