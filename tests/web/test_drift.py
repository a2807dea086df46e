"""Drift bars: proportional, on one scale, on the side of their sign, inside the picture; and what they say."""

from hypothesis import given
from hypothesis import strategies as st

from web.charts.drift import WIDTH, ZERO, DriftSlice, drift

BP = st.integers(-10_000, 10_000)
SLICES = st.lists(
    st.builds(DriftSlice, st.just("a"), st.just("A"), st.just("/a"), BP, st.none() | st.integers(0, 10_000))
)


@given(slices=SLICES)
def test_bars_are_proportional_and_stay_inside(slices: list[DriftSlice]) -> None:
    chart = drift("Pie", slices)
    assert len(chart.bars) == len(slices)
    whole, _, part = chart.reach.rstrip("%").partition(".")
    reach = int(whole + part)
    for bar, one in zip(chart.bars, slices, strict=True):
        gap = one.drift_bp or 0
        assert 0 <= abs(gap) * ZERO - bar.width * reach < reach
        assert bar.left == (ZERO - bar.width if gap < 0 else ZERO)
        assert 0 <= bar.left <= bar.left + bar.width <= WIDTH
        assert 0 <= bar.band_left <= bar.band_left + bar.band_width <= WIDTH
        assert bar.band_left + bar.band_width // 2 == ZERO


@given(band=st.integers(1, 10_000), gap=BP)
def test_a_bar_ends_beyond_its_band_only_when_the_drift_does(band: int, gap: int) -> None:
    (bar,) = drift("Pie", [DriftSlice("a", "A", "/a", gap, band)]).bars
    assert bar.width <= bar.band_width // 2 if abs(gap) <= band else bar.width >= bar.band_width // 2


def test_bars_say_what_they_show() -> None:
    slices = [
        DriftSlice("core", "Core", "/core", 210, 500),
        DriftSlice("gold", "Gold", "/gold", -610, 400, breached=True),
        DriftSlice("bonds", "Bonds", "/bonds", 0),
        DriftSlice("new", "New", "/new", None, 300),
    ]
    chart = drift("Growth", slices)
    assert [bar.words for bar in chart.bars] == ["+2.10%", "−6.10%", "0.00%", "unknown"]
    assert [bar.sentence for bar in chart.bars] == [
        "Core: 2.10% above target, inside its band of 5.00%.",
        "Gold: 6.10% below target, outside its band of 4.00%.",
        "Bonds: exactly on target.",
        "New: drift unknown, a price is missing.",
    ]
    assert (chart.bars[2].width, chart.bars[2].band_width, chart.bars[3].width) == (0, 0, 0)
    assert chart.sentence == "Growth: Gold drifts most, −6.10%; 1 slice outside of its band: Gold."


def test_the_chart_says_its_finding() -> None:
    def said(*slices: DriftSlice) -> str:
        return drift("Pie", slices).sentence

    a, b = DriftSlice("a", "A", "/a", 500, 400, breached=True), DriftSlice("b", "B", "/b", -500, 400, breached=True)
    inside, blind = DriftSlice("c", "C", "/c", 5, 400), DriftSlice("d", "D", "/d", None, 400)
    assert said(a, b) == "Pie: A drifts most, +5.00%; 2 slices outside of their bands: A, B."
    assert said(inside) == "Pie: C drifts most, +0.05%; every slice inside its band."
    assert said(inside, blind) == "Pie: C drifts most, +0.05%; no slice known to be outside its band."
    assert said(DriftSlice("e", "E", "/e", 7)) == "Pie: E drifts most, +0.07%."
    assert said() == "Pie: no drift is known."
