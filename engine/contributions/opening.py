"""Persons and owners as a set-up states them, and the least with which an account begins (ruling 17).

Owners are named by their numbers in the household, which count its persons from 1.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import numpy as np

from engine.contributions.rights import RIGHTS, Ownership, Who
from engine.contributions.work import NewPerson, Owned
from engine.ports import BookWork
from ledger.days import date_of
from ledger.faults import SluiceError
from ledger.money import format_money
from rules.values import Document, ShortText, refusal, whole

MAX_PERSONS: Final = 99

OwnershipWord = Literal["individual", "joint", "traditional", "roth", "sep", "custodial", "trust"]
RoleWord = Literal["owner", "joint", "sharer", "stranger"]
BirthYear = Annotated[int, whole(1900, 2199)]
PersonNumber = Annotated[int, whole(1, MAX_PERSONS)]

_RETIREMENT: Final = ("traditional", "roth", "sep")
_LENDS: Final = ("individual", "joint", "trust")
_TAXABLE: Final = ("individual", "joint", "custodial", "trust")


class PersonSetup(Document):
    """A person of a household; a year of birth that nobody states stays unknown."""

    name: ShortText
    birth_year: BirthYear = 0
    role: RoleWord = "owner"

    def terms(self, customer: int) -> NewPerson:
        """The person as the books keep it."""
        return NewPerson(customer, self.name, self.birth_year, Who[self.role.upper()])


@dataclass(frozen=True, slots=True)
class Owning:
    """How an account is to be owned, by whom, and whether its margin agreement is signed."""

    kind: Ownership
    owners: tuple[int, ...]
    agreed: bool


def prove_born(persons: Iterable[PersonSetup], day: int) -> None:
    """Refuse a year of birth after the year of a business day. Raises SluiceError `birth_year`."""
    year = date_of(day).year
    for one in persons:
        if one.birth_year > year:
            sentence = f"{one.name} is not born before {one.birth_year}; write a year up to {year}."
            raise SluiceError("birth_year", sentence, "birth_year")


def owning(kind: str, word: OwnershipWord | None, owners: tuple[int, ...], *, agreed: bool) -> Owning | None:
    """How an account of a set-up's kind is owned, None where nothing is said. Raises the refusal of what cannot be.

    An IRA always says it: without a person nobody's yearly limit would hold for it (ruling 17).
    """
    if word is None:
        if kind == "ira":
            sentence = "An IRA names its person: write ownership, traditional, roth or sep, and the person's number "
            raise refusal("ownership_missing", f"{sentence}under owners.", "ownership")
        if owners or agreed:
            raise refusal("ownership_missing", "Say how the account is owned, such as joint or roth.", "ownership")
        return None
    words = {"ira": _RETIREMENT, "borrow": _LENDS}.get(kind, _TAXABLE)
    if word not in words:
        sentence = f"An account of the kind {kind} cannot be {word}; write {', '.join(words[:-1])} or {words[-1]}."
        raise refusal("ownership_kind", sentence, "ownership")
    ownership = Ownership[word.upper()]
    rights = RIGHTS[ownership]
    least = rights.owners if rights.personal or ownership is Ownership.JOINT else 0
    if not least <= len(set(owners)) == len(owners) <= rights.owners:
        many = "two persons" if rights.owners > 1 else "one person"
        how = f"{many}, each once" if least else f"at most {many}"
        sentence = f"The owners of an account that is {word} are {how}; name them by their numbers."
        raise refusal("owners_number", sentence, "owners")
    if agreed and not rights.agreement:
        sentence = f"An account that is {word} needs no margin agreement; leave agreed out."
        raise refusal("agreement_kind", sentence, "agreed")
    return Owning(ownership, owners, agreed)


def prove_minimum(work: BookWork, owned: Ownership, opening: int, day: int) -> None:
    """Refuse an opening deposit below what such an account begins with. Raises SluiceError `opening_minimum`."""
    least = work.dated().number_on(RIGHTS[owned].opening, day)
    if 0 < opening < least:
        shown = format_money(least, grouped=True)
        sentence = f"Such an account begins with at least {shown}; write {shown} or more, or open it empty."
        raise SluiceError("opening_minimum", sentence, "opening")


def keep_owners(work: BookWork, accounts: Sequence[tuple[int, int, Owning]]) -> None:
    """Keep who owns new accounts: (account, customer, owning). Raises SluiceError `person_unknown`."""
    if not accounts:
        return
    households = np.unique(np.array([customer for _, customer, _ in accounts], np.int64))
    persons = {(one.customer, one.number): one.person for one in work.persons(households)}
    work.own([_owned(persons, *one) for one in accounts])


def _owned(persons: Mapping[tuple[int, int], int], account: int, customer: int, terms: Owning) -> Owned:
    for number in terms.owners:
        if (customer, number) not in persons:
            raise person_unknown(number, "owners")
    owners = sorted(persons[customer, number] for number in terms.owners)
    return Owned(account, customer, terms.kind, terms.agreed, tuple(owners))


def person_unknown(number: int, field: str) -> SluiceError:
    """The refusal of a number that no person of the household has."""
    sentence = f"The household has no person {number}; `flask person list` shows its persons with their numbers."
    return SluiceError("person_unknown", sentence, field)
