"""What people enter by hand: contributions made elsewhere, and earnings (investing.md 1, products.md 1.16).

Contributions are never changed: a mistake is put right by an amount below zero.
"""

from typing import Annotated, Any, Final, Literal, Self

import numpy as np
from pydantic import AfterValidator, TypeAdapter, model_validator

from engine.contributions.access import HouseRights, Terms, prove
from engine.contributions.opening import PersonNumber, person_unknown
from engine.contributions.people import People, Room, room_of, year_room
from engine.contributions.rights import Action, Ownership, Pool
from engine.contributions.work import ContributionRows, PersonRecord
from engine.contributions.years import current_year
from engine.ports import BookWork
from ledger.faults import SluiceError
from ledger.money import format_money
from rules.values import Document, Money, ShortText, SignedMoney, refusal, whole

TaxYear = Annotated[int, whole(1900, 2199)]


def _stated(value: str) -> str:
    if not value.strip():
        raise refusal("contribution_source", "Write where the contribution was made, such as Employer plan.")
    return value


class OutsideSetup(Document):
    """A contribution made elsewhere: it counts like our own; an amount below zero takes one back.

    One above the year's room is kept only where it says `excess`: it was made all the same.
    """

    person: PersonNumber
    year: TaxYear
    pool: Literal["ira", "sep"] = "ira"
    amount: SignedMoney
    source: Annotated[ShortText, AfterValidator(_stated)]
    excess: bool = False

    @model_validator(mode="after")
    def _some(self) -> Self:
        if self.amount == 0:
            raise refusal("contribution_amount", 'Write an amount other than zero, such as "500.00".', "amount")
        return self


class EarningsSetup(Document):
    """What a person earned in a tax year; it replaces what was said before."""

    person: PersonNumber
    year: TaxYear
    amount: Money


OUTSIDE: Final = TypeAdapter(OutsideSetup)
EARNINGS: Final = TypeAdapter(EarningsSetup)


def person_of(rights: HouseRights, number: int) -> PersonRecord:
    """A person of the household. Raises SluiceError `person_unknown`."""
    found = rights.persons.get(number)
    if found is None:
        raise person_unknown(number, "person")
    return found


def prove_theirs(rights: HouseRights, acting: int | None, person: PersonRecord) -> None:
    """Refuse whoever may not move money of the person's retirement accounts. Raises SluiceError `not_allowed`."""
    prove(rights, acting, Action.MOVE, [Terms(Ownership.TRADITIONAL, frozenset({person.person}))])


def add_outside(work: BookWork, person: PersonRecord, given: OutsideSetup, day: int) -> None:
    """Keep a contribution made elsewhere.

    Raises SluiceError `contribution_year`, `contribution_below_zero`, and `contribution_above_room` for one that is
    more than its person may still contribute and does not say so (`excess`).
    """
    _prove_year(given.year, day)
    pool = Pool[given.pool.upper()]
    made = work.contributions(person.customer)
    alike = (made.person == person.person) & (made.year == given.year) & (made.pool == pool) & (made.account == 0)
    there = int(made.amount[alike].sum())
    if there + given.amount < 0:
        shown = format_money(there, grouped=True)
        sentence = f"Only {shown} is entered for {given.year}, so no more can be taken back; write at most -{shown}."
        raise SluiceError("contribution_below_zero", sentence, "amount")
    if given.amount > 0 and not given.excess:
        _prove_room(work, person, given, pool)
    numbers = {"customer": person.customer, "person": person.person, "year": given.year, "pool": int(pool)}
    numbers |= {"amount": given.amount, "day": day, "account": 0, "seq": 0}
    columns: dict[str, Any] = {name: np.array([value], np.int64) for name, value in numbers.items()}
    work.keep_contributions(ContributionRows(**columns, source=[given.source]))


def _prove_room(work: BookWork, person: PersonRecord, given: OutsideSetup, pool: Pool) -> None:
    """Refuse more than is left of a year that has a limit."""
    left = _room(work, person, given.year, pool).left
    if left is None or given.amount <= left:
        return
    asks, may = (format_money(cents, grouped=True) for cents in (given.amount, left))
    sentence = f"{asks} is more than may still be contributed for {given.year}: {may} is left. If {person.name} "
    raise SluiceError(
        "contribution_above_room", f"{sentence}contributed it all the same, say so with excess.", "amount"
    )


def _room(work: BookWork, person: PersonRecord, year: int, pool: Pool) -> Room:
    people = People(np.array([person.person], np.int64), np.array([person.birth_year], np.int64))
    return room_of(year_room(work, people, year, np.array([person.customer], np.int64)), pool, 0)


def set_earned(work: BookWork, person: PersonRecord, given: EarningsSetup, day: int) -> str:
    """Keep what a person earned in a tax year; what is contributed to it beyond that, in words, empty where nothing is.

    Raises SluiceError `contribution_year`.
    """
    _prove_year(given.year, day)
    work.keep_earned(person, given.year, given.amount)
    return too_much(work, person, given.year)


def too_much(work: BookWork, person: PersonRecord, year: int) -> str:
    """What a person contributed to a tax year beyond its limits, in words; empty where nothing is too much."""
    rooms = [(pool, _room(work, person, year, pool)) for pool in (Pool.IRA, Pool.SEP)]
    return " ".join(f"{pool.name} {year}: {room.words()}." for pool, room in rooms if room.excess)


def _prove_year(year: int, day: int) -> None:
    this = current_year(day)
    if year > this:
        raise SluiceError("contribution_year", f"Tax year {year} has not begun; write {this} or earlier.", "year")
