"""Every trade of an account before it is ordered: the form, what the next window would do, and placing the order."""

import secrets
from typing import Any

from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from engine.services import Services
from ledger.faults import SluiceError
from web.asking import Household, changing, reading, trying
from web.investing import Invested, invested
from web.pages.frame import form_key, framed, see_other
from web.pages.pies import links
from web.pietree import tree, walk
from web.trade import CHOICES, FIELDS, Tried, placed, read_trade, tried


def trade_page(services: Services, reference: str, handle: str) -> str | Response:
    """GET /h/<reference>/pies/<handle>/trade: the preview of what the query asks; POST places it."""
    if request.method == "POST":
        return _post(services, reference, handle)
    fields = {name: request.args.get(name, "") for name in FIELDS}
    if not fields["kind"]:
        with reading(services, reference) as house:
            return _page(house, handle, fields | {"kind": "rebalance"})
    return _previewed(services, reference, handle, fields)


def _previewed(services: Services, reference: str, handle: str, fields: dict[str, str]) -> str | Response:
    try:
        with trying(services, reference) as house:
            own = invested(house, handle)
            if own.pie is None:
                return _page(house, handle, fields)
            answer = tried(own, read_trade(fields))
            return _page(house, handle, fields, tried=answer)
    except SluiceError as fault:
        return _refused(services, reference, handle, (fields, fault))


def _refused(
    services: Services, reference: str, handle: str, asked: tuple[dict[str, str], SluiceError]
) -> str | Response:
    """The form again, with what is wrong at its field; other faults are not the form's."""
    fields, fault = asked
    if fault.code in {"account_unknown", "no_pie_account", "customer_unknown", "book_busy"}:
        raise fault
    with reading(services, reference) as house:
        return FlaskResponse(_page(house, handle, fields, problem=fault), 422)


def _post(services: Services, reference: str, handle: str) -> str | Response:
    fields = {name: request.form.get(name, "") for name in FIELDS}
    key = request.form.get("key", "")
    try:
        with changing(services, reference) as house:
            placed(invested(house, handle), read_trade(fields), form_key(key))
    except SluiceError as fault:
        return _refused(services, reference, handle, (fields, fault))
    return see_other(url_for("pages.order_list", reference=reference))


def _page(house: Household, handle: str, fields: dict[str, str], **values: Any) -> str:  # noqa: ANN401  what the template shows
    own = invested(house, handle)
    fields = fields | {"slot": fields["slot"] or "0"}
    answer: Tried | None = values.get("tried")
    problem: SluiceError | None = values.get("problem")
    errors = {problem.field: problem.sentence} if problem is not None else {}
    return framed(
        "trade.html",
        house,
        own=own,
        fields=fields,
        errors=errors,
        problem=problem,
        tried=answer,
        choices=CHOICES,
        paths=_paths(own),
        targets=[(one.handle, one.name) for one in house.accounts if one.account != own.account.account],
        key=secrets.token_urlsafe(24),
        href=links(own),
        scales={symbol: listing.scale for symbol, listing in own.listings.items()},
    )


def _paths(own: Invested) -> list[tuple[str, str]]:
    """Slices and inner pies to choose among."""
    if own.pie is None:
        return []
    return [(one.path, "the whole pie" if not one.path else one.path.replace("/", " / ")) for one in walk(tree(own))]
