"""The preview endpoint is the engine's own evaluation; the plan of tonight is the night afterwards (ruling 60)."""

from random import Random

import pytest

from engine.answer import decisions_of
from engine.case import read_case
from engine.evaluate import evaluate
from ledger.days import format_day
from rules.decode import Decoded
from tests.strategies.cases import random_case
from tests.web.site import Site
from web.api.operations import PREFIX

HOME = f"{PREFIX}/customers/home"


def test_preview_is_evaluate(site: Site) -> None:
    client = site.app.test_client()
    source, answered = Random(60), 0
    for _ in range(150):
        case = random_case(source)
        told = client.post(f"{PREFIX}/preview", json=case)
        read = read_case(Decoded(case))
        if read.case is None:
            assert told.status_code == 422
            assert told.get_json()["problems"][0]["field"] == read.problems[0].path
            continue
        answered += 1
        plan = evaluate(read.case.snapshot)
        assert told.status_code == 200
        assert told.get_json() == {"decisions": decisions_of(plan, 0, read.case.rules, read.case.handles)}
    assert answered > 100


def test_a_broken_case_lists_every_problem(site: Site) -> None:
    case = {"on": "2026-02-30", "accounts": {"a": {"kind": "purse"}}, "rules": [{"id": "x"}]}
    told = site.app.test_client().post(f"{PREFIX}/preview", json=case)
    assert told.status_code == 422
    fields = {one["field"] for one in told.get_json()["problems"]}
    assert {"on", "accounts.a.kind", "rules.0.amount", "rules.0.from", "rules.0.to"} <= fields


@pytest.mark.parametrize("change", [{}, {"mode": "auto"}])
def test_the_plan_of_tonight_is_the_night(site: Site, change: dict[str, str]) -> None:
    client = site.app.test_client()
    rules = [one["document"] | change for one in client.get(f"{HOME}/rules").get_json()["rules"]]
    assert client.put(f"{HOME}/rules", json={"rules": rules}).status_code == 200
    plan = client.get(f"{HOME}/tonight").get_json()
    site.run()
    night = client.get(f"{HOME}/nights/{format_day(site.day)}").get_json()
    assert (night["on"], night["version"], night["decisions"]) == (plan["on"], plan["version"], plan["decisions"])
    accounts = {one["handle"]: one for one in client.get(f"{HOME}/accounts").get_json()["accounts"]}
    for one in plan["balances"]:
        account = accounts[one["account"]]
        assert (account["posted"], account["available"], account["expected"]) == (
            one["posted_after"],
            one["available_after"],
            one["expected_after"],
        )
