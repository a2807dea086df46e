"""Models in documents: a name becomes the gallery's slices, a changed copy is refused, odd shapes are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from engine.invest.pies.models import ModelPie, models_in, pie_document, with_models
from engine.invest.pies.pie import Pie, load_decoded, load_yaml
from ledger.faults import Problem
from rules.decode import Decoded


def pie(text: str) -> Pie:
    read = load_yaml(text)
    assert read.document is not None, read.problems
    return read.document


TWO = ModelPie("two", 3, pie('{name: pair, slices: [{symbol: VTI, weight: "50%"}, {symbol: BND, weight: "50%"}]}'))
MODELS = {"two": TWO}


def filled(value: object, prefix: str = "") -> Any:
    found = with_models(Decoded(value), MODELS, prefix)
    assert found.problems == ()
    return found.value


def refusals(value: object, prefix: str = "") -> list[tuple[str, str]]:
    found = with_models(Decoded(value), MODELS, prefix)
    assert found.value is None
    assert all(one.sentence for one in found.problems)
    return [(one.path, one.code) for one in found.problems]


def test_a_model_named_in_a_slice_or_as_the_whole_pie_becomes_its_slices_and_version() -> None:
    inner = filled({"name": "all", "slices": [{"model": "two", "weight": "100%"}]})
    for value in (inner["slices"][0]["pie"], filled({"model": "two"}), filled({"model": {"name": "two"}})):
        assert value == TWO.document()
        assert (value["name"], value["model"]) == ("two", {"name": "two", "version": 3})
    read = load_decoded(Decoded(inner))
    assert read.document is not None
    assert list(models_in(read.document)) == [("two", 3)]


def test_a_model_deep_in_a_tree_is_filled_and_its_problem_carries_the_whole_path() -> None:
    def deep(name: str) -> dict[str, Any]:
        return {"slices": [{"pie": {"name": "a", "slices": [{"model": name}, {"symbol": "VTI"}]}}]}

    assert filled(deep("two"))["slices"][0]["pie"]["slices"] == [{"pie": TWO.document()}, {"symbol": "VTI"}]
    assert refusals(deep("tow"), "pie") == [("pie.slices.0.pie.slices.0.model", "model_unknown")]
    near, far = (with_models(Decoded(deep(name)), MODELS).problems[0].sentence for name in ("tow", "zzzzzz"))
    assert "did you mean two?" in near
    assert "gallery" in far


def test_a_model_read_from_the_books_passes_and_one_that_was_changed_is_refused() -> None:
    same = pie_document(pie(f"{TWO.document()}"))
    assert filled(same) == TWO.document()
    changed = {**same, "slices": [{"symbol": "VTI", "weight": "100.00%"}]}
    assert refusals(changed) == [("slices", "model_locked")]
    nested = {"name": "all", "slices": [{"weight": "100%", "pie": changed}]}
    assert refusals(nested, "pie") == [("pie.slices.0.pie.slices", "model_locked")]


def test_slices_of_another_version_give_way_to_the_gallerys() -> None:
    old = {**TWO.document(), "model": {"name": "two", "version": 2}, "slices": [{"symbol": "VTI", "weight": "100%"}]}
    assert filled(old) == TWO.document()
    assert refusals({"model": {"name": "none", "version": 1}}) == [("model", "model_unknown")]


@pytest.mark.parametrize("more", [{"symbol": "VTI"}, {"pie": {"name": "a", "slices": []}}])
def test_a_slice_is_one_thing(more: dict[str, Any]) -> None:
    assert refusals({"slices": [{"model": "two", "weight": "100%", **more}]}) == [("slices.0", "one_thing")]


@pytest.mark.parametrize(
    "value",
    [None, "two", ["two"], {"name": "a"}, {"slices": "two"}, {"slices": ["two", 7]}, {"slices": [{"pie": "two"}]}],
    ids=str,
)
def test_what_is_not_shaped_like_a_pie_is_left_for_the_pies_own_reading(value: object) -> None:
    assert filled(value) == value
    assert load_decoded(with_models(Decoded(value), MODELS)).problems


def test_a_document_that_could_not_be_decoded_keeps_its_problem() -> None:
    wrong = (Problem("", "yaml_syntax", "This is not YAML."),)
    assert with_models(Decoded(None, wrong), MODELS) == Decoded(None, wrong)
