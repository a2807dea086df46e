"""OpenAPI 3.1 from the operation table (ruling 36)."""

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from web.api.answers import ProblemAnswer
from web.api.asked import PERSON

if TYPE_CHECKING:
    from web.api.operations import Operation, Parameter

_REF: Final = "#/components/schemas/{model}"
_ALWAYS: Final = (403, 500)
_PERSON: Final = "Number of the person who asks; the household itself where left out."
_NUMBER: Final = {"type": "string", "pattern": "^[0-9]{1,18}$"}
_KEY: Final = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}

Json = dict[str, Any]


def describe(operations: "Iterable[Operation]") -> Json:
    """The document; every model of the table stands in it once."""
    told = list(operations)
    pairs: list[tuple[type[BaseModel], Any]] = [(ProblemAnswer, "serialization")]
    pairs += [(one.answer, "serialization") for one in told]
    pairs += [(one.body, "validation") for one in told if one.body is not None]
    names, schemas = models_json_schema(list(dict.fromkeys(pairs)), ref_template=_REF)
    paths: dict[str, Json] = {}
    for one in told:
        paths.setdefault(f"/api/v1{one.path}", {})[one.method.lower()] = _operation(one, names)
    info = {"title": "Sluice", "version": "1", "description": "Moves a household's money by rules. Loopback only."}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas["$defs"]}}


def _operation(one: "Operation", names: Any) -> Json:  # noqa: ANN401  pydantic's own mapping of models to references
    parameters = [_path(name) for name in re.findall(r"{(\w+)}", one.path)] + [_query(query) for query in one.query]
    if "{reference}" in one.path:
        parameters.append({"name": PERSON, "in": "header", "description": _PERSON, "schema": _NUMBER})
    if one.needs_key:
        parameters.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": _KEY})
    if one.takes_version:
        parameters.append({"name": "If-Match", "in": "header", "schema": {"type": "string", "pattern": '^"[0-9]+"$'}})
    refused = {
        str(status): _answer(status, names[ProblemAnswer, "serialization"]) for status in (*one.errors, *_ALWAYS)
    }
    told: Json = {
        "operationId": one.id,
        "summary": one.summary,
        "parameters": parameters,
        "responses": {str(one.status): _answer(one.status, names[one.answer, "serialization"])} | refused,
    }
    if one.body is not None:
        content = {"application/json": {"schema": names[one.body, "validation"]}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _answer(status: int, schema: Json) -> Json:
    kind = "application/json" if status < HTTPStatus.BAD_REQUEST else "application/problem+json"
    return {"description": HTTPStatus(status).phrase, "content": {kind: {"schema": schema}}}


def _path(name: str) -> Json:
    schema = {"type": "string", "format": "date"} if name == "date" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(one: "Parameter") -> Json:
    schema: Json = {"type": "string"}
    if one.type == "integer":
        schema = {"type": "integer", "minimum": 1, "maximum": one.highest}
    elif one.type == "date":
        schema = {"type": "string", "format": "date"}
    return {"name": one.name, "in": "query", "schema": schema}
