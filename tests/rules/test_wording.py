"""Rules as sentences, held to the list in worded.yaml; and words for every code of an evaluation."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from rules.load import load_rules
from rules.wording import OUTCOME_WORDS, REASON_WORDS, limit_words, sentence
from rules.yamltext import decode_yaml
from tests.rules.one_rule import a_rule
from tests.strategies.cases import cases
from tests.strategies.drawing import Document

WORDED: Any = decode_yaml((Path(__file__).parent / "worded.yaml").read_bytes()).value
IDS = [row["rule"]["id"] for row in WORDED]


@pytest.mark.parametrize("words, rule", [(row["words"], row["rule"]) for row in WORDED], ids=IDS)
def test_worded(words: str, rule: dict[str, Any]) -> None:
    loaded = load_rules([rule])
    assert loaded.problems == ()
    assert sentence(loaded.rules[0]) == words


def test_accounts_are_called_by_the_names_people_gave_them() -> None:
    names = {"checking": "Everyday money", "cash": "Rainy day {fund}", "borrow": "the loan"}
    rule = a_rule(
        when=[{"fact": "spent(checking, 7)", "below": "50"}, {"fact": "moved(cash)", "above": "0"}],
        amount={"kind": "refill", "account": "cash", "below": "100"},
        from_=[{"account": "checking"}, {"account": "borrow"}],
        mode="auto",
    )
    assert sentence(rule, names) == (
        "When the spending from Everyday money in the last 7 days is below 50.00 and what cash moved that night is "
        "above 0.00 and Rainy day {fund} is below 100.00, bring it up to 100.00, taking from Everyday money and then "
        "the loan."
    )


@given(cases())
def test_every_rule_is_one_sentence(case: Document) -> None:
    for rule in load_rules(case["rules"]).rules:
        words = sentence(rule)
        assert words[0].isupper()
        assert words.endswith(".")
        assert "\n" not in words
        assert "  " not in words
        assert "None" not in words


def test_every_code_has_words() -> None:
    outcomes = "not_due blocked nothing moved proposed would_move"
    reasons = (
        "off stopped before_start after_end blackout not_scheduled cooling_down paused frozen account_closed "
        "link_broken stale_balance no_price unknown_fact condition_false amount_zero cap_used_up short sources_empty "
        "no_room below_minimum in_full limited"
    )
    assert list(OUTCOME_WORDS) == outcomes.split()
    assert list(REASON_WORDS) == reasons.split()
    assert all(OUTCOME_WORDS.values())
    assert len(set(REASON_WORDS.values())) == len(REASON_WORDS)


@pytest.mark.parametrize(
    "name, words",
    [
        ("max_transfer", "the most the rule may move a night"),
        ("sources", "what the sources could give"),
        ("cap:month", "the rule's monthly cap"),
        ("cap:ever:ira", "the lifetime cap of ira"),
    ],
)
def test_limits_have_words(name: str, words: str) -> None:
    assert limit_words(name) == words
