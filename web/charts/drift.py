"""Drift bars: how far each slice is from its target, around zero, its tolerance band shaded (ui.md 4.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from web.charts.words import beside, counted, percent, signed_percent

WIDTH: Final = 1000
ZERO: Final = WIDTH // 2
"""Where every bar begins; the scale is the same for all bars of a pie and both ways."""

_AIR: Final = 20  # a twentieth more than the widest, so that nothing touches the edge


@dataclass(frozen=True, slots=True)
class DriftSlice:
    """A slice with its page: actual less target in basis points of its pie, None where a price is missing.

    `band_bp` is how far it may drift either way, None without a band; `breached` is what the engine decided exactly.
    """

    path: str
    label: str
    href: str
    drift_bp: int | None
    band_bp: int | None = None
    breached: bool = False


@dataclass(frozen=True, slots=True)
class DriftBar:
    """One bar on a scale of 0 to WIDTH: `width` is zero without a drift, `band_width` without a band."""

    path: str
    label: str
    href: str
    left: int
    width: int
    band_left: int
    band_width: int
    breached: bool
    words: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DriftChart:
    """The bars of one pie; `reach` says what the two ends of the scale stand for."""

    bars: tuple[DriftBar, ...]
    reach: str
    sentence: str


def drift(name: str, slices: Sequence[DriftSlice]) -> DriftChart:
    """The drift bars of a pie, in the order given; widths are proportional to the drifts, floored."""
    widest = max((max(abs(one.drift_bp or 0), one.band_bp or 0) for one in slices), default=0)
    reach = widest + widest // _AIR + 1
    return DriftChart(
        bars=tuple(_bar(one, reach) for one in slices),
        reach=percent(reach),
        sentence=_sentence(name, slices),
    )


def _bar(one: DriftSlice, reach: int) -> DriftBar:
    gap = one.drift_bp or 0
    width, band = abs(gap) * ZERO // reach, (one.band_bp or 0) * ZERO // reach
    return DriftBar(
        path=one.path,
        label=one.label,
        href=one.href,
        left=ZERO - width if gap < 0 else ZERO,
        width=width,
        band_left=ZERO - band,
        band_width=2 * band,
        breached=one.breached,
        words="unknown" if one.drift_bp is None else signed_percent(one.drift_bp),
        sentence=_bar_sentence(one),
    )


def _bar_sentence(one: DriftSlice) -> str:
    if one.drift_bp is None:
        return f"{one.label}: drift unknown, a price is missing."
    where = "outside" if one.breached else "inside"
    band = "" if one.band_bp is None else f", {where} its band of {percent(one.band_bp)}"
    return f"{one.label}: {beside(one.drift_bp)} target{band}."


def _sentence(name: str, slices: Sequence[DriftSlice]) -> str:
    out = [one.label for one in slices if one.breached]
    known = [one for one in slices if one.drift_bp is not None]
    far = max(known, key=lambda one: abs(one.drift_bp or 0), default=None)
    words = "no drift is known" if far is None else f"{far.label} drifts most, {signed_percent(far.drift_bp or 0)}"
    bands = f"{counted(len(out), 'slice')} outside of its band: {', '.join(out)}" if len(out) == 1 else ""
    if len(out) > 1:
        bands = f"{counted(len(out), 'slice')} outside of their bands: {', '.join(out)}"
    elif not out and any(one.band_bp is not None for one in slices):
        bands = "every slice inside its band" if len(known) == len(slices) else "no slice known to be outside its band"
    return f"{name}: {words}{'; ' if bands else ''}{bands}."
