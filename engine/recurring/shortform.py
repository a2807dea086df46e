"""Between recurring transfers and the rules they are: expand, contract, and the ids that new ones get.

Expanding and contracting again gives the same document, but for a list of dates that happens to be every quarter or
a weekday of each month: that is told as what it is. Contracting and expanding gives the same rule, always.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import ValidationError

from engine.recurring.document import RecurringTransfer, When
from engine.recurring.patterns import recognised
from ledger.faults import Problem
from rules.amounts import Fixed
from rules.document import Destination, Period, Rule, Schedule, Source
from rules.naming import free_id, slug

_SAME = {"from.0.account": "from", "to.0.account": "to", "amount.amount": "amount"}
_PARTS = {"schedule": "schedule", "starts": "start", "ends": "end", "blackout": "skip"}
_KEYS = {"month_days": "monthly", "weekdays": "weekly", "every": "every"}
"""Keys of a rule's schedule that stand for one form each."""

_SEVERAL = 2


def as_rule(transfer: RecurringTransfer) -> Rule:
    """The rule that a recurring transfer is. Without an id it gets one from its name or its accounts."""
    return Rule(
        id=transfer.id or free_id(_named(transfer), ()),
        name=transfer.name,
        mode=transfer.mode,
        schedule=_schedule(transfer),
        starts=transfer.start,
        ends=transfer.end,
        blackout=tuple(Period(first=day, last=day) for day in transfer.skip),
        amount=Fixed(kind="fixed", amount=transfer.amount),
        from_=(Source(account=transfer.from_),),
        to=(Destination(account=transfer.to),),
        if_short=transfer.if_short,
    )


def with_id(transfer: RecurringTransfer, rules: Sequence[Rule]) -> RecurringTransfer:
    """The transfer with an id that is free in the list; one that has an id keeps it."""
    return transfer if transfer.id else transfer.model_copy(update={"id": free_id(_named(transfer), rules)})


def from_rule(rule: Rule) -> RecurringTransfer | None:
    """The recurring transfer that a rule is; None for a rule that says more than the short form can."""
    amount = rule.amount
    if not isinstance(amount, Fixed) or len(rule.from_) > 1 or len(rule.to) > 1:
        return None
    when = _form(rule)
    if when is None:
        return None
    document: dict[str, Any] = {
        "id": rule.id,
        "name": rule.name,
        "from_": rule.from_[0].account,
        "to": rule.to[0].account,
        "amount": amount.amount,
        "start": rule.starts,
        "end": rule.ends,
        "skip": tuple(period.first for period in rule.blackout),
        "mode": rule.mode,
        "if_short": rule.if_short,
    }
    try:
        transfer = RecurringTransfer(schedule=When(**when), **document)
    except ValidationError:
        return None
    return transfer if as_rule(transfer) == rule else None


def own_problem(problem: Problem, at: int) -> Problem:
    """A problem of the list with the path of the short form's own field; one of another rule keeps its path.

    `at` is the rule's place in the list.
    """
    prefix = f"rules.{at}."
    if not problem.path.startswith(prefix):
        return problem
    path = problem.path.removeprefix(prefix)
    first = path.partition(".")[0]
    return Problem(_SAME.get(path, _PARTS.get(first, first)), problem.code, problem.sentence)


def _named(transfer: RecurringTransfer) -> str:
    return slug(f"transfer {transfer.name or f'{transfer.from_} to {transfer.to}'}")


def _schedule(transfer: RecurringTransfer) -> Schedule | None:
    when = transfer.schedule
    if when.daily:
        return None
    dates = (when.once,) if when.once else when.dates or transfer.dates() or None
    return Schedule(
        month_days=when.monthly,
        weekdays=when.weekly,
        every=when.every,
        dates=dates,
        business_days=when.business_days,
    )


def _form(rule: Rule) -> dict[str, Any] | None:
    """The fields of the short schedule; None where the rule's has no key."""
    schedule = rule.schedule
    if schedule is None:
        return {"daily": True}
    found: dict[str, Any] = {own: value for name, own in _KEYS.items() if (value := getattr(schedule, name))}
    found |= _listed(rule, schedule.dates or ())
    return found | {"business_days": schedule.business_days} if found else None


def _listed(rule: Rule, dates: Sequence[date]) -> dict[str, Any]:
    """A list of dates as what it follows, or as it is; nothing for an empty one."""
    if len(dates) < _SEVERAL:
        return {"once": dates[0]} if dates else {}
    pattern = recognised(dates, (rule.starts, rule.ends)) if rule.starts and rule.ends else None
    return {pattern[0]: pattern[1]} if pattern else {"dates": tuple(dates)}
