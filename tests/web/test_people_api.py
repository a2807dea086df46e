"""Persons and contributions for programs, and the header that says who asks."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from store.verify import verify
from tests.web.site import DATABASE, FIRST, opened_site
from web.api.operations import OPERATIONS, PREFIX

HOME = f"{PREFIX}/customers/home"

SETUP = """
persons:
  - {name: Ann, birth_year: 1970}
  - {name: Ben, birth_year: 1990, role: joint}
  - {name: Cleo, role: sharer}
  - {name: Dan, role: stranger}
accounts:
  - {handle: checking, kind: checking, opening: "90000.00"}
  - {handle: pair, kind: cash, opening: "500.00", ownership: joint, owners: [1, 2]}
  - {handle: both, kind: invest, ownership: joint, owners: [1, 2]}
  - {handle: roth, kind: ira, ownership: roth, owners: [1]}
  - {handle: bens, kind: ira, ownership: traditional, owners: [2]}
  - {handle: line, kind: borrow, limit: "500.00"}
rules:
  - {id: save, mode: auto, amount: {kind: fixed, amount: "1.00"}, from: [{account: pair}], to: [{account: both}]}
"""


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Return a client of a household with four persons."""
    return opened_site(tmp_path, SETUP, FIRST - 1, FIRST).app.test_client()


def by(person: object, key: str = "") -> dict[str, str]:
    """Headers of a request by a person."""
    return {"Sluice-Person": str(person)} | ({"Idempotency-Key": key} if key else {})


def move(client: FlaskClient, key: str, sides: str, amount: str, tax_year: str | None = None) -> Any:
    source, to = sides.split(">")
    body = {"from": source, "to": to, "amount": amount} | ({"tax_year": tax_year} if tax_year else {})
    return client.post(f"{HOME}/transfers", json=body, headers={"Idempotency-Key": key})


def test_persons_with_their_rooms_and_the_owners_of_accounts(client: FlaskClient) -> None:
    assert move(client, "a", "checking>roth", "600.00").get_json()["tax_year"] == 2026
    told = client.get(f"{HOME}/persons").get_json()
    ann = told["persons"][0]
    rooms = ann.pop("rooms")
    assert ann == {"person": 1, "name": "Ann", "role": "owner", "birth_year": 1970, "iras": ["roth"], "earned": []}
    money = {"limit": "8600.00", "used": "600.00", "left": "8000.00", "too_much": "0.00"}
    assert rooms[0] == {"year": 2026, "pool": "ira", **money, "open": True}
    assert told["persons"][2]["birth_year"] is None
    accounts = {one["account"]: one for one in told["accounts"]}
    pair = accounts.pop("pair")
    assert pair == {"account": "pair", "kind": "cash", "ownership": "joint", "owners": [1, 2], "agreed": False}


def test_a_contribution_is_entered_once_a_key(client: FlaskClient) -> None:
    body = {"person": 2, "year": 2026, "amount": "7000.00", "source": "Another bank"}
    made = client.post(f"{HOME}/contributions", json=body, headers=by(2, "k"))
    assert made.status_code == 201
    again = client.post(f"{HOME}/contributions", json=body, headers=by(2, "k"))
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.get_json() == made.get_json()
    assert client.get(f"{HOME}/contributions").get_json()["contributions"] == [made.get_json()]
    assert made.get_json() == {
        "person": 2,
        "year": 2026,
        "pool": "ira",
        "amount": "7000.00",
        "on": "2026-11-16",
        "account": None,
        "source": "Another bank",
    }
    other = client.post(f"{HOME}/contributions", json=body | {"amount": "1.00"}, headers=by(2, "k"))
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency_key_reused")
    refused = move(client, "m", "checking>bens", "500.01")
    assert (refused.status_code, refused.get_json()["field"]) == (409, "amount")
    assert refused.get_json()["detail"].endswith("write at most 500.00.")
    assert move(client, "n", "checking>bens", "500.00").status_code == 201


def test_more_than_the_room_is_entered_only_where_it_says_so(client: FlaskClient) -> None:
    body = {"person": 2, "year": 2026, "amount": "9000.00", "source": "Another bank"}
    told = client.post(f"{HOME}/contributions", json=body, headers=by(2, "k"))
    assert (told.status_code, told.get_json()["code"]) == (422, "contribution_above_room")
    assert told.get_json()["field"] == "amount"
    assert "7,500.00 is left" in told.get_json()["detail"]
    said = body | {"excess": True}
    assert client.post(f"{HOME}/contributions", json=said, headers=by(2, "k")).status_code == 201
    assert client.post(f"{HOME}/contributions", json=said, headers=by(2, "k")).headers["Idempotent-Replayed"] == "true"
    assert client.post(f"{HOME}/contributions", json=body, headers=by(2, "k")).status_code == 422
    room = client.get(f"{HOME}/persons").get_json()["persons"][1]["rooms"][0]
    assert (room["used"], room["left"], room["too_much"]) == ("9000.00", "0.00", "1500.00")


