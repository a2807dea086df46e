"""Value over time: inside the picture, in proportion, zero always drawn, no peak lost, its finding in words."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.days import parse_day
from ledger.money import MAX_AMOUNT
from web.charts.line import BOTTOM, HEIGHT, MOST_POINTS, TOP, WIDTH, Line, ValueDay, line

FIRST = parse_day("2026-01-30")
VALUES = st.lists(st.integers(-MAX_AMOUNT, MAX_AMOUNT), min_size=1, max_size=60)


def daily(values: list[int]) -> list[ValueDay]:
    """Values of days in a row."""
    return [ValueDay(FIRST + place, value) for place, value in enumerate(values)]


def points(drawn: Line) -> list[tuple[int, int]]:
    """The points as numbers."""
    return [(int(x), int(y)) for x, _, y in (point.partition(",") for point in drawn.points.split())]


@given(values=VALUES)
def test_the_line_stays_inside_and_in_proportion(values: list[int]) -> None:
    drawn = line("Cash", daily(values))
    found = points(drawn)
    assert len(found) == max(2, len(values))
    assert TOP <= drawn.zero <= BOTTOM
    low, high = min(0, *values), max(0, 1 + min(0, *values), *values)
    for (x, y), value in zip(found, values, strict=len(values) > 1):
        assert 0 <= x <= WIDTH
        assert 0 <= (value - low) * (BOTTOM - TOP) - (BOTTOM - y) * (high - low) < high - low
    assert [x for x, _ in found] == sorted(x for x, _ in found)


@given(values=VALUES)
def test_words_stand_at_the_highest_and_the_lowest(values: list[int]) -> None:
    drawn = line("Cash", daily(values))
    assert len(drawn.ends) == (1 if min(values) == max(values) else 2)
    assert all(0 < word.y < HEIGHT for word in (*drawn.ends, *drawn.ticks))
    assert drawn.ends[0].y < min(y for _, y in points(drawn))
    assert len({tick.x for tick in drawn.ticks}) == len(drawn.ticks) <= 5


def test_zero_is_drawn_even_far_below() -> None:
    assert line("Cash", daily([100_00, 101_00])).zero == BOTTOM
    assert line("Cash", daily([-100_00, -101_00])).zero == TOP
    assert line("Cash", daily([0, 0])).zero == BOTTOM
    middle = line("Cash", daily([-50_00, 50_00]))
    assert (middle.zero, middle.points) == ((TOP + BOTTOM) // 2, f"0,{BOTTOM} {WIDTH},{TOP}")


def test_ticks_name_days_or_months() -> None:
    short = line("Cash", daily([1] * 9))
    assert [tick.text for tick in short.ticks] == ["30 Jan", "1 Feb", "3 Feb", "5 Feb", "7 Feb"]
    assert [tick.anchor for tick in short.ticks] == ["start", "middle", "middle", "middle", "end"]
    assert [tick.percent for tick in short.ticks] == ["0%", "25%", "50%", "75%", "100%"]
    long = line("Cash", daily([1] * 401))
    assert [tick.text for tick in long.ticks] == ["Jan 2026", "May 2026", "Aug 2026", "Nov 2026", "Mar 2027"]


def test_the_finding() -> None:
    assert line("Growth", daily([100_00, -5_00, 120_50])).sentence == (
        "Growth: from 100.00 on 30 Jan 2026 to 120.50 on 1 Feb 2026; "
        "lowest −5.00 on 31 Jan 2026, highest 120.50 on 1 Feb 2026."
    )
    one = line("Growth", daily([7_00]))
    assert (one.sentence, one.points, len(one.ends), len(one.ticks)) == (
        "Growth: 7.00 on 30 Jan 2026.",
        f"0,{TOP} 0,{TOP}",
        1,
        1,
    )
    none = line("Growth", [])
    assert (none.sentence, none.points) == ("Growth: no value is known yet.", "")


@given(peak=st.integers(1, 1_498), dip=st.integers(1_500, 2_998))
def test_a_long_line_is_thinned_without_losing_a_peak(peak: int, dip: int) -> None:
    values = [1_000_00] * 3_000
    values[peak], values[dip] = 2_000_00, -1_000_00
    found = points(line("Growth", daily(values)))
    assert len(found) <= MOST_POINTS
    assert (found[0][0], found[-1][0]) == (0, WIDTH)
    assert {TOP, BOTTOM} <= {y for _, y in found}
    assert [x for x, _ in found] == sorted(x for x, _ in found)
