"""What people and imports ask of a book besides the night: customers, accounts, rule lists, statements, history.

The records are read models: plain, frozen, in the dictionary's words; those of imports stand in `engine.desklines`.
The protocol is filled by `store`; a `DeskWork` is the same object as a `ports.BookWork`: one book, locked, one
database transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.desklines import KnownLines, Mirrors, StatementLines
from engine.holds.work import ReturnRow
from ledger.accounts import Int64s
from ledger.batch import Transfers, UInt64s
from ledger.days import EVER


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A household to be opened; `reference` is its name outside, unique in the database."""

    reference: str
    name: str


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be opened. Limits are signed minor units (ruling 51); `rule_floor` is what rules keep.

    Of a borrow line: `secured`, its limit follows the collateral; `cash_pays`, charges may be taken from cash accounts.
    """

    customer: int
    handle: str
    name: str
    kind: int
    asset: int
    floor: int
    ceiling: int
    rule_floor: int
    secured: bool = False
    cash_pays: bool = False


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A household as stored. `version` is its current rule list, 0 before the first."""

    book: int
    customer: int
    reference: str
    name: str
    opened: int
    last_night: int
    paused: bool
    ira_room: int
    version: int


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """An account with its balance. `slot` is its ordinal among the customer's accounts, from 0; it never changes.

    A borrow line's balance is that of all that is owed. `due` is the interest due in it, in cents above zero, for which
    no payment is on its way; it stands on the account `due_account`, 0 where there never was any (ruling 12).
    """

    account: int
    customer: int
    slot: int
    handle: str
    name: str
    kind: int
    asset: int
    standing: int
    posted: int
    pending_in: int
    pending_out: int
    floor: int
    ceiling: int
    rule_floor: int
    opened: int
    due_account: int = 0
    due: int = 0

    @property
    def free(self) -> int:
        """Cents that may leave: what is there, less pending out, above the floor of the books and that of rules."""
        return self.posted - self.pending_out - max(self.floor, self.rule_floor)


@dataclass(frozen=True, slots=True)
class SavedList:
    """A new version of a customer's ordered rule list, documents as canonical JSON, with its compiled program.

    `tallies` are (since, used) a slot of the program, as they stand on the day of saving.
    """

    customer: int
    documents: str
    program: Int64s
    shapes: Mapping[int, str]
    tallies: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class ListVersion:
    """One version of a customer's rule list, used by nights with first_seq >= `seq` until the next version.

    `seq` is the book's next seq when it was saved, `day` the business day of saving. `after_night` is the book's last
    done night at that moment: it tells a night that booked nothing before the change from one after it.
    """

    version: int
    seq: int
    day: int
    documents: str
    after_night: int = EVER


