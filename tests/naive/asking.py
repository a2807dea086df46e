"""Short ways to put a case to the naive evaluator and to read its answer, for the examples beside it."""

from typing import Any

from tests.naive.evaluator import evaluate_case
from tests.naive.night import Document

FRIDAY = "2026-11-20"
THURSDAY = "2026-11-19"


def rule(amount: Document, source: str = "checking", destination: str = "cash", /, **more: object) -> dict[str, object]:
    """An automatic rule from one account to another; `more` adds or replaces fields (`from_` for `from`)."""
    document: dict[str, object] = {"id": "r", "mode": "auto", "amount": amount, "from": [{"account": source}]}
    document["to"] = [{"account": destination}]
    return document | {name.removesuffix("_"): value for name, value in more.items()}


def fixed(amount: str) -> dict[str, object]:
    """A fixed amount."""
    return {"kind": "fixed", "amount": amount}


def account(posted: str, kind: str = "cash", **more: str) -> dict[str, str]:
    """An account that holds so much."""
    return {"kind": kind, "posted": posted} | more


def ask(accounts: Document, *rules: Document, **more: object) -> list[dict[str, Any]]:
    """The decisions on the rules on 20 November 2026, a Friday; `more` adds or replaces parts of the case."""
    case: dict[str, object] = {"on": FRIDAY, "since": THURSDAY, "accounts": accounts, "rules": list(rules)}
    decisions = evaluate_case(case | more)["decisions"]
    assert isinstance(decisions, list)
    return decisions


def brief(decision: Document) -> str:
    """The decision in a line: outcome, reason, wanted, amount, and what limited it."""
    words = [decision[name] for name in ("outcome", "reason", "wanted", "amount")]
    return " ".join([*words, *decision["limited_by"]])


def legs(decision: Document) -> list[str]:
    """The decision's legs, each as "from>to amount"."""
    return [f"{leg['from']}>{leg['to']} {leg['amount']}" for leg in decision["legs"]]
