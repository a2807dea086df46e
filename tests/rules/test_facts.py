"""Facts as text: canonical forms, spaces, and every refusal with what would be right."""

import pytest

from ledger.faults import SluiceError
from ledger.seal import asset_code, asset_number
from rules.facts import ACCOUNT_FACTS, FACTS, LATER_FACTS, PERCENT_FACTS, Fact, parse_fact
from rules.values import symbol_number
from tests.rules.one_rule import document, refusals


@pytest.mark.parametrize(
    "text, fact",
    [
        ("balance(cash)", Fact("balance", "cash")),
        ("balance( invest.growth )", Fact("balance", "invest.growth")),
        (" spent (checking , 30)", Fact("spent", "checking", 30)),
        ("spent(checking,366)", Fact("spent", "checking", 366)),
        ("moved(tax_pot)", Fact("moved", "tax_pot")),
        ("drift( invest.growth )", Fact("drift", "invest.growth")),
        ("drawdown( VTI , 252 )", Fact("drawdown", "VTI", 252)),
        ("price_to_average(BRK.B,1260)", Fact("price_to_average", "BRK.B", 1260)),
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
        ("drawdown(VTI)", "sessions from 1 to 1260; write it such as drawdown(VTI, 252)."),
        ("drawdown(VTI, 0)", "from 1 to 1260"),
        ("price_to_average(VTI, 1261)", "from 1 to 1260"),
        ("value(invest.growth, 3)", "takes no number of days; write value(invest.growth)."),
        ("drift(VTI)", "needs an account's handle"),
    ],
)
def test_other_texts_are_refused(text: str, words: str) -> None:
    with pytest.raises(SluiceError) as caught:
        parse_fact(text)
    assert caught.value.code == "fact"
    assert words in caught.value.sentence


@pytest.mark.parametrize(
    "symbol, words",
    [
        ("vti", "capital letters"),
        ("", "such as VTI or BRK.B"),
        (".A", "is not a symbol"),
        ("ABCDEFGHI", "at most 8"),
        ("USD", "a currency, in which money is counted"),
    ],
)
def test_facts_about_securities_need_a_symbol(symbol: str, words: str) -> None:
    with pytest.raises(SluiceError) as caught:
        parse_fact(f"drawdown({symbol}, 252)")
    assert caught.value.code == "symbol"
    assert words in caught.value.sentence


@pytest.mark.parametrize("symbol", ["VTI", "A", "ABCDEFGH"])
def test_a_symbol_has_the_number_of_its_asset(symbol: str) -> None:
    assert symbol_number(symbol) == asset_number(symbol)
    assert asset_code(symbol_number("BRK.B")) == "BRK.B"


def test_percents_and_money_do_not_mix() -> None:
    assert [fact for fact in FACTS if Fact(fact, "x").is_percent] == list(PERCENT_FACTS)
    (problem,) = refusals(document(amount={"kind": "fact", "fact": "drift(invest.growth)"}))
    assert (problem.path, problem.code) == ("amount.fact", "fact")
    assert "is a percent, but an amount is money" in problem.sentence


def test_a_fact_that_is_no_text_is_refused_with_its_path() -> None:
    (problem,) = refusals(document(when=[{"fact": 5, "above": "1"}]))
    assert (problem.path, problem.code) == ("when.0.fact", "fact")
