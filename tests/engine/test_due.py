"""When a rule is due: every schedule, shifts off bank holidays, blackouts, cool-downs, nights that were missed."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import due
from engine.calendar import is_business
from engine.evaluate import evaluate
from engine.programs import groups, numbers_of
from engine.rows import all_rows
from rules.holidays import business_days
from tests.engine.asking import account, ask, brief, case, fixed, rule
from tests.engine.joined import case_of, join
from tests.strategies.cases import cases

ACCOUNTS = {"checking": account("1000.00"), "cash": account("0.00")}


def outcome(on: str, since: str | None = None, /, *, more: Mapping[str, object] | None = None, **terms: object) -> str:
    """Whether one rule moves on a date, or why it is not due; `since` is the last night, by default the day before."""
    last = since or (date.fromisoformat(on) - timedelta(days=1)).isoformat()
    (decision,) = ask(ACCOUNTS, rule(fixed("1.00"), **terms), on=on, since=last, **(more or {}))
    return decision["reason"]


def due_dates(first: str, last: str, **terms: Any) -> list[str]:
    """Every date on which the rule moves, with no night missed."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [(start + timedelta(days=n)).isoformat() for n in range((end - start).days + 1)]
    return [day for day in days if outcome(day, **terms) == "in_full"]


def test_a_rule_without_schedule_is_due_every_night() -> None:
    assert len(due_dates("2026-11-01", "2026-11-07")) == 7


def test_month_days_beyond_the_end_are_the_last_day() -> None:
    schedule = {"month_days": [15, 31]}
    found = due_dates("2027-02-10", "2027-03-31", schedule=schedule)
    assert found == ["2027-02-15", "2027-02-28", "2027-03-15", "2027-03-31"]
    assert due_dates("2028-02-27", "2028-03-01", schedule={"month_days": ["last"]}) == ["2028-02-29"]


def test_weekdays_weeks_and_dates_are_any_of_them() -> None:
    schedule = {"weekdays": ["fri"], "every": {"weeks": 2, "from": "2026-11-04"}, "dates": ["2026-11-16"]}
    found = due_dates("2026-11-01", "2026-11-20", schedule=schedule)
    assert found == ["2026-11-04", "2026-11-06", "2026-11-13", "2026-11-16", "2026-11-18", "2026-11-20"]


def test_every_so_many_weeks_begins_with_its_first_date() -> None:
    schedule = {"every": {"weeks": 1, "from": "2026-11-11"}}
    assert due_dates("2026-11-01", "2026-11-18", schedule=schedule) == ["2026-11-11", "2026-11-18"]


@pytest.mark.parametrize(
    "shift, expected",
    [
        ("before", ["2026-12-31"]),
        ("after", ["2027-01-04"]),
        ("skip", []),
        (None, ["2027-01-01"]),
    ],
)
def test_new_year_2027_is_a_friday(shift: str | None, expected: list[str]) -> None:
    schedule: dict[str, object] = {"dates": ["2027-01-01"]}
    if shift:
        schedule["business_days"] = shift
    assert due_dates("2026-12-28", "2027-01-06", schedule=schedule) == expected


def test_the_whole_closure_is_looked_through() -> None:
    after = {"dates": ["2026-09-05"], "business_days": "after"}
    assert due_dates("2026-09-01", "2026-09-10", schedule=after) == ["2026-09-08"]  # Saturday before Labor Day
    before = {"dates": ["2026-09-07"], "business_days": "before"}
    assert due_dates("2026-09-01", "2026-09-10", schedule=before) == ["2026-09-04"]


def test_a_missed_night_is_caught_up_once() -> None:
    schedule = {"month_days": [1, 3]}
    assert outcome("2026-11-05", "2026-10-31", schedule=schedule) == "in_full"
    assert outcome("2026-11-06", "2026-11-05", schedule=schedule) == "not_scheduled"
    assert outcome("2026-11-05", "2026-11-03", schedule=schedule) == "not_scheduled"


def test_a_match_counts_only_within_its_dates_outside_blackouts_and_after_the_first_save() -> None:
    schedule = {"dates": ["2026-11-03"]}
    since = "2026-10-31"
    assert outcome("2026-11-05", since, schedule=schedule, ends="2026-11-04") == "in_full"
    assert outcome("2026-11-05", since, schedule=schedule, ends="2026-11-02") == "after_end"
    assert outcome("2026-11-05", since, schedule=schedule, starts="2026-11-04") == "not_scheduled"
    dark = [{"first": "2026-11-03", "last": "2026-11-03"}]
    assert outcome("2026-11-05", since, schedule=schedule, blackout=dark) == "not_scheduled"
    assert outcome("2026-11-05", since, schedule=schedule, more={"saved": {"r": "2026-11-03"}}) == "not_scheduled"
    assert outcome("2026-11-05", since, schedule=schedule, more={"saved": {"r": "2026-11-02"}}) == "in_full"


