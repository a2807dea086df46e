"""What people see of persons, owners and contributions: a read model for pages, commands and the API."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.contributions.limits import deadlines
from engine.contributions.people import People, Room, room_of, year_room
from engine.contributions.rights import Ownership, Pool, Who
from engine.contributions.work import ContributionRows, Owned, PersonRecord
from engine.contributions.years import current_year, prior_open
from engine.desk import AccountRecord
from engine.ports import BookWork
from ledger.accounts import Kind


@dataclass(frozen=True, slots=True)
class PoolRoom:
    """A person's room of one tax year and pool, in cents; limit and left are None where no limit is configured.

    `open`: contributions of today may count to the year.
    """

    year: int
    pool: Pool
    limit: int | None
    used: int
    left: int | None
    open: bool

    @property
    def room(self) -> Room:
        """The same as a room, with what is too much."""
        return Room(self.limit, self.used, self.left)


@dataclass(frozen=True, slots=True)
class Contributed:
    """One contribution: the person's number, and the handle of the account or, made elsewhere, its source."""

    person: int
    year: int
    pool: Pool
    amount: int
    day: int
    account: str
    source: str


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """A person: role, year of birth (0 unknown), handles of their retirement accounts, rooms, what they said."""

    number: int
    name: str
    role: Who
    birth_year: int
    iras: tuple[str, ...]
    rooms: tuple[PoolRoom, ...]
    earned: tuple[tuple[int, int], ...]  # (tax year, cents), of the years that are shown


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """An account: how it is owned, the numbers of the persons it names, whether its margin agreement is signed."""

    handle: str
    kind: Kind
    ownership: Ownership
    owners: tuple[int, ...]
    agreed: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A household's persons by number, its accounts by slot, and its contributions, the newest first."""

    persons: tuple[PersonStanding, ...]
    accounts: tuple[AccountStanding, ...]
    contributions: tuple[Contributed, ...]

    @property
    def outside(self) -> tuple[Contributed, ...]:
        """Contributions that were made elsewhere."""
        return tuple(one for one in self.contributions if not one.account)


def standing(work: BookWork, customer: int, day: int) -> Standing:
    """A household as of business day `day`: rooms of its year, of the year before, and of years with contributions."""
    column = np.array([customer], np.int64)
    records = work.persons(column)
    accounts = work.accounts_of(column)
    owned = {one.account: one for one in work.owners(column)}
    made = work.contributions(customer)
    rooms, earned = _years(work, records, made, day)
    numbers = {one.person: one.number for one in records}
    persons = [
        PersonStanding(
            one.number,
            one.name,
            Who(one.role),
            one.birth_year,
            tuple(each.handle for each in accounts if _is_ira_of(each, owned, one.person)),
            tuple(rooms[one.person]),
            tuple(earned[one.person]),
        )
        for one in records
    ]
    told = [_account(one, owned.get(one.account), numbers) for one in accounts]
    return Standing(tuple(persons), tuple(told), _made(made, accounts, numbers))


def _is_ira_of(account: AccountRecord, owned: dict[int, Owned], person: int) -> bool:
    return account.kind == Kind.IRA and account.account in owned and person in owned[account.account].owners


def _account(account: AccountRecord, owned: Owned | None, numbers: dict[int, int]) -> AccountStanding:
    kind = Kind(account.kind)
    if owned is None:
        ownership = Ownership.TRADITIONAL if kind is Kind.IRA else Ownership.INDIVIDUAL
        return AccountStanding(account.handle, kind, ownership, (), agreed=False)
    owners = tuple(sorted(numbers[person] for person in owned.owners))
    return AccountStanding(account.handle, kind, Ownership(owned.kind), owners, owned.agreed)


def _years(
    work: BookWork, records: Sequence[PersonRecord], made: ContributionRows, day: int
) -> tuple[dict[int, list[PoolRoom]], dict[int, list[tuple[int, int]]]]:
    """Rooms and earnings of every person, the newest year first."""
    this, prior = current_year(day), prior_open(day, deadlines(work.dated(), day))
    by_person = sorted(records, key=lambda one: one.person)
    people = People(*(np.array(given, np.int64) for given in _columns(by_person)))
    rooms: dict[int, list[PoolRoom]] = {one.person: [] for one in records}
    earned: dict[int, list[tuple[int, int]]] = {one.person: [] for one in records}
    column = np.array(sorted({one.customer for one in records}), np.int64)
    for year in sorted({this, this - 1, *made.year.tolist()}, reverse=True) if records else ():
        found = year_room(work, people, year, column)
        for pool in (Pool.IRA, Pool.SEP):
            able = year == this or (year == this - 1 and prior and pool is Pool.IRA)
            for at, one in enumerate(by_person):
                has = room_of(found, pool, at)
                rooms[one.person].append(PoolRoom(year, pool, has.limit, has.used, has.left, open=able))
        said = work.earned(year, column)
        for person, cents in zip(said.person.tolist(), said.cents.tolist(), strict=True):
            earned[person].append((year, cents))
    return rooms, earned


def _columns(records: Sequence[PersonRecord]) -> tuple[list[int], list[int]]:
    return [one.person for one in records], [one.birth_year for one in records]


def _made(
    made: ContributionRows, accounts: Sequence[AccountRecord], numbers: dict[int, int]
) -> tuple[Contributed, ...]:
    handles = {one.account: one.handle for one in accounts} | {0: ""}
    columns = (made.person, made.year, made.pool, made.amount, made.day, made.account)
    rows = zip(*(column.tolist() for column in columns), made.source, strict=True)
    told = [
        Contributed(numbers[person], year, Pool(pool), amount, day, handles[account], source)
        for person, year, pool, amount, day, account, source in rows
    ]
    return tuple(reversed(told))
