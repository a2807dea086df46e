"""What must always be true of the stored books, proved from the transfers themselves (ledger.md 4.14).

A check reads the transfers of one book once, in seq order, in chunks of any size. It keeps columns of one entry an
account and the holds that are open at that point, so a book of any length fits. `verify` and the tests share it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from ledger.accounts import Accounts, Int64s
from ledger.batch import TransferKind, Transfers, join, no_transfers
from ledger.checks import MAX_AMOUNT, REPEATED, Flags, numbered, resolves
from ledger.ids import book_of
from ledger.limits import POSTED, by_account, exact_total

LISTED = 100  # findings of one code that are written out; the rest is counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken invariant: a code of ledger.md 4.14, the book, the seq it shows at (0 for a balance), a sentence."""

    code: str
    book: int
    seq: int
    sentence: str


class Findings:
    """Findings of one book, at most LISTED of a code and then one that counts the rest."""

    def __init__(self, book: int) -> None:
        self.book = book
        self._listed: list[Finding] = []
        self._count: Counter[str] = Counter()

    def add(self, code: str, seq: int, sentence: str) -> None:
        """Note one finding."""
        self._count[code] += 1
        if self._count[code] <= LISTED:
            self._listed.append(Finding(code, self.book, seq, sentence))

    def each(self, code: str, seq: Int64s, sentence: str) -> None:
        """Note one finding at each seq."""
        for at in seq[:LISTED].tolist():
            self.add(code, at, sentence)
        self._count[code] += max(0, len(seq) - LISTED)

    def all(self) -> list[Finding]:
        """Everything noted, by code and then by seq."""
        more = [
            Finding(code, self.book, 0, f"{count - LISTED} more findings of {code} are not listed")
            for code, count in self._count.items()
            if count > LISTED
        ]
        return sorted(self._listed, key=lambda f: (f.code, f.seq)) + more


