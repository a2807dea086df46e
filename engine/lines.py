"""Statement lines as transfers, and the day-end check of a mirrored account (rulings 7 and 52). Pure columns."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s
from ledger.batch import Code, TransferKind, Transfers
from ledger.faults import Problem
from ledger.ids import keyed_ids

Flags = npt.NDArray[np.bool_]

ADJUSTMENT_PATH = "equity:adjustment"
OPENING_PATH = "equity:opening"


class Statement(Protocol):
    """The columns of a statement file that the importer reads; see `bank.statement.Statement`."""

    @property
    def asset(self) -> str:
        """The currency's code."""

    @property
    def line_no(self) -> Int64s:
        """Line of the file, from 1."""

    @property
    def account(self) -> list[str]:
        """The account's reference outside, empty where the file has one account."""

    @property
    def day(self) -> Int64s:
        """Effective day."""

    @property
    def amount(self) -> Int64s:
        """Signed cents, + in."""

    @property
    def has_balance(self) -> Flags:
        """Whether the line states a balance."""

    @property
    def balance(self) -> Int64s:
        """The stated balance."""

    @property
    def category(self) -> list[str]:
        """Category of income or expense."""

    @property
    def card(self) -> Flags:
        """Whether the line is a card purchase."""

    @property
    def key(self) -> npt.NDArray[np.uint8]:
        """(n, 16) line keys."""

    @property
    def text(self) -> list[str]:
        """What the line says."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Lines that could not be read."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one effective day in one book, ascending as in the file; columns of equal length."""

    customer: Int64s
    account: Int64s
    amount: Int64s
    has_balance: Flags
    balance: Int64s
    counterpart: Int64s  # the income or expense account
    card: Flags
    key: npt.NDArray[np.uint8]

    def take(self, index: Int64s | Flags) -> "Lines":
        """The lines at `index`."""
        return Lines(
            self.customer[index],
            self.account[index],
            self.amount[index],
            self.has_balance[index],
            self.balance[index],
            self.counterpart[index],
            self.card[index],
            self.key[index],
        )


@dataclass(frozen=True, slots=True)
class Differences:
    """Account-days whose sum of imported lines is none of the stated balances: columns ascending by account.

    `found` is the sum, `expected` the nearest stated balance (ties to the lower), which is where the mirror goes on.
    `key` is (n, 16), the key of the first line of the account-day: a line comes once, so its adjustment does too.
    """

    account: Int64s
    customer: Int64s
    found: Int64s
    expected: Int64s
    key: npt.NDArray[np.uint8]

    def take(self, index: Int64s | Flags) -> "Differences":
        """The differences at `index`."""
        return Differences(
            self.account[index], self.customer[index], self.found[index], self.expected[index], self.key[index]
        )


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all transfers of one imported day share."""

    book: int
    day: int
    asset: int


@dataclass(frozen=True, slots=True)
class Sides:
    """Debit and credit accounts, amounts and codes of single transfers."""

    debit: Int64s
    credit: Int64s
    amount: Int64s
    code: Int64s


def day_end(lines: Lines, before: Int64s) -> Differences:
    """Check the end of a day: an entry for each account of which some line states a balance.

    `before` is the mirror's sum of each line's account before the day. A row of the answer whose `found` equals
    `expected` agrees.
    """
    accounts, at = np.unique(lines.account, return_inverse=True)
    sums = np.zeros(len(accounts), np.int64)
    np.add.at(sums, at, lines.amount)
    first = np.full(len(accounts), len(lines.account), np.int64)
    np.minimum.at(first, at, np.arange(len(at)))
    found = before[first] + sums
    stated = np.flatnonzero(lines.has_balance)
    gap = np.abs(lines.balance[stated] - found[at[stated]])
    order = stated[np.lexsort((lines.balance[stated], gap, at[stated]))]
    checked, nearest = np.unique(at[order], return_index=True)
    expected = lines.balance[order[nearest]]
    head = first[checked]
    return Differences(accounts[checked], lines.customer[head], found[checked], expected, lines.key[head])


def line_transfers(stamp: Stamp, lines: Lines) -> Transfers:
    """One single transfer a line: money in from its income account, money out to its expense account."""
    incoming = lines.amount > 0
    return singles(
        stamp,
        line_digests("line", lines.account, [key.tobytes() for key in lines.key]),
        lines.customer,
        Sides(
            np.where(incoming, lines.account, lines.counterpart),
            np.where(incoming, lines.counterpart, lines.account),
            np.abs(lines.amount),
            np.where(lines.card, np.int64(Code.CARD), np.int64(Code.STATEMENT)),
        ),
    )


def adjustment_transfers(stamp: Stamp, differences: Differences, equity: int) -> Transfers:
    """One adjustment a difference, so that the mirror goes on from the bank's figure (ruling 7)."""
    delta = differences.expected - differences.found
    raised = delta > 0
    other = np.full(len(delta), equity, np.int64)
    return singles(
        stamp,
        line_digests("adjust", differences.account, [key.tobytes() for key in differences.key]),
        differences.customer,
        Sides(
            np.where(raised, differences.account, other),
            np.where(raised, other, differences.account),
            np.abs(delta),
            np.full(len(delta), Code.ADJUSTMENT, np.int64),
        ),
    )


def line_digests(what: str, account: Int64s, keys: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    """SHA-256 of (what, account, 16-byte line key) a row: the hash part of the ids of transfers that lines make."""
    prefix = what.encode() + b":"
    pairs = zip(account.tolist(), keys, strict=True)
    rows = b"".join(hashlib.sha256(prefix + number.to_bytes(8, "big") + key).digest() for number, key in pairs)
    return np.frombuffer(rows, np.uint8).reshape(len(keys), 32)


def singles(stamp: Stamp, digests: npt.NDArray[np.uint8], customer: Int64s, sides: Sides) -> Transfers:
    """Single transfers of one imported day, each a journal of its own, their ids made of the digests."""
    count = len(customer)
    days, zeros = np.full(count, stamp.day, np.int64), np.zeros(count, np.int64)
    id_hi, id_lo = keyed_ids(stamp.book, days, digests)
    none = np.zeros(count, np.uint64)
    return Transfers(
        id_hi=id_hi,
        id_lo=id_lo,
        kind=np.full(count, TransferKind.SINGLE, np.int64),
        pending_hi=none,
        pending_lo=none,
        journal=np.arange(count),
        customer=customer,
        debit=sides.debit,
        credit=sides.credit,
        asset=np.full(count, stamp.asset, np.int64),
        amount=sides.amount,
        code=sides.code,
        day=days,
        run=zeros,
        rank=zeros,
    )
