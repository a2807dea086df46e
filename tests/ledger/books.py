"""A tiny store for tests: keeps what `apply` created and refused, and hands it back as a real store would."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from ledger.accounts import Accounts, Int64s, Standing
from ledger.apply import apply
from ledger.batch import Applied, BookState, Stored, Transfers, UInt64s
from ledger.statuses import remembered
from tests.ledger.model import POST, VOID, Account, Line

LOW = (1 << 64) - 1


def column(values: list[int]) -> Int64s:
    return np.array(values, np.int64)


def words(values: list[int]) -> tuple[UInt64s, UInt64s]:
    return np.array([v >> 64 for v in values], np.uint64), np.array([v & LOW for v in values], np.uint64)


def as_transfers(lines: list[Line]) -> Transfers:
    """The lines as columns; run and rank are 0."""

    def numbers(name: str) -> Int64s:
        return column([getattr(line, name) for line in lines])

    id_hi, id_lo = words([line.id for line in lines])
    pending_hi, pending_lo = words([line.pending for line in lines])
    none = np.zeros(len(lines), np.int64)
    names = ("journal", "customer", "debit", "credit", "asset", "amount", "code", "day")
    rest = {name: numbers(name) for name in names}
    return Transfers(id_hi, id_lo, numbers("kind"), pending_hi, pending_lo, **rest, run=none, rank=none)


def as_accounts(accounts: dict[int, Account]) -> Accounts:
    """The model's accounts as columns."""
    ordered = [accounts[n] for n in sorted(accounts)]
    names = ("debits_posted", "credits_posted", "debits_pending", "credits_pending", "floor", "ceiling")
    return Accounts(
        column(sorted(accounts)),
        column([a.customer for a in ordered]),
        column([a.asset for a in ordered]),
        column([Standing.CLOSED if a.closed else Standing.FROZEN for a in ordered]),
        *(column([getattr(a, name) for a in ordered]) for name in names),
    )


def counters(accounts: Accounts) -> dict[int, tuple[int, int, int, int]]:
    """The four sums of each account."""
    columns = (accounts.debits_posted, accounts.credits_posted, accounts.debits_pending, accounts.credits_pending)
    rows = zip(*(c.tolist() for c in columns), strict=True)
    return dict(zip(accounts.account.tolist(), rows, strict=True))


@dataclass
class Books:
    """One book whose memory is three dictionaries."""

    book: int
    accounts: Accounts
    next_seq: int = 1
    held: dict[int, tuple[Line, int]] = field(default_factory=dict)
    resolved: dict[int, int] = field(default_factory=dict)
    refused: dict[int, int] = field(default_factory=dict)

    def stored(self, lines: list[Line]) -> Stored:
        """What is held of the ids that the lines name, in no particular order."""
        named = {line.id for line in lines} | {line.pending for line in lines}
        rows = [self.held[n] for n in sorted(named, key=lambda n: n * 7919 % 10007) if n in self.held]
        gone = [n for n in named if n in self.refused]
        return Stored(
            as_transfers([line for line, _ in rows]),
            column([seq for _, seq in rows]),
            column([self.resolved.get(line.id, 0) for line, _ in rows]),
            *words(gone),
            column([self.refused[n] for n in gone]),
        )

    def ask(self, lines: list[Line]) -> Applied:
        """Apply a batch and remember its outcome."""
        batch = as_transfers(lines)
        before = {f.name: getattr(self.accounts, f.name).copy() for f in fields(Accounts)}
        state = BookState(self.book, self.next_seq, self.accounts, self.stored(lines))
        answer = apply(state, batch)
        assert all((getattr(self.accounts, name) == kept).all() for name, kept in before.items())
        for at in answer.created.tolist():
            line = lines[at]
            self.held[line.id] = (line, int(answer.seq[at]))
            if line.kind in (POST, VOID):
                self.resolved[line.pending] = line.kind
        for at in np.flatnonzero(remembered(answer.status)).tolist():
            self.refused[lines[at].id] = int(answer.status[at])
        self.accounts, self.next_seq = answer.accounts, answer.next_seq
        return answer
