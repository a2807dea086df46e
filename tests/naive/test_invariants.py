"""What holds of every answer of the naive evaluator, over random cases."""

from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings

from tests.naive.evaluator import evaluate_case
from tests.naive.money import cents
from tests.naive.night import Account, read_night
from tests.strategies.cases import cases, random_case
from tests.strategies.drawing import Document

CARRIED = {"moved", "proposed", "would_move"}


def decisions_of(case: Document) -> list[dict[str, Any]]:
    decisions = evaluate_case(case)["decisions"]
    assert isinstance(decisions, list)
    return decisions


def check_words(decision: dict[str, Any]) -> None:
    """Amounts, limits and legs agree with the outcome."""
    amount, wanted = cents(decision["amount"]), cents(decision["wanted"])
    given = [cents(leg["amount"]) for leg in decision["legs"]]
    assert sum(given) == amount <= wanted
    assert all(leg > 0 for leg in given)
    carried = decision["outcome"] in CARRIED
    assert carried == (amount > 0)
    if carried:
        assert decision["reason"] == ("in_full" if amount == wanted else "limited")
        assert (decision["reason"] == "limited") == bool(decision["limited_by"])
    else:
        assert len(decision["limited_by"]) == (decision["reason"] == "cap_used_up")


def carry_out(decision: dict[str, Any], accounts: dict[str, Account]) -> None:
    """Take the legs: no source falls below its floor, no destination rises above its ceiling."""
    for leg in decision["legs"]:
        source, destination = accounts[leg["from"]], accounts[leg["to"]]
        amount = cents(leg["amount"])
        source.posted -= amount
        destination.posted += amount
        assert source.balance >= source.floor
        assert destination.expected <= destination.ceiling


def check(case: Document) -> None:
    accounts = read_night(case).accounts
    before = sum(account.posted for account in accounts.values())
    decisions = decisions_of(case)
    rules = case["rules"]
    assert isinstance(rules, list)
    assert [decision["rule"] for decision in decisions] == [rule["id"] for rule in rules]
    for decision in decisions:
        check_words(decision)
        if decision["outcome"] == "moved":
            carry_out(decision, accounts)
    assert sum(account.posted for account in accounts.values()) == before


def test_random_cases_keep_the_invariants() -> None:
    source = Random(20261120)
    seen = set()
    for _ in range(300):
        case = random_case(source)
        check(case)
        seen |= {(decision["outcome"], decision["reason"]) for decision in decisions_of(case)}
    assert {outcome for outcome, _ in seen} == CARRIED | {"not_due", "blocked", "nothing"}
    assert {"cap_used_up", "short", "no_room", "sources_empty", "below_minimum"} <= {reason for _, reason in seen}


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_cases_of_the_strategy_keep_the_invariants(case: Document) -> None:
    check(case)


def test_the_same_seed_draws_the_same_cases() -> None:
    first, second = Random(7), Random(7)
    assert [random_case(first) for _ in range(20)] == [random_case(second) for _ in range(20)]