def test_the_first_reason_is_given() -> None:
    dark = [{"first": "2026-11-01", "last": "2026-11-30"}]
    night = "2026-11-20"
    never = {"dates": ["2026-12-24"]}
    assert outcome(night, mode="off", starts="2026-12-01") == "off"
    assert outcome(night, starts="2026-12-01", blackout=dark) == "before_start"
    assert outcome(night, ends="2026-11-19", blackout=dark) == "after_end"
    assert outcome(night, blackout=dark, schedule=never) == "blackout"
    assert outcome(night, schedule=never, cool_down_days=7, more={"last_moved": {"r": night}}) == "not_scheduled"
    assert outcome(night, cool_down_days=7, more={"last_moved": {"r": "2026-11-14"}}) == "cooling_down"


def test_seven_days_of_cool_down_from_the_first_end_on_the_eighth() -> None:
    moved = {"last_moved": {"r": "2026-11-01"}}
    assert outcome("2026-11-07", cool_down_days=7, more=moved) == "cooling_down"
    assert outcome("2026-11-08", cool_down_days=7, more=moved) == "in_full"


def test_stop_ends_the_list_if_the_rule_moved() -> None:
    stopping, next_ = rule(fixed("1.00"), then="stop"), rule(fixed("1.00"), id="next")
    assert [d["reason"] for d in ask(ACCOUNTS, stopping, next_)] == ["in_full", "stopped"]
    watching = rule(fixed("1.00"), then="stop", mode="watch")
    assert [d["outcome"] for d in ask(ACCOUNTS, watching, next_)] == ["would_move", "moved"]


def test_a_cool_down_in_a_book_whose_last_customer_has_none() -> None:
    """Both rules have one shape: whether it cools down is a number."""
    cooling = case(ACCOUNTS, rule(fixed("1.00"), cool_down_days=2), last_moved={"r": "2026-11-19"})
    plan = evaluate(join([cooling, case(ACCOUNTS, rule(fixed("1.00")))]))
    assert plan.decisions.outcome.tolist() == [[1, 4]]


def test_a_goal_counts_tonight_and_the_match_dates_to_come() -> None:
    def wants(by: str, **terms: object) -> str:
        goal = {"kind": "goal", "account": "cash", "target": "100.00", "by": by}
        (decision,) = ask(ACCOUNTS, rule(goal, **terms))
        return brief(decision)

    fridays = {"schedule": {"weekdays": ["fri"]}}
    assert wants("2026-11-19", **fridays) == "nothing amount_zero 0.00 0.00"
    assert wants("2026-11-20", **fridays) == "moved in_full 100.00 100.00"
    assert wants("2026-12-04", **fridays) == "moved in_full 33.34 33.34"
    assert wants("2026-12-04", **fridays, ends="2026-12-03") == "moved in_full 50.00 50.00"
    assert wants("2026-11-24") == "moved in_full 20.00 20.00"
    dark = [{"first": "2026-11-22", "last": "2026-11-23"}, {"first": "2026-12-01", "last": "2026-12-02"}]
    assert wants("2026-11-24", blackout=dark) == "moved in_full 33.34 33.34"
    assert wants("2026-11-24", ends="2026-11-21") == "moved in_full 50.00 50.00"


@given(document=cases(), cells=st.integers(1, 40))
def test_looking_at_a_few_days_at_a_time_changes_nothing(document: dict[str, Any], cells: int) -> None:
    snapshot = case_of(document).snapshot
    whole = evaluate(snapshot)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(due, "_CELLS", cells)
        parts = evaluate(snapshot)
    assert (whole.decisions.reason == parts.decisions.reason).all()
    assert (whole.decisions.wanted == parts.decisions.wanted).all()


@given(day=st.integers(-25_000, 80_000), count=st.integers(1, 1_500))
def test_the_calendar_kept_in_blocks_is_the_calendar(day: int, count: int) -> None:
    days = np.arange(day, day + count)
    assert (is_business(days) == business_days(day, day + count - 1)).all()


def test_the_calendar_of_no_days() -> None:
    assert is_business(np.zeros(0, np.int64)).tolist() == []


def test_every_date_matches_by_itself_or_not_at_all() -> None:
    """The dates looked at together are those looked at one by one."""
    one = case(ACCOUNTS, rule(fixed("1.00"), schedule={"month_days": [31], "business_days": "before"})).snapshot
    (group,) = groups(one.programs, 1)
    rows = all_rows(one, group.shape, group.customer, numbers_of(one.programs, group))
    days = np.arange(20_000, 20_800)
    together = due.matches(rows, days)[:, 0]
    assert together.tolist() == [bool(due.matches(rows, days[n : n + 1])[0, 0]) for n in range(len(days))]
    assert 25 <= together.sum() <= 27
