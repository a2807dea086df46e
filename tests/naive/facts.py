"""What a rule names and sees: facts (rules.md 3), problems (rules.md 6, step 2), conditions and wanted amounts."""

from collections.abc import Iterator
from datetime import date

from tests.naive.money import basis_points, cents
from tests.naive.night import Document, Night, normal_fact
from tests.naive.schedule import nights_until

_PERCENTS = {"ltv", "drift", "drawdown", "price_to_average"}
_GIVEN = {"deposits", "spent", "round_ups", *_PERCENTS}
"""Facts the case states; the others are computed from its accounts and from what earlier rules moved."""
_PROBLEMS = ["paused", "frozen", "account_closed", "link_broken", "stale_balance", "no_price", "unknown_fact"]


def first_problem(rule: Document, night: Night) -> str | None:
    """The problem that blocks the rule, the first in the fixed order, over everything it names anywhere."""
    found = {night.accounts[handle].problem for handle in _accounts_named(rule)}
    if night.paused:
        found.add("paused")
    if any(fact_value(fact, night) is None for fact in _facts_named(rule)):
        found.add("unknown_fact")
    if rule["amount"]["kind"] == "invest_drift" and _invest_drift(rule["amount"]) not in night.facts:
        found.add("unknown_fact")
    return next((problem for problem in _PROBLEMS if problem in found), None)


def _accounts_named(rule: Document) -> Iterator[str]:
    for end in [*rule["from"], *rule["to"]]:
        yield end["account"]
    if "account" in rule["amount"]:
        yield rule["amount"]["account"]
    for fact in _facts_named(rule):
        name, subject = _parts(fact)
        if name not in {"moved", "drawdown", "price_to_average"}:
            yield subject


def _facts_named(rule: Document) -> Iterator[str]:
    if "fact" in rule["amount"]:
        yield rule["amount"]["fact"]
    for condition in rule.get("when", []):
        yield from _facts_of(condition)


def _facts_of(condition: Document) -> Iterator[str]:
    if "not" in condition:
        yield from _facts_of(condition["not"])
    elif "any" in condition:
        for part in condition["any"]:
            yield from _facts_of(part)
    else:
        yield condition["fact"]


def _parts(fact: str) -> tuple[str, str]:
    """Name and first argument: "spent(checking, 30)" gives ("spent", "checking")."""
    name, _, rest = normal_fact(fact).partition("(")
    return name, rest.removesuffix(")").split(",")[0]


def fact_value(fact: str, night: Night) -> int | None:
    """The fact's value in cents, or in basis points of a percent; None when it cannot be known."""
    name, subject = _parts(fact)
    if name in _GIVEN:
        return night.facts.get(normal_fact(fact))
    if name == "moved":
        return night.moved_tonight[subject]
    account = night.accounts[subject]
    if name == "value":
        return night.holdings[subject] + account.balance if subject in night.holdings else None
    values = {
        "balance": account.balance,
        "expected": account.expected,
        "posted": account.posted,
        "owed": -account.balance,
        "room": account.balance - account.floor,
    }
    return values[name]


def _known(fact: str, night: Night) -> int:
    value = fact_value(fact, night)
    if value is None:
        message = f"{fact} is unknown: the rule should have been blocked"
        raise ValueError(message)
    return value


def holds(condition: Document, night: Night) -> bool:
    """Whether a condition is true: a leaf, `not` of one, or `any` of several (rules.md 3)."""
    if "not" in condition:
        return not holds(condition["not"], night)
    if "any" in condition:
        return any(holds(part, night) for part in condition["any"])
    value = _known(condition["fact"], night)
    read = basis_points if _parts(condition["fact"])[0] in _PERCENTS else cents
    if "above" in condition:
        return value > read(condition["above"])
    if "below" in condition:
        return value < read(condition["below"])
    low, high = condition["between"]
    return read(low) <= value <= read(high)


def _invest_drift(amount: Document) -> str:
    """Under which name a case states the cash that an account's pie lacks."""
    return f"invest_drift({amount['account']})"


def wanted_amount(rule: Document, night: Night) -> int:
    """The cents the rule wants before any limit (rules.md 4); zero or less means nothing."""
    amount = rule["amount"]
    kind = amount["kind"]
    if kind == "fixed":
        return cents(amount["amount"])
    if kind == "percent_of":
        return _known(amount["fact"], night) * basis_points(amount["percent"]) // 10_000
    if kind == "fact":
        return _known(amount["fact"], night) * int(amount.get("times", 1))
    if kind == "goal":
        return _wanted_for_goal(rule, night)
    if kind == "invest_drift":
        return night.facts[_invest_drift(amount)] or 0  # where no cash helps, none is wanted
    return _wanted_of_account(amount, night)


def _wanted_of_account(amount: Document, night: Night) -> int:
    account = night.accounts[amount["account"]]
    kind = amount["kind"]
    if kind == "excess":
        above = cents(amount["above"])
        keep = cents(amount.get("keep", amount["above"]))
        return account.balance - keep if account.balance > above else 0
    if kind == "refill":
        below = cents(amount["below"])
        up_to = cents(amount.get("up_to", amount["below"]))
        return up_to - account.expected if account.expected < below else 0
    if kind == "everything":
        return account.balance - cents(amount.get("leave", "0.00"))
    if kind == "payoff":
        return max(0, -account.expected)
    message = f"no such kind of amount: {kind}"
    raise ValueError(message)


def _wanted_for_goal(rule: Document, night: Night) -> int:
    amount = rule["amount"]
    by = date.fromisoformat(amount["by"])
    if by < night.on:
        return 0
    missing = cents(amount["target"]) - night.accounts[amount["account"]].expected
    nights = nights_until(rule, night.on, by)
    return -(-missing // nights)  # rounded up
