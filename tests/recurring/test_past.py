"""A recurring transfer without a date to come is refused with the first possible one; patterns are told as such."""

from datetime import date, timedelta

import pytest
from hypothesis import given

from engine.recurring.asking import read_fields
from engine.recurring.coming import Nights, coming
from engine.recurring.document import RecurringTransfer
from engine.recurring.past import Standing, nothing_to_come
from engine.recurring.shortform import as_rule
from engine.recurring.wording import form_words, transfer_sentence
from ledger.days import day_number
from tests.recurring.drawing import transfers
from tests.recurring.test_shortform import ways

NEXT = day_number(date(2026, 11, 20))  # a Friday
NIGHTS = Nights(NEXT, NEXT - 1)
STANDING = Standing(date(2026, 11, 1), NIGHTS)
FIELDS = {"from": "a", "to": "b", "amount": "5.00"}


@pytest.mark.parametrize(
    "schedule,more,path,sentence",
    [
        (
            "once: 2026-01-01",
            "",
            "schedule.once",
            "No date of this schedule is to come; write 2026-11-20 or a later date.",
        ),
        (
            "once: 2026-01-01, business_days: before",
            ", start: 2026-11-21",
            "schedule.once",
            "No date of this schedule is to come; write 2026-11-23 or a later date.",
        ),
        (
            "dates: [2026-01-01, 2026-02-01]",
            "",
            "schedule.dates",
            "No date of this schedule is to come; write dates from 2026-11-20 on.",
        ),
        (
            "monthly: [1]",
            ", end: 2026-11-10",
            "end",
            "No date of this schedule is to come until then; write an end from 2026-12-01 on.",
        ),
        (
            "once: 2026-12-24",
            ", end: 2026-12-01",
            "end",
            "No date of this schedule is to come until then; write an end from 2026-12-24 on.",
        ),
        (
            "quarterly: 15",
            ", start: 2025-01-01, end: 2025-12-31",
            "end",
            "No date of this schedule is to come until then; write an end from 2027-01-15 on.",
        ),
        (
            "once: 2026-12-26, business_days: skip",
            ", skip: [2026-12-26]",
            "schedule.once",
            "No date of this schedule is to come; write 2026-11-20 or a later date.",
        ),
        (
            "once: 2026-01-01, weekly: [sun], business_days: skip",
            "",
            "schedule.once",
            "No date of this schedule is to come; write 2026-11-20 or a later date.",
        ),
        (
            "weekly: [sun], quarterly: 15",
            ", start: 2025-01-01, end: 2025-12-31",
            "end",
            "No date of this schedule is to come until then; write an end from 2026-11-22 on.",
        ),
        (
            "weekly: [sun], business_days: skip",
            "",
            "schedule",
            "This schedule has no date to come; choose other dates.",
        ),
        (
            "once: 2026-01-01",
            ", start: 2026-12-01, end: 2026-12-01, skip: [2026-12-01]",
            "schedule",
            "This schedule has no date to come; choose other dates.",
        ),
    ],
)
def test_a_transfer_that_would_never_move_is_refused(schedule: str, more: str, path: str, sentence: str) -> None:
    flaw = nothing_to_come(ways(schedule, more), STANDING)
    assert flaw is not None
    assert (flaw.path, flaw.code, flaw.sentence) == (path, "past_schedule", sentence)


@given(transfers())
def test_it_is_refused_exactly_when_nothing_is_to_come(transfer: RecurringTransfer) -> None:
    running = as_rule(transfer.model_copy(update={"mode": "auto"}))
    assert (nothing_to_come(transfer, STANDING) is None) == bool(coming(running, STANDING.saved, NIGHTS, 1))


