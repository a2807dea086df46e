"""Short ways to put a case to the evaluator and to read its answer: the examples beside it are written with them."""

from typing import Any

from engine.answer import DecisionWords, decisions_of
from engine.case import Case
from engine.evaluate import evaluate
from engine.plan import Plan
from tests.engine.joined import case_of, join
from tests.naive.asking import FRIDAY, THURSDAY, account, brief, fixed, legs, rule

__all__ = ["FRIDAY", "THURSDAY", "account", "ask", "brief", "case", "fixed", "legs", "plan_of", "rule"]


def case(accounts: dict[str, Any], *rules: dict[str, object], **more: object) -> Case:
    """A case on Friday, 20 November 2026; `more` adds or replaces parts of it."""
    document: dict[str, object] = {"on": FRIDAY, "since": THURSDAY, "accounts": accounts, "rules": list(rules)}
    return case_of(document | more)


def ask(accounts: dict[str, Any], *rules: dict[str, object], **more: object) -> list[DecisionWords]:
    """The decisions on the rules in words."""
    one = case(accounts, *rules, **more)
    return decisions_of(evaluate(one.snapshot), 0, one.rules, one.handles)


def plan_of(*cases: Case) -> Plan:
    """The plan of cases of one day as one book."""
    return evaluate(join(cases))
