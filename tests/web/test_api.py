"""Every operation of the API answers as its table says."""

import json

import pytest
from flask.testing import FlaskClient

from ledger.days import format_day
from tests.web.site import FIRST, Site
from web.api.operations import OPERATIONS, PREFIX

API = PREFIX
HOME = f"{API}/customers/home"


def rules_of(client: FlaskClient) -> list[dict[str, object]]:
    return [one["document"] for one in client.get(f"{HOME}/rules").get_json()["rules"]]


def test_customers_come_in_pages(client: FlaskClient) -> None:
    first = client.get(f"{API}/customers?limit=1").get_json()
    assert [one["reference"] for one in first["customers"]] == ["home"]
    second = client.get(f"{API}/customers?limit=1&after={first['next']}").get_json()
    assert [one["reference"] for one in second["customers"]] == ["other"]
    assert second["next"] is None


def test_customer(client: FlaskClient) -> None:
    told = client.get(HOME).get_json()
    assert told == {
        "reference": "home",
        "name": "Rivers",
        "opened": "2026-11-15",
        "last_night": "2026-11-19",
        "next_night": "2026-11-20",
        "paused": False,
        "ira_room": None,
        "version": 1,
    }


def test_accounts(client: FlaskClient) -> None:
    told = {one["handle"]: one for one in client.get(f"{HOME}/accounts").get_json()["accounts"]}
    assert list(told) == ["checking", "cash", "borrow", "invest.growth", "roth", "bank"]
    assert told["borrow"] == {
        "handle": "borrow",
        "name": "Borrow line",
        "kind": "borrow",
        "currency": "USD",
        "standing": "open",
        "posted": "0.00",
        "pending_in": "0.00",
        "pending_out": "0.00",
        "available": "0.00",
        "expected": "0.00",
        "floor": "-5000.00",
        "ceiling": "0.00",
        "rule_floor": "-5000.00",
    }
    assert told["cash"]["ceiling"] == "50000.00"
    assert told["checking"]["ceiling"] is None


def test_rules_can_be_read_and_sent_back(client: FlaskClient) -> None:
    answer = client.get(f"{HOME}/rules")
    assert answer.headers["ETag"] == '"1"'
    rules = rules_of(client)
    again = client.put(f"{HOME}/rules", json={"rules": rules}, headers={"If-Match": '"1"'})
    assert (again.status_code, again.get_json()["version"]) == (200, 1)
    changed = client.put(f"{HOME}/rules", json={"rules": rules[::-1]}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.get_json()["version"], changed.headers["ETag"]) == (200, 2, '"2"')
    assert [one["id"] for one in changed.get_json()["rules"]] == [one["id"] for one in rules[::-1]]
    late = client.put(f"{HOME}/rules", json={"rules": rules}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.get_json()["code"]) == (412, "version_changed")
    versions = client.get(f"{HOME}/rules/versions").get_json()["versions"]
    assert [one["version"] for one in versions] == [1, 2]
    assert versions[0]["rules"] == rules


def test_rules_are_refused_by_path(client: FlaskClient) -> None:
    rules = rules_of(client)
    rules[2]["from"] = [{"account": "nowhere"}]
    told = client.put(f"{HOME}/rules", json={"rules": rules})
    assert told.status_code == 422
    assert told.content_type == "application/problem+json"
    assert told.get_json()["problems"][0]["field"] == "rules.2.from.0.account"
    rules[1]["surprise"] = "x"
    told = client.put(f"{HOME}/rules", json={"rules": rules})
    assert told.get_json()["field"] == "rules.1.surprise"
    assert client.get(f"{HOME}/rules").get_json()["version"] == 1


def test_an_empty_list_may_be_saved(client: FlaskClient) -> None:
    assert client.put(f"{HOME}/rules", json={"rules": []}).get_json() == {"version": 2, "rules": [], "warnings": []}
    assert client.get(f"{HOME}/tonight").get_json()["decisions"] == []


