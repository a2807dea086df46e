"""The charts as the macros write them: one golden file each, well-formed, within budget, names escaped, no style.

SLUICE_UPDATE_GOLDEN=1 writes the golden files anew.
"""

import os
import re
from pathlib import Path
from typing import Protocol
from xml.etree import ElementTree as ET

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ledger.days import parse_day
from web.charts.drift import DriftSlice, drift
from web.charts.line import ValueDay, line
from web.charts.ring import RingSlice, ring

TEMPLATES = Path(__file__).resolve().parents[2] / "web" / "templates"
GOLDEN = Path(__file__).resolve().parent / "golden"
BUDGET = 4 * 1024
FIRST = parse_day("2026-11-16")


class Macro(Protocol):
    def __call__(self, what: object) -> str: ...


def macro(name: str) -> Macro:
    """A macro of the charts' template, set up as the application does."""
    loader = FileSystemLoader(TEMPLATES)
    jinja = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    found: Macro = getattr(jinja.get_template("_charts.html").module, name)
    return found


def part(path: str, shares: tuple[int, int], value: int, *inside: RingSlice) -> RingSlice:
    """A slice with shares (target, actual) in basis points."""
    return RingSlice(path, path.rpartition("/")[2], f"/h/home/pies/invest.growth/{path}", *shares, value, inside)


GROWTH = (
    part("core", (6000, 6210), 621_00, part("core/VTI", (7000, 7102), 441_03), part("core/BND", (3000, 2898), 179_97)),
    part("GLD", (2500, 2300), 230_00),
    part("cash-like", (1490, 1490), 149_00),
    part("SHY", (10, 0), 0),
)
FIGURES = {
    "ring": macro("ring")(ring("Growth", GROWTH)),
    "drift": macro("drift")(
        drift(
            "Growth",
            [
                DriftSlice("core", "Core", "/h/home/pies/invest.growth/core", 210, 500),
                DriftSlice("GLD", "GLD", "/h/home/pies/invest.growth/GLD", -200, 125, breached=True),
                DriftSlice("SHY", "SHY", "/h/home/pies/invest.growth/SHY", None),
            ],
        )
    ),
    "line": macro("line")(
        line("Growth", [ValueDay(FIRST + place, value) for place, value in enumerate([900_00, 1050_00, 1000_00])])
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_golden(name: str) -> None:
    path = GOLDEN / f"{name}.html"
    if os.environ.get("SLUICE_UPDATE_GOLDEN") == "1":
        path.write_text(FIGURES[name], encoding="utf-8")
    assert path.read_text(encoding="utf-8") == FIGURES[name]


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_named_and_hold_neither_style_nor_script(name: str) -> None:
    figure = ET.fromstring(FIGURES[name])
    caption = figure.find("figcaption")
    assert caption is not None
    assert (caption.text or "").startswith("Growth: ")
    assert figure.findall(".//svg[@role]")
    for one in figure.iter():
        assert one.tag not in {"style", "script"}
        assert not [key for key in one.attrib if key == "style" or key.startswith("on")]


def test_every_slice_is_a_named_link_with_its_arcs() -> None:
    links = ET.fromstring(FIGURES["ring"]).findall(".//svg/a")
    assert [one.get("href") for one in links] == [
        f"/h/home/pies/invest.growth/{path}" for path in ("core", "core/VTI", "core/BND", "GLD", "cash-like", "SHY")
    ]
    titles = [one.findtext("title") or "" for one in links]
    assert titles[1] == "VTI in core: target 70.00%, actual 71.02%, 441.03"
    assert all(title.count(": ") == 1 for title in titles)
    assert [len(one.findall("path")) for one in links] == [2, 2, 2, 2, 2, 1]


def test_each_drift_bar_stands_alone_too() -> None:
    (bar,) = drift("Pie", [DriftSlice("a", "A & B", "/a", -20, 10, breached=True)]).bars
    drawn = ET.fromstring(macro("drift_bar")(bar))
    assert drawn.findtext("title") == "A & B: 0.20% below target, outside its band of 0.10%."
    assert [one.get("class") for one in drawn.findall("rect")] == ["drift-band", "drift-gap"]


def test_a_swatch_has_its_slices_hue() -> None:
    assert "hue-1" in macro("swatch")(ring("Growth", GROWTH).hues[1])


def test_charts_without_anything_to_draw() -> None:
    empty = [macro("line")(line("New", [])), macro("drift")(drift("New", [])), macro("ring")(ring("New", []))]
    figures = [ET.fromstring(text) for text in empty]
    assert [figure.find(".//polyline") for figure in figures] == [None] * 3
    assert [figure.findall(".//a") for figure in figures] == [[]] * 3
    assert figures[2].find(".//circle[@class='ring-hollow']") is not None


def test_names_are_escaped() -> None:
    slices = [RingSlice("x", '<b>"A: & B', '/?a="b"&c', 10_000, 10_000, 1)]
    (link,) = ET.fromstring(macro("ring")(ring("<Pie>", slices))).findall(".//svg/a")
    assert link.get("href") == '/?a="b"&c'
    assert (link.findtext("title") or "").rpartition(": ")[0] == '<b>"A: & B'


def ten(inside: int) -> tuple[RingSlice, ...]:
    """Ten slices of long paths and names, `inside` of them in the first one."""
    leaves = [part(f"global/Name{n}", (1000, 987 + n), 123_456_78) for n in range(inside)]
    return (
        part("global", (1000, 1013), 123_456_78, *leaves),
        *(part(f"Securities {n}", (1000, 987 + n), 123_456_78) for n in range(9 - inside)),
    )


@pytest.mark.parametrize("inside", [0, 4, 9])
def test_a_pie_of_ten_slices_keeps_its_budget(inside: int) -> None:
    found = re.search(r"<svg.*?</svg>", macro("ring")(ring("Growth", ten(inside))), re.DOTALL)
    assert found
    assert found[0].count("<title>") == 10
    assert len(found[0].encode()) <= BUDGET
