"""`docs/rules-by-example.md`: every document loads, passes the checks and is worded as the page says."""

import pytest

from rules.check import check
from rules.load import load_yaml
from rules.starter_files import starters
from rules.wording import OUTCOME_WORDS, REASON_WORDS, sentence
from tests.docs.pages import Block, blocks, tables
from tests.rules.one_rule import ACCOUNTS

PAGE = "rules-by-example.md"
EXAMPLES = blocks(PAGE, "yaml")


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: load_yaml(block.text).rules[0].id)
def test_an_example_loads_checks_and_words_as_written(block: Block) -> None:
    loaded = load_yaml(block.text)
    assert loaded.problems == ()
    assert check(loaded.rules, ACCOUNTS) == ()
    assert tuple(sentence(rule) for rule in loaded.rules) == block.quoted


def test_every_starter_is_there_as_it_comes() -> None:
    shown = {rule.id: rule for block in EXAMPLES for rule in load_yaml(block.text).rules}
    assert [starter.rule for starter in starters() if shown.get(starter.rule.id) != starter.rule] == []
    assert len(EXAMPLES) > len(starters()) + 2


def test_every_outcome_and_reason_is_worded() -> None:
    told = {row[0].strip("`"): row[1] for row in tables(PAGE)}
    assert told == OUTCOME_WORDS | REASON_WORDS
