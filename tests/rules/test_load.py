"""One loader for YAML, JSON and forms: the same rules, the same problems, never an exception."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.decode import MAX_DEPTH
from rules.document import FactAmount, Rule, Schedule
from rules.facts import Fact
from rules.load import load_form, load_json, load_rules, load_yaml
from tests.rules.one_rule import PLAIN, a_rule, document
from tests.rules.test_decode import PLAIN_VALUES
from tests.strategies.cases import cases
from tests.strategies.drawing import Document

LATER = """
- {id: buy_the_dip,
   when: [{fact: drawdown(VTI, 252), above: "15%"}, {fact: forecast_low(checking, 30), above: "2000.00"}],
   amount: {kind: invest_drift, account: invest.growth}, from: [{account: cash}], to: [{account: invest.growth}]}
- {id: plain, amount: {kind: fixed, amount: "25.00"}, from: [{account: checking}], to: [{account: cash}]}
"""
FORM = {
    "id": "from_a_form",
    "name": "  Save a bit ",
    "mode": "auto",
    "cool_down_days": "7",
    "schedule.month_days.0": "15",
    "schedule.month_days.1": "last",
    "when.0.fact": "spent(checking, 30)",
    "when.0.between.0": "1",
    "when.0.between.1": "2.50",
    "amount.kind": "fact",
    "amount.fact": "round_ups(checking)",
    "amount.times": "2",
    "amount.above": "",
    "from.0.account": "",
    "from.0.leave": "",
    "from.2.account": "checking",
    "from.10.account": "cash",
    "to.0.account": "tax",
    "note": "   ",
}


def test_a_list_a_mapping_and_one_rule_are_read() -> None:
    rule = a_rule()
    for value in ([PLAIN], {"rules": [PLAIN]}, PLAIN):
        text = json.dumps(value)
        assert load_json(text.encode()).rules == load_yaml(text).rules == load_yaml(text.encode()).rules == (rule,)


@given(cases())
def test_what_was_written_loads_back(case: Document) -> None:
    text = json.dumps({"rules": case["rules"]})
    loaded = load_json(text.encode())
    assert loaded.problems == ()
    assert load_yaml(text) == loaded


def test_facts_of_later_are_refused_by_name_and_lose_no_other_rule() -> None:
    loaded = load_yaml(LATER)
    assert loaded.rules == (a_rule(),)
    found = {problem.path: problem.sentence for problem in loaded.problems}
    assert found["rules.0.when.1.fact"].startswith("forecast_low is not available yet: ")
    assert len(found) == 1


@pytest.mark.parametrize(
    "value, path, code",
    [
        (None, "", "list_expected"),
        (5, "", "list_expected"),
        ({}, "rules", "missing"),
        ({"rulez": []}, "rulez", "unknown_key"),
        ({"rules": [], "more": 1}, "more", "unknown_key"),
        ({"rules": {}}, "rules", "list_expected"),
        ([PLAIN] * 51, "rules", "too_many"),
        ([PLAIN, PLAIN], "rules.1.id", "duplicate_id"),
        ([PLAIN, document(id="B")], "rules.1.id", "id"),
        (document(to=[{"account": "cash", "share": "x"}]), "to.0.share", "percent"),
        ({"rules": [{"id": "a"}]}, "rules.0.from", "missing"),
    ],
)
def test_refused(value: object, path: str, code: str) -> None:
    problems = load_json(json.dumps(value).encode()).problems
    assert (path, code) in [(problem.path, problem.code) for problem in problems]


def test_what_cannot_be_decoded_is_refused_before_anything_is_read() -> None:
    assert [problem.code for problem in load_json(b"{").problems] == ["json"]
    assert [problem.code for problem in load_yaml("{").problems] == ["yaml"]


def test_an_empty_list_is_a_list() -> None:
    assert load_rules([]).problems == ()


def test_a_form_gives_the_rule_it_shows() -> None:
    loaded = load_form(FORM)
    assert loaded.problems == ()
    (rule,) = loaded.rules
    assert (rule.name, rule.cool_down_days, rule.note) == ("Save a bit", 7, None)
    assert rule.amount == FactAmount(kind="fact", fact=Fact("round_ups", "checking"), times=2)
    assert rule.schedule == Schedule(month_days=(15, "last"))
    assert [source.account for source in rule.from_] == ["checking", "cash"]
    assert rule.when == a_rule(when=[{"fact": "spent(checking,30)", "between": ["1", "2.5"]}]).when


@pytest.mark.parametrize(
    "field, text, path",
    [
        ("from.2.account", "Checking", "from.2.account"),
        ("from.10.leave", "-1", "from.10.leave"),
        ("schedule.month_days.1", "32", "schedule.month_days.1"),
        ("schedule.month_days.5", "x", "schedule.month_days.5"),
        ("cool_down_days", "1.5", "cool_down_days"),
        ("cool_down_days", "9" * 5000, "cool_down_days"),
        ("zzz", "1", "zzz"),
        ("to.0", "tax", "to.0"),
        ("when.0.fact.x", "1", "when.0.fact.x"),
        ("when", "1", "when"),
        ("", "1", ""),
        ("a..b", "1", "a..b"),
        (".".join("a" * (MAX_DEPTH + 1)), "1", ".".join("a" * (MAX_DEPTH + 1))),
        ("to.01.account", "cash", "to"),
        ("to.1000.account", "cash", "to"),
        ("\u0663", "1", "\u0663"),
    ],
)
def test_problems_of_a_form_carry_the_names_of_its_fields(field: str, text: str, path: str) -> None:
    loaded = load_form(FORM | {field: text})
    assert loaded.rules == ()
    assert [problem.path for problem in loaded.problems] == [path]


def test_a_form_that_is_too_large_is_refused() -> None:
    assert [problem.code for problem in load_form({str(n): "1" for n in range(1001)}).problems] == ["too_large"]
    assert [problem.code for problem in load_form({"note": "x" * 1_048_577}).problems] == ["too_large"]


def test_a_form_with_half_a_character_is_refused() -> None:
    assert [problem.code for problem in load_form(FORM | {"note": "\ud800"}).problems] == ["text"]


def test_an_empty_form_lacks_everything_required() -> None:
    assert {problem.path for problem in load_form({}).problems} == {"id", "amount", "from", "to"}


@given(st.dictionaries(st.text() | st.from_regex(r"(from|to|when|0|1|\.){1,6}", fullmatch=True), st.text()))
def test_no_form_raises(fields: dict[str, str]) -> None:
    loaded = load_form(fields)
    assert bool(loaded.rules) != bool(loaded.problems)


@given(st.data())
def test_no_change_of_a_rule_raises(data: st.DataObject) -> None:
    value: Any = json.loads(
        a_rule(when=[{"any": [{"fact": "balance(a)", "above": "1"}]}]).model_dump_json(by_alias=True)
    )
    place = value
    while isinstance(place, dict | list) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if data.draw(st.booleans()):
            place[key] = data.draw(PLAIN_VALUES)
            break
        place = place[key]
    loaded = load_json(json.dumps([value]).encode())
    assert bool(loaded.rules) != bool(loaded.problems)
    assert all(isinstance(rule, Rule) for rule in loaded.rules)
