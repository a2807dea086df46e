"""Hostile requests: always a 4xx with a problem, never a 5xx, never a row written (reliability.md 7.3)."""

import json
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.site import Site, post
from web.api.operations import OPERATIONS, PREFIX

TEXTS = (
    *("", " ", "-1", "0", "0.001", "1e3", "\uff11\uff12", "1,000", "9007199254740993", "9223372036854775808"),
    *("10000000000000.01", "NaN", "Infinity", "+1.00", "1.", ".5", "0x10", "1_000", "null", "true"),
    *("\x00", "a\x00b", "\u202ename", "a\u200bb", "e" + "\u0301" * 1000, "👨\u200d👩\u200d👧", "x" * 70_000),
    *("'; DROP TABLE transfer; --", "<script>alert(1)</script>", "../../etc/passwd", "%00", "{{7*7}}", "${7*7}"),
    *("2023-02-29", "0000-00-00", "9999-12-31", "2026-11-20T00:00", "20261120", "+2026-11-20"),
)
BODIES = (
    *(b"", b"{", b"null", b"[]", b"1", b'"x"', b"{}x", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b'{"a":1,"a":2}'),
    *(b'{"rules": NaN}', b'{"rules": Infinity}', b'{"rules": 1e999}', b'{"rules": ' + b"9" * 5000 + b"}"),
    *(b"[" * 100_000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b'{"rules": ["\\ud800"]}', b'{"\\ud800": 1}'),
    *(b'{"rules": {}}', b'{"rules": [1, null, "x", [], {}]}', b'{"rules": [{"id": 1}]}', b'{"rules": null}'),
    *(b'{"on": 1, "accounts": {}, "rules": []}', b'{"on": "2026-11-20", "accounts": {"a": {}}, "rules": {}}'),
    json.dumps({f"k{n}": n for n in range(20_000)}).encode(),
    b'{"rules": [' + b",".join([b"{}"] * 5000) + b"]}",
)


def write_paths() -> list[tuple[str, str]]:
    return [
        (one.method, PREFIX + one.path.format(reference="home", account="invest.growth", order="1", name="x"))
        for one in OPERATIONS
        if one.body
    ]


@pytest.mark.parametrize("method, path", write_paths())
def test_bad_bodies_are_refused(client: FlaskClient, method: str, path: str) -> None:
    for body in BODIES:
        told = client.open(
            path, method=method, data=body, content_type="application/json", headers={"Idempotency-Key": "k"}
        )
        assert 400 <= told.status_code < 500, body[:60]
        assert told.content_type == "application/problem+json"
        assert told.get_json()["detail"]
    assert client.get(f"{PREFIX}/customers/home").get_json()["version"] == 1


def test_a_body_over_a_mebibyte_is_refused(client: FlaskClient) -> None:
    told = client.post(f"{PREFIX}/preview", data=b" " * (1024 * 1024 + 1), content_type="application/json")
    assert (told.status_code, told.content_type) == (413, "application/problem+json")


def test_bad_paths_are_refused(client: FlaskClient) -> None:
    for text in TEXTS[1:]:
        part = quote(text, safe="")
        for path in (
            f"/api/v1/customers/{part}",
            f"/api/v1/customers/home/nights/{part}",
            f"/api/v1/customers/home/nights/2026-11-17/rules/{part}",
            f"/h/{part}/",
            f"/h/home/nights/{part}",
            f"/h/home/accounts/{part}",
            f"/h/home/rules/{part}/edit",
            f"/find?reference={part}",
        ):
            told = client.get(path)
            assert 400 <= told.status_code < 500, path[:80]


@pytest.mark.parametrize("name", ["limit", "after", "before", "before_seq", "surprise"])
def test_bad_parameters_are_refused(client: FlaskClient, name: str) -> None:
    for one in OPERATIONS:
        if one.method != "GET":
            continue
        path = PREFIX + one.path.format(
            reference="home", date="2026-11-17", rule="sweep", account="invest.growth", order="1", name="x"
        )
        for text in TEXTS:
            told = client.get(path, query_string={name: text})
            empty_after = (name, text) == ("after", "")
            whole = name in {"limit", "before_seq"} and text in {"9007199254740993", "20261120"}
            far = name == "before" and text == "9999-12-31"
            assert 400 <= told.status_code < 500 or empty_after or whole or far, (path, text[:40])
        assert client.get(f"{path}?{name}=2&{name}=3").status_code == 400


def test_bad_page_parameters_are_refused(client: FlaskClient) -> None:
    for path in ("/h/home/nights?before=x", "/h/home/accounts/cash?before_seq=x", "/?after=nobody"):
        assert 400 <= client.get(path).status_code < 500
    assert client.get("/h/home/accounts/cash?before_seq=" + "9" * 40).status_code == 422


def test_methods_that_are_not_offered_are_refused(client: FlaskClient) -> None:
    for path in ("/api/v1/customers", "/h/home/", "/"):
        for method in ("DELETE", "PATCH", "OPTIONS", "TRACE"):
            told = client.open(path, method=method)
            assert told.status_code == 405
            assert "GET" in told.headers["Allow"]


@given(text=st.text(max_size=60))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_form_takes_any_text(client: FlaskClient, text: str) -> None:
    fields = dict.fromkeys(("id", "name", "amount.amount", "from.0.account", "when.0.fact", text or "x", "do"), text)
    told = post(client, "/h/home/rules/new", **{"amount.kind": "fixed", **fields})
    assert told.status_code in {200, 422}


def test_form_fields_with_hostile_names_are_refused_and_escaped(site: Site) -> None:
    client = site.app.test_client()
    hostile = '"><script>alert(1)</script>'
    told = post(client, "/h/home/rules/new", do="save", **{hostile: "1", "from.0.account": hostile, "a..b": "1"})
    assert told.status_code == 422
    page = told.get_data(as_text=True)
    assert "<script>alert" not in page
    many = {f"from.{n}.account": "x" for n in range(990)}
    assert post(client, "/h/home/rules/new", do="add:from", **many).status_code == 200
    too_many = {f"from.{n}.account": "x" for n in range(1500)}
    assert post(client, "/h/home/rules/new", do="save", **too_many).status_code in {413, 422}