@dataclass(frozen=True, slots=True)
class NightRecord:
    """One done night of one book. `last_seq` < `first_seq` where nothing was booked."""

    book: int
    day: int
    first_seq: int
    last_seq: int
    started: int
    finished: int
    moved: int
    proposed: int
    would_move: int
    blocked: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One stored decision: moved, proposed, would_move or blocked."""

    day: int
    customer: int
    rank: int
    version: int
    outcome: int
    reason: int
    wanted: int
    amount: int
    limited_by: int
    journal: int


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """Limits and standing of an account from the moment the book's next seq was `seq`.

    `after_night` is the book's last done night at that moment.
    """

    account: int
    seq: int
    floor: int
    ceiling: int
    rule_floor: int
    standing: int
    after_night: int = EVER


@dataclass(frozen=True, slots=True)
class CustomerEvent:
    """Whether a customer's rules are paused, and the IRA room set, from the moment the book's next seq was `seq`.

    `after_night` is the book's last done night at that moment.
    """

    seq: int
    paused: bool
    ira_room: int
    after_night: int = EVER


@dataclass(frozen=True, slots=True)
class Past:
    """Everything recorded of one customer, enough to recompute any night (ruling 50); ascending seq."""

    transfers: Transfers
    seq: Int64s
    journal: Int64s
    account_events: Sequence[AccountEvent]
    customer_events: Sequence[CustomerEvent]
    versions: Sequence[ListVersion]
    nights: Sequence[NightRecord]  # of the book, ascending day
    quarantined: frozenset[int]  # days on which this customer was quarantined
    decisions: Sequence[DecisionRecord]
    returns: Sequence[ReturnRow]  # deposits that the bank took back
    contributed: frozenset[int]  # seqs of transfers that took the room of a person


class DeskWork(Protocol):
    """One book, locked, inside one database transaction: everything but the night itself."""

    def open_customers(self, new: Sequence[NewCustomer], day: int, recorded: int) -> Int64s:
        """Open households in this book and in the directory; ids in the given order. `reference_taken` if known."""

    def open_accounts(self, new: Sequence[NewAccount], day: int, recorded: int) -> Int64s:
        """Open accounts with zero balances and their first account event; ids in the given order."""

    def system_accounts(self, asset: int, paths: Sequence[str]) -> Int64s:
        """Ids of system accounts such as `income:salary`, `equity:opening`, opened on first use; given order."""

    def customers(self, ids: Int64s | None = None) -> list[CustomerRecord]:
        """Households of this book, ascending id."""

    def accounts_of(self, customers: Int64s | None = None, *, inner: bool = False) -> list[AccountRecord]:
        """Accounts of these households (all when None), ascending (customer, account); `inner` ones too if asked."""

    def system_paths(self) -> dict[int, str]:
        """Path of every system account by id."""

    def change_account(self, account: int, event: AccountEvent) -> None:
        """New own limits or standing, kept as an event; `event.seq` is ignored, the book's next seq is used.

        The balance must be inside of them, but on a side that gave way (`engine.holds.forced`): there it comes back to
        the new limit.
        """

    def change_customer(self, customer: int, *, paused: bool, ira_room: int) -> None:
        """Pause or resume a household's rules, or set its IRA room; kept as an event."""

    def save_lists(self, lists: Sequence[SavedList], day: int, recorded: int) -> None:
        """Store new versions with their programs, shapes and tallies."""

    def set_tallies(self, customer: int, tallies: Sequence[tuple[int, int]]) -> None:
        """Replace (since, used) of every tally of a customer's program, in slot order."""

    def versions(self, customer: int) -> list[ListVersion]:
        """Every version of a customer's list, ascending."""

    def past(self, customer: int) -> Past:
        """Everything recorded of one customer."""

    def known_lines(self, accounts: Int64s) -> KnownLines:
        """Every imported line of these accounts."""

    def keep_lines(self, lines: StatementLines) -> None:
        """Keep imported lines; a key twice for one account is refused by the database."""

    def mirrors(self, accounts: Int64s) -> Mirrors:
        """Mirror rows of these accounts (those without one are absent)."""

    def keep_mirrors(self, mirrors: Mirrors) -> None:
        """Insert or replace mirror rows."""

    def mirrored_sum(self, account: int, day: int) -> int:
        """Sum of imported lines and adjustments of an account with effective day <= `day`, and of its opening."""

    def lines_since(self, account: int, day: int) -> list[tuple[int, int, int | None]]:
        """Kept lines from `day` on: (day, signed amount, stated balance or None), ascending day."""

    def keep_refusals(self, id_hi: UInt64s, id_lo: UInt64s, status: Int64s, recorded: int) -> None:
        """Remember state refusals, so that the same id is answered the same for ever."""

    def answer(self, customer: int, key: str) -> tuple[bytes, int, str] | None:
        """Stored answer of an idempotency key: (hash of the request, HTTP status, JSON body)."""

    def keep_answer(self, customer: int, key: str, request: bytes, answer: tuple[int, str]) -> None:
        """Store the answer (HTTP status, JSON body) of an idempotency key, in this same transaction."""
