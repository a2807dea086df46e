"""What the engine asks of the store for persons, owners and contributions, and the records that cross (ruling 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Ownerships:
    """Kind of ownership (`rights.Ownership`) of accounts, and whether a margin agreement is signed (0 or 1); (n,)."""

    account: Int64s
    kind: Int64s
    agreed: Int64s


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person of a household: `birth_year` is 0 where nobody said it, `role` a `rights.Who`."""

    customer: int
    name: str
    birth_year: int
    role: int


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as stored: `person` is the book's own number, `number` counts the household's persons from 1."""

    person: int
    customer: int
    number: int
    name: str
    birth_year: int
    role: int


@dataclass(frozen=True, slots=True)
class Owned:
    """Who owns an account: `kind` is a `rights.Ownership`, `owners` the persons that it names, ascending."""

    account: int
    customer: int
    kind: int
    agreed: bool
    owners: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NamedIras:
    """Retirement accounts that name a person, (n,) ascending by account; `kind` is a `rights.Ownership`."""

    account: Int64s
    customer: Int64s
    kind: Int64s
    person: Int64s
    birth_year: Int64s


@dataclass(frozen=True, slots=True)
class ContributionRows:
    """Contributions (n,): `pool` is a `rights.Pool`, `amount` is negative for one undone.

    `account` and `seq` are those of our own transfer, both 0 for a contribution made elsewhere, whose `source` says
    where; our own have an empty `source`.
    """

    customer: Int64s
    person: Int64s
    year: Int64s
    pool: Int64s
    amount: Int64s
    day: Int64s
    account: Int64s
    seq: Int64s
    source: Sequence[str]


@dataclass(frozen=True, slots=True)
class Earned:
    """What persons (n,), ascending, earned in one tax year, cents; who is not there has not said it."""

    person: Int64s
    cents: Int64s


class RightsWork(Protocol):
    """Persons, owners and contributions of one book inside one transaction. `customers` ascend; None means all."""

    def ownerships(self, customers: Int64s | None = None) -> Ownerships:
        """Every invest account and IRA, and each other account somebody gave owners; ascending account.

        An account without a row of its own counts as individual, an IRA as traditional.
        """

    def stated_ownerships(self, customers: Int64s | None = None) -> Ownerships:
        """Accounts with an ownership of their own alone; costs nothing where no account of the book has one."""

    def open_persons(self, new: Sequence[NewPerson]) -> list[PersonRecord]:
        """Add persons to households, in the given order; numbers are never given again."""

    def set_person(self, person: PersonRecord) -> None:
        """Store name, birth year and role of a person. Raises SluiceError `books_broken` where there is none."""

    def persons(self, customers: Int64s | None = None) -> list[PersonRecord]:
        """Persons of these households, ascending (customer, number)."""

    def own(self, accounts: Sequence[Owned]) -> None:
        """Keep who owns accounts that have no owners yet; raises SluiceError `books_broken` for one that has."""

    def agree(self, account: int, *, agreed: bool) -> None:
        """Keep whether the margin agreement of an account with an ownership is signed."""

    def owners(self, customers: Int64s | None = None) -> list[Owned]:
        """Accounts with an ownership of their own, ascending account."""

    def named_iras(self, customers: Int64s | None = None) -> NamedIras:
        """Retirement accounts that name a person."""

    def keep_contributions(self, rows: ContributionRows) -> None:
        """Append contributions; at most one a transfer."""

    def contributed(self, year: int, customers: Int64s | None = None) -> ContributionRows:
        """Contributions to a tax year in the order they were kept; `source` is empty here."""

    def contributions(self, customer: int) -> ContributionRows:
        """Every contribution of a household in the order they were kept."""

    def contributions_at(self, seqs: Int64s) -> ContributionRows:
        """The contributions that these transfers made, ascending seq; `source` is empty here."""

    def keep_earned(self, person: PersonRecord, year: int, cents: int) -> None:
        """Keep what a person earned in a tax year, in place of what was said before."""

    def earned(self, year: int, customers: Int64s | None = None) -> Earned:
        """What persons said that they earned in a tax year."""
