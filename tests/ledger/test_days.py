"""Day numbers, and the first day of every period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.days import EVER, Per, date_of, day_number, format_day, parse_day, period_start
from ledger.faults import SluiceError

DATES = st.dates()


def test_the_epoch_is_day_zero() -> None:
    assert (day_number(date(1970, 1, 1)), day_number(date(1969, 12, 31)), day_number(date(2026, 11, 20))) == (
        0,
        -1,
        20_777,
    )


@given(DATES)
def test_days_and_dates_and_texts_agree(day: date) -> None:
    assert date_of(day_number(day)) == day
    assert parse_day(format_day(day_number(day))) == day_number(day)


@pytest.mark.parametrize(
    "text", ["", "2026-1-1", "20261120", "2026-11-20T00:00", "20.11.2026", "\uff12026-11-20", " 2026-11-20"]
)
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(SluiceError, match=r"write year, month and day, such as 2026-11-20") as caught:
        parse_day(text)
    assert caught.value.code == "date"


@pytest.mark.parametrize("text", ["2026-02-29", "2026-13-01", "0000-01-01", "2026-04-31"])
def test_days_outside_the_calendar_are_refused(text: str) -> None:
    with pytest.raises(SluiceError, match="not a date in the calendar"):
        parse_day(text)


@pytest.mark.parametrize(
    "per, first",
    [
        ("day", "2026-11-20"),
        ("week", "2026-11-16"),
        ("month", "2026-11-01"),
        ("quarter", "2026-10-01"),
        ("year", "2026-01-01"),
    ],
)
def test_periods_of_a_friday_in_november(per: Per, first: str) -> None:
    assert format_day(period_start(parse_day("2026-11-20"), per)) == first


def test_ever_starts_before_every_date() -> None:
    assert period_start(0, "ever") == EVER < day_number(date.min)


@given(DATES.filter(lambda day: day.year > 1), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_a_period_starts_on_its_own_first_day(day: date, per: Per) -> None:
    start = period_start(day_number(day), per)
    assert start <= day_number(day)
    assert period_start(start, per) == start
    assert per != "week" or date_of(start).weekday() == 0
    assert period_start(day_number(date_of(start) - timedelta(days=1)), per) < start
