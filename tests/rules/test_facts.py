"""Facts as text: canonical forms, spaces, and every refusal with what would be right."""

import pytest

from ledger.faults import SluiceError
from rules.facts import ACCOUNT_FACTS, LATER_FACTS, Fact, parse_fact
from tests.rules.one_rule import document, refusals


@pytest.mark.parametrize(
    "text, fact",
    [
        ("balance(cash)", Fact("balance", "cash")),
        ("balance( invest.growth )", Fact("balance", "invest.growth")),
        (" spent (checking , 30)", Fact("spent", "checking", 30)),
        ("spent(checking,366)", Fact("spent", "checking", 366)),
        ("moved(tax_pot)", Fact("moved", "tax_pot")),
    ],
)
def test_facts_are_read(text: str, fact: Fact) -> None:
    assert parse_fact(text) == fact
    assert parse_fact(str(fact)) == fact


def test_the_canonical_text_has_no_spaces() -> None:
    assert [str(parse_fact(text)) for text in ("spent( checking, 30 )", "owed(borrow)")] == [
        "spent(checking,30)",
        "owed(borrow)",
    ]


@pytest.mark.parametrize("kind", [kind for kind in ACCOUNT_FACTS if kind != "spent"])
def test_every_fact_about_an_account_is_known(kind: str) -> None:
    assert parse_fact(f"{kind}(cash)") == Fact(kind, "cash")


@pytest.mark.parametrize("kind", LATER_FACTS)
def test_facts_of_later_are_refused_by_name(kind: str) -> None:
    with pytest.raises(SluiceError, match=rf"^{kind} is not available yet: use one of balance, expected") as caught:
        parse_fact(f"{kind}(VTI, 252)")
    assert caught.value.code == "fact_not_available"


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "such as balance"),
        ("balance", "such as balance"),
        ("balance(cash", "such as balance"),
        ("balance(a, 1, 2)", "such as balance"),
        ("wealth(cash)", "use one of balance, expected, posted"),
        ("balance(Cash)", "needs an account's handle"),
        ("balance()", 'not ""'),
        ("balance(" + "a" * 41 + ")", "needs an account's handle"),
        ("balance(cash, 3)", "takes no number of days; write balance(cash)."),
        ("moved(tax.pot)", "the id of an earlier rule"),
        ("spent(checking)", "from 1 to 366"),
        ("spent(checking, 0)", "from 1 to 366"),
        ("spent(checking, 367)", "from 1 to 366"),
        ("spent(checking, -1)", "from 1 to 366"),
        ("spent(checking, 030)", "such as spent(checking, 30)"),
    ],
)
def test_other_texts_are_refused(text: str, words: str) -> None:
    with pytest.raises(SluiceError) as caught:
        parse_fact(text)
    assert caught.value.code == "fact"
    assert words in caught.value.sentence


def test_a_fact_that_is_no_text_is_refused_with_its_path() -> None:
    (problem,) = refusals(document(when=[{"fact": 5, "above": "1"}]))
    assert (problem.path, problem.code) == ("when.0.fact", "fact")
