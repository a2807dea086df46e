"""A plan as words for one customer: the answer of ruling 59, which pages and programs share."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np

from engine.case import read_case
from engine.codes import Outcome, Reason, limited_by
from engine.evaluate import evaluate
from engine.plan import Plan
from ledger.money import format_money
from rules.decode import Decoded
from rules.document import Rule


class LegWords(TypedDict("LegWords", {"from": str, "to": str})):
    """One transfer of a decision: handles, and money as text."""

    amount: str


class DecisionWords(TypedDict):
    """The decision on one rule; money as text, codes in lower case."""

    rule: str
    outcome: str
    reason: str
    wanted: str
    amount: str
    limited_by: list[str]
    legs: list[LegWords]


class ProblemWords(TypedDict):
    """A refusal: where, which, and what would be right."""

    path: str
    code: str
    detail: str


class CaseAnswer(TypedDict, total=False):
    """The answer to a case: its decisions, or what is wrong with it."""

    decisions: list[DecisionWords]
    problems: list[ProblemWords]


def decide_case(decoded: Decoded) -> CaseAnswer:
    """Decide one case as ruling 59 has it."""
    read = read_case(decoded)
    if read.case is None:
        return {"problems": [{"path": p.path, "code": p.code, "detail": p.sentence} for p in read.problems]}
    return {"decisions": decisions_of(evaluate(read.case.snapshot), 0, read.case.rules, read.case.handles)}


def decisions_of(plan: Plan, customer: int, rules: Sequence[Rule], handles: Sequence[str]) -> list[DecisionWords]:
    """Every decision of one customer (index in the snapshot), in the order of its rules; `handles` by slot."""
    return [_decision(plan, customer, rank, rule, handles) for rank, rule in enumerate(rules, start=1)]


def _decision(plan: Plan, customer: int, rank: int, rule: Rule, handles: Sequence[str]) -> DecisionWords:
    told = plan.decisions
    at = (rank - 1, customer)
    return {
        "rule": rule.id,
        "outcome": Outcome(told.outcome[at]).name.lower(),
        "reason": Reason(told.reason[at]).name.lower(),
        "wanted": format_money(int(told.wanted[at])),
        "amount": format_money(int(told.amount[at])),
        "limited_by": limited_by(int(told.limited_by[at]), rule.caps),
        "legs": _legs(plan, customer, rank, handles),
    }


def _legs(plan: Plan, customer: int, rank: int, handles: Sequence[str]) -> list[LegWords]:
    legs = plan.legs
    first = int(plan.snapshot.account_start[customer])
    return [
        {
            "from": handles[int(legs.source[n]) - first],
            "to": handles[int(legs.destination[n]) - first],
            "amount": format_money(int(legs.amount[n])),
        }
        for n in np.flatnonzero((legs.rank == rank) & (legs.customer == customer))
    ]