def test_a_draft_is_compared_and_not_saved(client: FlaskClient) -> None:
    rules = rules_of(client)
    now = client.get(f"{HOME}/tonight").get_json()
    same = client.post(f"{HOME}/tonight", json={"rules": rules}).get_json()
    assert same.pop("changes") == []
    assert same == now
    rules[5]["mode"] = "auto"
    told = client.post(f"{HOME}/tonight", json={"rules": rules}).get_json()
    (change,) = told["changes"]
    assert (change["before"]["outcome"], change["after"]["outcome"]) == ("would_move", "moved")
    assert told["moving"] == change["after"]["amount"] == "735.00"
    gone = client.post(f"{HOME}/tonight", json={"rules": rules[:5]}).get_json()
    assert [(one["rule"], one["after"]) for one in gone["changes"]] == [("watch_growth", None)]
    refused = client.post(f"{HOME}/tonight", json={"rules": [*rules, rules[0] | {"id": "b", "to": []}]})
    assert refused.get_json()["field"] == "rules.6.to"
    unknown = client.post(f"{HOME}/tonight", json={"rules": [rules[0] | {"to": [{"account": "nowhere"}]}]})
    assert unknown.get_json()["code"] == "unknown_account"
    assert client.get(f"{HOME}/rules").get_json()["version"] == 1


def test_nights_come_in_pages(client: FlaskClient) -> None:
    first = client.get(f"{HOME}/nights?limit=3").get_json()
    assert [one["on"] for one in first["nights"]] == ["2026-11-19", "2026-11-18", "2026-11-17"]
    assert first["next"] == "2026-11-17"
    assert first["nights"][2] == {
        "on": "2026-11-17",
        "moved": 2,
        "proposed": 0,
        "would_move": 1,
        "blocked": 0,
        "quarantined": False,
        "amount": "1250.00",
    }
    rest = client.get(f"{HOME}/nights?limit=3&before=2026-11-17").get_json()
    assert [one["on"] for one in rest["nights"]] == ["2026-11-16"]
    assert rest["next"] is None


def test_a_night_tells_every_rule_silent_ones_too(client: FlaskClient) -> None:
    told = client.get(f"{HOME}/nights/2026-11-17").get_json()
    assert [(one["rule"], one["outcome"]) for one in told["decisions"]] == [
        ("keep_checking_full", "nothing"),
        ("pay_down_borrow", "moved"),
        ("sweep", "nothing"),
        ("roth_twice_a_month", "not_due"),
        ("empty_bank", "moved"),
        ("watch_growth", "would_move"),
    ]
    silent = client.get(f"{HOME}/nights/2026-11-17/rules/sweep").get_json()
    assert (silent["outcome"], silent["reason"]) == ("nothing", "cap_used_up")
    assert silent["difference"]
    assert silent["limits"][0]["name"] == "cap:week"


@pytest.mark.parametrize(
    "path",
    [
        "/customers/nobody",
        "/customers/no\u202ebody",
        f"/customers/{'x' * 300}",
        "/customers/home/nights/2020-01-01",
        "/customers/home/nights/2026-11-17/rules/nix",
        "/customers?after=nobody",
        "/customers/other/nights/2026-11-17",
        "/nothing/here",
    ],
)
def test_what_is_unknown_answers_404(client: FlaskClient, path: str) -> None:
    told = client.get(API + path)
    assert told.status_code == 404
    assert told.content_type == "application/problem+json"
    assert {"title", "status", "code", "detail", "field"} <= set(told.get_json())


def transfer(client: FlaskClient, key: str | None, **body: str) -> tuple[int, dict[str, str], str | None]:
    given = {"from": "checking", "to": "cash", "amount": "25.00", **body}
    headers = {} if key is None else {"Idempotency-Key": key}
    told = client.post(f"{HOME}/transfers", json=given, headers=headers)
    return told.status_code, told.get_json(), told.headers.get("Idempotent-Replayed")


def test_a_transfer_is_made_once_for_its_key(client: FlaskClient) -> None:
    status, made, replayed = transfer(client, "k1")
    assert (status, replayed) == (201, None)
    told = {"id": made["id"], "from": "checking", "to": "cash", "amount": "25.00", "state": "posted"}
    assert made == {**told, "tax_year": None}
    assert transfer(client, "k1") == (201, made, "true")
    listed = client.get(f"{HOME}/transfers?limit=2").get_json()
    newest = listed["transfers"][0]
    assert (newest["id"], newest["code"], newest["from"], newest["to"]) == (made["id"], "one_off", "checking", "cash")
    assert [one["seq"] for one in listed["transfers"]] == [newest["seq"], newest["seq"] - 1]
    older = client.get(f"{HOME}/transfers?before_seq={listed['next']}").get_json()
    assert older["transfers"][0]["seq"] < listed["next"]
    assert older["next"] is None
    status, told, _ = transfer(client, "k1", amount="26.00")
    assert (status, told["code"]) == (422, "idempotency_key_reused")


