"""What every page of a household stands in: navigation, status line, full page or fragment."""

from dataclasses import dataclass
from typing import Any, Final

from flask import render_template, request
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from ledger.faults import SluiceError
from web.asking import Household

_LONGEST_KEY: Final = 60


@dataclass(frozen=True, slots=True)
class Status:
    """The status line: whose page, which night comes next, and whether its rules are paused."""

    reference: str
    name: str
    next_night: int
    last_night: int
    paused: bool


def framed(template: str, house: Household, **values: Any) -> str:  # noqa: ANN401  what templates show
    """Render a page of a household."""
    record = house.record
    status = Status(record.reference, record.name, house.day, record.last_night, record.paused)
    accounts = {account.handle: account for account in house.accounts}
    return render_template(template, status=status, names=house.names, accounts=accounts, **values)


def fragment() -> str:
    """The fragment that partial.js asks for; empty for a whole page."""
    return request.headers.get("X-Fragment", "")


def see_other(address: str) -> Response:
    """The answer to a POST that did what was asked: 303, so that a reload repeats nothing."""
    return redirect(address, 303)


def form_key(text: str) -> str:
    """The idempotency key that a form was drawn with (ruling 38). Raises SluiceError `key_missing`."""
    if not 0 < len(text) <= _LONGEST_KEY or not text.isascii() or not text.isprintable():
        raise SluiceError("key_missing", "The form has lost its key; go back, load it anew and send it again.")
    return text


def whole(text: str, highest: int) -> int:
    """A whole number of a form or address from 1 to `highest`. Raises SluiceError `number`."""
    fits = text.isascii() and text.isdecimal() and len(text) <= len(str(highest))
    if not fits or not 1 <= int(text) <= highest:
        raise SluiceError("number", f"Write a whole number from 1 to {highest}.")
    return int(text)
