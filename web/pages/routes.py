"""Where the pages live: one table of addresses."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any, Final

from flask import Blueprint

from engine.services import Services
from web.pages import (
    configpages,
    gallery,
    holdingpages,
    home,
    matchingpages,
    moneypages,
    nightpages,
    orderpages,
    pieedit,
    pies,
    register,
    ruleedit,
    rulelist,
    tradepages,
    transferpages,
)

_HOUSE: Final = "/h/<reference>"

ROUTES: Final[tuple[tuple[str, tuple[str, ...], Callable[..., Any]], ...]] = (
    ("/", ("GET",), home.front),
    ("/find", ("GET",), home.search),
    ("/settings", ("GET", "POST"), configpages.settings_page),
    ("/settings/<name>", ("GET", "POST"), configpages.setting_page),
    (f"{_HOUSE}/", ("GET",), home.home),
    (f"{_HOUSE}/pause", ("POST",), home.pause),
    (f"{_HOUSE}/rules", ("GET",), rulelist.rule_list),
    (f"{_HOUSE}/rules/new", ("GET", "POST"), ruleedit.new_rule),
    (f"{_HOUSE}/rules/<rule>/edit", ("GET", "POST"), ruleedit.edit_rule),
    (f"{_HOUSE}/rules/<rule>/mode", ("POST",), rulelist.set_mode),
    (f"{_HOUSE}/rules/<rule>/place", ("POST",), rulelist.move),
    (f"{_HOUSE}/rules/<rule>/remove", ("POST",), rulelist.remove),
    (f"{_HOUSE}/starters/<starter>", ("POST",), rulelist.adopt),
    (f"{_HOUSE}/tonight", ("GET",), nightpages.tonight),
    (f"{_HOUSE}/nights", ("GET",), nightpages.nights),
    (f"{_HOUSE}/nights/<date>", ("GET",), nightpages.night),
    (f"{_HOUSE}/accounts/<handle>", ("GET",), register.account),
    (f"{_HOUSE}/cash", ("GET",), moneypages.cash),
    (f"{_HOUSE}/borrow", ("GET",), moneypages.borrow),
    (f"{_HOUSE}/fees", ("GET",), moneypages.fees),
    (f"{_HOUSE}/pies", ("GET",), pies.pie_list),
    (f"{_HOUSE}/pies/<handle>", ("GET",), pies.pie_page),
    (f"{_HOUSE}/pies/<handle>/in/<path:path>", ("GET",), pies.pie_inside),
    (f"{_HOUSE}/pies/<handle>/edit", ("GET", "POST"), pieedit.pie_edit),
    (f"{_HOUSE}/pies/<handle>/trade", ("GET", "POST"), tradepages.trade_page),
    (f"{_HOUSE}/pies/<handle>/holdings", ("GET",), holdingpages.holdings_page),
    (f"{_HOUSE}/pies/<handle>/holdings/move", ("POST",), holdingpages.move_holding),
    (f"{_HOUSE}/pies/<handle>/value", ("GET",), holdingpages.value_page),
    (f"{_HOUSE}/pies/<handle>/follow", ("GET", "POST"), gallery.follow),
    (f"{_HOUSE}/orders", ("GET",), orderpages.order_list),
    (f"{_HOUSE}/orders/<number>/cancel", ("POST",), orderpages.cancel_order),
    (f"{_HOUSE}/transfers", ("GET",), transferpages.transfers),
    (f"{_HOUSE}/transfers/once", ("GET", "POST"), transferpages.once),
    (f"{_HOUSE}/transfers/new", ("GET", "POST"), transferpages.recurring_new),
    (f"{_HOUSE}/transfers/<rule>/edit", ("GET", "POST"), transferpages.recurring_edit),
    (f"{_HOUSE}/transfers/<rule>/change", ("POST",), transferpages.recurring_change),
    (f"{_HOUSE}/matching", ("GET",), matchingpages.matching),
    (f"{_HOUSE}/matching/new", ("GET", "POST"), matchingpages.match_new),
    (f"{_HOUSE}/matching/apply", ("POST",), matchingpages.match_apply),
    (f"{_HOUSE}/matching/<place>/edit", ("GET", "POST"), matchingpages.match_edit),
    (f"{_HOUSE}/matching/<place>/change", ("POST",), matchingpages.match_change),
    (f"{_HOUSE}/models", ("GET",), gallery.model_list),
    (f"{_HOUSE}/models/<name>", ("GET",), gallery.model_page),
)
"""Address, methods, view; the view's name is its endpoint."""


def pages_blueprint(services: Services) -> Blueprint:
    """Every page."""
    pages = Blueprint("pages", __name__)
    for address, methods, view in ROUTES:
        served = update_wrapper(partial(view, services), view)
        pages.add_url_rule(address, view.__name__, served, methods=list(methods), provide_automatic_options=False)
    return pages
