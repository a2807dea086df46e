"""Recurring transfers for programs: rules with a fixed amount in their short form."""

from typing import Final

from engine.contributions.access import prove, touched
from engine.contributions.rights import Action
from engine.recurring.asking import coming_of, nights_of
from engine.recurring.changes import added, recurring, removed
from engine.recurring.past import Standing, nothing_to_come
from engine.recurring.shortform import as_rule, own_problem
from engine.recurring.wording import transfer_sentence
from ledger.days import date_of, format_day
from web.api.asked import Asked, Reply
from web.api.recurringanswers import RecurringAnswer, RecurringBody, RecurringListAnswer
from web.asking import Household, changing, reading
from web.faults import RefusedError

_NEXT: Final = 3


def list_recurring(asked: Asked) -> Reply:
    """GET /customers/{reference}/recurring."""
    with reading(asked.services, asked.reference) as house:
        return Reply(_list(house))


def add_recurring(asked: Asked) -> Reply:
    """POST /customers/{reference}/recurring. The same document with the same id gives the transfer that is there."""
    body = asked.body_as(RecurringBody)
    with changing(asked.services, asked.reference) as house:
        if as_rule(body) in house.rules:
            return Reply(_one(house, body.id), 201, {"Idempotent-Replayed": "true"})
        nights = nights_of(house.work, house.customer, house.services.today())
        if past := nothing_to_come(body, Standing(date_of(nights.next), nights)):
            raise RefusedError([past])
        rules = added(house.rules, body)
        prove(house.rights, asked.person, Action.RULE, touched(house.rules, rules))
        problems = house.compiled(rules).problems
        if problems:
            raise RefusedError([own_problem(one, len(house.rules)) for one in problems])
        house.save(rules)
        return Reply(_one(Household(house.services, house.work, house.customer), body.id), 201)


def remove_recurring(asked: Asked) -> Reply:
    """DELETE /customers/{reference}/recurring/{transfer}."""
    with changing(asked.services, asked.reference) as house:
        rules = removed(house.rules, asked.path["transfer"])
        prove(house.rights, asked.person, Action.RULE, touched(house.rules, rules))
        house.save(rules)
        return Reply(_list(Household(house.services, house.work, house.customer)))


def _list(house: Household) -> RecurringListAnswer:
    nights = nights_of(house.work, house.customer, house.services.today())
    days = coming_of(house.work, house.customer, house.rules, nights, _NEXT)
    rows = [
        RecurringAnswer(
            id=one.rule.id,
            rank=one.place + 1,
            mode=one.rule.mode,
            sentence=transfer_sentence(one.rule, house.names),
            next=[format_day(day) for day in days[one.rule.id]],
            document=one.transfer,
        )
        for one in recurring(house.rules)
    ]
    return RecurringListAnswer(version=house.record.version, transfers=rows)


def _one(house: Household, name: str) -> RecurringAnswer:
    return next(one for one in _list(house).transfers if one.id == name)
