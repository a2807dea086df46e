"""What holds for every evaluation, and the examples of the rules page."""

import re
from dataclasses import fields, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case import Case
from engine.codes import Outcome
from engine.evaluate import evaluate
from engine.plan import Plan, join_legs
from engine.snapshot import Snapshot
from ledger.accounts import Int64s
from rules.load import load_yaml
from tests.engine.asking import account, ask, brief, case, fixed, legs, plan_of, rule
from tests.engine.joined import case_of, join
from tests.strategies.cases import cases, random_book

HOUSEHOLD: dict[str, Any] = {
    "checking": account("4000.00", "checking"),
    "cash": account("12000.00"),
    "tax": account("0.00"),
    "vacation": account("100.00"),
    "bank": account("25000.00", "bank"),
    "roth": account("0.00", "ira"),
    "invest.growth": account("0.00", "invest"),
    "invest.income": account("0.00", "invest"),
    "borrow": account("-500.00", "borrow", floor="-2000.00", ceiling="0.00"),
}


def test_each_rule_sees_what_the_ones_before_it_left() -> None:
    first = rule({"kind": "everything", "account": "checking", "leave": "1000.00"}, id="first")
    second = rule({"kind": "everything", "account": "checking"}, id="second")
    decisions = ask(HOUSEHOLD, first, second)
    assert [brief(decision) for decision in decisions] == [
        "moved in_full 3000.00 3000.00",
        "moved in_full 1000.00 1000.00",
    ]


def test_legs_are_the_overlaps_of_the_two_runs_of_cents() -> None:
    sources = [{"account": "checking", "leave": "3990.00"}, {"account": "cash"}]
    places = [{"account": "tax", "fill_to": "4.00"}, {"account": "vacation", "fill_to": "108.00"}, {"account": "roth"}]
    (decision,) = ask(HOUSEHOLD, rule(fixed("15.00"), from_=sources, to=places))
    assert legs(decision) == ["checking>tax 4.00", "checking>vacation 6.00", "cash>vacation 2.00", "cash>roth 3.00"]


def test_what_was_seen_is_kept_when_asked_for() -> None:
    fact = {"fact": "balance(cash)", "above": "1.00"}
    one = case(
        HOUSEHOLD, rule(fixed("5.00"), when=[fact], max_transfer="3.00"), rule(fixed("1.00"), id="off", mode="off")
    )
    assert evaluate(one.snapshot).seen == ()
    moved, off = evaluate(one.snapshot, keep_seen=True).seen
    assert (moved.rank, off.rank) == (1, 2)
    assert [fact.tolist() for fact in moved.facts] == [[1_200_000]]
    assert moved.wanted is not None
    assert moved.spread is not None
    assert moved.wanted.tolist() == [500]
    assert [limit.tolist() for limit in moved.limits] == [[300]]
    assert [part.tolist() for part in moved.spread.capacity] == [[400_000]]
    assert (off.ruled, off.spread) == (None, None)


def test_a_book_without_customers_or_rules_decides_nothing() -> None:
    plan = plan_of(case(HOUSEHOLD))
    assert plan.decisions.outcome.shape == (0, 1)
    assert len(plan.legs.amount) == 0
    assert len(join_legs([]).amount) == 0


def documented(page: Path) -> list[str]:
    """The examples of section 9, one rule a line."""
    section = page.read_text().partition("## 9.")[2]
    return re.findall(r"^- (\{id: .*\})$", section, re.MULTILINE)


def test_the_examples_of_the_rules_page_compile_and_run(shared: Path) -> None:
    later = {}
    ran = {}
    for text in documented(shared / "rules.md"):
        loaded = load_yaml(f"- {text}")
        if loaded.problems:
            later[text[5:].partition(",")[0]] = {problem.code for problem in loaded.problems}
            continue
        (document,) = [one.model_dump(mode="json", exclude_unset=True) for one in loaded.rules]
        facts = {"deposits(checking)": "1000.00", "round_ups(checking)": "1.23"}
        (decision,) = ask(HOUSEHOLD, document, facts=facts, on="2026-11-30", since="2026-11-29")
        ran[decision["rule"]] = brief(decision)
    assert list(later) == ["buy_the_dip"]
    assert all("fact_not_available" in codes for codes in later.values())
    assert ran == {
        "tax_pot": "moved in_full 250.00 250.00",
        "keep_checking_full": "nothing amount_zero 0.00 0.00",
        "roth_twice_a_month": "not_due not_scheduled 0.00 0.00",
        "pay_down_borrow": "moved limited 1000.00 500.00 room",
        "extra_cash_to_growth": "moved limited 7000.00 500.00 cap:month",
        "split_the_rest": "moved in_full 6000.00 6000.00",
        "round_ups": "moved in_full 2.46 2.46",
        "vacation_goal": "not_due not_scheduled 0.00 0.00",
        "fill_in_order": "moved in_full 3000.00 3000.00",
        "guard_the_loan": "blocked unknown_fact 0.00 0.00",
        "big_sweep_needs_yes": "proposed in_full 5000.00 5000.00",
        "warn_low_bank": "nothing amount_zero 0.00 0.00",
        "month_end_sweep": "moved limited 24900.00 1000.00 max_transfer",
    }


