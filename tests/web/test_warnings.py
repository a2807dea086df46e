"""Warnings of a rule list: said above the list and in the API's answer, and the list is saved all the same."""

from typing import Any

from flask.testing import FlaskClient

from tests.web.site import Site

API = "/api/v1/customers/home"
SWEEP: dict[str, Any] = {
    "id": "sweep",
    "mode": "auto",
    "amount": {"kind": "excess", "account": "invest.growth", "above": "500.00"},
    "from": [{"account": "invest.growth"}],
    "to": [{"account": "cash"}],
}
SENTENCE = "sweep and auto-invest of invest.growth want the same cash"


def test_a_rule_that_takes_what_auto_invest_takes_is_warned_of(investor: FlaskClient) -> None:
    before = investor.get(f"{API}/rules").get_json()
    assert before["warnings"] == []
    assert SENTENCE not in investor.get("/h/home/rules").text
    rules = [one["document"] for one in before["rules"]]
    saved = investor.put(f"{API}/rules", json={"rules": [*rules, SWEEP]})
    assert (saved.status_code, saved.get_json()["version"]) == (200, before["version"] + 1)
    (warning,) = saved.get_json()["warnings"]
    assert (warning["field"], warning["code"]) == (f"rules.{len(rules)}.amount", "auto_invest_competes")
    assert warning["detail"].startswith(SENTENCE)
    assert investor.get(f"{API}/rules").get_json()["warnings"] == [warning]
    page = investor.get("/h/home/rules").text
    assert f"Rule {len(rules) + 1}: {SENTENCE}" in page
    assert page.index(SENTENCE) < page.index('<ol class="trail rules">')


def test_a_rule_that_only_watches_is_not_warned_of(invested_site: Site) -> None:
    told = invested_site.app.test_client().put(f"{API}/rules", json={"rules": [SWEEP | {"mode": "watch"}]})
    assert (told.status_code, told.get_json()["warnings"]) == (200, [])
