"""Holdings of an account with their lots, moving one to another account, and value over time with its returns."""

import secrets
from dataclasses import dataclass
from typing import Final

from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from engine.invest.lots.transferring import Transfer, Transferred, transfer_holding
from engine.services import Services
from ledger.faults import SluiceError
from web.asking import Household, changing, reading, trying
from web.charts.line import ValueDay, line
from web.investing import Invested, invest_accounts, invested
from web.lots import holding_rows
from web.pages.frame import form_key, framed, see_other
from web.pages.pies import links
from web.performance import CHOICES, Performance, performance
from web.units import parse_units

_FIELDS: Final = ("path", "destination", "target", "units")
_ROWS: Final = 62
"""Days in the table under the chart; of longer ranges the ends of months."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A transfer of holdings as it is typed: what it would move, or what is wrong with it."""

    fields: dict[str, str]
    moved: Transferred | None = None
    problem: SluiceError | None = None


def holdings_page(services: Services, reference: str, handle: str) -> str:
    """GET /h/<reference>/pies/<handle>/holdings."""
    with reading(services, reference) as house:
        return _holdings(house, handle, Moving(dict.fromkeys(_FIELDS, "")))


def _holdings(house: Household, handle: str, moving: Moving) -> str:
    own = invested(house, handle)
    others = [one for one in invest_accounts(house) if one.account.account != own.account.account and one.pie]
    targets = [(f"{one.account.handle}|{path}", f"{one.account.name}: {path}") for one in others for path in _held(one)]
    problem = moving.problem
    return framed(
        "holdings.html",
        house,
        own=own,
        rows=holding_rows(own),
        slices=[("", "choose"), *((one.path, one.path) for one in holding_rows(own))],
        href=links(own),
        targets=targets,
        moving=moving,
        fields=moving.fields,
        errors={problem.field: problem.sentence} if problem is not None else {},
        key=secrets.token_urlsafe(24),
    )


def _held(own: Invested) -> list[str]:
    return [path for path, state in zip(own.slices.path, own.slices.state.tolist(), strict=True) if state == 0]


def move_holding(services: Services, reference: str, handle: str) -> str | Response:
    """POST /h/<reference>/pies/<handle>/holdings: `do=review` shows what would move, `do=move` moves it."""
    fields = {name: request.form.get(name, "") for name in _FIELDS}
    key = request.form.get("key", "")
    if request.form.get("do") != "move":
        return _reviewed(services, reference, handle, fields)
    try:
        with changing(services, reference) as house:
            asked = _asked(invested(house, handle), fields, form_key(key))
            transfer_holding(house.work, asked, (house.day, services.now()), services.market)
    except SluiceError as fault:
        return _refused(services, reference, handle, Moving(fields, problem=fault))
    return see_other(url_for("pages.holdings_page", reference=reference, handle=handle))


def _reviewed(services: Services, reference: str, handle: str, fields: dict[str, str]) -> str | Response:
    try:
        with trying(services, reference) as house:
            asked = _asked(invested(house, handle), fields, "tried, never kept")
            moved = transfer_holding(house.work, asked, (house.day, services.now()), services.market)
        with reading(services, reference) as house:
            return _holdings(house, handle, Moving(fields, moved))
    except SluiceError as fault:
        return _refused(services, reference, handle, Moving(fields, problem=fault))


def _refused(services: Services, reference: str, handle: str, moving: Moving) -> Response:
    if moving.problem is not None and moving.problem.code in {"customer_unknown", "book_busy"}:
        raise moving.problem
    with reading(services, reference) as house:
        return FlaskResponse(_holdings(house, handle, moving), 422)


def _asked(own: Invested, fields: dict[str, str], key: str) -> Transfer:
    """The transfer of a form; an empty number of units means all."""
    account, _, target = fields["destination"].partition("|")
    path, units = fields["path"], 0
    if fields["units"].strip():
        at = own.slices.path.index(path) if path in own.slices.path else None
        scale = own.scales[int(own.slices.asset[at])] if at is not None else 0
        units = parse_units(fields["units"].strip(), scale)
    return Transfer(own.house.customer, own.account.handle, path, account, target, units, key)


def value_page(services: Services, reference: str, handle: str) -> str:
    """GET /h/<reference>/pies/<handle>/value?range=."""
    with reading(services, reference) as house:
        own = invested(house, handle)
        found = performance(own, request.args.get("range", "1y"))
        course = found.course
        days = [ValueDay(*one) for one in zip(course.day.tolist(), course.value.tolist(), strict=True)]
        return framed(
            "value.html",
            house,
            own=own,
            found=found,
            chart=line(own.account.name, days),
            rows=_rows(found),
            ranges=CHOICES,
            href=links(own),
        )


def _rows(found: Performance) -> list[tuple[int, int, int, int]]:
    """(day, value, paid in, paid out) for the table, newest first: days, or ends of months with their sums."""
    course = found.course
    day = course.day.tolist()
    if len(day) <= _ROWS:
        ends = list(range(len(day)))
    else:
        months = course.day.astype("datetime64[D]").astype("datetime64[M]").tolist()
        ends = [at for at in range(len(day)) if at + 1 == len(day) or months[at] != months[at + 1]]
    rows, before = [], 0
    for at in ends:
        into, out = (int(one[max(before, 1) : at + 1].sum()) for one in (course.paid_in, course.paid_out))
        rows.append((day[at], int(course.value[at]), into, out))
        before = at + 1
    return rows[::-1]
