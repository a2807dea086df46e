"""Requests made from the API's own description: no server error, no undocumented status, answers as described."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from store.books import Books
from tests.web.invested import TODAY
from tests.web.site import DATABASE, FIRST, NIGHTS, make_app
from web.api.operations import OPERATIONS, PREFIX, Operation

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
REAL = {"reference": "home", "date": "2026-11-17", "rule": "sweep", "transfer": "no_transfer"}
REAL |= {"account": "invest.growth", "order": "1", "name": "classic_three_fund"}
INVESTS = ("/pies/", "/orders", "/holdings")
"""Parts of the paths that are asked of the household that invests."""


@pytest.fixture(scope="module")
def described(
    built: Path, invested_built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Operation], Any]]:
    """Return what gives the description of the site that an operation is asked of."""
    opened = []
    found = []
    for folder, day in ((built, FIRST + NIGHTS), (invested_built, TODAY + 1)):
        copied = tmp_path_factory.mktemp("described") / DATABASE
        shutil.copy(folder / DATABASE, copied)
        opened.append(Books(f"sqlite:///{copied}"))
        found.append(_described(make_app(opened[-1], day)))
    yield lambda operation: found[any(part in operation.path for part in INVESTS)]
    for books in opened:
        books.close()


def _described(app: Flask) -> Any:
    answer = app.wsgi_app

    def from_here(environ: dict[str, Any], start_response: Any) -> Any:
        return answer(environ | {"REMOTE_ADDR": "127.0.0.1"}, start_response)

    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", from_here)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)
def test_answers_are_as_described(described: Callable[[Operation], Any], operation: Operation) -> None:
    strategy = described(operation)[PREFIX + operation.path][operation.method].as_strategy()

    @given(case=strategy)
    @settings(max_examples=20, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
    def answers(case: schemathesis.Case[Any]) -> None:
        for name in case.path_parameters:
            case.path_parameters[name] = REAL[name]
        case.call_and_validate(checks=CHECKS)

    answers()
