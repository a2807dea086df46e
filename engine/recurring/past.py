"""A transfer of which no date is to come is refused when it is written, with the first date that is possible."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from engine.recurring.coming import Nights, coming
from engine.recurring.document import RecurringTransfer
from engine.recurring.patterns import dates_of
from engine.recurring.shortform import as_rule
from ledger.days import date_of, day_number
from ledger.faults import Problem
from rules.document import Rule, Schedule

_OWN_DATES: Final = ("once", "dates")
"""Ways to say when that other dates can be written for."""

_TRIED: Final = 21  # days: no row of bank holidays is as long
_YEAR: Final = 366
_LATEST: Final = 24  # dates of a pattern that are enough to find one to come


@dataclass(frozen=True, slots=True)
class Standing:
    """When the rule of a transfer was first saved, and where its household stands."""

    saved: date
    nights: Nights


def nothing_to_come(transfer: RecurringTransfer, standing: Standing) -> Problem | None:
    """What is wrong with a transfer that would never come due, on the field that says so; None where it will.

    A transfer that is paused is looked at as if it ran.
    """
    rule = as_rule(transfer)
    if _first(rule, standing) is not None:
        return None
    form = next((name for name in transfer.schedule.forms if name in _OWN_DATES), "")
    later = _first(_without_end(transfer, standing), standing)
    if later is not None and transfer.end is not None:
        sentence = f"No date of this schedule is to come until then; write an end from {later} on."
        return Problem("end", "past_schedule", sentence)
    possible = _possible(rule, standing) if form else None
    if possible is None:
        return Problem("schedule", "past_schedule", "This schedule has no date to come; choose other dates.")
    right = f"write {possible} or a later date." if form == "once" else f"write dates from {possible} on."
    return Problem(f"schedule.{form}", "past_schedule", f"No date of this schedule is to come; {right}")


def _first(rule: Rule, standing: Standing) -> date | None:
    """The day on which the rule comes due next."""
    days = coming(rule.model_copy(update={"mode": "auto"}), standing.saved, standing.nights, 1)
    return date_of(days[0]) if days else None


def _without_end(transfer: RecurringTransfer, standing: Standing) -> Rule:
    """The rule of the transfer as if it went on; a schedule that is written out has its dates until a year from now."""
    rule = as_rule(transfer).model_copy(update={"ends": None})
    form = transfer.schedule.dated
    if not form or transfer.start is None or rule.schedule is None:
        return rule
    until = max(transfer.start, date_of(standing.nights.next)) + timedelta(days=_YEAR)
    dates = dates_of(form, getattr(transfer.schedule, form), (transfer.start, until))[-_LATEST:]
    return rule.model_copy(update={"schedule": rule.schedule.model_copy(update={"dates": dates})})


def _possible(rule: Rule, standing: Standing) -> date | None:
    """The first date that can still be chosen for it."""
    shift = rule.schedule.business_days if rule.schedule else None
    begins = max(standing.nights.last + 1, day_number(rule.starts) if rule.starts else 0)
    for day in map(date_of, range(begins, begins + _TRIED)):
        tried = rule.model_copy(update={"schedule": Schedule(dates=(day,), business_days=shift)})
        if _first(tried, standing) is not None:
            return day
    return None
