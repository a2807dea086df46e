"""The tokens' colours: text 4.5:1, parts 3:1, in both themes; the slices' hues apart in every kind of colour vision.

Colours are turned from OKLCH into linear light; colour blindness is the projection of cone responses onto what the
two cones left can tell, with white and one primary unchanged.
"""

import itertools
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

Colour = npt.NDArray[np.float64]

TOKENS = (Path(__file__).resolve().parents[2] / "web" / "static" / "css" / "tokens.css").read_text()
THEMES = {"light": 0, "dark": 1}
HUES, TINTS = range(8), range(1, 4)
GROUNDS = ("--paper", "--card", "--sunk")

TO_CONES = np.array(
    [[1, 0.3963377774, 0.2158037573], [1, -0.1055613458, -0.0638541728], [1, -0.0894841775, -1.291485548]]
)
TO_LIGHT = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.707614701],
    ]
)
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
RESPONSES = np.array([[0.31399, 0.63951, 0.0465], [0.15537, 0.75789, 0.0867], [0.01775, 0.10944, 0.87257]])
"""Long, middle and short cones under linear red, green and blue."""

VISIONS = {"all": None, "no long": (0, [0, 0, 1]), "no middle": (1, [0, 0, 1]), "no short": (2, [1, 0, 0])}


def oklab(name: str, theme: str) -> Colour:
    """A token as lightness, green to red, blue to yellow."""
    pair = re.search(rf"{name}: light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)", TOKENS)
    assert pair, f"{name} is no pair of colours"
    lightness, chroma, hue = (float(number) for number in re.findall(r"[\d.]+", pair[1 + THEMES[theme]])[:3])
    turn = np.radians(hue)
    return np.array([lightness / 100, chroma * np.cos(turn), chroma * np.sin(turn)])


def light(lab: Colour) -> Colour:
    """Linear red, green and blue, within what a screen shows."""
    shown: Colour = np.clip(TO_LIGHT @ (TO_CONES @ lab) ** 3, 0, 1)
    return shown


def contrast(one: Colour, other: Colour) -> float:
    """WCAG's contrast ratio of two colours in OKLab."""
    dark, bright = sorted(float(LUMINANCE @ light(colour)) for colour in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def tinted(hue: int, tint: int, theme: str) -> Colour:
    """A slice's hue mixed with the card as the style sheet does."""
    share = re.search(rf"--tint-{tint}: (\d+)%", TOKENS)
    assert share
    part = int(share[1]) / 100
    mixed: Colour = oklab(f"--hue-{hue}", theme) * (1 - part) + oklab("--card", theme) * part
    return mixed


def seen(lab: Colour, vision: str) -> Colour:
    """A colour in OKLab as somebody with that vision sees it."""
    missing = VISIONS[vision]
    if missing is None:
        return lab
    cone, kept = missing
    plane = np.cross(RESPONSES @ np.ones(3), RESPONSES @ np.array(kept))
    project = np.eye(3)
    project[cone] = -plane / plane[cone]
    project[cone, cone] = 0
    rgb = np.linalg.inv(RESPONSES) @ project @ RESPONSES @ light(lab)
    cones = np.cbrt(np.linalg.inv(TO_LIGHT) @ np.clip(rgb, 0, 1))
    back: Colour = np.linalg.inv(TO_CONES) @ cones
    return back


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read(theme: str) -> None:
    pairs = [*itertools.product(("--ink", "--soft", "--accent", "--amber", "--alarm"), GROUNDS)]
    pairs += [("--accent-ink", "--accent"), ("--accent", "--accent-wash"), ("--amber", "--amber-wash")]
    pairs += [("--alarm", "--alarm-wash"), *((f"--hue-{hue}", "--card") for hue in HUES)]
    ratios = {pair: contrast(oklab(pair[0], theme), oklab(pair[1], theme)) for pair in pairs}
    assert not {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5}


@pytest.mark.parametrize("theme", THEMES)
def test_parts_of_charts_stand_out(theme: str) -> None:
    parts = {f"hue {hue}, tint {tint}": tinted(hue, tint, theme) for hue in HUES for tint in TINTS}
    parts |= {name: oklab(name, theme) for name in ("--edge", "--accent", "--amber", *(f"--hue-{hue}" for hue in HUES))}
    grounds = [oklab(name, theme) for name in ("--card", "--paper")]
    assert not {name for name, part in parts.items() if min(contrast(part, ground) for ground in grounds) < 3}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
def test_hues_are_apart(theme: str, vision: str) -> None:
    hues = [seen(oklab(f"--hue-{hue}", theme), vision) for hue in HUES]
    apart = {(a, b): float(np.linalg.norm(hues[a] - hues[b])) for a, b in itertools.combinations(HUES, 2)}
    assert min(apart.values()) > 0.06
    assert min(apart[min(a, b), max(a, b)] for a, b in zip(HUES, (*HUES[1:], 0), strict=True)) > 0.12


@pytest.mark.parametrize("theme", THEMES)
def test_hues_exist_on_every_screen(theme: str) -> None:
    for hue in HUES:
        rgb = TO_LIGHT @ (TO_CONES @ oklab(f"--hue-{hue}", theme)) ** 3
        assert -0.001 <= rgb.min() <= rgb.max() <= 1.001, f"--hue-{hue}"


def test_black_on_white_is_the_largest_contrast() -> None:
    assert contrast(np.zeros(3), np.array([1, 0, 0])) == pytest.approx(21, abs=0.01)
    grey = np.array([0.6, 0, 0])
    assert all(np.allclose(seen(grey, vision), grey, atol=1e-3) for vision in VISIONS)
