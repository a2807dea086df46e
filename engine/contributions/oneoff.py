"""A one-off transfer as a contribution: which year it counts to, and whether the room suffices (products.md 1.16).

Money between two retirement accounts of one person is a rollover, which counts to no year.
"""

from dataclasses import dataclass

import numpy as np

from engine.contributions.limits import deadlines
from engine.contributions.people import NO_LIMIT, People, year_room
from engine.contributions.rights import RIGHTS, Ownership
from engine.contributions.tonight import Moved, counted
from engine.contributions.work import ContributionRows, NamedIras
from engine.contributions.years import Asked, Choice, Refusal, Refused, refuse_amount, tax_year
from engine.desk import AccountRecord
from engine.lookup import placed
from engine.ports import BookWork
from ledger.accounts import Int64s, Kind


@dataclass(frozen=True, slots=True)
class Transferred:
    """A transfer that is asked for: its accounts, cents, day, and the tax year somebody chose, None without a word."""

    source: AccountRecord
    destination: AccountRecord
    amount: int
    day: int
    choice: Choice | None


@dataclass(frozen=True, slots=True)
class Counts:
    """A transfer that is a contribution: where it stands among the named accounts, and its tax year."""

    iras: NamedIras
    place: int
    year: int
    asked: Transferred

    def rows(self, seq: int) -> ContributionRows:
        """The contribution to keep once the transfer is booked under this seq."""
        moved = Moved(_one(self.asked.destination.account), _one(self.asked.amount), _one(seq))
        return counted(self.iras, _one(self.place), (self.asked.day, self.year), moved)


def contribution(work: BookWork, asked: Transferred) -> Counts | Refusal | None:
    """What a transfer is as a contribution; why it is refused; None where it is none."""
    iras = work.named_iras(_one(asked.destination.customer))
    place = _place(iras, asked.destination.account)
    if place is None:
        why = "names nobody as its owner" if asked.destination.kind == Kind.IRA else "is no retirement account"
        return None if asked.choice is None else _refused(asked.destination, why)
    source = _place(iras, asked.source.account)
    if source is not None and iras.person[source] == iras.person[place]:
        return None if asked.choice is None else _refused(asked.destination, "gets money that is in an IRA already")
    wanted = Asked(Ownership(int(iras.kind[place])), asked.day, asked.amount, asked.choice or "current")
    year = tax_year(wanted, deadlines(work.dated(), asked.day))
    if isinstance(year, Refusal):
        return year
    refused = refuse_amount(wanted, year, _left(work, iras, place, year))
    return refused or Counts(iras, place, year, asked)


def _left(work: BookWork, iras: NamedIras, place: int, year: int) -> int | None:
    """What the account's person may still contribute to it; None without a limit of that year."""
    person = People(iras.person[[place]], iras.birth_year[[place]])
    found = year_room(work, person, year, iras.customer[[place]])
    pool = RIGHTS[Ownership(int(iras.kind[place]))].pool - 1
    return None if found.limit[pool, 0] == NO_LIMIT else int(found.left[pool, 0])


def _place(iras: NamedIras, account: int) -> int | None:
    at, there = placed(iras.account, _one(account))
    return int(at[0]) if there[0] else None


def _refused(account: AccountRecord, why: str) -> Refusal:
    sentence = f"{account.handle} {why}, so this counts to no tax year; leave tax_year out."
    return Refusal(Refused.NOT_RETIREMENT.value, "tax_year", sentence)


def _one(value: int) -> Int64s:
    return np.array([value], np.int64)
