"""The editor of a pie: slices and terms as a form, then a review that says what changes, then the new version.

Saving trades nothing by itself; a slice that is left out keeps its units at 0%, or is sold in the next window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from engine.invest.pies.editing import Draft
from engine.invest.pies.paths import leaves
from engine.invest.pies.pie import Pie
from engine.invest.pies.removing import save
from engine.invest.pies.terms import PieTerms
from engine.invest.records import SliceState
from engine.services import Services
from ledger.faults import Problem
from ledger.rounding import WHOLE_BP
from rules.values import NAME
from web import pieform, termsform
from web.asking import changing, reading, trying
from web.investing import Invested, invested
from web.pages.frame import fragment, framed, see_other
from web.pages.pies import links
from web.ruleform import by_field, path_words, places

_STALE: Final = "The pie was changed since this form was drawn; look at it again, then save again."
_SHOWN_PROBLEMS: Final = 20

Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Edit:
    """The form as typed, and what it makes."""

    fields: Fields
    pie: Pie | None
    terms: PieTerms | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One security's part of the whole pie before and after, basis points; `units` are held now."""

    path: str
    before_bp: int
    after_bp: int
    held: bool
    moved: str = ""


def pie_edit(services: Services, reference: str, handle: str) -> str | Response:
    """GET and POST /h/<reference>/pies/<handle>/edit."""
    if request.method != "POST":
        with reading(services, reference) as house:
            own = invested(house, handle)
            return _form(own, _read(own, _start(own)))
    do = request.form.get("do", "")
    if do in {"save", "confirm"}:
        return _saved(services, reference, handle, confirm=do == "confirm")
    with reading(services, reference) as house:
        own = invested(house, handle)
        form = request.form.to_dict()
        pie = pieform.edited(pieform.typed(form), do, form, services.models())
        return _form(own, _read(own, pie | termsform.edited(termsform.typed(form), do)))


def _start(own: Invested) -> Fields:
    """The stored pie and terms; the whole of a model with `model`, one more slice with `add`."""
    models = own.house.services.models()
    name = own.account.handle.rpartition(".")[2]
    fields = pieform.blank(name if NAME.fullmatch(name) else "pie") if own.pie is None else pieform.flat(own.pie)
    if request.args.get("model", "") in models:
        fields = {"model": request.args["model"]}
    elif request.args.get("add", "") in models and "model" not in fields:
        fields = pieform.edited(fields, "add_model:", {"model_name": request.args["add"]}, models)
    return fields | termsform.flat(own.terms)


def _read(own: Invested, fields: Fields) -> Edit:
    pie = pieform.read(
        {name: text for name, text in fields.items() if not name.startswith("terms.")}, own.house.services.models()
    )
    terms = termsform.read({name: text for name, text in fields.items() if name.startswith("terms.")})
    usual = None if terms.document is None else terms.document.usual(own.threshold)
    return Edit(fields, pie.document, usual, (*pie.problems, *terms.problems))


def _form(own: Invested, edit: Edit, problems: Sequence[Problem] = ()) -> str:
    level = pieform.rows(edit.fields)
    models = own.house.services.models()
    return framed(
        "pieedit_fragment.html" if fragment() else "pieedit.html",
        own.house,
        own=own,
        fields=edit.fields,
        level=level,
        slices=pieform.slices_of(level, edit.fields),
        pies=pieform.pies_of(level, edit.fields),
        model=models.get(edit.fields.get("model", "")),
        models=[(one.name, one.pie.title or one.name) for one in models.values()],
        titles={one.name: one.pie.title or one.name for one in models.values()},
        problems=problems[:_SHOWN_PROBLEMS],
        errors=by_field(problems),
        errors_in_terms=any(one.path.startswith("terms") for one in problems),
        path_words=path_words,
        version=0 if own.version is None else own.version.version,
        href=links(own),
        dividend_rows=places(edit.fields, "terms.symbols"),
    )


