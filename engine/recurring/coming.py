"""The dates on which a recurring transfer comes due, by the schedule that the night itself goes by (rules.md 2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

import numpy as np

from engine.due import blacked_out, matches
from engine.programs import groups, numbers_of, unpack
from engine.rows import Rows
from ledger.days import day_number
from rules.compile import compile_list
from rules.document import Rule
from rules.shapes import FAR_FUTURE

_CHUNK: Final = 512  # days looked at in one go
_REACH: Final = 366 * 11  # days: the rarest schedule without dates is every 520 weeks
_SHIFT: Final = 10  # days that a bank holiday can shift a date by, and more


@dataclass(frozen=True, slots=True)
class Nights:
    """Where a household stands: the business day of its next night, and its last night done (the day before: none)."""

    next: int
    last: int


def coming(rule: Rule, saved: date, nights: Nights, count: int) -> list[int]:
    """The next `count` business days on which the rule is due, ascending; fewer where it ends, none while it is off.

    `saved` is the day the rule was first saved. A match that a missed night left behind is caught up in the next one.
    Cool-downs and conditions are not looked at: a recurring transfer has none.
    """
    return [] if rule.mode == "off" else list(islice(_due(rule, saved, nights), count))


def end_after(rule: Rule, saved: date, nights: Nights, times: int) -> int | None:
    """The day of the `times`-th coming transfer, after which the rule ends; None where there are not so many."""
    found = coming(rule.model_copy(update={"mode": "auto"}), saved, nights, times)
    return found[-1] if len(found) == times else None


def _due(rule: Rule, saved: date, nights: Nights) -> Iterator[int]:
    rows = _rows(rule, saved)
    first, last = _span(rule, nights)
    caught = False
    for start in range(first, last + 1, _CHUNK):
        days = np.arange(start, min(start + _CHUNK, last + 1))
        if rule.schedule is None:
            yield from days[~blacked_out(rows, days)[:, 0]].tolist()
            continue
        for day in days[matches(rows, days)[:, 0]].tolist():
            if day > nights.next:
                yield day
            elif not caught and not blacked_out(rows, np.array([nights.next]))[0, 0]:
                caught = True
                yield nights.next


def _span(rule: Rule, nights: Nights) -> tuple[int, int]:
    """The first and the last day that are worth looking at."""
    scheduled = rule.schedule
    first = nights.next if scheduled is None else min(nights.last + 1, nights.next)
    first = max(first, day_number(rule.starts)) if rule.starts else first
    dates = [day_number(one) for one in scheduled.dates or ()] if scheduled else []
    counted = day_number(scheduled.every.from_) - _SHIFT if scheduled and scheduled.every else first
    if scheduled and not (scheduled.month_days or scheduled.weekdays or dates):
        first = max(first, counted)
    last = max([first + _REACH, counted + _REACH, *(one + _SHIFT for one in dates)])
    return first, min(last, day_number(rule.ends) if rule.ends else FAR_FUTURE)


def _rows(rule: Rule, saved: date) -> Rows:
    """The rule alone, compiled as the night has it."""
    handles = [*(one.account for one in rule.from_), *(one.account for one in rule.to)]
    slots = {handle: place for place, handle in enumerate(handles)}
    program = compile_list([rule], slots, {rule.id: saved})
    programs = unpack(program.words, np.array([len(program.words)], np.int64), program.shapes)
    group = next(groups(programs, 1))
    none = np.zeros(1, np.int64)
    return Rows(group.shape, group.shape.layout, none, none, none, none, numbers_of(programs, group))
