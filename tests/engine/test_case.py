"""A case as programs write it: defaults, and every refusal with its path."""

from typing import Any

import pytest

from engine.answer import decide_case
from engine.case import read_case
from ledger.faults import Problem
from rules.decode import Decoded, decode_json
from tests.engine.asking import account, ask, brief, fixed, rule
from tests.engine.joined import case_of

ACCOUNTS = {"checking": account("1000.00", "checking"), "cash": account("0.00"), "roth": account("0.00", "ira")}


def problems(**changed: Any) -> list[tuple[str, str]]:
    document = {"on": "2026-11-20", "accounts": ACCOUNTS, "rules": [rule(fixed("1.00"))]} | changed
    read = read_case(Decoded(document))
    assert read.case is None
    return [(problem.path, problem.code) for problem in read.problems]


def test_a_case_needs_a_date_accounts_and_rules_and_no_more() -> None:
    one = case_of({"on": "2026-11-20", "accounts": {"cash": {"kind": "cash"}}, "rules": []})
    snapshot = one.snapshot
    assert one.handles == ("cash",)
    assert (snapshot.day, snapshot.last_night.tolist()) == (20_777, [20_776])
    assert (snapshot.posted.tolist(), snapshot.floor.tolist(), snapshot.ceiling.tolist()) == ([0], [0], [10**15])
    assert len(snapshot) == 1


def test_a_ceiling_of_null_is_none() -> None:
    accounts = {"cash": {"kind": "cash", "ceiling": None}, "line": {"kind": "borrow", "floor": "-9.00"}}
    one = case_of({"on": "2026-11-20", "accounts": accounts, "rules": []})
    assert one.snapshot.ceiling.tolist() == [10**15, 0]


def test_a_counter_is_given_once_a_period() -> None:
    used = [{"rule": "r", "per": "day", "amount": "1.00"}, {"counter": "r", "per": "day", "amount": "1.00"}]
    assert case_of({"on": "2026-11-20", "accounts": {"cash": {"kind": "cash"}}, "rules": [], "used": used}).rules == ()
    assert problems(used=[*used, used[0]]) == [("used.2", "used_twice")]


def test_what_is_no_mapping_or_no_json_is_refused() -> None:
    read = read_case(Decoded([]))
    assert read.problems == (Problem("", "mapping_expected", "A case is a mapping with on, accounts and rules."),)
    assert [problem.code for problem in read_case(decode_json(b"{")).problems] == ["json"]


def test_every_part_is_refused_with_its_path() -> None:
    assert problems(on="yesterday") == [("on", "date")]
    assert problems(extra="1") == [("extra", "unknown_key")]
    assert problems(accounts={}) == [("accounts", "too_few") ]  # fmt: skip
    assert problems(rules=None) == [("rules", "list_expected")]
    assert problems(rules=[rule(fixed("one"))]) == [("rules.0.amount.amount", "money")]
    assert problems(rules=[rule(fixed("1.00"), to=[{"account": "nowhere"}])]) == [
        ("rules.0.to.0.account", "unknown_account")
    ]
    upside_down = {**ACCOUNTS, "cash": account("0.00", floor="2.00", ceiling="1.00")}
    assert problems(accounts=upside_down) == [("accounts.cash", "floor_above_ceiling")]


@pytest.mark.parametrize("names", [{}, {"counter": "pot", "rule": "r"}])
def test_a_counter_or_a_rule_has_used_something(names: dict[str, str]) -> None:
    assert problems(used=[{"per": "month", "amount": "1.00"} | names]) == [("used.0", "one_name")]


@pytest.mark.parametrize(
    "fact",
    [
        *("balance(cash)", "spent(cash)", "deposits(nowhere)", "wealth", "moved(r)"),
        *(
            "value(cash)",
            "drift(cash)",
            "ltv(cash)",
            "drift(nowhere)",
            "invest_drift(cash)",
            "invest_drift(nowhere)",
            "invest_drift",
        ),
        *("drawdown(usd, 3)", "drawdown(VTI)", "invest_drift(roth, 3)"),
    ],
)
def test_facts_that_a_case_does_not_state(fact: str) -> None:
    assert problems(facts={fact: "1.00"}) == [(f"facts.{fact}", "fact")]


def test_facts_that_are_stated_left_out_or_unknown() -> None:
    def answer(facts: dict[str, str | None], fact: str) -> str:
        (decision,) = ask(ACCOUNTS, rule({"kind": "fact", "fact": fact}), facts=facts)
        return brief(decision)

    for fact in ("deposits(checking)", "round_ups(checking)", "spent(checking, 30)"):
        assert answer({fact: "3.00"}, fact) == "moved in_full 3.00 3.00"
        assert answer({}, fact) == "blocked unknown_fact 0.00 0.00"
        assert answer({fact: None}, fact) == "blocked unknown_fact 0.00 0.00"
    assert answer({"spent(checking, 29)": "3.00"}, "spent(checking, 30)") == "blocked unknown_fact 0.00 0.00"
    assert answer({"spent(checking,30)": "3.00"}, "spent( checking , 30 )") == "moved in_full 3.00 3.00"


