"""Counting business days and sessions."""

import numpy as np
import pytest

from engine.opendays import bank_days, nth_after
from ledger.days import format_day, parse_day

OPEN = bank_days(parse_day("2025-06-27"), parse_day("2025-07-14"))  # a Friday; Independence Day is the next Friday


def days(*texts: str) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.array([parse_day(text) for text in texts], np.int64)


def test_counting_leaves_out_weekends_and_holidays() -> None:
    start = days("2025-06-27", "2025-06-28", "2025-07-03")
    counted = [format_day(day) for day in nth_after(OPEN, start, 1).tolist()]
    assert counted == ["2025-06-30", "2025-06-30", "2025-07-07"]
    each = nth_after(OPEN, start, np.array([0, 0, 3])).tolist()
    assert [format_day(day) for day in each] == ["2025-06-27", "2025-06-28", "2025-07-09"]


def test_a_calendar_that_ends_too_early_is_a_fault() -> None:
    with pytest.raises(ValueError, match="the calendar ends"):
        nth_after(OPEN, days("2025-07-14"), 1)
    assert nth_after(OPEN[:0], days("2025-07-15"), 0).tolist() == days("2025-07-15").tolist()
