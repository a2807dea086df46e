"""Trade windows (D13.10): none on a holiday, half days have no afternoon, 9:30 and 15:00 stay local."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.days import format_day, parse_day
from ledger.faults import SluiceError
from market.windows import AFTERNOON, BOTH, MORNING, continuous, next_window, window_on, windows
from tests.market.exchange import CALENDAR, LAST, at, local

DAYS = st.integers(parse_day("1990-01-02"), parse_day("2030-12-31"))
INSTANTS = st.integers(at("1990-01-03 00:00"), at("2030-12-31 00:00"))
MINUTE = 60 * 10**6


def shown(text: str) -> list[tuple[int, str]]:
    return [(window.slot, local(window.opens)) for window in windows(CALENDAR, parse_day(text), BOTH)]


def test_a_full_day_a_half_day_and_a_holiday() -> None:
    assert shown("2024-07-02") == [(1, "2024-07-02 09:30"), (2, "2024-07-02 15:00")]
    assert shown("2024-07-03") == [(1, "2024-07-03 09:30")]
    assert shown("2024-07-04") == []


def test_only_the_slots_asked_for_each_once() -> None:
    day = parse_day("2024-07-02")
    assert [window.slot for window in windows(CALENDAR, day, [2])] == [2]
    assert [window.slot for window in windows(CALENDAR, day, [2, 1, 2])] == [1, 2]
    assert windows(CALENDAR, day, []) == []


@given(DAYS)
def test_windows_stand_at_their_local_times_within_the_session(day: int) -> None:
    session = CALENDAR.on(day)
    found = windows(CALENDAR, day)
    if session is None:
        assert found == []
        return
    half = local(session.closes)[-5:] < "15:00"
    assert [local(window.opens) for window in found] == [
        f"{format_day(day)} {hour}" for hour in (("09:30",) if half else ("09:30", "15:00"))
    ]
    assert all(session.opens <= window.opens < window.ends == session.closes for window in found)


@pytest.mark.parametrize("first,then,hours", [("2024-03-08", "2024-03-11", 71), ("2024-11-01", "2024-11-04", 73)])
def test_the_change_of_the_clocks_moves_the_instants_and_not_the_local_times(first: str, then: str, hours: int) -> None:
    before, after = (windows(CALENDAR, parse_day(day)) for day in (first, then))
    assert [local(one.opens)[-5:] for one in (*before, *after)] == ["09:30", "15:00"] * 2
    pairs = zip(before, after, strict=True)
    assert [late.opens - early.opens for early, late in pairs] == [hours * 60 * MINUTE] * 2


@given(DAYS, st.sampled_from(BOTH))
def test_a_window_asked_for_is_one_of_the_day_or_refused(day: int, slot: int) -> None:
    listed = [window for window in windows(CALENDAR, day) if window.slot == slot]
    if listed:
        assert window_on(CALENDAR, day, slot) == listed[0]
        return
    with pytest.raises(SluiceError, match=format_day(CALENDAR.settles(day))) as refused:
        window_on(CALENDAR, day, slot)
    assert refused.value.code == ("window_holiday" if CALENDAR.on(day) is None else "window_half_day")


def test_the_sentences_of_refused_windows() -> None:
    with pytest.raises(SluiceError, match=r"2024-07-04 has no window.*next session is 2024-07-05"):
        window_on(CALENDAR, parse_day("2024-07-04"), MORNING)
    with pytest.raises(SluiceError, match=r"2024-07-03 is a half day.*2024-07-05") as refused:
        window_on(CALENDAR, parse_day("2024-07-03"), AFTERNOON)
    assert refused.value.field == "slot"


@pytest.mark.parametrize(
    "now,slots,then",
    [
        ("2024-07-02 09:29", BOTH, "2024-07-02 09:30"),
        ("2024-07-02 09:30", BOTH, "2024-07-02 15:00"),
        ("2024-07-02 15:00", BOTH, "2024-07-03 09:30"),
        ("2024-07-02 16:00", (AFTERNOON,), "2024-07-05 15:00"),
        ("2024-07-03 10:00", BOTH, "2024-07-05 09:30"),
        ("2024-07-06 23:00", BOTH, "2024-07-08 09:30"),
        ("1990-01-01 01:00", BOTH, "1990-01-02 09:30"),
    ],
)
def test_an_order_entered_now_goes_into_the_next_window(now: str, slots: tuple[int, ...], then: str) -> None:
    assert local(next_window(CALENDAR, at(now), slots).opens) == then


@given(INSTANTS)
def test_no_window_lies_between_now_and_the_next(instant: int) -> None:
    coming = next_window(CALENDAR, instant)
    assert coming.opens > instant
    first = instant // (24 * 60 * MINUTE) - 1
    between = [one for day in range(first, coming.day + 1) for one in windows(CALENDAR, day)]
    assert [one for one in between if instant < one.opens < coming.opens] == []


def test_after_the_last_session_there_is_no_next_window() -> None:
    with pytest.raises(SluiceError) as refused:
        next_window(CALENDAR, at("2035-12-31 15:30"))
    assert refused.value.code == "calendar_range"
    assert CALENDAR.on(LAST) is not None


@pytest.mark.parametrize("slots", [(), (3,), (0, 1)])
def test_a_slot_that_is_none_is_refused(slots: tuple[int, ...]) -> None:
    with pytest.raises(SluiceError, match="the morning is 1, the afternoon 2") as refused:
        next_window(CALENDAR, at("2024-07-02 12:00"), slots)
    assert refused.value.code == "window_slot"


def test_continuous_windows_start_every_quiet_time_from_the_opening() -> None:
    def seen(text: str) -> tuple[int, str] | None:
        window = continuous(CALENDAR, at(text), 5 * MINUTE)
        return None if window is None else (window.slot, local(window.opens))

    assert seen("2024-07-03 09:29") is None
    assert seen("2024-07-03 09:30") == (3, "2024-07-03 09:30")
    assert seen("2024-07-03 09:34") == (3, "2024-07-03 09:30")
    assert seen("2024-07-03 09:35") == (4, "2024-07-03 09:35")
    assert seen("2024-07-03 12:59") == (44, "2024-07-03 12:55")
    assert seen("2024-07-03 13:00") is None
    assert seen("2024-07-04 10:00") is None
    assert seen("1990-01-01 10:00") is None


@given(INSTANTS, st.integers(10**6, 90 * MINUTE))
def test_a_continuous_window_is_open_and_its_slot_always_means_the_same(instant: int, quiet: int) -> None:
    window = continuous(CALENDAR, instant, quiet)
    session = CALENDAR.begun(instant)
    assert session is not None
    assert (window is not None) == (instant < session.closes)
    if window is not None:
        assert window.slot >= 3
        assert window.opens <= instant < min(window.opens + quiet, window.ends)
        assert continuous(CALENDAR, window.opens, quiet) == window


def test_continuous_slots_of_a_day_differ() -> None:
    opens, closes = at("2024-07-02 09:30"), at("2024-07-02 16:00")
    found = [continuous(CALENDAR, instant, 60 * 10**6) for instant in range(opens, closes, 60 * 10**6)]
    slots = [window.slot for window in found if window is not None]
    assert (slots[0], slots[-1]) == (3, 392)
    assert all(later == earlier + 1 for earlier, later in pairwise(slots))


def test_a_quiet_time_of_less_than_a_second_is_refused() -> None:
    with pytest.raises(SluiceError) as refused:
        continuous(CALENDAR, at("2024-07-02 12:00"), 0)
    assert (refused.value.code, refused.value.field) == ("window_quiet", "quiet")


def early(_day: int) -> dict[int, int]:
    """A morning before the opening, and an afternoon before noon."""
    return {MORNING: 8 * 60, AFTERNOON: 11 * 60 + 45}


def test_starts_are_those_that_are_configured_and_none_is_before_the_opening() -> None:
    for day in ("2024-07-02", "2024-07-03"):
        told = [local(one.opens) for one in windows(CALENDAR, parse_day(day), times=early)]
        assert told == [f"{day} 09:30", f"{day} 11:45"]
    assert local(window_on(CALENDAR, parse_day("2024-07-03"), AFTERNOON, early).opens) == "2024-07-03 11:45"
    assert local(next_window(CALENDAR, at("2024-07-02 09:31"), times=early).opens) == "2024-07-02 11:45"


def test_windows_stand_in_the_order_of_their_starts() -> None:
    swapped = windows(CALENDAR, parse_day("2024-07-02"), times=lambda _day: {MORNING: 15 * 60, AFTERNOON: 10 * 60})
    assert [(one.slot, local(one.opens)) for one in swapped] == [(2, "2024-07-02 10:00"), (1, "2024-07-02 15:00")]