def test_figures_of_facts_are_money_or_percents() -> None:
    wrong: dict[str, Any] = {
        "deposits(cash)": "5%",
        "drift(roth)": "5",
        "invest_drift(roth)": "-1",
        "value(roth)": "none",
    }
    assert problems(facts=wrong) == [
        *(("facts.deposits(cash)", "money"), ("facts.drift(roth)", "percent")),
        *(("facts.invest_drift(roth)", "money"), ("facts.value(roth)", "money")),
    ]
    assert problems(facts={"value(roth)": 5}) == [("facts.value(roth)", "money")]


def test_facts_of_pies_and_securities() -> None:
    pie = {**ACCOUNTS, "pie": account("40.00", "invest", pending_out="10.00", pending_in="3.00")}
    value = rule({"kind": "fact", "fact": "value(pie)"}, id="value")
    first = rule(fixed("5.00"), "checking", "pie", id="first")
    assert [brief(one) for one in ask(pie, value, first, value | {"id": "again"}, facts={"value(pie)": "100.00"})] == [
        "moved in_full 100.00 100.00", "moved in_full 5.00 5.00", "moved in_full 105.00 105.00",
    ]  # fmt: skip
    for unknown in ({}, {"value(pie)": None}):
        assert brief(ask(pie, value, facts=unknown)[0]) == "blocked unknown_fact 0.00 0.00"
    lacks = rule({"kind": "invest_drift", "account": "pie"}, "checking", "pie")
    for given, told in (
        ({"invest_drift( pie )": "120.00"}, "moved in_full 120.00 120.00"),
        ({"invest_drift(pie)": "none"}, "nothing amount_zero 0.00 0.00"),
        ({"invest_drift(pie)": "0.00"}, "nothing amount_zero 0.00 0.00"),
        ({"invest_drift(pie)": None}, "blocked unknown_fact 0.00 0.00"),
        ({}, "blocked unknown_fact 0.00 0.00"),
    ):
        assert brief(ask(pie, lacks, facts=given)[0]) == told
    dip = rule(fixed("1.00"), when=[{"fact": "drawdown(BRK.B, 252)", "above": "12.49%"}])
    assert brief(ask(pie, dip, facts={"drawdown(BRK.B,252)": "12.5%"})[0]) == "moved in_full 1.00 1.00"
    for name in ("drawdown(BRK.B,251)", "drawdown(VTI,252)", "price_to_average(BRK.B,252)"):
        assert brief(ask(pie, dip, facts={name: "12.5%"})[0]) == "blocked unknown_fact 0.00 0.00"


def test_used_amounts_and_the_room_of_iras() -> None:
    capped = rule(
        fixed("9.00"), caps=[{"per": "month", "amount": "5.00"}, {"per": "ever", "amount": "7.00", "counter": "r"}]
    )
    used = [{"rule": "r", "per": "month", "amount": "1.00"}, {"counter": "r", "per": "ever", "amount": "4.00"}]
    (decision,) = ask(ACCOUNTS, capped, used=used)
    assert brief(decision) == "moved limited 9.00 3.00 cap:ever:r"
    (decision,) = ask(ACCOUNTS, rule(fixed("9.00"), "checking", "roth"), ira_room="2.00")
    assert brief(decision) == "moved limited 9.00 2.00 room"
    (decision,) = ask(ACCOUNTS, rule(fixed("9.00"), "checking", "roth"))
    assert brief(decision) == "moved in_full 9.00 9.00"


def test_a_paused_customer_and_accounts_with_problems() -> None:
    (decision,) = ask(ACCOUNTS, rule(fixed("1.00")), paused=True)
    assert brief(decision) == "blocked paused 0.00 0.00"
    for problem in ("frozen", "account_closed", "link_broken", "stale_balance"):
        (decision,) = ask({**ACCOUNTS, "cash": account("0.00", problem=problem)}, rule(fixed("1.00")))
        assert brief(decision) == f"blocked {problem} 0.00 0.00"


def test_a_case_is_answered_with_decisions_or_with_what_is_wrong() -> None:
    document = {"on": "2026-11-20", "accounts": ACCOUNTS, "rules": [rule(fixed("1.00"), mode="ask")]}
    leg = {"from": "checking", "to": "cash", "amount": "1.00"}
    decision = {"rule": "r", "outcome": "proposed", "reason": "in_full", "wanted": "1.00", "amount": "1.00"}
    assert decide_case(Decoded(document)) == {"decisions": [{**decision, "limited_by": [], "legs": [leg]}]}
    answer = decide_case(Decoded({**document, "on": "1.5"}))
    assert [(problem["path"], problem["code"]) for problem in answer["problems"]] == [("on", "date")]
