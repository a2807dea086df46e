"""End to end: a statement is imported, matching rules sort it, and the night reads round_ups, spent, deposits."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.answer import decisions_of
from engine.evaluate import evaluate
from engine.household import furnish, read_setup
from engine.matching.recategorise import recategorise, save_matching
from engine.past import snapshot_of_past
from ledger.days import parse_day
from ledger.money import format_money, parse_money
from rules.decode import Decoded
from store.verify import verify
from tests.engine.households import Home
from tests.engine.statements import bring, statement
from tests.matching.test_books import made

LINES = (
    ("ann", "2026-11-16", "2000.00", ""),
    ("ann", "2026-11-17", "-12.34", ""),  # 0.66 to the next dollar
    ("ann", "2026-11-17", "-30.00", ""),  # a whole dollar gives none
    ("ann", "2026-11-18", "-5.01", ""),  # 0.99
    ("ann", "2026-11-18", "-700.50", ""),  # 0.50, and no purchase at all
    ("ann", "2026-11-19", "-80.25", ""),  # a purchase that the bank's file does not say to be one: 0.75
    ("ann", "2026-11-19", "40.10", ""),  # money back arrives from an income account, and is no purchase
)
TEXTS = ["ACME payroll", "Corner market", "Cinema", "Bakery", "Rent to Mr Low", "PhonePay shoes", "Corner market"]
SAYS_CARD = [False, True, True, True, True, False, False]
MATCHING: tuple[dict[str, object], ...] = (
    {"when": {"text": {"starts": ["rent"]}}, "category": "housing", "card": "no"},
    {"when": {"text": {"contains": ["phonepay"]}}, "category": "clothes", "card": "yes"},
    {"when": {"text": {"contains": ["market", "bakery"]}}, "category": "groceries"},
)


def percent(name: str, fact: str) -> dict[str, object]:
    """A rule that moves the whole of a fact."""
    return {
        "id": name,
        "mode": "auto",
        "amount": {"kind": "percent_of", "fact": fact, "percent": "100%"},
        "from": [{"account": "checking"}],
        "to": [{"account": name}],
    }


RULES = [
    percent("rounded", "round_ups(checking)"),
    percent("spent_today", "spent(checking, 1)"),
    percent("spent_week", "spent(checking, 7)"),
    percent("arrived", "deposits(checking)"),
]


@pytest.fixture
def home(database_url: str) -> Iterator[Home]:
    found = Home(database_url)
    yield found
    found.books.close()
    assert list(verify(found.url)) == []


def lived(home: Home, *matching: dict[str, object]) -> dict[str, str]:
    """Import under these matching rules; what each rule moved on the night of the 18th."""
    bring(home, statement(("ann", "2026-11-14", "20000.00", ""), keys=[99]))  # opens the household
    home.night("2026-11-15")  # what is recorded from here on is new
    setup = read_setup(
        Decoded({"accounts": [{"handle": str(one["id"]), "kind": "cash"} for one in RULES], "rules": []})
    )
    whole = read_setup(Decoded({"rules": RULES}), (*setup.accounts, *CHECKING.accounts))
    when = (parse_day("2026-11-16"), home.now())
    with home.work() as work:
        furnish(work, [home.ids["ann"]], replace(setup, rules=whole.rules), "USD", when)
        assert save_matching(work, home.ids["ann"], made(*matching), when) == ()
    bring(home, replace(statement(*LINES), text=TEXTS, card=np.array(SAYS_CARD)))
    home.night("2026-11-18")
    ids = [one["id"] for one in RULES]
    moved = {
        str(ids[told.rank - 1]): told.amount for told in home.decisions("ann") if told.day == parse_day("2026-11-18")
    }
    assert explained(home, "2026-11-18") == moved
    return {name: format_money(cents) for name, cents in moved.items()}


CHECKING = read_setup(Decoded({"accounts": [{"handle": "checking", "kind": "checking"}]}))


def explained(home: Home, day: str) -> dict[str, int]:
    """What the same rules move in the night rebuilt from what was recorded."""
    column = np.array([home.ids["ann"]], np.int64)
    with home.books.read(0) as work:
        past, record = work.past(home.ids["ann"]), work.customers(column)[0]
        night = snapshot_of_past(past, record, work.accounts_of(column), parse_day(day), work.system_paths())
    told = decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)
    return {one["rule"]: parse_money(one["amount"]) for one in told if one["outcome"] == "moved"}


def test_without_matching_rules_the_file_decides(home: Home) -> None:
    assert lived(home) == {
        "rounded": "2.15",  # 0.66 + 0.99 + 0.50
        "spent_today": "705.51",
        "spent_week": "747.85",
        "arrived": "2040.10",
    }


def test_matching_rules_decide_after_the_file(home: Home) -> None:
    moved = lived(home, *MATCHING)
    assert moved == {
        "rounded": "2.40",  # 0.66 + 0.99 + 0.75, and not the rent
        "spent_today": "705.51",
        "spent_week": "747.85",
        "arrived": "2040.10",
    }


def test_moving_categories_later_changes_no_fact(home: Home) -> None:
    lived(home, *MATCHING)
    again = tuple({**one, "category": "other", "card": "no"} for one in MATCHING)
    with home.work() as work:
        assert save_matching(work, home.ids["ann"], made(*again), (parse_day("2026-11-19"), home.now())) == ()
        moved = recategorise(work, home.ids["ann"], parse_day("2026-11-01"), (parse_day("2026-11-19"), home.now()))
    assert moved == 5
    home.night("2026-11-20")
    found = {
        RULES[told.rank - 1]["id"]: told.amount for told in home.decisions("ann") if told.day > parse_day("2026-11-18")
    }
    assert found == {"spent_week": 828_10}  # nothing arrived, nothing was bought; the week's spending is what it was
    assert explained(home, "2026-11-20") == found
