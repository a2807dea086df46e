"""Every error as an answer: problem+json for programs, one page for people; never a bare 500 for bad input.

Each says what happened, whether money moved and what to do (ui.md 5).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from ledger.faults import Problem, SluiceError
from web.security import ForbiddenError

API_PREFIX: Final = "/api/"

STATUS: Final = {
    "not_allowed": 403,
    "account_unknown": 404,
    "config_unknown": 404,
    "customer_not_open": 404,
    "customer_unknown": 404,
    "match_unknown": 404,
    "night_unknown": 404,
    "no_rules": 404,
    "no_model": 404,
    "no_pie": 404,
    "no_pie_account": 404,
    "order_unknown": 404,
    "person_unknown": 404,
    "recurring_unknown": 404,
    "rule_unknown": 404,
    "starter_unknown": 404,
    "rate_accrued": 409,
    "night_out_of_order": 409,
    "night_quarantined": 409,
    "idempotency_key_reused": 409,
    "order_taken": 409,
    "order_window": 409,
    "order_removal": 409,
    "version_changed": 412,
    "content_encoding": 415,
    "content_type": 415,
    "key_invalid": 400,
    "key_missing": 400,
    "parameter": 400,
    "books_broken": 500,
    "program_broken": 500,
    "stored_rules": 500,
    "book_busy": 503,
}
"""HTTP status of a fault's code; 422 for every other."""

_UNPROCESSABLE: Final = 422
_FAILED: Final = 500


class RefusedError(SluiceError):
    """A request with several problems, each with its path."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep them all; the first gives the code and the sentence."""
        first = problems[0]
        super().__init__(first.code, first.sentence, first.path)
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Told:
    """An error as it is told."""

    status: int
    code: str
    sentence: str
    field: str = ""
    problems: tuple[Problem, ...] = ()


def register_faults(app: Flask) -> None:
    """Answer every exception of a request."""
    app.register_error_handler(Exception, _answer)


def _answer(fault: Exception) -> Response | tuple[Response, int]:
    told = _told(fault)
    if told.status >= _FAILED and told.code != "book_busy":
        current_app.logger.error("request failed: %s", told.code, exc_info=fault)
    response = problem_response(told) if request.path.startswith(API_PREFIX) else _page(told)
    if isinstance(fault, HTTPException):
        kept = ("Allow", "Retry-After")
        response.headers.extend([(name, text) for name, text in fault.get_headers() if name in kept])
    if told.code == "book_busy":
        response.headers["Retry-After"] = "5"
    return response


def _told(fault: Exception) -> Told:
    if isinstance(fault, ForbiddenError):
        return Told(403, fault.code, fault.sentence)
    if isinstance(fault, SluiceError):
        problems = fault.problems if isinstance(fault, RefusedError) else ()
        return Told(STATUS.get(fault.code, _UNPROCESSABLE), fault.code, fault.sentence, fault.field, problems)
    if isinstance(fault, HTTPException) and fault.code is not None:
        status = HTTPStatus(fault.code)
        return Told(fault.code, status.phrase.lower().replace(" ", "_").replace("-", "_"), _HTTP.get(status, _OTHER))
    return Told(_FAILED, "internal", "Something in Sluice is broken; the log of the server has the cause.")


_OTHER: Final = "This request cannot be answered; go back and try again from the page it came from."
_HTTP: Final = {
    HTTPStatus.BAD_REQUEST: "The form is too old or came from elsewhere; load its page anew and send it again.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method; see the Allow header.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is larger than 1 MiB; send less.",
}


def problem_response(told: Told) -> Response:
    """An error as application/problem+json (RFC 9457) with Sluice's own code, field and problems."""
    body: dict[str, object] = {
        "title": HTTPStatus(told.status).phrase,
        "status": told.status,
        "code": told.code,
        "detail": told.sentence,
        "field": told.field,
    }
    if told.problems:
        rows = [{"field": one.path, "code": one.code, "detail": one.sentence} for one in told.problems]
        body["problems"] = rows
    return Response(json.dumps(body), told.status, content_type="application/problem+json")


def _page(told: Told) -> Response:
    page = render_template("error.html", told=told, title=HTTPStatus(told.status).phrase)
    return Response(page, told.status, content_type="text/html; charset=utf-8")