def book(seed: int, size: int) -> list[Case]:
    return [case_of(dict(document)) for document in random_book(Random(seed), size)]


def by_customer(column: Int64s, snapshot: Snapshot) -> list[int]:
    sums: list[int] = np.add.reduceat(column, snapshot.account_start[:-1]).tolist()
    return sums


@pytest.mark.parametrize("seed", range(5))
def test_a_plan_makes_and_loses_no_money(seed: int) -> None:
    plan = plan_of(*book(seed, 100))
    before, after = plan.snapshot, plan.after
    posted, out = by_customer(before.posted, before), by_customer(after.posted, before)
    assert posted == out
    sent = by_customer(after.pending_out - before.pending_out, before)
    assert sent == by_customer(after.pending_in - before.pending_in, before)
    assert (plan.legs.amount > 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_no_rule_takes_an_account_below_its_floor_or_fills_it_over_its_ceiling(seed: int) -> None:
    plan = plan_of(*book(seed, 100))
    every = np.arange(len(plan.snapshot.account))
    start = evaluate_nothing(plan.snapshot)
    floor, ceiling = plan.snapshot.floor, plan.snapshot.ceiling
    assert (plan.after.balance(every) >= np.minimum(start.after.balance(every), floor)).all()
    assert (plan.after.expected(every) <= np.maximum(start.after.expected(every), ceiling)).all()


def evaluate_nothing(snapshot: Snapshot) -> Plan:
    """The plan of everybody paused."""
    plan = evaluate(replace(snapshot, paused=np.ones(len(snapshot), np.bool_)))
    assert not (plan.decisions.outcome >= Outcome.MOVED).any()
    return plan


@pytest.mark.parametrize("seed", range(3))
def test_the_plan_depends_on_nobody_else_in_the_book_and_changes_no_input(seed: int) -> None:
    some = book(seed, 60)
    joined = join(some)
    kept = {field.name: np.copy(value) for field in fields(Snapshot)
            if isinstance(value := getattr(joined, field.name), np.ndarray)}  # fmt: skip
    plan, again = evaluate(joined), evaluate(joined, keep_seen=True)
    backwards = plan_of(*reversed(some))
    for field in fields(plan.decisions):
        column = getattr(plan.decisions, field.name)
        assert (column == getattr(again.decisions, field.name)).all()
        assert (column == getattr(backwards.decisions, field.name)[:, ::-1]).all()
    for name, column in kept.items():
        assert (getattr(joined, name) == column).all(), name


@given(cases())
def test_decisions_and_legs_agree(document: dict[str, Any]) -> None:
    plan = plan_of(case_of(document))
    outcome, amount = plan.decisions.outcome[:, 0], plan.decisions.amount[:, 0]
    total = np.zeros(len(amount), np.int64)
    np.add.at(total, plan.legs.rank - 1, plan.legs.amount)
    assert (total == amount).all()
    assert ((amount > 0) == (outcome >= Outcome.MOVED)).all()
    assert (amount <= plan.decisions.wanted[:, 0]).all()
    assert set(plan.moving().rank.tolist()) == set((np.flatnonzero(outcome == Outcome.MOVED) + 1).tolist())


HANDLES = ("a", "b", "c", "d", "e")


@st.composite
def threshold_rules(draw: st.DrawFn) -> list[dict[str, object]]:
    """Excess and refill rules that only ever move money to a later account: no cycle."""
    rules: list[dict[str, object]] = []
    for number in range(draw(st.integers(1, 6))):
        source, destination = sorted(draw(st.permutations(HANDLES))[:2])
        threshold = draw(st.integers(1, 9))
        if draw(st.booleans()):
            keep = f"{draw(st.integers(0, threshold))}.00"
            amount = {"kind": "excess", "account": source, "above": f"{threshold}.00", "keep": keep}
        else:
            up_to = f"{draw(st.integers(threshold, 12))}.00"
            amount = {"kind": "refill", "account": destination, "below": f"{threshold}.00", "up_to": up_to}
        rules.append(rule(amount, source, destination, id=f"r{number}"))
    return rules


@given(rules=threshold_rules(), held=st.lists(st.integers(0, 12), min_size=5, max_size=5))
def test_threshold_rules_settle_within_two_evaluations_more_than_there_are_rules(
    rules: list[dict[str, object]], held: list[int]
) -> None:
    accounts = {handle: account(f"{amount}.00") for handle, amount in zip(HANDLES, held, strict=True)}
    snapshot = case(accounts, *rules).snapshot
    for _ in range(len(rules) + 2):
        plan = evaluate(snapshot)
        snapshot = replace(snapshot, posted=plan.after.posted)
    assert len(evaluate(snapshot).legs.amount) == 0
