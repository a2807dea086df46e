"""Persons' limits and contributions of one tax year, read from the books in columns (ruling 17)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.contributions.limits import year_limits
from engine.contributions.rights import Pool
from engine.contributions.room import POOLS, UNKNOWN, Contributions, Persons, limits, used
from engine.lookup import placed
from engine.ports import BookWork
from ledger.accounts import Int64s
from ledger.money import format_money

NO_LIMIT: Final = -1
"""The limit of a year for which the configuration has none: nothing may be contributed to it."""


@dataclass(frozen=True, slots=True)
class People:
    """n persons, ascending, and their years of birth (0 unknown)."""

    person: Int64s
    birth_year: Int64s


@dataclass(frozen=True, slots=True)
class YearRoom:
    """A tax year of n persons, a row a pool (POOLS, n): the limit or NO_LIMIT, what is used, and what is left."""

    year: int
    limit: Int64s
    used: Int64s
    left: Int64s


@dataclass(frozen=True, slots=True)
class Room:
    """The room of one person, year and pool, in cents; limit and left are None where no limit is configured."""

    limit: int | None
    used: int
    left: int | None

    @property
    def excess(self) -> int:
        """What was contributed beyond the limit."""
        return 0 if self.limit is None else max(self.used - self.limit, 0)

    def words(self) -> str:
        """Such as `used 9,000.00 of 7,500.00: 1,500.00 too much`."""
        used = f"used {format_money(self.used, grouped=True)}"
        if self.limit is None:
            return used
        said = f"{used} of {format_money(self.limit, grouped=True)}"
        return f"{said}: {format_money(self.excess, grouped=True)} too much" if self.excess else said


def room_of(found: YearRoom, pool: Pool, at: int) -> Room:
    """The room of the person at a place."""
    limit, spent, left = (int(each[pool - 1, at]) for each in (found.limit, found.used, found.left))
    return Room(None, spent, None) if limit == NO_LIMIT else Room(limit, spent, left)


def year_room(work: BookWork, people: People, year: int, customers: Int64s | None) -> YearRoom:
    """The room of people who belong to these households (all when None) in a tax year."""
    made = work.contributed(year, customers)
    at, ours = placed(people.person, made.person)
    counted = Contributions(at[ours], made.year[ours], made.pool[ours], made.amount[ours])
    count = len(people.person)
    spent = used(count, counted, year)
    terms = year_limits(work.dated(), year)
    if terms is None:
        return YearRoom(year, np.full((POOLS, count), NO_LIMIT), spent, np.zeros((POOLS, count), np.int64))
    said = work.earned(year, customers)
    earned = np.full(count, UNKNOWN, np.int64)
    at, ours = placed(people.person, said.person)
    earned[at[ours]] = said.cents[ours]
    most = limits(Persons(people.birth_year, earned), terms)
    left: Int64s = np.maximum(most - spent, 0)
    return YearRoom(year, most, spent, left)
