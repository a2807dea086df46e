"""The dates to come are those on which the night would find the rule due, by an independent reading of the schedule."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.recurring.coming import Nights, coming, end_after
from engine.recurring.document import RecurringTransfer
from engine.recurring.shortform import as_rule
from ledger.days import date_of, day_number
from rules.document import Rule
from tests.naive.night import Night
from tests.naive.schedule import why_not_due
from tests.recurring.drawing import transfers
from tests.recurring.test_shortform import ways

NEXT = day_number(date(2026, 11, 20))  # a Friday
NIGHTS = Nights(NEXT, NEXT - 1)
BEFORE = date(2026, 11, 1)


def days(rule: Rule, count: int, nights: Nights = NIGHTS, saved: date = BEFORE) -> list[str]:
    return [date_of(day).isoformat() for day in coming(rule, saved, nights, count)]


def auto(schedule: str, more: str = "") -> Rule:
    return as_rule(ways(schedule, more).model_copy(update={"mode": "auto"}))


@pytest.mark.parametrize(
    "schedule,more,expected",
    [
        ("daily: true", "", ["2026-11-20", "2026-11-21", "2026-11-22"]),
        ("weekly: [fri]", "", ["2026-11-20", "2026-11-27", "2026-12-04"]),
        ("every: {weeks: 2, from: 2026-11-06}", "", ["2026-11-20", "2026-12-04", "2026-12-18"]),
        ("every: {weeks: 520, from: 2026-11-27}", "", ["2026-11-27", "2036-11-14"]),
        ("weekly: [sat], monthly: [24]", "", ["2026-11-21", "2026-11-24", "2026-11-28"]),
        ("once: 2026-12-24, every: {weeks: 520, from: 2041-11-27}", "", ["2026-12-24", "2041-11-27"]),
        ("monthly: [last]", "", ["2026-11-30", "2026-12-31", "2027-01-31"]),
        ("monthly: [1, 15], business_days: before", "", ["2026-12-01", "2026-12-15", "2026-12-31"]),
        ("once: 2049-12-24", "", ["2049-12-24"]),
        ("once: 2026-11-01", "", []),
        ("quarterly: 15", ", start: 2026-11-01, end: 2027-06-30", ["2027-02-15", "2027-05-15"]),
        ("daily: true", ", start: 2026-12-01, end: 2026-12-02", ["2026-12-01", "2026-12-02"]),
        ("daily: true", ", skip: [2026-11-21]", ["2026-11-20", "2026-11-22", "2026-11-23"]),
        ("weekly: [fri]", ", skip: [2026-11-20]", ["2026-11-27", "2026-12-04", "2026-12-11"]),
    ],
)
def test_the_next_dates(schedule: str, more: str, expected: list[str]) -> None:
    assert days(auto(schedule, more), max(len(expected), 1)) == expected


def test_a_daily_transfer_ends() -> None:
    assert days(auto("daily: true", ", start: 2026-12-01, end: 2026-12-02"), 9) == ["2026-12-01", "2026-12-02"]


def test_a_missed_night_is_caught_up_once_and_never_in_a_blackout() -> None:
    missed = replace(NIGHTS, last=NEXT - 10)
    assert days(auto("weekly: [mon, wed]"), 2, missed) == ["2026-11-20", "2026-11-23"]
    assert days(auto("weekly: [wed]", ", skip: [2026-11-20]"), 1, missed) == ["2026-11-25"]


def test_a_transfer_that_is_off_has_no_date_and_one_saved_today_begins_tomorrow() -> None:
    assert days(auto("daily: true").model_copy(update={"mode": "off"}), 3) == []
    assert days(auto("weekly: [fri]"), 1, saved=date_of(NEXT)) == ["2026-11-27"]


def test_so_many_times_is_an_end() -> None:
    rule = auto("monthly: [1]").model_copy(update={"mode": "off"})
    end = end_after(rule, BEFORE, NIGHTS, 3)
    assert end == day_number(date(2027, 2, 1))
    ended = rule.model_copy(update={"ends": date_of(end or 0), "mode": "auto"})
    assert days(ended, 9) == ["2026-12-01", "2027-01-01", "2027-02-01"]
    assert end_after(auto("once: 2026-12-24"), BEFORE, NIGHTS, 2) is None


@settings(max_examples=60)
@given(st.one_of(transfers(), transfers(dated=True)), st.integers(0, 40))
def test_what_is_to_come_is_what_the_night_would_find_due(transfer: RecurringTransfer, missed: int) -> None:
    rule = as_rule(transfer.model_copy(update={"mode": "auto"}))
    nights = Nights(NEXT, NEXT - 1 - missed)
    found = coming(rule, BEFORE, nights, 400)
    document = rule.model_dump(mode="json", by_alias=True, exclude_none=True)
    expected, since = [], date_of(nights.last)
    for on in (date_of(NEXT) + timedelta(days=n) for n in range(200)):
        night = Night(on, since, False, {}, {}, {}, {}, {rule.id: BEFORE}, {}, None)
        if why_not_due(document, night) is None:
            expected.append(day_number(on))
        since = on
    assert [day for day in found if day < NEXT + 200] == expected
