"""Transfers, accounts and configuration for tests of holds, put together by hand."""

from collections.abc import Sequence

import numpy as np

from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.dated.seed import seed
from engine.holds.settling import Kinds, kinds_of
from ledger.accounts import Accounts, Int64s, Kind
from ledger.batch import Code, TransferKind, Transfers
from ledger.days import parse_day
from ledger.seal import asset_number
from tests.borrow.lines import column

CHASE, ALLY, CASH, SAVINGS, INVEST, IRA, LINE, CHECKING = range(1, 9)
KIND = {
    CHASE: Kind.BANK,
    ALLY: Kind.BANK,
    CASH: Kind.CASH,
    SAVINGS: Kind.CASH,
    INVEST: Kind.INVEST,
    IRA: Kind.IRA,
    LINE: Kind.BORROW,
    CHECKING: Kind.CHECKING,
}
SALARY = 900
"""An account of the system."""

SINGLE, PENDING, POST, VOID = TransferKind
Move = tuple[TransferKind, int, int, int]
"""Kind, source, destination, cents."""


def day(text: str) -> int:
    """The number of a day of November or December 2026, such as `Fri 20 Nov`, the year aside."""
    _, number, month = text.split()
    return parse_day(f"2026-{'11' if month == 'Nov' else '12'}-{int(number):02}")


def dated(**rows: str) -> Dated:
    """The seed, with other values from 2026 on, such as transit_days__ach_in_cash for transit_days(ach, in, cash)."""
    new = []
    for name, value in rows.items():
        plain, _, about = name.partition("__")
        words = f"({', '.join(about.split('_'))})" if about else ""
        new.append(DatedRow(plain + words, parse_day("2026-01-01"), value, "a test"))
    return Dated([*seed(), *new])


def transfers(moves: Sequence[Move], made: int | Sequence[int], code: Code = Code.RULE, customer: int = 7) -> Transfers:
    """Moves as a batch of one household, each a journal of its own."""
    n = len(moves)
    zero, ids = np.zeros(n, np.int64), np.arange(n).astype(np.uint64)
    kind, source, destination, amount = (np.array([move[at] for move in moves], np.int64) for at in range(4))
    sides = {"customer": zero + customer, "debit": destination, "credit": source, "asset": zero + asset_number("USD")}
    rest = {"amount": amount, "code": zero + code, "day": zero + made, "run": zero, "rank": zero}
    return Transfers(ids, ids, kind, ids, ids, np.arange(n), **sides, **rest)


def kinds() -> Kinds:
    """The kinds of all accounts."""
    return kinds_of(column(*KIND), column(*KIND.values()))


def books(balances: dict[int, int], customer: int = 7) -> tuple[Accounts, Int64s]:
    """Accounts of one household with these balances, zero where none is given, and their kinds."""
    zero = np.zeros(len(KIND), np.int64)
    there = column(*(balances.get(one, 0) for one in KIND))
    sums = (np.maximum(there, 0), np.maximum(-there, 0), zero, zero)
    accounts = Accounts(column(*KIND), zero + customer, zero, zero, *sums, zero - 10**15, zero + 10**15)
    return accounts, column(*KIND.values())
