"""When the naive evaluator finds a rule due, against examples computed by hand from the rules page."""

from datetime import date
from typing import Any

import pytest

from tests.naive.asking import account, ask, fixed, rule
from tests.naive.holidays import bank_holidays, is_business_day
from tests.naive.night import Document
from tests.naive.schedule import match_dates

ACCOUNTS = {"checking": account("5000.00", "checking"), "cash": account("0.00")}


def reason(on: str, since: str, fields: Document, case: Document | None = None) -> str:
    """The reason of the decision on one rule with these fields; `in_full` when it is due."""
    (decision,) = ask(ACCOUNTS, rule(fixed("1.00"), **fields), on=on, since=since, **(case or {}))
    return str(decision["reason"])


def test_the_eleven_holidays_of_2026_and_the_sunday_rule() -> None:
    days = "01-01 01-19 02-16 05-25 06-19 07-04 09-07 10-12 11-11 11-26 12-25"
    assert bank_holidays(2026) == {date.fromisoformat(f"2026-{day}") for day in days.split()}
    assert is_business_day(date(2026, 7, 3))  # the fourth is a Saturday: the Friday before stays open
    assert not is_business_day(date(2027, 7, 5))  # the fourth is a Sunday: closed on Monday
    assert is_business_day(date(2027, 12, 31))  # New Year's Day 2028 is a Saturday
    assert not is_business_day(date(2026, 11, 21))


@pytest.mark.parametrize(
    "schedule, first, last, matches",
    [
        ({"month_days": [31]}, "2027-02-01", "2027-04-30", ["2027-02-28", "2027-03-31", "2027-04-30"]),
        ({"month_days": [30, "last"]}, "2028-02-01", "2028-03-31", ["2028-02-29", "2028-03-30", "2028-03-31"]),
        ({"weekdays": ["fri"], "dates": ["2026-11-18"]}, "2026-11-14", "2026-11-21", ["2026-11-18", "2026-11-20"]),
        ({"every": {"weeks": 2, "from": "2026-11-06"}}, "2026-10-20", "2026-11-21", ["2026-11-06", "2026-11-20"]),
        ({"month_days": [26], "business_days": "before"}, "2026-11-20", "2026-11-30", ["2026-11-25"]),
        ({"month_days": [26], "business_days": "after"}, "2026-11-20", "2026-11-30", ["2026-11-27"]),
        ({"month_days": [26], "business_days": "skip"}, "2026-11-20", "2026-11-30", []),
        ({"month_days": [1], "business_days": "before"}, "2026-10-30", "2026-10-31", ["2026-10-30"]),
        ({"month_days": ["last"], "business_days": "after"}, "2027-01-01", "2027-02-02", ["2027-02-01"]),
        ({"weekdays": ["sat", "sun"], "business_days": "after"}, "2026-11-21", "2026-11-24", ["2026-11-23"]),
    ],
)
def test_match_dates(schedule: dict[str, Any], first: str, last: str, matches: list[str]) -> None:
    found = match_dates(schedule, date.fromisoformat(first), date.fromisoformat(last))
    assert [day.isoformat() for day in found] == matches


def test_a_missed_night_is_caught_up_once() -> None:
    twice = {"schedule": {"month_days": [1, 15]}}
    assert reason("2026-11-15", "2026-11-14", twice) == "in_full"
    assert reason("2026-11-16", "2026-11-15", twice) == "not_scheduled"
    assert reason("2026-11-16", "2026-11-14", twice) == "in_full"
    assert reason("2026-12-20", "2026-10-30", twice) == "in_full"


def test_a_match_missed_before_the_end_is_still_caught_up() -> None:
    more: Document = {"schedule": {"month_days": [15]}, "ends": "2026-11-15"}
    assert reason("2026-11-17", "2026-11-14", more) == "in_full"
    assert reason("2026-11-17", "2026-11-15", more) == "after_end"
    assert reason("2026-11-17", "2026-11-14", {"schedule": {"month_days": [16]}, "ends": "2026-11-15"}) == "after_end"
    assert reason("2026-11-17", "2026-11-14", {"ends": "2026-11-16"}) == "after_end"


def test_dates_of_a_rule_without_schedule_are_inclusive() -> None:
    span = {"starts": "2026-11-10", "ends": "2026-11-12"}
    reasons = [reason(f"2026-11-{day:02d}", "2026-11-08", span) for day in (9, 10, 12, 13)]
    assert reasons == ["before_start", "in_full", "in_full", "after_end"]


def test_blackout_hides_the_night_and_the_matches_within_it() -> None:
    more: Document = {"schedule": {"month_days": [15]}, "blackout": [{"first": "2026-11-14", "last": "2026-11-16"}]}
    assert reason("2026-11-16", "2026-11-14", more) == "blackout"
    assert reason("2026-11-17", "2026-11-14", more) == "not_scheduled"
    assert reason("2026-11-17", "2026-11-14", {"blackout": more["blackout"]}) == "in_full"


def test_only_matches_after_the_rule_was_saved_count() -> None:
    more: Document = {"schedule": {"month_days": [15]}}
    assert reason("2026-11-16", "2026-11-14", more, {"saved": {"r": "2026-11-15"}}) == "not_scheduled"
    assert reason("2026-11-16", "2026-11-14", more, {"saved": {"r": "2026-11-14"}}) == "in_full"


@pytest.mark.parametrize("day, expected", [(1, "cooling_down"), (7, "cooling_down"), (8, "in_full"), (9, "in_full")])
def test_moved_on_the_first_it_is_due_again_on_the_eighth(day: int, expected: str) -> None:
    assert (
        reason(f"2026-11-{day:02d}", "2026-10-31", {"cool_down_days": 7}, {"last_moved": {"r": "2026-11-01"}})
        == expected
    )


def test_the_first_reason_that_applies_is_given() -> None:
    more: dict[str, object] = {"schedule": {"dates": ["2026-11-30"]}, "ends": "2026-11-19", "cool_down_days": 9}
    more["blackout"] = [{"first": "2026-11-20", "last": "2026-11-20"}]
    assert reason("2026-11-20", "2026-11-19", more | {"mode": "off"}) == "off"
    assert reason("2026-11-20", "2026-11-19", more) == "after_end"
    assert reason("2026-11-20", "2026-11-19", more | {"ends": "2026-12-31"}) == "blackout"
    assert reason("2026-11-20", "2026-11-19", more | {"ends": "2026-12-31", "blackout": []}) == "not_scheduled"


@pytest.mark.parametrize(
    "more, wanted",
    [
        ({"schedule": {"weekdays": ["fri"]}}, "150.00"),  # 20 and 27 November, 4 and 11 December
        ({"schedule": {"weekdays": ["fri"]}, "ends": "2026-12-04"}, "200.00"),
        ({"schedule": {"weekdays": ["fri"]}, "blackout": [{"first": "2026-11-25", "last": "2026-12-05"}]}, "300.00"),
        ({"schedule": {"weekdays": ["fri"]}, "cool_down_days": 30}, "150.00"),
        ({"schedule": {"dates": ["2026-11-20", "2026-12-12"], "business_days": "after"}}, "600.00"),
        ({"ends": "2026-11-23"}, "150.00"),  # without a schedule every date: 20 to 23 November
    ],
)
def test_a_goal_is_spread_over_tonight_and_the_matches_to_come(more: dict[str, object], wanted: str) -> None:
    accounts = ACCOUNTS | {"cash": account("400.00")}
    goal = {"kind": "goal", "account": "cash", "target": "1000.00", "by": "2026-12-13"}
    (decision,) = ask(accounts, rule(goal, **more))
    assert decision["wanted"] == wanted
