"""Matching rules as documents: what they may say, how they are worded, what is refused and where."""

import json

import pytest

from engine.matching.document import (
    MatchRule,
    account_problems,
    from_text,
    read_match,
    read_matching,
    to_text,
)
from engine.matching.wording import match_sentence
from ledger.faults import SluiceError
from rules.decode import decode_json
from rules.formtext import decode_form
from rules.yamltext import decode_yaml

LIST = """
- {name: Food, when: {text: {contains: [market, "corner   shop"]}, direction: out}, category: groceries}
- {when: {text: {starts: [PAYROLL]}, at_least: "1000"}, category: salary}
- {when: {text: {equals: [atm]}, at_most: "200.00", card: yes}, category: cash_out, card: no}
- {when: {at_least: "9.99", at_most: "9.99", account: checking, card: no}, category: streaming, card: yes}
- {when: {at_least: "10", at_most: "20", direction: in}, category: gifts}
"""


def rules(text: str = LIST) -> tuple[MatchRule, ...]:
    read = read_matching(decode_yaml(text))
    assert read.document is not None, read.problems
    return read.document.rules


def test_rules_are_worded() -> None:
    assert [match_sentence(rule, {"checking": "Everyday"}) for rule in rules()] == [
        'When the text contains "market" or "corner shop" and money goes out: groceries.',
        'When the text starts with "PAYROLL" and the amount is 1,000.00 or more: salary.',
        (
            'When the text is "atm", the amount is 200.00 or less and it is a card purchase: cash_out, '
            "not counted as a card purchase."
        ),
        (
            "When the amount is 9.99, the account is Everyday and it is no card purchase: streaming, "
            "counted as a card purchase."
        ),
        "When money comes in and the amount is 10.00 to 20.00: gifts.",
    ]
    assert match_sentence(rules()[3]).count("checking") == 1


def test_what_is_stored_reads_the_same() -> None:
    assert from_text(to_text(rules())) == rules()
    assert read_matching(decode_yaml(f"rules:{LIST}")).document == read_matching(decode_yaml(LIST)).document
    with pytest.raises(SluiceError) as raised:
        from_text("[1]")
    assert raised.value.code == "stored_rules"


def test_accounts_have_to_be_there() -> None:
    (problem,) = account_problems(rules(), ["cash"])
    assert (problem.path, problem.code) == ("rules.3.when.account", "unknown_account")
    assert account_problems(rules(), ["checking"]) == ()


GOOD = {"when": {"direction": "out"}, "category": "food"}


@pytest.mark.parametrize(
    "change,path,code",
    [
        ({"when": {}}, "when", "condition"),
        ({"when": {"text": {}}}, "when.text", "condition"),
        ({"when": {"text": {"contains": ["a"], "equals": ["b"]}}}, "when.text", "condition"),
        ({"when": {"text": {"contains": ["a", " "]}}}, "when.text.contains.1", "condition"),
        ({"when": {"text": {"contains": []}}}, "when.text.contains", "too_few"),
        ({"when": {"text": {"matches": ["a.*"]}}}, "when.text.matches", "unknown_key"),
        ({"when": {"at_least": "5", "at_most": "4.99"}}, "when.at_most", "between_order"),
        ({"when": {"at_least": 5}}, "when.at_least", "money"),
        ({"when": {"direction": "sideways"}}, "when.direction", "choice"),
        ({"when": {"card": True}}, "when.card", "choice"),
        ({"category": "Food!"}, "category", "format"),
        ({"category": "x" * 31}, "category", "format"),
        ({"when": {"direction": "in"}, "card": "yes"}, "card", "card_of_income"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(change: dict[str, object], path: str, code: str) -> None:
    read = read_matching(decode_json(json.dumps([GOOD | change]).encode()))
    assert read.document is None
    assert (f"rules.0.{path}", code) in [(one.path, one.code) for one in read.problems]


def test_lists_are_lists_and_not_endless() -> None:
    assert [one.code for one in read_matching(decode_json(b"3")).problems] == ["list_expected"]
    assert [one.code for one in read_matching(decode_json(b"{")).problems] == ["json"]
    many = json.dumps([GOOD] * 201).encode()
    assert [one.code for one in read_matching(decode_json(many)).problems] == ["too_many"]


def test_a_form_is_one_rule() -> None:
    fields = {"when.text.contains.2": "market", "when.at_most": "", "category": "food", "card": "yes"}
    read = read_match(decode_form(fields))
    assert read.document is not None
    assert match_sentence(read.document) == 'When the text contains "market": food, counted as a card purchase.'
    assert [one.path for one in read_match(decode_form(fields | {"category": "No"})).problems] == ["category"]
    assert read_match(decode_form({"a..b": "x"})).problems[0].code == "field_name"
