"""From an HTTP request to its handler and back: content types, strict parameters and documents, one answer format."""

import json
from collections.abc import Callable
from functools import cache
from typing import Final

from flask import Blueprint, Response, request
from pydantic import BaseModel, TypeAdapter

from engine.contributions.access import prove
from engine.contributions.rights import Action
from engine.services import Services
from ledger.faults import Problem, SluiceError
from rules.decode import decode_json, read_document
from web.api.asked import Asked, Reply
from web.api.bodies import PreviewBody
from web.api.openapi import describe
from web.api.operations import OPERATIONS, PREFIX, Operation
from web.api.piebodies import PieBody
from web.api.pies import filled
from web.asking import reading
from web.faults import RefusedError

_REFUSED: Final = 400
_OWN_READER: Final = (PreviewBody,)


def api_blueprint(services: Services) -> Blueprint:
    """Every operation of the table, and the document that describes them."""
    api = Blueprint("api", __name__)
    for operation in OPERATIONS:
        view = _view(operation, services)
        api.add_url_rule(
            operation.rule,
            operation.id,
            view,
            methods=[operation.method],
            provide_automatic_options=False,
        )

    def openapi() -> Response:
        return Response(_described(), content_type="application/json")

    api.add_url_rule(f"{PREFIX}/openapi.json", "openapi", openapi, provide_automatic_options=False)
    return api


@cache
def _described() -> str:
    """The document as text, made when it is first asked for: no command waits for it."""
    return json.dumps(describe(OPERATIONS))


def _view(operation: Operation, services: Services) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        raw = _raw(operation)
        body = _body(operation, raw, services)
        asked = Asked(services, path, _query(operation), dict(request.headers), body, raw)
        _admit(asked)
        return _respond(operation.handler(asked))

    return view


def _admit(asked: Asked) -> None:
    """Turn away a person who may not even look at the household; what else they may, each operation asks.

    Raises SluiceError `not_allowed`.
    """
    person = asked.person
    if person is not None and "reference" in asked.path:
        with reading(asked.services, asked.reference) as house:
            prove(house.rights, person, Action.SEE)


def _respond(reply: Reply) -> Response:
    text = reply.body if isinstance(reply.body, str) else reply.body.model_dump_json(by_alias=True)
    kind = "application/json" if reply.status < _REFUSED else "application/problem+json"
    return Response(text, reply.status, headers=dict(reply.headers), content_type=kind)


def _query(operation: Operation) -> dict[str, str]:
    """The query, each parameter known and given once."""
    known = {one.name for one in operation.query}
    for name, texts in request.args.lists():
        if name not in known:
            choices = ", ".join(sorted(known)) or "none"
            raise SluiceError("parameter", f"This is no parameter here; the parameters are: {choices}.", name[:60])
        if len(texts) > 1:
            raise SluiceError("parameter", "This parameter is given twice; give it once.", name)
    return request.args.to_dict()


def _raw(operation: Operation) -> bytes:
    """The bytes of the body. Raises SluiceError `content_type` or `content_encoding` for what is not plain JSON."""
    if operation.body is None:
        return b""
    if request.mimetype != "application/json":
        raise SluiceError("content_type", "Send JSON with Content-Type: application/json.", "Content-Type")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise SluiceError("content_encoding", "Send the body as it is, without compression.", "Content-Encoding")
    return request.get_data()


def _body(operation: Operation, raw: bytes, services: Services) -> BaseModel | None:
    """The validated document; a case is read by its own reader."""
    if operation.body is None or operation.body in _OWN_READER:
        return None
    decoded = decode_json(raw)
    if decoded.problems:
        raise RefusedError(decoded.problems)
    if not isinstance(decoded.value, dict):
        raise RefusedError([Problem("", "mapping_expected", "The body is one JSON object.")])
    if operation.body is PieBody:
        decoded = filled(decoded, services.models())
        if decoded.problems:
            raise RefusedError(decoded.problems)
    read = read_document(TypeAdapter(operation.body), decoded.value)
    if read.document is None:
        raise RefusedError(read.problems)
    return read.document
