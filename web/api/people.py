"""Persons, owners and contributions for programs."""

import json

from engine.contributions.outside import OutsideSetup, add_outside, person_of, prove_theirs
from engine.contributions.standing import AccountStanding, Contributed, PersonStanding, PoolRoom, standing
from engine.once import Answered, once
from ledger.days import format_day
from ledger.money import format_money
from web.api.asked import Asked, Reply
from web.api.peopleanswers import (
    ContributionAnswer,
    ContributionsAnswer,
    EarnedAnswer,
    OwnershipAnswer,
    PersonAnswer,
    PersonsAnswer,
    RoomAnswer,
)
from web.api.replayed import stored_reply
from web.api.transfers import idempotency_key
from web.asking import Household, changing, reading


def list_persons(asked: Asked) -> Reply:
    """GET /customers/{reference}/persons."""
    with reading(asked.services, asked.reference) as house:
        found = standing(house.work, house.customer, house.day)
    persons = [_person(one) for one in found.persons]
    return Reply(PersonsAnswer(persons=persons, accounts=[ownership_answer(one) for one in found.accounts]))


def _person(one: PersonStanding) -> PersonAnswer:
    return PersonAnswer(
        person=one.number,
        name=one.name,
        role=one.role.name.lower(),
        birth_year=one.birth_year or None,
        iras=list(one.iras),
        rooms=[_room(room) for room in one.rooms],
        earned=[EarnedAnswer(year=year, amount=format_money(cents)) for year, cents in one.earned],
    )


def _room(one: PoolRoom) -> RoomAnswer:
    limit, left = (None if cents is None else format_money(cents) for cents in (one.limit, one.left))
    return RoomAnswer(
        year=one.year,
        pool=one.pool.name.lower(),
        limit=limit,
        used=format_money(one.used),
        left=left,
        too_much=format_money(one.room.excess),
        open=one.open,
    )


def ownership_answer(one: AccountStanding) -> OwnershipAnswer:
    """How an account is owned, as it is told."""
    return OwnershipAnswer(
        account=one.handle,
        kind=one.kind.name.lower(),
        ownership=one.ownership.name.lower(),
        owners=list(one.owners),
        agreed=one.agreed,
    )


def list_contributions(asked: Asked) -> Reply:
    """GET /customers/{reference}/contributions."""
    with reading(asked.services, asked.reference) as house:
        return Reply(ContributionsAnswer(contributions=_contributions(house)))


def _contributions(house: Household) -> list[ContributionAnswer]:
    return [_contribution(one) for one in standing(house.work, house.customer, house.day).contributions]


def _contribution(one: Contributed) -> ContributionAnswer:
    return ContributionAnswer(
        person=one.person,
        year=one.year,
        pool=one.pool.name.lower(),
        amount=format_money(one.amount),
        on=format_day(one.day),
        account=one.account or None,
        source=one.source,
    )


def add_contribution(asked: Asked) -> Reply:
    """POST /customers/{reference}/contributions: one that was made elsewhere, once for each Idempotency-Key."""
    body, key = asked.body_as(OutsideSetup), idempotency_key(asked.headers.get("Idempotency-Key"))
    with changing(asked.services, asked.reference) as house:
        person = person_of(house.rights, body.person)
        prove_theirs(house.rights, asked.person, person)

        def kept() -> Answered:
            add_outside(house.work, person, body, house.day)
            return Answered(201, _contributions(house)[0].model_dump_json(by_alias=True))

        stated = json.loads(body.model_dump_json(exclude={"excess"}))
        wanted = [*stated.values(), *(["excess"] if body.excess else [])]
        answered = once(house.work, (house.customer, f"contribution:{key}"), wanted, kept)
        return stored_reply(answered, ContributionAnswer)
