"""Histories to export: a chart of several households and books, random valid transfers, and a reader of the results."""

from __future__ import annotations

import csv
import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from ledger.accounts import Kind
from ledger.batch import Code
from ledger.days import parse_day
from ledger.export import ExportAccount, ExportChunk
from ledger.ids import number
from ledger.money import parse_money
from ledger.seal import asset_number
from tests.ledger.books import as_transfers
from tests.ledger.model import PENDING, POST, SINGLE, VOID, Line

NEW_YEAR = parse_day("2024-01-01")
HANDLES = {
    "checking": Kind.CHECKING,
    "everyday.bank": Kind.BANK,
    "high_yield": Kind.CASH,
    "borrow": Kind.BORROW,
    "invest.a": Kind.INVEST,
    "invest_a": Kind.INVEST,
}
SYSTEM = {
    "income:salary": Kind.INCOME,
    "income:uncategorised": Kind.INCOME,
    "expense:rent": Kind.EXPENSE,
    "expense:uncategorised": Kind.EXPENSE,
    "equity:opening": Kind.EQUITY,
    "equity:adjustment": Kind.EQUITY,
}
Rows = list[tuple[int, int, Line]]  # seq, rank, transfer


@dataclass
class History:
    """Books in the making: what is described, and the transfers of each book with their sequence numbers."""

    accounts: dict[int, ExportAccount] = field(default_factory=dict)
    rows: dict[int, Rows] = field(default_factory=dict)
    open_holds: list[tuple[int, Line]] = field(default_factory=list)

    def household(self, book: int, n: int, reference: str, asset: str = "USD") -> int:
        """Describe customer `n` of the book with six accounts and, once a book and asset, the system accounts."""
        customer, first = number(book, n), number(book, 1000 * n)
        for at, (handle, kind) in enumerate(HANDLES.items()):
            self.accounts[first + at] = ExportAccount(book, kind, asset, handle, customer, reference)
        if not self.system(book, asset):
            first = number(book, 10**9 + len(self.accounts))
            for at, (path, kind) in enumerate(SYSTEM.items()):
                self.accounts[first + at] = ExportAccount(book, kind, asset, path)
        self.rows.setdefault(book, [])
        return customer

    def system(self, book: int, asset: str) -> dict[str, int]:
        """The system accounts of a book and asset by path."""
        return {
            one.handle: account
            for account, one in self.accounts.items()
            if not one.customer and (one.book, one.asset) == (book, asset)
        }

    def own(self, customer: int) -> dict[str, int]:
        """A customer's accounts by handle."""
        return {one.handle: account for account, one in self.accounts.items() if one.customer == customer}

    def add(self, line: Line, rank: int = 0) -> Line:
        """Store a transfer: the next seq and an id; journal 0 starts a journal of its own, else it joins that one."""
        book = line.customer >> 40
        seq = len(self.rows[book]) + 1
        line = replace(line, id=(book << 112) + seq, journal=line.journal or seq)
        self.rows[book].append((seq, rank, line))
        return line

    def chunks(self, *sizes: int) -> list[ExportChunk]:
        """Everything by effective date, book and seq, cut into pieces of these sizes, again and again."""
        everything = [(line.day, book, *row) for book, rows in self.rows.items() for row in rows for line in [row[2]]]
        everything.sort(key=lambda row: row[:3])
        found, at, turn = [], 0, 0
        while at < len(everything):
            size = sizes[turn % len(sizes)] if sizes else len(everything)
            found.append(_chunk([row[2:] for row in everything[at : at + size]]))
            at, turn = at + size, turn + 1
        return found

    def balances(self) -> dict[int, int]:
        """The posted balance of each account that has moved."""
        found: Counter[int] = Counter()
        for line in (row[2] for rows in self.rows.values() for row in rows):
            if line.kind in {SINGLE, POST}:
                found[line.debit] += line.amount
                found[line.credit] -= line.amount
        return dict(found)

    def audited(self) -> dict[int, ExportAccount]:
        """The accounts with the balances that the books hold."""
        held = self.balances()
        return {account: replace(one, posted=held.get(account, 0)) for account, one in self.accounts.items()}


def _chunk(rows: Rows) -> ExportChunk:
    transfers = as_transfers([line for _, _, line in rows])
    ranks = np.array([rank for _, rank, _ in rows], np.int64)
    return ExportChunk(np.array([seq for seq, _, _ in rows], np.int64), replace(transfers, rank=ranks))


