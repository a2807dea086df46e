"""Sessions: holidays, early closes, settlement, and a range that is stated and kept."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.market import Session
from ledger.days import date_of, format_day, parse_day
from ledger.faults import SluiceError
from market.sessions import Sessions
from tests.market.exchange import CALENDAR, FIRST, LAST, at, local

DAYS = st.integers(parse_day("1990-01-02"), parse_day("2030-12-31"))


def test_a_week_with_a_half_day_and_a_holiday() -> None:
    week = CALENDAR.sessions(parse_day("2024-07-01"), parse_day("2024-07-07"))
    assert [(format_day(one.day), local(one.opens)[-5:], local(one.closes)[-5:]) for one in week] == [
        ("2024-07-01", "09:30", "16:00"),
        ("2024-07-02", "09:30", "16:00"),
        ("2024-07-03", "09:30", "13:00"),
        ("2024-07-05", "09:30", "16:00"),
    ]


def test_the_count_of_sessions_of_four_decades_is_the_known_one() -> None:
    assert len(CALENDAR.days(parse_day("1990-01-01"), parse_day("2030-12-31"))) == 10_322


@pytest.mark.parametrize(
    "day",
    [
        pytest.param("2024-12-25", id="christmas"),
        pytest.param("2024-03-29", id="good friday"),
        pytest.param("2001-09-12", id="an attack"),
        pytest.param("2012-10-29", id="a storm"),
        pytest.param("2025-01-09", id="a day of mourning"),
        pytest.param("2024-07-06", id="a saturday"),
    ],
)
def test_no_session_where_the_exchange_is_closed(day: str) -> None:
    assert CALENDAR.on(parse_day(day)) is None
    assert CALENDAR.sessions(parse_day(day), parse_day(day)) == ()


def test_a_trade_settles_at_the_next_session() -> None:
    assert format_day(CALENDAR.settles(parse_day("2024-07-03"))) == "2024-07-05"
    assert format_day(CALENDAR.settles(parse_day("2024-07-05"))) == "2024-07-08"


@given(DAYS)
def test_settlement_is_the_first_session_later(day: int) -> None:
    settled = CALENDAR.settles(day)
    assert settled > day
    assert CALENDAR.on(settled) is not None
    assert CALENDAR.sessions(day + 1, settled - 1) == ()


@given(DAYS)
def test_a_session_stands_on_a_weekday_within_its_own_new_york_day(day: int) -> None:
    session = CALENDAR.on(day)
    if date_of(day).weekday() >= 5:
        assert session is None
    if session is not None:
        assert (session.day, local(session.opens)) == (day, f"{format_day(day)} 09:30")
        assert local(session.closes) in {f"{format_day(day)} {hour}" for hour in ("13:00", "14:00", "16:00")}


@given(DAYS, DAYS)
def test_between_counts_the_sessions_listed(one: int, other: int) -> None:
    earlier, later = sorted((one, other))
    assert CALENDAR.between(earlier, later) == len(CALENDAR.days(earlier + 1, max(later, earlier + 1))) * (
        later > earlier
    )


def test_the_session_that_began_last() -> None:
    def begun(text: str) -> str:
        session = CALENDAR.begun(at(text))
        return "" if session is None else format_day(session.day)

    assert begun("2024-07-03 09:29") == "2024-07-02"
    assert begun("2024-07-03 09:30") == "2024-07-03"
    assert begun("2024-07-04 12:00") == "2024-07-03"
    assert begun("1990-01-01 12:00") == ""


def _sessions(calendar: Sessions) -> tuple[Session, ...]:
    return calendar.sessions(calendar.first, calendar.last)


def test_the_same_days_whatever_the_range() -> None:
    short = Sessions(parse_day("2024-06-15"), parse_day("2024-07-14"))
    assert _sessions(short) == CALENDAR.sessions(short.first, short.last)


def test_the_calendar_is_read_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _sessions(Sessions(parse_day("2023-01-01"), parse_day("2023-02-01")))


@pytest.mark.parametrize("day", [FIRST - 1, LAST + 1, -(10**9), 10**9])
def test_a_day_outside_the_range_is_refused(day: int) -> None:
    for ask in (
        CALENDAR.on,
        CALENDAR.settles,
        lambda day: CALENDAR.begun(day * 86_400 * 10**6),
        lambda day: CALENDAR.days(FIRST, day),
        lambda day: CALENDAR.sessions(day, LAST),
        lambda day: CALENDAR.between(day, LAST),
    ):
        with pytest.raises(SluiceError, match="covers 1990-01-01 to 2035-12-31") as refused:
            ask(day)
        assert (refused.value.code, refused.value.field) == ("calendar_range", "day")


def test_the_session_after_the_last_is_refused() -> None:
    with pytest.raises(SluiceError, match="The session after 2035-12-31 lies outside"):
        CALENDAR.settles(LAST)


def test_a_range_of_a_few_days_is_refused() -> None:
    with pytest.raises(SluiceError, match="two weeks apart") as refused:
        Sessions(FIRST, FIRST + 3)
    assert refused.value.code == "calendar_range"
