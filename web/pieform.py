"""The pie editor's state: flat fields named by paths, changed by its buttons without script (ruling 37).

Every security's row carries `was`, its path in the stored pie, so that a slice keeps its units and lots when it is
moved to another pie or its pie gets another name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.invest.lots.splitting import split_by_units
from engine.invest.pies.models import ModelPie, with_models
from engine.invest.pies.paths import JOINT, inner_pies, leaves, within
from engine.invest.pies.pie import MAX_SLICES, Pie, load_decoded
from ledger.faults import SluiceError
from ledger.money import format_percent, parse_percent
from ledger.rounding import WHOLE_BP
from rules.decode import Read
from rules.formtext import decode_form
from web.ruleform import places

Fields = dict[str, str]

_PREFIX: Final = re.compile(r"(?:slices\.[0-9]{1,3}(?:\.pie\.slices\.[0-9]{1,3}){0,5})", re.ASCII)
_PIE: Final = re.compile(r"|(?:slices\.[0-9]{1,3}\.pie)(?:\.slices\.[0-9]{1,3}\.pie){0,5}", re.ASCII)
_LEAST_ROWS: Final = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One slice of the form: `field` begins its fields' names; `inner` where it is a pie, `model` where it is one."""

    field: str
    model: str
    inner: "Level | None"


@dataclass(frozen=True, slots=True)
class Level:
    """The slices of one pie of the form: `field` is "" for the outermost; `words` say what is left to give."""

    field: str
    rows: tuple[Row, ...]
    words: str
    whole: bool


def below(field: str, name: str) -> str:
    """A field's name below another."""
    return f"{field}.{name}" if field else name


def flat(pie: Pie, prefix: str = "", above: str = "") -> Fields:
    """A stored pie as the fields that make it."""
    if pie.model is not None and not prefix:
        return {"model": pie.model.name}
    fields = {below(prefix, "name"): pie.name, below(prefix, "title"): pie.title or ""}
    for place, one in enumerate(pie.slices):
        own = below(prefix, f"slices.{place}")
        fields[f"{own}.weight"] = format_percent(one.weight).rstrip("%")
        path = f"{above}{JOINT}{one.label}" if above else one.label
        if one.pie is None:
            fields |= {f"{own}.symbol": one.label, f"{own}.was": path}
        elif one.pie.model is not None:
            fields |= {f"{own}.model": one.pie.model.name}
        else:
            fields |= flat(one.pie, f"{own}.pie", path)
    return fields


def blank(name: str) -> Fields:
    """A new pie with two empty rows."""
    fields = {"name": name, "title": ""}
    for place in range(_LEAST_ROWS):
        fields |= {f"slices.{place}.symbol": "", f"slices.{place}.weight": ""}
    return fields


def typed(form: Mapping[str, str]) -> Fields:
    """The fields of a posted form that belong to the pie."""
    known = re.compile(r"(?:name|title|model|slices\..*)", re.ASCII)
    return {name: text.strip() for name, text in form.items() if known.fullmatch(name) and len(name) <= _LONGEST}


_LONGEST: Final = 200


def read(fields: Fields, models: Mapping[str, ModelPie]) -> Read[Pie]:
    """The pie that the fields make, or what is wrong, by field name; a weight may be written without its %."""
    given = {}
    for name, text in fields.items():
        if name.endswith(".was") or not text:
            continue
        given[name] = f"{text}%" if name.endswith(".weight") and "%" not in text else text
        if name.endswith(".symbol"):
            given[name] = text.upper()
    form = decode_form(given)
    if form.problems:
        return Read(None, form.problems)
    found = load_decoded(with_models(form, models))
    return Read(found.document, tuple(form.renamed(problem) for problem in found.problems))


def rows(fields: Fields, field: str = "") -> Level:
    """The form's rows as a tree."""
    found = []
    for place in places(fields, below(field, "slices")):
        own = below(field, f"slices.{place}")
        model = fields.get(f"{own}.model", "")
        inner = rows(fields, f"{own}.pie") if any(name.startswith(f"{own}.pie.") for name in fields) else None
        found.append(Row(own, model, inner))
    return Level(field, tuple(found), *_total(fields, found))


def _total(fields: Fields, found: list[Row]) -> tuple[str, bool]:
    weights = [_weight(fields.get(f"{one.field}.weight", "")) for one in found]
    if None in weights:
        return "a weight cannot be read", False
    left = WHOLE_BP - sum(one or 0 for one in weights)
    if left == 0:
        return "100%, all given", True
    return (f"{format_percent(left)} left to give", False) if left > 0 else (f"{format_percent(-left)} too much", False)


def _weight(text: str) -> int | None:
    """Basis points of a weight as typed; an empty one is zero, None where it cannot be read."""
    if not text:
        return 0
    try:
        return parse_percent(text if "%" in text else f"{text}%")
    except SluiceError:
        return None


