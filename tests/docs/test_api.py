"""`docs/api.md`: every curl command is sent to a served database, and answers what the page shows."""

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.docs.pages import page
from web.api.operations import OPERATIONS, PREFIX

PAGE = "api.md"
SERVER = "http://localhost:8321"
EXAMPLE = re.compile(r"```sh\n(.*?)```\n(?:\n```json\n(.*?)```)?", re.DOTALL)


@dataclass
class Request:
    """One request, as curl would send it."""

    path: str = ""
    method: str = ""
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


def read_curl(command: str) -> Request:
    """Read a curl command that uses -X, -H and --json only."""
    words = iter(shlex.split(command.replace("\\\n", " ")))
    assert next(words) == "curl"
    asked = Request()
    for word in words:
        if word == "-X":
            asked.method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            asked.headers[name] = value
        elif word == "--json":
            asked.body = next(words)
        else:
            assert word.startswith(SERVER), word
            asked.path = word.removeprefix(SERVER)
    asked.method = asked.method or ("GET" if asked.body is None else "POST")
    return asked


def examples() -> Iterator[tuple[Request, str]]:
    """Every request of the page, with the answer that it shows, or an empty text."""
    for commands, answer in EXAMPLE.findall(page(PAGE)):
        for command in re.split(r"\n(?=curl )", commands.strip()):
            yield read_curl(command), answer


def send(client: FlaskClient, asked: Request) -> TestResponse:
    kind = None if asked.body is None else "application/json"
    return client.open(asked.path, method=asked.method, data=asked.body, headers=asked.headers, content_type=kind)


@pytest.mark.parametrize("asked,shown", list(examples()), ids=lambda one: getattr(one, "path", ""))
def test_an_example_is_answered_as_shown(asked: Request, shown: str, client: FlaskClient) -> None:
    answer = send(client, asked)
    assert answer.status_code in {200, 201}, answer.text
    assert not shown or answer.get_json() == json.loads(shown)


def test_a_transfer_sent_again_is_replayed_and_moves_nothing(client: FlaskClient) -> None:
    (asked,) = (one for one, _ in examples() if one.path.endswith("/transfers") and one.body)
    first, second = send(client, asked), send(client, asked)
    assert (first.get_json(), first.status_code) == (second.get_json(), second.status_code)
    assert (first.headers.get("Idempotent-Replayed"), second.headers.get("Idempotent-Replayed")) == (None, "true")
    asked.body = '{"from": "cash", "to": "checking", "amount": "26.00"}'
    assert send(client, asked).status_code == 422


def test_every_route_the_page_names_exists() -> None:
    known = {one.path for one in OPERATIONS} | {"/openapi.json"}
    named = {re.sub(r"/home\b", "/{reference}", one) for one in re.findall(r"`(?:GET|POST) (/\S+)`", page(PAGE))}
    assert {one.removeprefix(PREFIX) for one in named} <= known
    assert len(named) >= 3
