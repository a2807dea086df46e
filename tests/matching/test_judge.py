"""Which rule a line falls under: examples, and an independent program line by line."""

from random import Random
from typing import Any

import numpy as np

from engine.matching.document import MatchRule, MatchWhen, TextIs
from engine.matching.judge import NO_RULE, Judged, LineColumns, folded, given
from tests.matching.test_document import rules

WORDS = ("Market", "corner  SHOP", "payroll acme", "ATM", "Straße 5", "x")
HANDLES = {"checking": 7, "cash": 8}


def told(*lines: tuple[str, int, int, bool]) -> LineColumns:
    text, amount, account, card = zip(*lines, strict=True)
    return LineColumns(text, np.array(amount, np.int64), np.array(account, np.int64), np.array(card, np.bool_))


def test_the_first_rule_that_holds_gives_category_and_card() -> None:
    lines = told(
        ("THE MARKET", -12_34, 7, True),
        ("market refund", 32_34, 7, False),
        ("Payroll Acme", 2000_00, 7, False),
        (" atm ", -50_00, 7, True),
        ("atm", -50_00, 7, False),
        ("Film", -9_99, 7, False),
        ("Film", -9_99, 8, False),
        ("from aunt", 20_00, 8, True),
    )
    judged = Judged(rules(), lines, HANDLES)
    assert judged.first().tolist() == [0, NO_RULE, 1, 2, NO_RULE, 3, NO_RULE, 4]
    assert [int(hit.sum()) for hit in judged.hits] == [1, 1, 1, 1, 1]
    categories, card = given(rules(), lines, HANDLES, ["was"] * 8)
    assert categories == ["groceries", "was", "salary", "cash_out", "was", "streaming", "was", "gifts"]
    assert card.tolist() == [True, False, False, False, False, True, False, False]  # money in is no purchase


def test_no_rule_and_no_line() -> None:
    assert Judged((), told(("a", 1, 7, False)), {}).first().tolist() == [NO_RULE]
    empty = LineColumns([], np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_))
    assert Judged(rules(), empty, {}).first().tolist() == []


def naive(rule: MatchRule, line: tuple[str, int, int, bool]) -> bool:
    """Whether a rule holds for a line."""
    _, amount, account, card = line
    when = rule.when
    tests = [
        when.direction is None or (amount > 0) == (when.direction == "in"),
        when.at_least is None or abs(amount) >= when.at_least,
        when.at_most is None or abs(amount) <= when.at_most,
        when.account is None or HANDLES.get(when.account) == account,
        when.card is None or card == (when.card == "yes"),
        when.text is None or says(when.text, folded(line[0])),
    ]
    return all(tests)


def says(test: TextIs, text: str) -> bool:
    """Whether a text passes its test."""
    if test.contains:
        return any(folded(word) in text for word in test.contains)
    if test.starts:
        return any(text.startswith(folded(word)) for word in test.starts)
    return any(text == folded(word) for word in test.equals or ())


def drawn(chance: Random) -> MatchRule:
    """A rule at random."""
    words = tuple(chance.sample(("market", "corner shop", "PAY", "atm", "STRASSE", "5"), chance.randint(1, 3)))
    text = TextIs(**{chance.choice(("contains", "starts", "equals")): words})
    when: dict[str, Any] = {
        "text": text if chance.random() < 0.7 else None,
        "at_least": chance.choice((None, 10_00)),
        "at_most": chance.choice((None, 50_00)),
        "direction": chance.choice((None, "in", "out")),
        "account": chance.choice((None, "checking", "gold")),
        "card": chance.choice((None, None, "yes", "no")),
    }
    if not any(when.values()):
        when["direction"] = "in"
    return MatchRule(when=MatchWhen(**when), category="food")


def test_columns_equal_a_program_that_goes_line_by_line() -> None:
    chance = Random(3)
    for _ in range(150):
        lines = [
            (chance.choice(WORDS), chance.choice((-1, 1)) * chance.randint(1, 60_00), chance.choice((7, 8)),
             chance.random() < 0.5)
            for _ in range(30)
        ]  # fmt: skip
        asked = [drawn(chance) for _ in range(5)]
        judged = Judged(asked, told(*lines), HANDLES)
        for rule, hit in zip(asked, judged.hits, strict=True):
            assert hit.tolist() == [naive(rule, line) for line in lines]
        firsts = [next((at for at, rule in enumerate(asked) if naive(rule, line)), NO_RULE) for line in lines]
        assert judged.first().tolist() == firsts
