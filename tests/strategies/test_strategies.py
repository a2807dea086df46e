"""Every case drawn could have been saved (rules.md 7), and the cases reach every corner of the language."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import pytest

from tests.naive.money import basis_points, cents
from tests.strategies.cases import random_case

MOST = "10000000000000.00"


def drawn(n: int) -> list[dict[str, Any]]:
    source = Random(1)
    return [dict(random_case(source)) for _ in range(n)]


CASES = drawn(1500)


def leaves(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for condition in rule.get("when", []):
        for part in condition.get("any", [condition]):
            yield part.get("not", part)


def errors_of_ends(rule: dict[str, Any], kinds: dict[str, str]) -> set[str]:
    """What would be refused of the rule's sources and destinations."""
    sources, destinations = rule["from"], rule["to"]
    named = [end["account"] for end in (*sources, *destinations)]
    shares = [basis_points(end["share"]) for end in destinations if "share" in end]
    checks = {
        "an account twice": len(named) != len(set(named)),
        "an IRA as source": any(kinds[end["account"]] == "ira" for end in sources),
        "leave on a borrow line": any(kinds[end["account"]] == "borrow" and "leave" in end for end in sources),
        "a zero at_most": any(cents(end.get("at_most", "1")) == 0 for end in sources),
        "a zero fill_to": any(cents(end.get("fill_to", "1")) == 0 for end in destinations),
        "shares not 100%": bool(shares) and sum(shares) != 10_000,
        "a destination without its share": len(shares) not in {0, len(destinations)},
        "a share of nothing": 0 in shares,
    }
    return {name for name, wrong in checks.items() if wrong}


def errors_of_amount(rule: dict[str, Any], kinds: dict[str, str]) -> set[str]:
    """What would be refused of the wanted amount."""
    amount = rule["amount"]
    kind = kinds.get(amount.get("account"))
    checks = {
        "payoff of another kind": amount["kind"] == "payoff" and kind != "borrow",
        "invest_drift of another kind": amount["kind"] == "invest_drift" and kind not in {"invest", "ira"},
        "leave on a borrow line": "leave" in amount and kind == "borrow",
        "a percent out of range": not 1 <= basis_points(amount.get("percent", "1%")) <= 10_000,
        "a zero amount": any(cents(amount.get(key, "1")) <= 0 for key in ("amount", "target", "below")),
        "keep above the threshold": cents(amount.get("keep", "0")) > cents(amount.get("above", "0")),
        "up_to below the threshold": cents(amount.get("up_to", MOST)) < cents(amount.get("below", "0")),
        "times out of range": not 1 <= amount.get("times", 1) <= 10,
    }
    return {name for name, wrong in checks.items() if wrong}


def _of_percent(fact: str) -> bool:
    return fact.partition("(")[0] in {"ltv", "drift", "drawdown", "price_to_average"}


def _bounds(found: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str]]:
    for leaf in found:
        yield from ((leaf, bound) for bound in leaf.get("between", [leaf.get("above", leaf.get("below"))]))


def errors_of_the_rest(rule: dict[str, Any], earlier: list[str]) -> set[str]:
    """What would be refused of the rule's bounds, dates, caps, conditions and facts."""
    found = list(leaves(rule))
    facts = [leaf["fact"] for leaf in found] + [rule["amount"].get("fact", "")]
    ranges = [leaf["between"] for leaf in found if "between" in leaf]
    caps = Counter((cap["per"], cap.get("counter")) for cap in rule.get("caps", []))
    checks = {
        "a zero bound": any(cents(rule.get(key, "1")) <= 0 for key in ("ask_above", "max_transfer", "min_transfer")),
        "min above max": cents(rule.get("min_transfer", "0")) > cents(rule.get("max_transfer", MOST)),
        "a zero cap": any(cents(cap["amount"]) == 0 for cap in rule.get("caps", [])),
        "two caps with the same counter and period": any(n > 1 for n in caps.values()),
        "moved() of a later rule": any(fact.startswith("moved") and fact[6:-1] not in earlier for fact in facts),
        "lo above hi": any(basis_points(low) > basis_points(high) for low, high in ranges),
        "a bound of another kind": any(_of_percent(leaf["fact"]) != ("%" in bound) for leaf, bound in _bounds(found)),
        "an amount of a percent": _of_percent(rule["amount"].get("fact", "")),
        "more than eight leaves": len(found) > 8,
        "ends before it starts": rule.get("ends", "9") < rule.get("starts", "0"),
        "a schedule with no date": not set(rule.get("schedule", {"dates": []})) - {"business_days"},
    }
    return {name for name, wrong in checks.items() if wrong}


def test_every_rule_set_drawn_could_have_been_saved() -> None:
    for case in CASES:
        kinds = {handle: account["kind"] for handle, account in case["accounts"].items()}
        assert 2 <= len(kinds) <= 7
        assert 1 <= len(case["rules"]) <= 12
        for account in case["accounts"].values():
            assert cents(account.get("floor", "0")) <= cents(account.get("ceiling", MOST))
        for n, rule in enumerate(case["rules"]):
            assert not errors_of_ends(rule, kinds) | errors_of_amount(rule, kinds), rule
            assert not errors_of_the_rest(rule, [earlier["id"] for earlier in case["rules"][:n]]), rule


def test_the_night_follows_the_last_one() -> None:
    gaps = {(date.fromisoformat(case["on"]) - date.fromisoformat(case["since"])).days for case in CASES}
    assert min(gaps) == 1
    assert max(gaps) == 40


RULES = [rule for case in CASES for rule in case["rules"]]


@pytest.mark.parametrize("key", ["ask_above", "blackout", "caps", "cool_down_days", "ends", "if_short", "max_transfer"])
def test_optional_fields_are_drawn(key: str) -> None:
    assert 20 < sum(key in rule for rule in RULES) < len(RULES)


def test_every_kind_of_everything_is_drawn() -> None:
    kinds = {rule["amount"]["kind"] for rule in RULES}
    usual = {"fixed", "excess", "refill", "percent_of", "fact", "everything", "payoff", "goal"}
    assert kinds == usual | {"invest_drift"}
    facts = {leaf["fact"].partition("(")[0] for rule in RULES for leaf in leaves(rule)}
    of_market = {"value", "ltv", "drift", "drawdown", "price_to_average"}
    usual = {"balance", "expected", "posted", "owed", "room", "deposits", "spent", "moved", "round_ups"}
    assert facts == usual | of_market
    stated = {name.partition("(")[0] for case in CASES for name in case["facts"]}
    assert stated == of_market | {"invest_drift", "deposits", "spent", "round_ups"}
    assert "none" in {text for case in CASES for text in case["facts"].values()}
    schedules = {key for rule in RULES for key in rule.get("schedule", {})}
    assert schedules == {"month_days", "weekdays", "every", "dates", "business_days"}
    assert {rule.get("mode") for rule in RULES} == {"off", "watch", "ask", "auto", None}
    assert {len(rule["from"]) for rule in RULES} == {len(rule["to"]) for rule in RULES} == {1, 2, 3, 4}
    accounts = [account for case in CASES for account in case["accounts"].values()]
    assert {account["kind"] for account in accounts} == {"bank", "checking", "cash", "borrow", "invest", "ira"}
    problems = {account.get("problem") for account in accounts}
    assert problems == {"frozen", "account_closed", "link_broken", "stale_balance", None}
    assert {"paused", "saved", "ira_room"} <= {key for case in CASES for key in case}
