"""Warnings of a list that may be saved: auto-invest beside a rule that wants the same cash (rules.md 7)."""

from typing import Any

import pytest

from rules.check import AccountTerms, check
from rules.warn import warn
from tests.rules.one_rule import ACCOUNTS, a_rule

PIES = ACCOUNTS | {"invest.growth": AccountTerms("invest", "USD", auto_invest=True)}
SWEEP = {"kind": "excess", "account": "invest.growth", "above": "500.00"}
SWEEPING: dict[str, Any] = {"mode": "auto", "amount": SWEEP, "from_": [{"account": "invest.growth"}]}


@pytest.mark.parametrize(
    "amount, shown",
    [
        (SWEEP, "with 500.01 there at night the rule takes 0.01 before auto-invest can; with 500.00 it takes nothing"),
        (SWEEP | {"keep": "100.00"}, "with 500.01 there at night the rule takes 400.01 before"),
        (
            {"kind": "everything", "account": "invest.growth", "leave": "9.00"},
            "with 9.01 there at night the rule takes",
        ),
        ({"kind": "everything", "account": "invest.growth"}, "with 0.01 there at night the rule takes 0.01 before"),
    ],
)
def test_auto_invest_competes(amount: dict[str, str], shown: str) -> None:
    rules = [a_rule(id="first"), a_rule(**SWEEPING | {"amount": amount})]
    assert check(rules, PIES) == ()
    (warning,) = warn(rules, PIES)
    assert (warning.path, warning.code) == ("rules.1.amount", "auto_invest_competes")
    assert shown in warning.sentence
    assert warning.sentence.startswith("plain and auto-invest of invest.growth want the same cash")


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "watch"},
        {"amount": {"kind": "fixed", "amount": "1.00"}},
        {"amount": SWEEP | {"account": "invest.income"}, "from_": [{"account": "invest.income"}]},
        {"amount": SWEEP | {"account": "gold"}},
        {"from_": [{"account": "cash"}], "to": [{"account": "tax"}]},
    ],
)
def test_others_do_not(changed: dict[str, Any]) -> None:
    assert warn([a_rule(**SWEEPING | changed)], PIES) == ()


def test_without_auto_invest_there_is_nothing_to_warn_of() -> None:
    assert warn([a_rule(**SWEEPING)], ACCOUNTS) == ()
