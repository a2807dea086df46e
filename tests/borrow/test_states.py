"""Margin states from night to night and in windows (ruling 15)."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.borrow.measure import measure
from engine.borrow.states import Margin, MarginState, Moment, judge, no_calls
from engine.ports import NEVER
from ledger.days import parse_day
from tests.borrow.lines import TERMS, column, position, random_line
from tests.borrow.model import Line

FRIDAY = parse_day("2025-06-27")
SESSIONS = column(*(FRIDAY + ahead for ahead in (0, 3, 4, 5, 6, 10, 11, 12)))  # 4 July is closed
GOOD = Line([(100_00, 5_000, 2_500)], owed=50_00)
CLOSE = Line([(100_00, 5_000, 2_500)], owed=70_00)
SHORT = Line([(100_00, 5_000, 2_500)], owed=76_00)


def step(before: Margin, line: Line, day: int, *, night: bool = True) -> Margin:
    return judge(before, measure(position([line]), TERMS), Moment(day, night, SESSIONS, 1_500))


def shown(margin: Margin) -> tuple[MarginState, int, int]:
    return MarginState(int(margin.state[0])), int(margin.opened[0]), int(margin.deadline[0])


def test_a_call_runs_for_three_sessions_and_then_sales_are_proposed() -> None:
    margin = step(no_calls(1), GOOD, FRIDAY - 1)
    assert shown(margin) == (MarginState.OK, NEVER, NEVER)
    margin = step(margin, CLOSE, FRIDAY)
    assert shown(margin) == (MarginState.WATCH, NEVER, NEVER)
    margin = step(margin, SHORT, FRIDAY + 1)
    assert shown(margin) == (MarginState.CALL, FRIDAY + 1, FRIDAY + 5)
    assert margin.open().all()
    margin = step(margin, SHORT, FRIDAY + 4)
    assert shown(margin) == (MarginState.CALL, FRIDAY + 1, FRIDAY + 5)
    margin = step(margin, SHORT, FRIDAY + 5, night=False)
    assert shown(margin) == (MarginState.CALL, FRIDAY + 1, FRIDAY + 5)
    margin = step(margin, SHORT, FRIDAY + 5)
    assert shown(margin) == (MarginState.LIQUIDATION, FRIDAY + 1, FRIDAY + 5)
    assert margin.open().all()
    margin = step(margin, SHORT, FRIDAY + 6, night=False)
    assert shown(margin)[0] == MarginState.LIQUIDATION
    margin = step(margin, GOOD, FRIDAY + 6)
    assert shown(margin) == (MarginState.CURED, NEVER, NEVER)
    assert not margin.open().any()
    assert shown(step(margin, GOOD, FRIDAY + 7))[0] == MarginState.OK


def test_a_window_cures_but_opens_no_call() -> None:
    margin = step(no_calls(1), SHORT, FRIDAY, night=False)
    assert shown(margin) == (MarginState.WATCH, NEVER, NEVER)
    called = step(margin, SHORT, FRIDAY)
    assert shown(called) == (MarginState.CALL, FRIDAY, FRIDAY + 5)
    cured = step(called, CLOSE, FRIDAY + 3, night=False)
    assert shown(cured) == (MarginState.CURED, NEVER, NEVER)
    again = step(cured, SHORT, FRIDAY + 3)
    assert shown(again) == (MarginState.CALL, FRIDAY + 3, FRIDAY + 6)


def test_watch_begins_strictly_below_its_percent() -> None:
    edge = Line([(100_00, 5_000, 2_500)], owed=63_75)
    assert measure(position([edge]), TERMS).fall.tolist() == [3_000]
    assert shown(step(no_calls(1), edge, FRIDAY))[0] == MarginState.OK
    beyond = Line([(100_00, 5_000, 2_500)], owed=63_76)
    assert shown(step(no_calls(1), beyond, FRIDAY))[0] == MarginState.WATCH


def test_sessions_that_end_too_early_are_a_fault() -> None:
    with pytest.raises(ValueError, match="the calendar ends"):
        step(no_calls(1), SHORT, FRIDAY + 10)


@given(st.integers(0, 2**32))
def test_after_any_night_the_excess_is_zero_or_more_or_a_call_is_open(seed: int) -> None:
    random = Random(seed)
    margin, sessions = no_calls(5), np.arange(100, dtype=np.int64)
    for day in range(12):
        now = measure(position([random_line(random) for _ in range(5)]), TERMS)
        margin = judge(margin, now, Moment(day, night=True, sessions=sessions, watch_bp=1_500))
        assert ((now.excess >= 0) | margin.open()).all()
        assert ((now.excess < 0) == margin.open()).all()
        assert ((margin.deadline == NEVER) == ~margin.open()).all()
        late = margin.state == MarginState.LIQUIDATION
        assert (late == (margin.open() & (margin.deadline <= day))).all()
