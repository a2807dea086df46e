"""Orders and fills: what was asked and how far it has come, what went to the broker, fills with prices and fees."""

from typing import Final

from flask import request, url_for
from werkzeug.wrappers import Response

from engine.invest.orders.cancelling import cancel
from engine.services import Services
from web.asking import changing, reading
from web.orders import fills_of, orders_of
from web.pages.frame import framed, see_other, whole

_PAGE: Final = 40
_HIGHEST: Final = 10**15


def order_list(services: Services, reference: str) -> str:
    """GET /h/<reference>/orders, newest first; `before` is the number of an order."""
    before = whole(request.args.get("before", str(_HIGHEST)), _HIGHEST)
    with reading(services, reference) as house:
        found = [one for one in orders_of(house) if one.intent.intent < before]
        shown = found[:_PAGE]
        return framed(
            "orders.html",
            house,
            orders=shown,
            older=shown[-1].intent.intent if len(found) > _PAGE else None,
            others=[one for one in fills_of(house) if not one.part.intent][:_PAGE] if not request.args else [],
            account_names={one.account: one.name for one in house.accounts},
        )


def cancel_order(services: Services, reference: str, number: str) -> Response:
    """POST /h/<reference>/orders/<number>/cancel."""
    chosen = whole(number, _HIGHEST)
    with changing(services, reference) as house:
        now = services.now()
        cancel(house.work, house.customer, chosen, now, services.opened(now, house.work.dated()))
    return see_other(url_for("pages.order_list", reference=reference))
