"""What the engine asks of the outside: protocols that `store` fills, and the plain records that cross them.

Rows never leave `store/`: everything here is columns or frozen records. A `BookWork` lives inside one database
transaction that holds the book's row lock; leaving its block without an exception commits, with one rolls back.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.contributions.work import RightsWork
from engine.dated.work import DatedBooks, DatedWork
from engine.desk import DeskWork
from engine.holds.work import HoldWork
from engine.invest.work import PieWork, WindowWork
from engine.matching.work import MatchWork
from engine.overnight.work import MoneyWork
from ledger.accounts import Accounts, Int64s
from ledger.batch import Stored, Transfers
from ledger.faults import SluiceError

NEVER = -(10**6)  # the day number that stands for "never yet"


class BookBusyError(SluiceError):
    """Somebody else holds the lock of the book; the work was not begun and may be tried again."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("book_busy", "Another run is working on this book; try again when it is done.")


@dataclass(frozen=True, slots=True)
class BookRow:
    """The one lock row of a book. `last_night` is the business day of its last done night, or NEVER."""

    book: int
    next_seq: int
    head: bytes
    next_number: int
    last_night: int


@dataclass(frozen=True, slots=True)
class Population:
    """The customers of a book (or some of them) as the night reads them, in columns.

    Customers ascend by id. Accounts ascend by (customer, account): `accounts.account` itself ascends within a
    customer only. `kind`, `rule_floor` run beside `accounts`. `programs` is the concatenation of the customers'
    compiled lists (rules.compile), `program_words` the length of each in int64 words, 0 for a customer without rules.
    Tallies ascend by (customer, slot); every customer has as many as its program says. `holds` are the open pending
    transfers. `dues` are the balances of the accounts of interest due on borrow lines, ascending, `due_of` the line's
    account of each. The flow columns are one entry a (account, effective day, recorded_after) of table flow_day; empty
    unless asked for.
    """

    customer: Int64s
    opened: Int64s
    last_night: Int64s  # last night done for this customer, or NEVER
    paused: Int64s  # 0 or 1
    ira_room: Int64s  # cents left this calendar year, -1 = no limit
    list_version: Int64s
    accounts: Accounts
    kind: Int64s
    rule_floor: Int64s
    programs: Int64s
    program_words: Int64s
    tally_customer: Int64s
    tally_slot: Int64s
    tally_since: Int64s
    tally_used: Int64s
    holds: Transfers
    dues: Accounts
    due_of: Int64s


@dataclass(frozen=True, slots=True)
class Flows:
    """What arrived in and left accounts, a row a (account, effective day, recorded_after); cents."""

    account: Int64s
    effective: Int64s
    recorded_after: Int64s  # the book's last done night when it was recorded, or NEVER
    arrived: Int64s  # posted credits from income accounts
    spent: Int64s  # posted debits to expense accounts
    round_up: Int64s  # cents up to the next whole unit over card purchases


@dataclass(frozen=True, slots=True)
class DecisionRows:
    """Decisions worth storing (moved, proposed, would_move, blocked), a column each; ascending (rank, customer)."""

    customer: Int64s
    rank: Int64s
    version: Int64s
    outcome: Int64s
    reason: Int64s
    wanted: Int64s
    amount: Int64s
    limited_by: Int64s
    journal: Int64s  # 0 where nothing was booked


@dataclass(frozen=True, slots=True)
class Written:
    """A sealed block of transfers with what the books said of it, ready to be written.

    `transfers` are the created ones only, in seq order from `first_seq`; `journal` runs beside them. `before` and
    `after` hold the same accounts in the same order. `seal` is the new head; `previous` the old one.
    """

    transfers: Transfers
    journal: Int64s
    first_seq: int
    before: Accounts
    after: Accounts
    previous: bytes
    seal: bytes
    day: int  # the night's date or the effective date of an import or request
    source: str  # "night", "import" or "request"
    recorded: int  # instant, microseconds


@dataclass(frozen=True, slots=True)
class NightRows:
    """What a night leaves besides transfers.

    `quarantined` pairs a customer with the reason; the last night of all others becomes this one. `first_seq` is that
    of the night's own transfers: what happened to pies before the rules comes before it.
    """

    day: int
    decisions: DecisionRows
    tally_customer: Int64s
    tally_slot: Int64s
    tally_since: Int64s
    tally_used: Int64s
    ira_customer: Int64s
    ira_room: Int64s
    quarantined: Sequence[tuple[int, str]]
    started: int
    finished: int
    first_seq: int


class BookWork(DeskWork, PieWork, WindowWork, DatedWork, MoneyWork, HoldWork, RightsWork, MatchWork, Protocol):
    """One book, locked, inside one database transaction."""

    @property
    def row(self) -> BookRow:
        """The book's row as it is now."""

    def population(self, customers: Int64s | None = None) -> Population:
        """Everything the night reads of these customers (ascending ids), or of all."""

    def flows(self, effective_from: int, recorded_from: int) -> Flows:
        """Rows with effective day >= the first or recorded_after >= the second, ascending (account, effective)."""

    def shapes(self) -> dict[int, str]:
        """Text of every shape known, by shape id."""

    def accounts(self, ids: Int64s) -> Accounts:
        """Balance columns of those of these accounts that exist, ascending; limits are their own, kept or not."""

    def stored(self, batch: Transfers) -> Stored:
        """What the book holds of the ids that a batch names."""

    def write(self, block: Written) -> None:
        """Insert transfers, update balances and flows, keep the seal, advance the book. Row counts must match."""

    def finish_night(self, rows: NightRows) -> None:
        """Store decisions, tallies, quarantine and the row (book, day) that makes the night exactly once."""


class Books(DatedBooks, Protocol):
    """All books of one database."""

    def book_ids(self) -> list[int]:
        """Every book, ascending."""

    def lock(self, book: int, *, wait: bool = True) -> AbstractContextManager[BookWork]:
        """Take a book's row lock in a new transaction. `wait` False (or 30 s gone by): raises BookBusyError."""

    def read(self, book: int) -> AbstractContextManager[BookWork]:
        """The same view in a read-only transaction without the lock; writing through it raises."""

    def done(self, book: int, day: int) -> bool:
        """Whether the night of that business day is done for the book."""

    def find(self, reference: str) -> tuple[int, int] | None:
        """(book, customer) of a household's reference, from the directory; None where there is none."""

    def find_many(self, references: Sequence[str]) -> dict[str, tuple[int, int]]:
        """The same for many references; unknown ones are absent."""

    def emptiest(self) -> dict[int, int]:
        """Number of households a book, so that new ones go to the book with fewest, ties to the lowest."""


def no_flows() -> Flows:
    """No flow at all."""
    none: npt.NDArray[np.int64] = np.zeros(0, np.int64)
    return Flows(none, none, none, none, none, none)