def test_a_tax_year_is_one_of_two_words(client: FlaskClient) -> None:
    late = move(client, "a", "checking>roth", "1.00", tax_year="prior")
    assert (late.status_code, late.get_json()["code"]) == (409, "contribution_prior_year_closed")
    assert move(client, "b", "checking>roth", "1.00", tax_year="2025").status_code == 422
    assert move(client, "c", "checking>roth", "1.00", tax_year="current").get_json()["tax_year"] == 2026
    assert move(client, "d", "checking>pair", "1.00").get_json()["tax_year"] is None
    assert move(client, "c", "checking>roth", "1.00").get_json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize(
    "field, value, status", [("person", 9, 404), ("year", 2099, 422), ("amount", "0.00", 422), ("source", "", 422)]
)
def test_a_contribution_that_cannot_be_is_refused_with_its_field(
    client: FlaskClient, field: str, value: object, status: int
) -> None:
    body = {"person": 1, "year": 2026, "amount": "1.00", "source": "x", field: value}
    told = client.post(f"{HOME}/contributions", json=body, headers={"Idempotency-Key": "k"})
    assert (told.status_code, told.get_json()["field"]) == (status, field)


@pytest.mark.parametrize("person", ["", "x", "-1", "1" * 19, "\N{SUPERSCRIPT TWO}"])
def test_the_header_is_a_number(client: FlaskClient, person: str) -> None:
    told = client.get(f"{HOME}/accounts", headers=by(person))
    assert (told.status_code, told.get_json()["field"]) == (400, "Sluice-Person")


MOVES = {
    "checking>pair": {1},
    "pair>checking": {1},
    "pair>both": {1, 2},
    "both>pair": {1, 2},
    "pair>roth": {1},
    "pair>bens": {2},
    "bens>pair": {2},
    "line>pair": {1},
    "pair>line": {1},
}


@pytest.mark.parametrize("person", [1, 2, 3, 4, 9])
def test_money_is_moved_by_who_may(client: FlaskClient, person: int) -> None:
    """Both sides have to be theirs; what the books say of it then is another matter."""
    for sides, able in MOVES.items():
        source, to = sides.split(">")
        body = {"from": source, "to": to, "amount": "1.00"}
        told = client.post(f"{HOME}/transfers", json=body, headers=by(person, f"{sides} {person}")).get_json()
        assert (told.get("code") == "not_allowed") == (person not in able), sides


RULES = [{"id": "save", "mode": "auto", "amount": {"kind": "fixed", "amount": "2.00"}, "from": [{"account": "pair"}]}]
ORDER = {"account": "both", "kind": "sell", "path": "VTI", "amount": "1.00"}
CHANGED = {"rules": [{**RULES[0], "to": [{"account": "both"}]}]}
SIDES = {"from": "pair", "to": "both"}
WRITES: dict[str, tuple[str, str, Any, set[int]]] = {
    "put_rules": ("PUT", "rules", CHANGED, {1, 2}),
    "make_transfer": ("POST", "transfers", {"from": "pair", "to": "both", "amount": "1.00"}, {1, 2}),
    "add_contribution": ("POST", "contributions", {"person": 1, "year": 2026, "amount": "1.00", "source": "x"}, {1}),
    "put_pie": ("PUT", "pies/both", {"pie": {"name": "a", "slices": [{"symbol": "VTI", "weight": "100%"}]}}, {1, 2}),
    "place_order": ("POST", "orders", ORDER, {1, 2}),
    "add_recurring": ("POST", "recurring", {"id": "r", **SIDES, "amount": "1.00", "schedule": {"daily": True}}, {1, 2}),
    "remove_recurring": ("DELETE", "recurring/save", None, {1, 2}),
    "put_agreement": ("PUT", "accounts/both/agreement", {"agreed": True}, {1, 2}),  # of no trust: that is said then
    "put_charge_cash": ("PUT", "accounts/line/charge-cash", {"charge_cash": True}, {1}),
    "put_matching": ("PUT", "matching", {"rules": []}, {1}),
    "cancel_order": ("DELETE", "orders/1", None, {1, 2, 3}),  # nobody's order: it is unknown
}
READS = {"draft_tonight", "preview_pie"}
"""Operations with a body that keep nothing."""


@pytest.mark.parametrize("person", [1, 2, 3, 4, 9])
def test_every_operation_that_writes_asks_who_it_is(client: FlaskClient, person: int) -> None:
    mine = {one.id for one in OPERATIONS if one.method != "GET" and "{reference}" in one.path}
    assert mine == WRITES.keys() | READS
    for name, (method, path, body, able) in WRITES.items():
        told = client.open(f"{HOME}/{path}", method=method, json=body, headers=by(person, f"{name} {person}"))
        code = (told.get_json() or {}).get("code")
        assert (code == "not_allowed") == (person not in able), (name, told.get_json())
        if code == "not_allowed":
            assert told.status_code == 403


def test_a_stranger_does_nothing_and_a_sharer_looks(client: FlaskClient) -> None:
    """Every operation on a household, those of other parts too."""
    for one in OPERATIONS:
        if "{reference}" not in one.path or one.path.count("{") > 1 or one.body is not None:
            continue
        path = PREFIX + one.path.replace("{reference}", "home")
        for person, able in ((4, False), (9, False), (3, True), (1, True)):
            told = client.open(path, method=one.method, headers=by(person))
            assert (told.status_code == 403) == (not able), (one.id, person)
    assert client.get(f"{PREFIX}/models", headers=by(9)).status_code == 200


def test_the_books_are_in_order_afterwards(client: FlaskClient, tmp_path: Path) -> None:
    assert move(client, "a", "checking>roth", "5.00").status_code == 201
    assert list(verify(f"sqlite:///{tmp_path / DATABASE}")) == []
