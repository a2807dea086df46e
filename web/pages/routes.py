"""Where the pages live: one table of addresses."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any, Final

from flask import Blueprint

from engine.services import Services
from web.pages import home, nightpages, register, ruleedit, rulelist

_HOUSE: Final = "/h/<reference>"

ROUTES: Final[tuple[tuple[str, tuple[str, ...], Callable[..., Any]], ...]] = (
    ("/", ("GET",), home.front),
    ("/find", ("GET",), home.search),
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
)
"""Address, methods, view; the view's name is its endpoint."""


def pages_blueprint(services: Services) -> Blueprint:
    """Every page."""
    pages = Blueprint("pages", __name__)
    for address, methods, view in ROUTES:
        served = update_wrapper(partial(view, services), view)
        pages.add_url_rule(address, view.__name__, served, methods=list(methods), provide_automatic_options=False)
    return pages
