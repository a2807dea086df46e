"""A recurring transfer as a person fills it in: fields by name, and an end that may be a number of times."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from engine.businessday import business_day
from engine.ports import NEVER, BookWork
from engine.recurring.changes import recurring
from engine.recurring.coming import Nights, coming, end_after
from engine.recurring.document import RecurringTransfer, read_transfer
from engine.recurring.past import Standing, nothing_to_come
from engine.recurring.patterns import DATED
from engine.recurring.shortform import as_rule
from engine.rulebook import first_saved
from ledger.days import date_of
from ledger.faults import Problem
from rules.decode import Read
from rules.document import Rule
from rules.formtext import decode_form

MAX_TIMES: Final = 300
_MONTH: Final = 31
_QUARTER: Final = 93


def nights_of(work: BookWork, customer: int, today: int) -> Nights:
    """Where a household stands; `today` is the business day of the next night by the clock."""
    record = work.customers(np.array([customer], np.int64))[0]
    following = business_day(work, today)
    return Nights(following, following - 1 if record.last_night == NEVER else record.last_night)


def coming_of(work: BookWork, customer: int, rules: Sequence[Rule], nights: Nights, count: int) -> dict[str, list[int]]:
    """The next days of each recurring transfer of a list, by its id."""
    saved = first_saved(work.versions(customer), rules, nights.next)
    return {one.rule.id: coming(one.rule, saved[one.rule.id], nights, count) for one in recurring(rules)}


def read_fields(fields: Mapping[str, str], saved: date, nights: Nights) -> Read[RecurringTransfer]:
    """A transfer from fields named as in the document, or what is wrong with it, paths being the fields.

    `times` in place of `end` ends it after so many. A schedule that is written out as dates starts with the next
    night where no start is given. `saved` is the day on which its rule was first saved.
    """
    given = {name: text for name, text in fields.items() if text.strip()}
    times = given.pop("times", "")
    dated = any(name.partition(".")[2].partition(".")[0] in DATED for name in given if name.startswith("schedule."))
    if dated and "start" not in given:
        given["start"] = date_of(nights.next).isoformat()
    if not times:
        return _to_come(_open_words(read_transfer(decode_form(given))), Standing(saved, nights))
    if flaw := _times_flaw(times, given):
        return Read(None, (Problem("times", "times", flaw),))
    number = int(times)
    if dated:
        given["end"] = _far(given, number)
    read = _to_come(read_transfer(decode_form(given)), Standing(saved, nights))
    if read.document is None:
        return read
    end = end_after(as_rule(read.document), saved, nights, number)
    if end is None:
        return Read(None, (Problem("times", "times", "The schedule does not have so many dates; write fewer."),))
    return Read(read.document.model_copy(update={"end": date_of(end)}))


def _open_words(read: Read[RecurringTransfer]) -> Read[RecurringTransfer]:
    """A schedule that lacks its end may be given a number of times here."""
    told = [
        replace(one, sentence=f"{one.sentence} Give an end, or how many times.")
        if (one.code, one.path) == ("dates_open", "end")
        else one
        for one in read.problems
    ]
    return Read(read.document, tuple(told))


def _to_come(read: Read[RecurringTransfer], standing: Standing) -> Read[RecurringTransfer]:
    """What was read, unless no date of it is to come."""
    flaw = None if read.document is None else nothing_to_come(read.document, standing)
    return read if flaw is None else Read(None, (flaw,))


def _times_flaw(times: str, given: Mapping[str, str]) -> str:
    if "end" in given:
        return "Give either an end or a number of times."
    fits = times.isascii() and times.isdecimal() and len(times) <= len(str(MAX_TIMES))
    return "" if fits and 1 <= int(times) <= MAX_TIMES else f"Write a whole number of times from 1 to {MAX_TIMES}."


def _far(given: Mapping[str, str], times: int) -> str:
    """An end beyond the last of so many dates of a pattern; what cannot be read is refused by the reader."""
    days = (_QUARTER if any(name.startswith("schedule.quarterly") for name in given) else _MONTH) * (times + 1)
    try:
        return (date.fromisoformat(given["start"]) + timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return given["start"]
