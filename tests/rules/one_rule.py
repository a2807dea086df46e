"""One plain rule to be changed at one place, and the accounts that it speaks of."""

from typing import Any

from pydantic import TypeAdapter

from ledger.faults import Problem
from rules.check import AccountTerms
from rules.decode import read_document
from rules.document import Rule

ACCOUNTS = {
    "checking": AccountTerms("checking", "USD"),
    "cash": AccountTerms("cash", "USD"),
    "borrow": AccountTerms("borrow", "USD"),
    "tax": AccountTerms("cash", "USD"),
    "vacation": AccountTerms("cash", "USD"),
    "bank": AccountTerms("bank", "USD"),
    "roth": AccountTerms("ira", "USD"),
    "invest.growth": AccountTerms("invest", "USD"),
    "invest.income": AccountTerms("invest", "USD"),
    "euros": AccountTerms("cash", "EUR"),
    "old": AccountTerms("cash", "USD", closed=True),
}
"""The example household, with an account in euros and a closed one."""

PLAIN: dict[str, Any] = {
    "id": "plain",
    "amount": {"kind": "fixed", "amount": "25.00"},
    "from": [{"account": "checking"}],
    "to": [{"account": "cash"}],
}
"""The least that a rule can be."""

_RULE = TypeAdapter(Rule)


def document(**changed: Any) -> dict[str, Any]:
    """Give the plain rule's document with some keys changed; `from_` stands for `from`."""
    return PLAIN | {key.rstrip("_"): value for key, value in changed.items()}


def a_rule(**changed: Any) -> Rule:
    """Give the plain rule with some keys changed."""
    read = read_document(_RULE, document(**changed))
    assert read.document is not None, read.problems
    return read.document


def refusals(value: object) -> tuple[Problem, ...]:
    """Give what is wrong with one rule's document."""
    return read_document(_RULE, value).problems
