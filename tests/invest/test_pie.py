"""The pie as a document: what is read, and every refusal with its path and a sentence that says what is right."""

import json
from typing import Any

import pytest

from engine.invest.pies.pie import Pie, load_decoded, load_form, load_json, load_yaml
from rules.decode import Decoded

NESTED = """
name: growth
title: Growth, mostly
slices:
  - {symbol: VTI, weight: 60%}
  - weight: 40%
    pie:
      name: bonds
      slices:
        - {symbol: BND, weight: 66.66%}
        - {symbol: BRK.B, weight: 33.34%}
"""


def slices(*labels: str, weight: str = "100%") -> list[dict[str, Any]]:
    return [{"symbol": label, "weight": weight} for label in labels]


def deep(levels: int, **changed: Any) -> dict[str, Any]:
    pie: dict[str, Any] = {"name": f"p{levels}", "slices": slices("VTI")} | changed
    for level in reversed(range(1, levels)):
        pie = {"name": f"p{level}", "slices": [{"pie": pie, "weight": "100%"}]}
    return pie


def refusals(pie: object) -> list[tuple[str, str, str]]:
    read = load_json(json.dumps(pie).encode())
    assert read.document is None
    return [(problem.path, problem.code, problem.sentence) for problem in read.problems]


def test_a_tree_is_read_and_written_back() -> None:
    pie = load_yaml(NESTED).document
    assert isinstance(pie, Pie)
    assert [(one.label, one.weight) for one in pie.slices] == [("VTI", 6_000), ("bonds", 4_000)]
    inner = pie.slices[1].pie
    assert inner is not None and [one.weight for one in inner.slices] == [6_666, 3_334]  # noqa: PT018 - one thought
    again = pie.model_dump(mode="json", by_alias=True, exclude_none=True)
    assert load_json(json.dumps(again).encode()).document == pie
    assert load_decoded(Decoded(again)).document == pie


def test_a_form_names_its_fields() -> None:
    form = {"name": "plain", "slices.0.symbol": "VTI", "slices.0.weight": "60%"}
    assert [(p.path, p.code) for p in load_form(form).problems] == [("slices", "weights_total")]
    assert load_form(form | {"slices.0.weight": "100%"}).document is not None
    assert [p.path for p in load_form(form | {"slices..weight": "40%"}).problems] == ["slices..weight"]


def test_a_document_that_cannot_be_decoded_is_refused() -> None:
    assert [problem.code for problem in load_json(b"{").problems] == ["json"]
    assert [problem.path for problem in load_decoded(Decoded([]), "models.0").problems] == ["models.0"]


def test_the_deepest_and_the_widest_pie_are_read() -> None:
    assert load_json(json.dumps(deep(6)).encode()).document is not None
    wide = {"name": "wide", "slices": slices(*(f"S{number}" for number in range(100)), weight="1%")}
    assert load_json(json.dumps(wide).encode()).document is not None


TOTAL_99 = {"name": "p", "slices": [*slices("VTI", weight="60%"), *slices("BND", weight="39.99%")]}
TWICE = {"name": "p", "slices": slices("VTI", "BND", "VTI", weight="50%")}
INSIDE = {
    "name": "p",
    "slices": [{"weight": "100%", "pie": {"name": "q", "slices": [{"weight": "100%", "pie": deep(1)}]}}],
}


@pytest.mark.parametrize(
    "pie,path,code,right",
    [
        (TOTAL_99, "slices", "weights_total", "total 99.99%; give 0.01% more, so that they total 100%"),
        ({"name": "p", "slices": slices("A", "B", weight="60%")}, "slices", "weights_total", "take 20% away"),
        (deep(2, slices=slices("A", weight="5%")), "slices.0.pie.slices", "weights_total", "give 95% more"),
        (TWICE, "slices.2", "duplicate_slice", "VTI is already slice 1 of this pie; keep one of the two"),
        ({"name": "p", "slices": [*slices("A"), *slices("B", weight="0%")]}, "slices.1.weight", "zero_weight", "leave"),
        (INSIDE | {"name": "p1"}, "slices.0.pie.slices.0.pie", "inside_itself", "The pie p1 lies inside itself"),
        (deep(7), "slices.0.pie" + ".slices.0.pie" * 5, "pie_too_deep", "at most 6 deep"),
        ({"name": "p", "slices": [{"weight": "100%"}]}, "slices.0", "one_thing", "exactly one of symbol and pie"),
        (
            {"name": "p", "slices": [{"weight": "100%", "symbol": "A", "pie": deep(1)}]},
            "slices.0",
            "one_thing",
            "eithe",
        ),
        ({"name": "p", "slices": []}, "slices", "too_few", "at least 1"),
        ({"name": "p", "slices": slices(*"AB" * 60, weight="1%")}, "slices", "too_many", "at most 100"),
        ({"name": "p", "slices": slices("vti")}, "slices.0.symbol", "symbol", "capital letters"),
        ({"name": "p", "slices": slices("")}, "slices.0.symbol", "symbol", "such as VTI or BRK.B"),
        ({"name": "p", "slices": slices("." * 2)}, "slices.0.symbol", "symbol", "is not a symbol"),
        ({"name": "p", "slices": slices("A" * 9)}, "slices.0.symbol", "symbol", "at most 8"),
        ({"name": "p", "slices": slices("USD")}, "slices.0.symbol", "symbol", "USD is a currency"),
        ({"name": "p", "slices": slices("VTI", weight="-5%")}, "slices.0.weight", "percent", "digits"),
        ({"name": "P", "slices": slices("VTI")}, "name", "id", "lower-case"),
        (deep(1, slice=[]), "slice", "unknown_key", "did you mean slices?"),
    ],
)
def test_a_pie_that_cannot_be_is_refused(pie: object, path: str, code: str, right: str) -> None:
    ((found_path, found_code, sentence),) = refusals(pie)
    assert (found_path, found_code) == (path, code)
    assert right in sentence


def test_more_than_a_hundred_securities_in_the_whole_tree_are_refused() -> None:
    names = [f"S{number}" for number in range(51)]
    shares = ["2%"] * 49 + ["1%"] * 2
    half = [{"symbol": name, "weight": share} for name, share in zip(names, shares, strict=True)]
    pies = [{"weight": "50%", "pie": {"name": name, "slices": half}} for name in ("left", "right")]
    ((path, code, sentence),) = refusals({"name": "both", "slices": pies})
    assert (path, code) == ("slices", "too_many")
    assert "holds 102 securities" in sentence


def test_every_wrong_slice_is_told_at_once() -> None:
    assert [path for path, _, _ in refusals({"name": "p", "slices": [*slices("a"), *slices("b")]})] == [
        "slices.0.symbol",
        "slices.1.symbol",
    ]
