"""What people enter by hand: contributions made elsewhere, and earnings (investing.md 1, products.md 1.16).

Contributions are never changed: a mistake is put right by an amount below zero.
"""

from typing import Annotated, Any, Final, Literal, Self

import numpy as np
from pydantic import AfterValidator, TypeAdapter, model_validator

from engine.contributions.access import HouseRights, Terms, prove
from engine.contributions.opening import PersonNumber, person_unknown
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
    """A contribution made elsewhere: it counts like our own; an amount below zero takes one back."""

    person: PersonNumber
    year: TaxYear
    pool: Literal["ira", "sep"] = "ira"
    amount: SignedMoney
    source: Annotated[ShortText, AfterValidator(_stated)]

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
    """Keep a contribution made elsewhere. Raises SluiceError `contribution_year`, `contribution_below_zero`."""
    _prove_year(given.year, day)
    pool = Pool[given.pool.upper()]
    made = work.contributions(person.customer)
    alike = (made.person == person.person) & (made.year == given.year) & (made.pool == pool) & (made.account == 0)
    there = int(made.amount[alike].sum())
    if there + given.amount < 0:
        shown = format_money(there, grouped=True)
        sentence = f"Only {shown} is entered for {given.year}, so no more can be taken back; write at most -{shown}."
        raise SluiceError("contribution_below_zero", sentence, "amount")
    numbers = {"customer": person.customer, "person": person.person, "year": given.year, "pool": int(pool)}
    numbers |= {"amount": given.amount, "day": day, "account": 0, "seq": 0}
    columns: dict[str, Any] = {name: np.array([value], np.int64) for name, value in numbers.items()}
    work.keep_contributions(ContributionRows(**columns, source=[given.source]))


def set_earned(work: BookWork, person: PersonRecord, given: EarningsSetup, day: int) -> None:
    """Keep what a person earned in a tax year. Raises SluiceError `contribution_year`."""
    _prove_year(given.year, day)
    work.keep_earned(person, given.year, given.amount)


def _prove_year(year: int, day: int) -> None:
    this = current_year(day)
    if year > this:
        raise SluiceError("contribution_year", f"Tax year {year} has not begun; write {this} or earlier.", "year")
