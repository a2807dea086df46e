"""Requests made from the API's own description: no server error, no undocumented status, answers as described."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from store.books import Books
from tests.web.site import DATABASE, FIRST, NIGHTS, make_app
from web.api.operations import OPERATIONS, PREFIX, Operation

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
REAL = {"reference": "home", "date": "2026-11-17", "rule": "sweep"}


@pytest.fixture(scope="module")
def described(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return the description of a site that all requests share."""
    copied = tmp_path_factory.mktemp("described") / DATABASE
    shutil.copy(built / DATABASE, copied)
    books = Books(f"sqlite:///{copied}")
    app = make_app(books, FIRST + NIGHTS)
    answer = app.wsgi_app

    def from_here(environ: dict[str, Any], start_response: Any) -> Any:
        return answer(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)

    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", from_here)
    books.close()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_answers_are_as_described(described: Any, operation: Operation) -> None:
    strategy = described[PREFIX + operation.path][operation.method].as_strategy()

    @given(case=strategy)
    @settings(max_examples=20, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    def answers(case: schemathesis.Case[Any]) -> None:
        for name in case.path_parameters:
            case.path_parameters[name] = REAL[name]
        case.call_and_validate(checks=CHECKS)

    answers()