def test_the_form_and_the_command_refuse_it() -> None:
    read = read_fields(FIELDS | {"schedule.once": "2026-01-01"}, date(2026, 11, 20), NIGHTS)
    assert [(one.path, one.sentence) for one in read.problems] == [
        ("schedule.once", "No date of this schedule is to come; write 2026-11-21 or a later date.")
    ]
    assert read.document is None
    often = read_fields(FIELDS | {"schedule.once": "2026-01-01", "times": "2"}, date(2026, 11, 20), NIGHTS)
    assert [one.code for one in often.problems] == ["past_schedule"]
    kept = read_fields(FIELDS | {"schedule.once": "2026-11-21"}, date(2026, 11, 20), NIGHTS)
    assert kept.document is not None
    assert kept.problems == ()


@pytest.mark.parametrize(
    "when,said",
    [
        ({"schedule.quarterly": "15"}, "A transfer every quarter needs an end date"),
        (
            {"schedule.nth_weekday.nth": "first", "schedule.nth_weekday.weekday": "fri"},
            "A transfer on a weekday of each month needs an end date",
        ),
    ],
)
def test_a_schedule_that_needs_an_end_says_so_as_people_do(when: dict[str, str], said: str) -> None:
    (problem,) = read_fields(FIELDS | when, date(2026, 11, 20), NIGHTS).problems
    assert (problem.path, problem.code) == ("end", "dates_open")
    assert problem.sentence == f"{said}: its dates are written out in advance. Give an end, or how many times."


@pytest.mark.parametrize(
    "schedule,words",
    [
        ("nth_weekday: {nth: first, weekday: fri}", "On the first Friday of each month, move 5.00 from a to b"),
        ("quarterly: 15, business_days: after", "Every three months on the 15th (or the business day after), move"),
        ("quarterly: last", "Every three months on the last day, move 5.00 from a to b"),
        (
            "monthly: [1], nth_weekday: {nth: first, weekday: fri}",
            "On the 1st of the month and on the first Friday of each month, move 5.00 from a to b",
        ),
        (
            "every: {weeks: 2, from: 2027-01-01}, quarterly: last, business_days: skip",
            "Every 2 weeks counted from 2027-01-01 and every three months on the last day (only on business days), m",
        ),
        ("weekly: [fri], quarterly: last", "Every Friday and every three months on the last day, move"),
        ("dates: [2027-03-01, 2027-03-04]", "On 2027-03-01 and 2027-03-04, move 5.00 from a to b"),
    ],
)
def test_a_pattern_is_told_and_not_its_dates(schedule: str, words: str) -> None:
    transfer = ways(schedule, ", start: 2027-01-01, end: 2028-01-01")
    rule = as_rule(transfer.model_copy(update={"mode": "auto"}))
    said = transfer_sentence(rule)
    assert said.startswith(words)
    assert said.endswith("starting 2027-01-01, until 2028-01-01.")
    assert transfer_sentence(rule.model_copy(update={"schedule": None})).startswith("Every night, move")
    more = rule.model_copy(update={"cool_down_days": 2})
    assert "2027-0" in transfer_sentence(more), "a rule that says more is told as it is"


def test_each_way_of_several_has_its_own_words() -> None:
    several = "weekly: [mon, fri], monthly: [1, last], nth_weekday: {nth: first, weekday: fri}, business_days: skip"
    transfer = ways(several, ", start: 2027-01-01, end: 2028-01-01")
    assert {form: form_words(transfer, form) for form in transfer.schedule.forms} == {
        "weekly": "every Monday and Friday",
        "monthly": "on the 1st and the last day of the month",
        "nth_weekday": "on the first Friday of each month",
    }


def test_the_first_possible_end_of_a_pattern_is_one_of_its_dates() -> None:
    begun = date(2020, 1, 31)
    for weeks in range(60, 300, 7):
        transfer = ways("quarterly: 31", f", start: {begun}, end: {begun + timedelta(weeks=weeks)}")
        flaw = nothing_to_come(transfer, STANDING)
        assert flaw is not None
        assert "from 2027-01-31 on" in flaw.sentence
