"""Rates, fees and limits: what every name is today, the history of one, and a form that adds a row.

A row is added as it is typed: nothing moves by it, and a row that holds already is not added again, so a form that is
sent twice does no harm.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

from flask import Response as FlaskResponse
from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from engine.dated.catalogue import CATALOGUE
from engine.dated.document import load_form
from engine.dated.history import Dated
from engine.dated.kinds import EXAMPLES
from engine.dated.standing import first_words, rows_of, standing, standings
from engine.services import Services
from ledger.faults import Problem, SluiceError
from web.pages.frame import see_other
from web.ruleform import by_field

FIELDS: Final = ("name", "from", "value", "source")
_ROW: Final = "rows.0."
_UNPROCESSABLE: Final = 422


def settings_page(services: Services) -> str | Response:
    """GET and POST /settings."""
    if request.method == "POST":
        return _added(services, _typed(request.form), "")
    return _index(services, dict.fromkeys(FIELDS, ""), ())


def setting_page(services: Services, name: str) -> str | Response:
    """GET and POST /settings/<name>. Raises SluiceError `config_unknown`."""
    known = _known(services.books.dated(), name)
    if request.method == "POST":
        return _added(services, _typed(request.form) | {"name": known}, known)
    return _one(services, known, dict.fromkeys(FIELDS, ""), ())


def _known(dated: Dated, text: str) -> str:
    """The name as it is written."""
    try:
        return standing(dated, text, 0).name
    except SluiceError as fault:
        raise SluiceError("config_unknown", fault.sentence, "name") from None


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "").strip() for name in FIELDS}


def _added(services: Services, fields: dict[str, str], name: str) -> Response:
    """Add the row and go to its name's page; or the form again with what is wrong with it."""
    read = load_form(fields)
    problems: Sequence[Problem] = read.problems
    if read.document is not None:
        row = read.document.dated()
        try:
            services.books.add_dated([row], services.now())
        except SluiceError as fault:
            if fault.code != "rate_accrued":
                raise
            problems = (Problem(fault.field.removeprefix(_ROW), fault.code, fault.sentence),)
        else:
            return see_other(url_for("pages.setting_page", name=row.name) + f"#from-{row.day}")
    page = _one(services, name, fields, problems) if name else _index(services, fields, problems)
    return FlaskResponse(page, _UNPROCESSABLE)


def _index(services: Services, fields: Mapping[str, str], problems: Sequence[Problem]) -> str:
    found = standings(services.books.dated(), services.today())
    groups = [(group, list(inside)) for group, inside in groupby(found, key=lambda one: one.entry.group)]
    return render_template(
        "settings.html",
        groups=groups,
        today=services.today(),
        names=[(one.name, one.sentence) for one in CATALOGUE],
        **_form(fields, problems),
    )


def _one(services: Services, name: str, fields: Mapping[str, str], problems: Sequence[Problem]) -> str:
    dated = services.books.dated()
    one = standing(dated, name, services.today())
    return render_template(
        "setting.html",
        one=one,
        rows=rows_of(dated, name)[::-1],
        today=services.today(),
        bounds=one.entry.bounds(),
        example=" or ".join(EXAMPLES[one.entry.kind]),
        **_form(fields, problems),
    )


def _form(fields: Mapping[str, str], problems: Sequence[Problem]) -> dict[str, object]:
    return {"fields": fields, "problems": problems, "errors": by_field(problems), "first_words": first_words}
