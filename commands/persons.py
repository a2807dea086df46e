"""Commands for persons of a household: person, contribution, earnings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import click
from pydantic import TypeAdapter
from rich.table import Table

from commands.acting import admit, as_person
from commands.desk import Desk, as_json, home_of, list_problems, refusing, screen
from engine.contributions.opening import PersonSetup, prove_born
from engine.contributions.outside import (
    EARNINGS,
    OUTSIDE,
    add_outside,
    person_of,
    prove_theirs,
    set_earned,
    too_much,
)
from engine.contributions.rights import Action, Who
from engine.contributions.standing import PersonStanding, PoolRoom, Standing, standing
from engine.contributions.work import PersonRecord
from engine.ports import BookWork
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.money import format_money
from rules.decode import read_document
from rules.values import Document

_PERSON: Final = TypeAdapter(PersonSetup)
_HEADS: Final = {"iras": "retirement accounts"}
_ROLES: Final = [who.name.lower() for who in reversed(Who)]


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    person = click.Group("person", help="Persons of a household, and what they may.")
    for command in (_person_add(desk), _person_list(desk), _person_grant(desk)):
        person.add_command(command)
    contribution = click.Group("contribution", help="Contributions to retirement accounts, and what is left of a year.")
    for command in (_contribution_add(desk), _contribution_list(desk)):
        contribution.add_command(command)
    earnings = click.Group("earnings", help="What persons earned in a tax year.")
    earnings.add_command(_earnings_set(desk))
    return [person, contribution, earnings]


def _read(terms: TypeAdapter[Any], given: dict[str, Any]) -> Any:  # noqa: ANN401 - the document of the adapter
    """The document of the options that were given, or a refusal with all that is wrong."""
    read = read_document(terms, {name: value for name, value in given.items() if value is not None})
    if read.document is None:
        list_problems(read.problems)
        raise SluiceError("person_refused", "Nothing is kept; correct what is listed above.")
    document: Document = read.document
    return document


def _person_add(desk: Desk) -> click.Command:
    @click.command("add")
    @click.argument("reference")
    @click.option("--name", required=True)
    @click.option("--birth-year", type=int, help="decides from when more may be contributed; unknown where not given")
    @click.option("--role", default="owner", show_default=True, help=", ".join(_ROLES))
    @as_person
    @refusing
    def add(reference: str, acting: int | None, **given: Any) -> None:  # noqa: ANN401 - click hands over what the options made
        """Add a person to a household."""
        terms: PersonSetup = _read(_PERSON, given)
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            admit(work, customer, acting, Action.GRANT)
            prove_born([terms], desk.day(work))
            (person,) = work.open_persons([terms.terms(customer)])
        screen.print(f"{person.name} is person {person.number} of {reference}.", markup=False)

    return add


def _person_list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @as_person
    @refusing
    def list_(reference: str, *, json_: bool, acting: int | None) -> None:
        """List a household's persons and who owns its accounts."""
        found = _standing(desk, reference, acting)
        persons = [_person_words(one) for one in found.persons]
        accounts: list[dict[str, Any]] = [
            {
                "handle": one.handle,
                "kind": one.kind.name.lower(),
                "ownership": one.ownership.name.lower(),
                "owners": list(one.owners),
                "agreed": one.agreed,
            }
            for one in found.accounts
        ]
        if json_:
            as_json({"persons": persons, "accounts": accounts})
            return
        _say("person", [{_HEADS.get(name, name): value for name, value in one.items()} for one in persons])
        _say("account", accounts)

    return list_


def _person_words(one: PersonStanding) -> dict[str, Any]:
    birth_year = one.birth_year or None
    words = {"person": one.number, "name": one.name, "role": one.role.name.lower(), "birth_year": birth_year}
    return {**words, "iras": list(one.iras)}


def _person_grant(desk: Desk) -> click.Command:
    @click.command("grant")
    @click.argument("reference")
    @click.argument("person", type=int)
    @click.option("--role", required=True, type=click.Choice(_ROLES), help="stranger: may nothing any more")
    @as_person
    @refusing
    def grant(reference: str, person: int, role: str, acting: int | None) -> None:
        """Say what a person may do in a household."""
        books = desk.open()
        book, customer = home_of(books, reference)
        with books.lock(book) as work:
            rights = admit(work, customer, acting, Action.GRANT)
            found = person_of(rights, person)
            work.set_person(replace(found, role=int(Who[role.upper()])))
        screen.print(f"{found.name} is {role} now.", markup=False)

    return grant