class OpenHolds:
    """The pending transfers that nothing has resolved yet, and the proof that each is resolved once (C08)."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self.rows = no_transfers()
        self._seq = np.zeros(0, np.int64)

    def add(self, seq: Int64s, transfers: Transfers) -> None:
        """Take the next transfers: new holds join, resolutions end theirs."""
        pending, resolving = transfers.kind == TransferKind.PENDING, resolves(transfers.kind)
        holds = join([self.rows, transfers.take(pending)])
        since, asked, at = np.concatenate([self._seq, seq[pending]]), transfers.take(resolving), seq[resolving]
        row = _rows_of(holds, asked)
        first = np.zeros(len(asked), np.bool_)
        first[np.unique(row, return_index=True)[1]] = True
        open_ = (row >= 0) & first
        open_[open_] = since[row[open_]] < at[open_]
        self._findings.each("C08", at[~open_], "resolves a transfer that is not an open hold")
        ended, held = asked.take(open_), holds.take(row[open_])
        differs = np.zeros(len(ended), np.bool_)
        for name in REPEATED:
            differs |= getattr(ended, name) != getattr(held, name)
        self._findings.each("C08", at[open_][differs], "has other accounts, customer, asset or amount than its hold")
        stays = np.ones(len(holds), np.bool_)
        stays[row[open_]] = False
        self.rows, self._seq = holds.take(stays), since[stays]


def _rows_of(holds: Transfers, asked: Transfers) -> Int64s:
    """The hold that each resolution names, or -1."""
    number = numbered(
        np.concatenate([holds.id_hi, asked.pending_hi]),
        np.concatenate([holds.id_lo, asked.pending_lo]),
    )
    row_of = np.full(len(number), -1, np.int64)
    row_of[number[: len(holds)]] = np.arange(len(holds))
    return row_of[number[len(holds) :]]


class BookCheck:
    """The fold of one book's transfers, held against its balance columns.

    C01 posted sums, C02 pending sums, C03 assets, C05 sequence, journals and ids, C07 limits at the end, C08 holds.
    `accounts` are all accounts of the book with their stored balances.
    """

    def __init__(self, book: int, accounts: Accounts) -> None:
        self._findings = Findings(book)
        self._accounts = accounts
        self._debits, self._credits = (np.zeros(len(accounts.account), np.int64) for _ in range(2))
        self._holds = OpenHolds(self._findings)
        self._seq, self._journal = 0, -1

    def add(self, seq: Int64s, transfers: Transfers, journal: Int64s) -> None:
        """Take the next stored transfers in seq order; `journal` is their stored journal number."""
        if len(seq) == 0:
            return
        self._order(seq, journal)
        self._findings.each("C05", seq[book_of(transfers.id_hi) != self._findings.book], "its id names another book")
        debit, credit = self._accounts.positions(transfers.debit), self._accounts.positions(transfers.credit)
        sound = (debit >= 0) & (credit >= 0) & (transfers.debit != transfers.credit) & _plausible(transfers)
        self._findings.each("C01", seq[~sound], "names no two accounts of the book, or has no valid kind and amount")
        debit, credit, seq, transfers = debit[sound], credit[sound], seq[sound], transfers.take(sound)
        for side in (debit, credit):
            foreign = self._accounts.asset[side] != transfers.asset
            self._findings.each("C03", seq[foreign], "moves another asset than its account holds")
        posted, n = transfers.amount * POSTED[transfers.kind], len(self._debits)
        self._debits += by_account(n, debit, posted)
        self._credits += by_account(n, credit, posted)
        self._holds.add(seq, transfers)

    def findings(self, next_seq: int) -> list[Finding]:
        """Every broken invariant, after the last transfer; `next_seq` is what the book row says."""
        if next_seq != self._seq + 1:
            self._findings.add("C05", self._seq, f"the book goes on at seq {next_seq}, the last transfer is this one")
        a, n, holds = self._accounts, len(self._debits), self._holds.rows
        self._compare("C01", "debits posted", a.debits_posted, self._debits)
        self._compare("C01", "credits posted", a.credits_posted, self._credits)
        debits, credits_ = (by_account(n, a.positions(side), holds.amount) for side in (holds.debit, holds.credit))
        self._compare("C02", "debits pending", a.debits_pending, debits)
        self._compare("C02", "credits pending", a.credits_pending, credits_)
        self._trial_balance()
        low, high = a.posted() - a.credits_pending, a.posted() + a.debits_pending
        for at in np.flatnonzero((low < a.floor) | (high > a.ceiling)).tolist():
            limits = f"from {low[at]} to {high[at]}, its limits are {a.floor[at]} and {a.ceiling[at]}"
            self._findings.add("C07", 0, f"account {a.account[at]} counts {limits}")
        return self._findings.all()

    def _order(self, seq: Int64s, journal: Int64s) -> None:
        before, earlier = np.append(self._seq, seq[:-1]), np.append(self._journal, journal[:-1])
        self._findings.each("C05", seq[seq != before + 1], "does not follow the seq before it")
        torn = (journal != seq) & (journal != earlier)
        self._findings.each("C05", seq[torn], "stands apart from its journal")
        self._seq, self._journal = int(seq[-1]), int(journal[-1])

    def _compare(self, code: str, what: str, stored: Int64s, folded: Int64s) -> None:
        for at in np.flatnonzero(stored != folded).tolist():
            account = self._accounts.account[at]
            sentence = f"account {account}: {what} is {stored[at]}, its transfers say {folded[at]}"
            self._findings.add(code, 0, sentence)

    def _trial_balance(self) -> None:
        a = self._accounts
        pairs = (("posted", a.debits_posted, a.credits_posted), ("pending", a.debits_pending, a.credits_pending))
        for asset in np.unique(a.asset).tolist():
            here = a.asset == asset
            for what, debits, credits_ in pairs:
                delta = exact_total(debits[here]) - exact_total(credits_[here])
                if delta:
                    sentence = f"asset {asset}: {what} debits less credits are {delta}, not zero"
                    self._findings.add("C03", 0, sentence)


def _plausible(transfers: Transfers) -> Flags:
    mask: Flags = (transfers.kind >= TransferKind.SINGLE) & (transfers.kind <= TransferKind.VOID)
    return mask & (transfers.amount > 0) & (transfers.amount <= MAX_AMOUNT)