def transfer(customer: int, debit: int, credit: int, amount: int, day: int) -> Line:
    """A single transfer of dollars by a rule."""
    return Line(0, SINGLE, 0, 0, customer, debit, credit, asset_number("USD"), amount, Code.RULE, day)


def lived(history: History, source: random.Random, count: int) -> History:
    """Add `count` random transfers of all kinds to the households of the history, dates not always ascending."""
    households = sorted({one.customer for one in history.accounts.values() if one.customer})
    day = NEW_YEAR
    for _ in range(count):
        day += source.choice((0, 0, 0, 1, 2))
        customer = source.choice(households)
        own = history.own(customer)
        one = history.accounts[own["checking"]]
        kind = source.choice(("rule", "rule", "outside", "outside", "journal", "hold", "resolve"))
        if kind == "resolve" and history.open_holds:
            rank, hold = history.open_holds.pop(source.randrange(len(history.open_holds)))
            fate = source.choice((POST, POST, VOID))
            history.add(
                replace(hold, id=0, journal=0, kind=fate, pending=hold.id, day=day - source.choice((0, 3))), rank
            )
            continue
        debit, credit = source.sample(sorted(own.values()), 2)
        rank, amount = source.randint(1, 9), source.choice((1, 10, 99, 12_345, 10**6, source.randint(1, 10**15)))
        line = transfer(customer, debit, credit, amount, day - source.choice((0, 0, 0, 40)))
        line = replace(line, asset=asset_number(one.asset))
        if kind == "outside":
            other = source.choice(sorted(history.system(one.book, one.asset).values()))
            sides = source.choice(({"debit": other}, {"credit": other}))
            codes = (Code.OPENING, Code.STATEMENT, Code.CARD, Code.ADJUSTMENT, Code.ONE_OFF)
            history.add(replace(line, code=source.choice(codes), **sides))
        elif kind == "hold":
            history.open_holds.append((rank, history.add(replace(line, kind=PENDING), rank)))
        else:
            first = history.add(line, rank)
            for _ in range(source.randint(1, 3) if kind == "journal" else 0):
                debit, credit = source.sample(sorted(own.values()), 2)
                history.add(replace(first, debit=debit, credit=credit, amount=source.randint(1, 999)), rank)
    return history


def demo() -> History:
    """A household: opening, a journal of two legs, a posted hold, a void one, an open one; two months."""
    history = History()
    customer = history.household(1, 1, 'O"Neil, A.')
    own, system = history.own(customer), history.system(1, "USD")
    cash, bank, day = own["checking"], own["everyday.bank"], parse_day("2024-01-31")
    first = transfer(customer, cash, system["equity:opening"], 100_000, day)
    history.add(replace(first, code=Code.OPENING))
    leg = history.add(transfer(customer, own["high_yield"], cash, 30_005, day), 3)
    history.add(replace(leg, debit=own["borrow"], amount=1), 3)
    hold = history.add(replace(transfer(customer, bank, cash, 2_500, day + 1), kind=PENDING), 4)
    gone = history.add(replace(transfer(customer, bank, cash, 7, day + 1), kind=PENDING), 4)
    history.add(replace(transfer(customer, bank, cash, 90, day + 1), kind=PENDING), 5)
    history.add(replace(hold, id=0, journal=0, kind=POST, pending=hold.id, day=day + 2), 4)
    history.add(replace(gone, id=0, journal=0, kind=VOID, pending=gone.id, day=day + 2), 4)
    history.add(replace(transfer(customer, system["expense:rent"], cash, 10, day + 2), code=99))
    keep = {account for one in (row[2] for row in history.rows[1]) for account in (one.debit, one.credit)}
    keep.add(own["invest_a"])
    history.accounts = {account: one for account, one in history.accounts.items() if account in keep}
    return history


_POSTING = re.compile(r" {2,4}([A-Z][^ ]*)  (-?[0-9]+\.[0-9]{2}) ([A-Z]+)(?: = \S+ \S+)?(?:  ; seq:\d+)?\n", re.ASCII)


def reread(form: str, lines: Iterable[str]) -> dict[str, int]:
    """Balances by account name, from the text alone, without accounts at zero."""
    found: Counter[str] = Counter()
    if form == "csv":
        for row in csv.DictReader(lines):
            if row["kind"] in {"single", "post"}:
                found[row["debit"]] += parse_money(row["amount"])
                found[row["credit"]] -= parse_money(row["amount"])
    else:
        for match in filter(None, map(_POSTING.fullmatch, lines)):
            found[match[1]] += parse_money(match[2], signed=True)
    return {account: cents for account, cents in found.items() if cents}