@contextmanager
def _acting_for(desk: Desk, reference: str, acting: int | None, number: int) -> Iterator[tuple[BookWork, PersonRecord]]:
    """The household's book, locked, and one of its persons, once it is proven that somebody may act for that one."""
    books = desk.open()
    book, customer = home_of(books, reference)
    with books.lock(book) as work:
        rights = admit(work, customer, acting, Action.SEE)
        person = person_of(rights, number)
        prove_theirs(rights, acting, person)
        yield work, person


def _contribution_add(desk: Desk) -> click.Command:
    @click.command("add")
    @click.argument("reference")
    @click.argument("person", type=int)
    @click.option("--year", required=True, type=int, help="the tax year to which it counts")
    @click.option("--amount", required=True, help="below zero to take back what was entered")
    @click.option("--pool", default="ira", show_default=True, help="ira (Traditional and Roth together) or sep")
    @click.option("--source", required=True, help="where it was made")
    @click.option("--excess", is_flag=True, help="it was made although it is more than the year's room")
    @as_person
    @refusing
    def add(reference: str, acting: int | None, **given: Any) -> None:  # noqa: ANN401 - click hands over what the options made
        """Enter a contribution that PERSON made elsewhere."""
        terms = _read(OUTSIDE, given)
        with _acting_for(desk, reference, acting, terms.person) as (work, person):
            add_outside(work, person, terms, desk.day(work))
            over = too_much(work, person, terms.year)
        amount = format_money(terms.amount, grouped=True)
        _say_over(f"{amount} of {person.name} counts to {terms.year}.", over)

    return add


def _contribution_list(desk: Desk) -> click.Command:
    @click.command("list")
    @click.argument("reference")
    @click.option("--json", "json_", is_flag=True)
    @as_person
    @refusing
    def list_(reference: str, *, json_: bool, acting: int | None) -> None:
        """List contributions, and each person's room by tax year."""
        found = _standing(desk, reference, acting)
        rooms = [_room_words(one, room) for one in found.persons for room in one.rooms]
        made = [
            {
                "person": one.person,
                "year": one.year,
                "pool": one.pool.name.lower(),
                "amount": format_money(one.amount),
                "on": format_day(one.day),
                "account": one.account,
                "source": one.source,
            }
            for one in found.contributions
        ]
        if json_:
            as_json({"rooms": rooms, "contributions": made})
            return
        _say("room", rooms)
        _say("contribution", made)

    return list_


def _room_words(person: PersonStanding, room: PoolRoom) -> dict[str, Any]:
    limit, left = (None if cents is None else format_money(cents) for cents in (room.limit, room.left))
    words = {"person": person.number, "year": room.year, "pool": room.pool.name.lower(), "limit": limit}
    told = {"used": format_money(room.used), "left": left, "too_much": format_money(room.room.excess)}
    return {**words, **told, "open": room.open}


def _earnings_set(desk: Desk) -> click.Command:
    @click.command("set")
    @click.argument("reference")
    @click.argument("person", type=int)
    @click.argument("year", type=int)
    @click.argument("amount")
    @as_person
    @refusing
    def set_(reference: str, acting: int | None, **given: Any) -> None:  # noqa: ANN401 - click hands over what the options made
        """Say what PERSON earned in YEAR: no more may be contributed to it, and to a SEP a part of it."""
        terms = _read(EARNINGS, given)
        with _acting_for(desk, reference, acting, terms.person) as (work, person):
            over = set_earned(work, person, terms, desk.day(work))
        amount = format_money(terms.amount, grouped=True)
        _say_over(f"{person.name} earned {amount} in {terms.year}.", over)

    return set_


def _say_over(told: str, over: str) -> None:
    """Say what was kept, and what is contributed beyond the year's limits by now."""
    screen.print(f"{told} {over}".rstrip(), markup=False, soft_wrap=True)


def _standing(desk: Desk, reference: str, acting: int | None) -> Standing:
    books = desk.open()
    book, customer = home_of(books, reference)
    with books.read(book) as work:
        admit(work, customer, acting, Action.SEE)
        return standing(work, customer, desk.day(work))


def _say(what: str, rows: list[dict[str, Any]]) -> None:
    """A table of rows with the same keys, or that there are none."""
    if not rows:
        screen.print(f"No {what} yet.")
        return
    table = Table(*(name.replace("_", " ") for name in rows[0]))
    for row in rows:
        table.add_row(*map(_word, row.values()))
    screen.print(table)


def _word(value: object) -> str:
    """A value of a table as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