def test_a_refusal_is_stored_with_its_key(client: FlaskClient) -> None:
    status, told, replayed = transfer(client, "big", amount="999999.00")
    assert (status, told["code"], told["field"], replayed) == (409, "exceeds_floor", "amount", None)
    assert transfer(client, "big", amount="999999.00") == (409, told, "true")


def test_a_transfer_with_a_bank_is_pending(client: FlaskClient) -> None:
    status, told, _ = transfer(client, "b1", **{"from": "bank", "amount": "10.00"})
    assert (status, told["state"]) == (201, "pending")


@pytest.mark.parametrize(
    "key, body, expected",
    [
        (None, {}, (400, "key_missing", "Idempotency-Key")),
        ("x" * 256, {}, (400, "key_invalid", "Idempotency-Key")),
        ("k\u00e9", {}, (400, "key_invalid", "Idempotency-Key")),
        ("k", {"to": "checking"}, (422, "accounts_same", "to")),
        ("k", {"amount": "0.00"}, (422, "amount_not_positive", "amount")),
        ("k", {"amount": "-1.00"}, (422, "money", "amount")),
        ("k", {"to": "nowhere"}, (422, "unknown_account", "to")),
        ("k", {"from": "Nowhere"}, (422, "handle", "from")),
        ("k", {"memo": "x"}, (422, "unknown_key", "memo")),
    ],
)
def test_bad_transfers_say_what_is_wrong(
    client: FlaskClient, key: str | None, body: dict[str, str], expected: tuple[int, str, str]
) -> None:
    status, told, _ = transfer(client, key, **body)
    assert (status, told["code"], told["field"]) == expected


def test_starters(client: FlaskClient) -> None:
    told = client.get(f"{API}/starters").get_json()["starters"]
    assert len(told) >= 10
    assert all(one["sentence"].endswith(".") and one["rule"]["id"] for one in told)


def test_the_night_order_is_told_before_the_next(site: Site) -> None:
    site.run()
    told = site.app.test_client().get(f"{HOME}/tonight").get_json()
    assert told["on"] == format_day(FIRST + 5)


def test_documents_are_strict(client: FlaskClient) -> None:
    for raw, code in (
        (b'{"rules": [], "rules": []}', "duplicate_key"),
        (b'{"rules": NaN}', "number"),
        (b"[]", "mapping_expected"),
        (b"", "json"),
    ):
        told = client.put(f"{HOME}/rules", data=raw, content_type="application/json")
        assert (told.status_code, told.get_json()["code"]) == (422, code)


def test_content_type_and_encoding_are_checked(client: FlaskClient) -> None:
    raw = json.dumps({"rules": []})
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert client.put(f"{HOME}/rules", data=raw, content_type=kind).status_code == 415
    packed = client.put(
        f"{HOME}/rules", data=raw, content_type="application/json", headers={"Content-Encoding": "gzip"}
    )
    assert (packed.status_code, packed.get_json()["code"]) == (415, "content_encoding")
    charset = client.put(f"{HOME}/rules", data=raw, content_type="application/json; charset=utf-8")
    assert charset.status_code == 200


def test_routes_are_the_table(site: Site) -> None:
    served = {
        (rule.rule, method)
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith("/api")
        for method in (rule.methods or set()) - {"HEAD"}
    }
    table = {(one.rule, one.method) for one in OPERATIONS}
    assert served == table | {(f"{PREFIX}/openapi.json", "GET")}
    described = site.app.test_client().get(f"{PREFIX}/openapi.json").get_json()
    assert described["openapi"] == "3.1.0"
    told = {(path, method.upper()) for path, methods in described["paths"].items() for method in methods}
    assert told == {(PREFIX + one.path, one.method) for one in OPERATIONS}
    for one in OPERATIONS:
        answers = described["paths"][PREFIX + one.path][one.method.lower()]["responses"]
        assert set(answers) == {str(status) for status in (one.status, *one.errors, 403, 500)}


def test_every_reference_of_openapi_resolves(client: FlaskClient) -> None:
    text = client.get(f"{PREFIX}/openapi.json").get_data(as_text=True)
    schemas = json.loads(text)["components"]["schemas"]
    named = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert named <= set(schemas)
    assert {"ProblemAnswer", "TonightAnswer", "RulesBody"} <= named