def _saved(services: Services, reference: str, handle: str, *, confirm: bool) -> str | Response:
    """The review of a draft that can be saved, or the form with what is wrong; with `confirm` the draft is saved."""
    with (changing if confirm else trying)(services, reference) as house:
        own = invested(house, handle)
        form = request.form.to_dict()
        edit = _read(own, pieform.typed(form) | termsform.typed(form))
        if edit.pie is None or edit.terms is None:
            return FlaskResponse(_form(own, edit, edit.problems), 422)
        if request.form.get("version") != str(0 if own.version is None else own.version.version):
            return FlaskResponse(_form(own, edit, [Problem("", "version_changed", _STALE)]), 422)
        stored = _stored(own)
        moved = pieform.moves(edit.fields, edit.pie, stored)
        sold = [text for name, text in form.items() if name.startswith("sell.") and text in stored]
        changes = _changes(own, edit.pie, moved)
        terms = _changed_terms(own.terms, edit.terms)
        draft = Draft(edit.pie, edit.terms, tuple(dict.fromkeys(sold)), moved)
        listed = services.market.listings([symbol for _, symbol, _ in leaves(edit.pie)])
        problems = [_own(one) for one in save(house.work, own.account, draft, listed, (house.day, services.now()))]
        if problems:
            return FlaskResponse(_form(own, edit, problems), 422)
        if not confirm:
            return _review(own, edit, changes, terms)
    return see_other(url_for("pages.pie_page", reference=reference, handle=handle))


def _own(problem: Problem) -> Problem:
    return Problem(problem.path.removeprefix("pie."), problem.code, problem.sentence)


def _stored(own: Invested) -> dict[str, str]:
    """Symbols of the slices that are part of the pie or hold units, by path."""
    return dict(zip(own.slices.path, own.symbols, strict=True))


def _changes(own: Invested, pie: Pie, moved: dict[str, str]) -> list[Change]:
    """Parts of the whole before and after; slices of the new pie first."""
    before = _parts(own.pie) if own.pie is not None else {}
    after = _parts(pie)
    held = {path for path, units in zip(own.slices.path, own.slices.units.tolist(), strict=True) if units}
    back = {new: old for old, new in moved.items()}
    found = [
        Change(path, before.get(back.get(path, path), 0), share, back.get(path, path) in held, back.get(path, ""))
        for path, share in after.items()
    ]
    gone = [path for path in dict.fromkeys((*before, *own.slices.path)) if path not in after and path not in moved]
    states = dict(zip(own.slices.path, own.slices.state.tolist(), strict=True))
    return found + [
        Change(path, before.get(path, 0), 0, path in held and states.get(path) != SliceState.REMOVING) for path in gone
    ]


def _parts(pie: Pie) -> dict[str, int]:
    found = list(leaves(pie))
    whole = sum(weight for *_, weight in found)
    return {path: round(Fraction(weight * WHOLE_BP, whole)) for path, _, weight in found}


def _changed_terms(before: PieTerms, after: PieTerms) -> list[tuple[str, str, str]]:
    """(name, before, after) of terms that differ, as documents write them."""
    old, new = (one.model_dump(mode="json") for one in (before, after))
    return [(name.replace("_", " "), _said(old[name]), _said(new[name])) for name in new if old[name] != new[name]]


def _said(value: object) -> str:
    """One term in words."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {text}" for name, text in value.items() if text is not None) or "none"
    if isinstance(value, list):
        return " and ".join(str(one) for one in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)


def _review(own: Invested, edit: Edit, changes: list[Change], terms: list[tuple[str, str, str]]) -> str:
    """What saving changes; the household's books hold the draft here, and are taken back afterwards."""
    fresh = Invested(own.house, own.account)
    number = own.account.account
    return framed(
        "piereview.html",
        own.house,
        own=own,
        pie=edit.pie,
        fields={name: text for name, text in edit.fields.items() if text},
        changes=changes,
        leaving=[one for one in changes if one.held and not one.after_bp],
        terms=terms,
        version=0 if own.version is None else own.version.version,
        bought=sum(one.amount for one in fresh.planned.buys if one.account == number),
        sold=sum(one.amount for one in fresh.planned.sells if one.account == number),
        window=fresh.window,
        href=links(own),
    )
