"""How much a person may still contribute to retirement accounts in a tax year (ruling 17, products.md 1.16).

Columns over the n persons of a book; limits of each tax year are dated rows. One room for a person's Traditional and
Roth, a row of its own for SEP; contributions made elsewhere count like our own. Room is never below zero.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.contributions.rights import Pool
from engine.proportion import Rate, rounded_down
from engine.waterfall import pour, summed
from ledger.accounts import Int64s

UNKNOWN: Final = -1
"""Earnings that nobody has entered: they bind nothing."""

POOLS: Final = len(Pool) - 1


@dataclass(frozen=True, slots=True)
class YearLimits:
    """Dated rows of one tax year, cents: the limit, what age adds and from which age, SEP's limit and share of pay."""

    year: int
    limit: int
    catch_up: int
    catch_up_age: int
    sep_limit: int
    sep_share: Rate


@dataclass(frozen=True, slots=True)
class Persons:
    """n persons: the year of birth (0 unknown), and what each earned in the tax year in cents, or UNKNOWN."""

    birth_year: Int64s
    earned: Int64s


@dataclass(frozen=True, slots=True)
class Contributions:
    """m contributions, ours and outside ones: place of the person, tax year, `Pool`, cents; negative for one undone."""

    person: Int64s
    year: Int64s
    pool: Int64s
    amount: Int64s


@dataclass(frozen=True, slots=True)
class Wanted:
    """m contributions that are asked for, in the order in which they are served: person, `Pool`, cents."""

    person: Int64s
    pool: Int64s
    amount: Int64s


def limits(persons: Persons, year: YearLimits) -> Int64s:
    """The year's limits (POOLS, n): row 0 IRA, row 1 SEP. Age is the one reached by 31 December of the year.

    Nobody of an unknown age catches up.
    """
    of_age = (persons.birth_year > 0) & (year.year - persons.birth_year >= year.catch_up_age)
    ira = year.limit + np.where(of_age, year.catch_up, 0)
    known = persons.earned != UNKNOWN
    earned = np.maximum(persons.earned, 0)
    share = np.minimum(rounded_down(earned, year.sep_share), year.sep_limit)
    return np.stack([np.where(known, np.minimum(ira, earned), ira), np.where(known, share, year.sep_limit)])


def room(persons: Persons, made: Contributions, year: YearLimits) -> Int64s:
    """What is left of the year's limits (POOLS, n) after the contributions of that year."""
    left: Int64s = np.maximum(limits(persons, year) - used(len(persons.birth_year), made, year.year), 0)
    return left


def used(count: int, made: Contributions, year: int) -> Int64s:
    """What `count` persons contributed to a tax year (POOLS, count), in the order of `limits`."""
    counted = (made.year == year) & (made.pool != Pool.NONE)
    slot = _slot(made.person[counted], made.pool[counted], count)
    return summed(made.amount[counted], slot, POOLS * count).reshape(POOLS, count)


def allowed(left: Int64s, wanted: Wanted) -> Int64s:
    """What each contribution (m,) may be, out of the room that is left (POOLS, n); one that counts to no pool all.

    The Traditional and the Roth of a person share: what an earlier one takes, a later one finds gone.
    """
    free = wanted.pool == Pool.NONE
    slot = _slot(wanted.person[~free], wanted.pool[~free], left.shape[1])
    found = np.maximum(wanted.amount, 0)
    found[~free] = pour(left.reshape(-1), slot, wanted.amount[~free])
    return found


def _slot(person: Int64s, pool: Int64s, count: int) -> Int64s:
    return (pool - 1) * count + person
