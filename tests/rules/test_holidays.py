"""The Federal Reserve's holidays against its published dates."""

from datetime import date

import pytest

from ledger.days import date_of, day_number, parse_day
from rules.holidays import business_days, holidays

PUBLISHED = {
    2025: "01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25",
    2026: "01-01 01-19 02-16 05-25 06-19 07-04 09-07 10-12 11-11 11-26 12-25",
    2027: "01-01 01-18 02-15 05-31 06-19 07-05 09-06 10-11 11-11 11-25 12-25",
    2028: "01-01 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-11 11-23 12-25",
    2029: "01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25",
}


@pytest.mark.parametrize("year, days", PUBLISHED.items())
def test_eleven_holidays_a_year(year: int, days: str) -> None:
    assert [date_of(day).strftime("%m-%d") for day in holidays(year)] == days.split()


def is_open(day: str) -> bool:
    (answer,) = business_days(parse_day(day), parse_day(day)).tolist()
    return bool(answer)


def test_a_holiday_on_a_saturday_is_not_moved() -> None:
    assert is_open("2026-07-03")
    assert not is_open("2026-07-04")


def test_a_holiday_on_a_sunday_is_observed_on_monday() -> None:
    assert not is_open("2027-07-05")
    assert is_open("2027-07-06")


def test_weekends_and_thanksgiving_are_closed_and_the_friday_after_is_open() -> None:
    days = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-26", "2026-11-27"]
    assert [is_open(day) for day in days] == [True, False, False, True, False, True]


def test_a_range_over_new_year_is_inclusive() -> None:
    first, last = day_number(date(2026, 12, 24)), day_number(date(2027, 1, 4))
    opened = [date_of(first + place).day for place, one in enumerate(business_days(first, last)) if one]
    assert opened == [24, 28, 29, 30, 31, 4]


def test_an_empty_range_has_no_days() -> None:
    assert business_days(5, 4).size == 0


def test_a_year_has_about_250_business_days() -> None:
    assert business_days(parse_day("2026-01-01"), parse_day("2026-12-31")).sum() == 251
