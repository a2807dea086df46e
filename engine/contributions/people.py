"""Persons' limits and contributions of one tax year, read from the books in columns (ruling 17)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.contributions.limits import year_limits
from engine.contributions.room import POOLS, UNKNOWN, Contributions, Persons, limits, used
from engine.lookup import placed
from engine.ports import BookWork
from ledger.accounts import Int64s

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