def edited(fields: Fields, do: str, form: Mapping[str, str], models: Mapping[str, ModelPie]) -> Fields:
    """The fields after a button `verb:path`; a button that is not known changes nothing."""
    verb, _, path = do.partition(":")
    if verb == "drop" and _PREFIX.fullmatch(path):
        return _without(fields, path)
    if verb == "move":
        return _moved(fields, form.get("move.slice", ""), form.get("move.pie", ""))
    if verb == "unlock":
        model = models.get(fields.get("model", ""))
        return fields if model is None else flat(model.pie)
    if _PIE.fullmatch(path) is None:
        return fields
    if verb in {"spread", "scale"}:
        return fields | _given(fields, verb, rows(fields, path))
    return fields | _added(fields, verb, path, form.get("model_name", ""))


def _without(fields: Fields, path: str) -> Fields:
    return {name: text for name, text in fields.items() if name != path and not name.startswith(f"{path}.")}


def _added(fields: Fields, verb: str, path: str, model: str) -> Fields:
    own = _free(fields, path)
    if own is None:
        return {}
    if verb == "add":
        return {f"{own}.symbol": "", f"{own}.weight": ""}
    if verb == "add_pie":
        inner = f"{own}.pie"
        return {
            f"{own}.weight": "",
            f"{inner}.name": "",
            f"{inner}.slices.0.symbol": "",
            f"{inner}.slices.0.weight": "",
        }
    if verb == "add_model" and model:
        return {f"{own}.model": model, f"{own}.weight": ""}
    return {}


def _free(fields: Fields, path: str) -> str | None:
    """The field of one more slice of a pie; None where it is full."""
    taken = places(fields, below(path, "slices"))
    return below(path, f"slices.{max(taken, default=-1) + 1}") if len(taken) < MAX_SLICES else None


def _moved(fields: Fields, source: str, target: str) -> Fields:
    """The fields with a slice moved into another pie of the form; unchanged where that makes no sense."""
    inside = target == source or target.startswith(f"{source}.")
    if not _PREFIX.fullmatch(source) or not _PIE.fullmatch(target) or inside:
        return fields
    if source.rpartition(".slices.")[0] == target or (not target and source.count(".") == 1):
        return fields
    own = _free(fields, target)
    if own is None or not any(name.startswith(f"{source}.") for name in fields):
        return fields
    carried = {own + name.removeprefix(source): text for name, text in fields.items() if name.startswith(f"{source}.")}
    return _without(fields, source) | carried


def _given(fields: Fields, verb: str, level: Level) -> Fields:
    """New weights of one pie: the rest spread over empty slices, or all of them, equally; or all scaled to 100%."""
    names = [f"{one.field}.weight" for one in level.rows]
    weights = [_weight(fields.get(name, "")) for name in names]
    known = [one for one in weights if one is not None]
    if len(known) < len(names) or not names:
        return {}
    if verb == "scale":
        new = split_by_units(WHOLE_BP, known) if sum(known) else known
    else:
        left = WHOLE_BP - sum(known)
        if left <= 0:
            return {}
        empty = [int(one == 0) for one in known]
        share = empty if any(empty) else [1] * len(known)
        new = [had + more for had, more in zip(known, split_by_units(left, share), strict=True)]
    return {name: format_percent(one).rstrip("%") for name, one in zip(names, new, strict=True)}


def moves(fields: Fields, pie: Pie, stored: Mapping[str, str]) -> dict[str, str]:
    """New paths by old ones of slices that went to another pie; `stored` are the symbols of stored slices by path."""
    after = {path: symbol for path, symbol, _ in leaves(pie)}
    locked = [path for path, inner in inner_pies(pie) if inner.model is not None]
    found = {}
    for was, path in _paths(fields, "", ""):
        fits = was in stored and was not in after and path in after and after[path] == stored[was]
        if fits and not any(within(path, one) for one in locked):
            found[was] = path
    return found


def _paths(fields: Fields, field: str, above: str) -> Iterator[tuple[str, str]]:
    """(old path, new path) of every security's row that has an old one."""
    for place in places(fields, below(field, "slices")):
        own = below(field, f"slices.{place}")
        symbol, name = fields.get(f"{own}.symbol", "").upper(), fields.get(f"{own}.pie.name", "")
        if fields.get(f"{own}.was"):
            yield fields[f"{own}.was"], f"{above}{symbol}"
        if name:
            yield from _paths(fields, f"{own}.pie", f"{above}{name}{JOINT}")


def slices_of(level: Level, fields: Fields) -> list[tuple[str, str]]:
    """(field, words) of every slice that can be moved."""
    found = []
    for one in level.rows:
        words = fields.get(f"{one.field}.symbol", "") or one.model or fields.get(f"{one.field}.pie.name", "")
        where = fields.get(f"{level.field}.name", "") if level.field else ""
        found.append(
            (
                one.field,
                f"{words.upper() if not one.model and one.inner is None else words}{f' in {where}' if where else ''}",
            )
        )
        found += slices_of(one.inner, fields) if one.inner is not None else []
    return [one for one in found if one[1]]


def pies_of(level: Level, fields: Fields) -> list[tuple[str, str]]:
    """(field, words) of every pie of the form."""
    found = [
        (level.field, fields.get(f"{level.field}.name", "") or "a new pie")
        if level.field
        else ("", "the outermost pie")
    ]
    for one in level.rows:
        found += pies_of(one.inner, fields) if one.inner is not None else []
    return found
