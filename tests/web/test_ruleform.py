"""The form's state: fields to rule and back, rows added and dropped, kinds of amount that leave nothing behind."""

from random import Random

import pytest

from ledger.faults import Problem
from rules.facts import parse_fact
from rules.load import load_rules
from rules.naming import free_id, slug
from rules.starter_files import starters
from tests.strategies.cases import random_case
from web.ruleform import anchor, blank, by_field, edited, flat, offered_facts, path_words, places, typed


def test_a_rule_survives_the_form() -> None:
    source = Random(5)
    rules = [one.rule for one in starters()]
    for _ in range(200):
        loaded = load_rules(random_case(source)["rules"])
        rules += loaded.rules
    assert len(rules) > 300
    for rule in rules:
        read = typed(flat(rule), "unused")
        assert read.loaded.problems == ()
        assert read.rule is not None
        assert flat(read.rule) == flat(rule)  # days of a schedule are ticked, so they come back in their own order
        same = {"schedule"}
        assert read.rule.model_dump(exclude=same) == rule.model_dump(exclude=same)


def test_blank_fields_are_kept_and_left_out() -> None:
    form = blank() | {"amount.amount": "25.00", "from.0.account": "checking", "to.0.account": "cash", "do": "save"}
    read = typed(form | {"csrf_token": "x", "version": "1", "note": "one\r\ntwo"}, "my_rule")
    assert read.rule is not None
    assert (read.rule.id, read.rule.note, read.rule.mode) == ("my_rule", "one\ntwo", "watch")
    assert read.fields["from.0.leave"] == ""
    assert "csrf_token" not in read.fields


def test_left_overs_of_another_kind_of_amount_are_dropped() -> None:
    form = blank() | {"amount.kind": "payoff", "amount.account": "borrow", "amount.amount": "1.00", "amount.by": ""}
    read = typed(form, "x")
    assert {name for name in read.fields if name.startswith("amount.")} == {"amount.kind", "amount.account"}
    odd = typed(form | {"amount.surprise": "1"}, "x")
    assert "amount.surprise" in {one.path for one in odd.loaded.problems}


def test_rows_are_added_and_dropped() -> None:
    fields = edited(blank(), "add:from")
    assert places(fields, "from") == [0, 1]
    assert {name for name in fields if name.startswith("from.1")} == {
        "from.1.account",
        "from.1.leave",
        "from.1.at_most",
    }
    assert places(edited(fields, "drop:from.0"), "from") == [1]
    nested = edited(edited(fields, "add_any:when"), "add:when.0.any")
    assert places(nested, "when.0.any") == [0, 1]
    assert "when.0.any.1.between.1" in nested
    assert "when.0.not.fact" in edited(fields, "add_not:when")
    assert edited(fields, "add:schedule.dates")["schedule.dates.0"] == ""
    assert places(edited(edited(fields, "add:schedule.dates"), "drop:schedule.dates.0"), "schedule.dates") == []


@pytest.mark.parametrize(
    "do", ["", "save", "add", "add:", "add:amount", "drop:id", "shake:from", "add:from.x", "drop:..", "a:b:c"]
)
def test_other_buttons_change_nothing(do: str) -> None:
    assert edited(blank(), do) == blank()


def test_rows_have_an_end() -> None:
    fields = {f"from.{n}.account": "" for n in range(100)}
    assert edited(fields, "add:from") == fields


def test_ids() -> None:
    assert [slug(name) for name in ("Sweep  spare money!", "", "401k", "ÄÖ", "x" * 60)] == [
        "sweep_spare_money", "rule", "rule", "rule", "x" * 40,
    ]  # fmt: skip
    rules = [one.rule for one in starters()]
    taken = rules[0].id
    assert free_id("new", rules) == "new"
    assert free_id(taken, rules) == f"{taken}_2"
    again = [rules[0], rules[0].model_copy(update={"id": f"{taken}_2"})]
    assert free_id(taken, again) == f"{taken}_3"


def test_facts_are_offered_for_the_accounts_that_have_them() -> None:
    offered = offered_facts({"cash": "cash", "loan": "borrow", "roth": "ira", "pie": "invest"})
    assert {fact for fact in offered if "loan" not in fact and fact.startswith(("owed", "room", "ltv"))} == set()
    assert {fact for fact in offered if fact.startswith(("value", "drift"))} == {
        "value(roth)", "drift(roth)", "value(pie)", "drift(pie)",
    }  # fmt: skip
    assert {"owed(loan)", "room(loan)", "ltv(loan)", "spent(cash,30)", "balance(pie)", "drawdown(VTI,252)"} <= set(
        offered
    )
    assert [str(parse_fact(fact)) for fact in offered] == offered


def test_what_a_pie_lacks_is_wanted_in_the_form() -> None:
    form = blank() | {
        "amount.kind": "invest_drift",
        "amount.account": "invest.growth",
        "when.0.fact": "drift(invest.growth)",
    }
    form |= {"when.0.above": "5%", "from.0.account": "cash", "to.0.account": "invest.growth"}
    read = typed(form, "x")
    assert read.rule is not None
    assert flat(read.rule)["when.0.above"] == "5%"


def test_problems_find_their_fields() -> None:
    problems = [Problem("rules.0.id", "a", "one"), Problem("rules.0.id", "b", "two")]
    assert by_field(problems, "rules.0.") == {"id": "one"}
    found = [
        anchor(path) for path in ("", "from", "from.0", "from.0.account", "schedule", "amount", "amount.keep", "A<")
    ]
    assert found == [
        "rule-form", "b-from", "b-from", "f-from.0.account", "b-schedule.dates", "f-amount.kind", "f-amount.keep",
        "rule-form",
    ]  # fmt: skip
    assert path_words("from.0.at_most") == "from 1, at most"
    assert path_words("when.1.between.0") == "when 2, between 1"
    assert path_words("0") == "0"
