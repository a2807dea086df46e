"""Model pies inside documents: a slice names a model, the books keep the model's slices and their version.

A model is locked. A document that brings a model's slices along, as it was read from the books, is given the gallery's;
one in which somebody changed them is refused.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from engine.invest.pies.pie import Pie
from ledger.faults import Problem
from ledger.money import quoted
from rules.decode import Decoded, join_path


@dataclass(frozen=True, slots=True)
class About:
    """What people are told about a model: the heading it stands under, a description, where its weights come from."""

    category: str = ""
    description: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ModelPie:
    """A model of the gallery: its name, its version, and the pie."""

    name: str
    version: int
    pie: Pie
    about: About = field(default_factory=About, compare=False)

    def document(self) -> dict[str, Any]:
        """The model as an inner pie of a document."""
        plain = pie_document(self.pie)
        return {**plain, "name": self.name, "model": {"name": self.name, "version": self.version}}


def pie_document(pie: Pie) -> dict[str, Any]:
    """A pie as the plain value that reads the same."""
    plain: dict[str, Any] = pie.model_dump(mode="json", exclude_none=True)
    return plain


def with_models(decoded: Decoded, models: Mapping[str, ModelPie], prefix: str = "") -> Decoded:
    """The plain value of a pie with the slices of every model it names; problems carry paths.

    `{model: three_fund, weight: "40%"}` becomes a slice with an inner pie. Anything that is not shaped like a pie is
    left for the pie's own reading to refuse.
    """
    problems: list[Problem] = []
    value = _filled(decoded.value, models, prefix, problems)
    return Decoded(None, tuple(problems)) if problems else Decoded(value, decoded.problems)


def _filled(value: object, models: Mapping[str, ModelPie], path: str, problems: list[Problem]) -> object:
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("model"), dict | str):
        return _locked(value, models, path, problems)
    slices = value.get("slices")
    if not isinstance(slices, list):
        return value
    filled = [_slice(one, models, join_path(path, "slices", at), problems) for at, one in enumerate(slices)]
    return {**value, "slices": filled}


def _slice(value: object, models: Mapping[str, ModelPie], path: str, problems: list[Problem]) -> object:
    if not isinstance(value, dict):
        return value
    if "model" not in value:
        return (
            {**value, "pie": _filled(value["pie"], models, join_path(path, "pie"), problems)}
            if "pie" in value
            else value
        )
    rest = {key: one for key, one in value.items() if key != "model"}
    if {"pie", "symbol"} & rest.keys():
        sentence = "A slice is a security, a pie or a model; write exactly one of symbol, pie and model."
        problems.append(Problem(path, "one_thing", sentence))
        return value
    found = _known(value["model"], models, join_path(path, "model"), problems)
    return value if found is None else {**rest, "pie": found.document()}


def _locked(value: dict[str, Any], models: Mapping[str, ModelPie], path: str, problems: list[Problem]) -> object:
    """A pie that says it is a model: with its own slices gone or unchanged it becomes the gallery's."""
    said = value["model"]
    name = said.get("name") if isinstance(said, dict) else said
    found = _known(name, models, join_path(path, "model"), problems)
    if found is None:
        return value
    current = found.document()
    same_version = isinstance(said, dict) and said.get("version") == found.version
    if same_version and value.get("slices", current["slices"]) != current["slices"]:
        sentence = (
            f"The model {found.name} is locked: its slices cannot be changed here. Leave them as they are, or make a "
            "pie of your own by taking the line model out."
        )
        problems.append(Problem(join_path(path, "slices"), "model_locked", sentence))
    return current


def _known(name: object, models: Mapping[str, ModelPie], path: str, problems: list[Problem]) -> ModelPie | None:
    if isinstance(name, str) and name in models:
        return models[name]
    near = get_close_matches(str(name), models, n=1)
    hint = f"did you mean {near[0]}?" if near else "look through the gallery for its name."
    problems.append(Problem(path, "model_unknown", f"There is no model pie {quoted(str(name))}; {hint}"))
    return None


def models_in(pie: Pie) -> Iterator[tuple[str, int]]:
    """(name, version) of every model in a tree, the outermost pie's own included."""
    if pie.model is not None:
        yield pie.model.name, pie.model.version
    for one in pie.slices:
        if one.pie is not None:
            yield from models_in(one.pie)
