"""What a customer agrees to about an account, for programs and on the Borrow page."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.site import FIRST, opened_site
from web.api.operations import PREFIX

HOME = f"{PREFIX}/customers/home"

SETUP = """
persons: [{name: Ann}, {name: Cleo, role: sharer}]
accounts:
  - {handle: cash, kind: cash, opening: "500.00"}
  - {handle: trust, kind: invest, ownership: trust, owners: [1]}
  - {handle: line, kind: borrow, limit: "500.00"}
"""


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Return a client of a household with a trust and a borrow line."""
    return opened_site(tmp_path, SETUP, FIRST - 1, FIRST).app.test_client()


def put(client: FlaskClient, account: str, what: str, body: object, **headers: str) -> Any:
    return client.put(f"{HOME}/accounts/{account}/{what}", json=body, headers=headers)


def test_an_agreement_is_signed_and_taken_back(client: FlaskClient) -> None:
    for agreed in (True, True, False):
        told = put(client, "trust", "agreement", {"agreed": agreed}, **{"Sluice-Person": "1"})
        assert told.status_code == 200
        wanted = {"account": "trust", "kind": "invest", "ownership": "trust", "owners": [1], "agreed": agreed}
        assert told.get_json() == wanted
        assert wanted in client.get(f"{HOME}/persons").get_json()["accounts"]


def test_cash_pays_where_that_is_said(client: FlaskClient) -> None:
    for says, words in ((True, "may be charged"), (False, "not charged")):
        told = put(client, "line", "charge-cash", {"charge_cash": says})
        assert told.status_code == 200
        assert told.get_json() == client.get(f"{HOME}/borrow").get_json()["lines"][0]
        assert told.get_json()["charge_cash"] is says
        page = client.get("/h/home/borrow").get_data(as_text=True)
        assert f"<dt>Interest from cash accounts</dt><dd>{words}</dd>" in page


@pytest.mark.parametrize(
    "account,what,body,said",
    [
        ("cash", "agreement", {"agreed": True}, (422, "agreement_kind", "account")),
        ("nowhere", "agreement", {"agreed": True}, (404, "account_unknown", "account")),
        ("cash", "charge-cash", {"charge_cash": True}, (422, "limit", "account")),
        ("nowhere", "charge-cash", {"charge_cash": False}, (404, "account_unknown", "account")),
        ("trust", "agreement", {"agreed": "yes"}, (422, "true_or_false", "agreed")),
        ("line", "charge-cash", {}, (422, "missing", "charge_cash")),
    ],
)
def test_what_cannot_be_is_refused(
    client: FlaskClient, account: str, what: str, body: object, said: tuple[int, str, str]
) -> None:
    told = put(client, account, what, body)
    problem = told.get_json()
    fields = problem.get("errors") or [problem]
    assert (told.status_code, fields[0]["code"], fields[0].get("field", fields[0].get("path"))) == said


def test_a_sharer_may_say_neither(client: FlaskClient) -> None:
    for account, what in (("trust", "agreement"), ("line", "charge-cash")):
        body = {"agreed": True} if what == "agreement" else {"charge_cash": True}
        told = put(client, account, what, body, **{"Sluice-Person": "2"})
        assert (told.status_code, told.get_json()["code"]) == (403, "not_allowed")
