"""The evaluator against the naive one: every field of every decision and leg, and the state that is left behind."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given

from engine.answer import decisions_of
from engine.case import Case
from engine.evaluate import evaluate
from engine.plan import Plan
from engine.snapshot import NO_LIMIT
from ledger.days import day_number
from rules.compile import tallies_of
from rules.shapes import FAR_PAST
from tests.engine.joined import case_of, join
from tests.naive.evaluator import evaluate_night, read_rules
from tests.naive.night import Night, read_night
from tests.strategies.cases import cases, random_book, random_case


def test_one_case_gives_the_same_decisions_and_the_same_state_in_both() -> None:
    assert_equal([dict(random_case(Random(7)))])


@given(cases())
def test_every_case_gives_the_same_decisions_and_the_same_state_in_both(document: dict[str, Any]) -> None:
    assert_equal([document])


@pytest.mark.parametrize("size, books", [(1, 100), (100, 10), (1_000, 2)])
def test_books_of_many_customers_decide_each_as_if_alone(size: int, books: int) -> None:
    assert_books_equal(f"{size} customers", size, books)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_two_hundred_thousand_customers(seed: int) -> None:
    assert_books_equal(f"long {seed}", size=1_000, books=10)


def assert_books_equal(seed: str, size: int, books: int) -> None:
    """Compare so many random books, each of one night."""
    print(f"seed {seed}")
    source = Random(seed)
    for _ in range(books):
        assert_equal([dict(document) for document in random_book(source, size)])


def assert_equal(documents: Sequence[dict[str, Any]]) -> None:
    """Evaluate all as one book, and each naively."""
    read = [case_of(document) for document in documents]
    plan = evaluate(join(read))
    for place, (document, case) in enumerate(zip(documents, read, strict=True)):
        night = read_night(document)
        expected = evaluate_night(read_rules(document), night)
        assert decisions_of(plan, place, case.rules, case.handles) == expected, document
        assert_left_alike(plan, place, case, night)
        assert tallies_after(plan, place, case) == tallies_expected(case, night), document


def assert_left_alike(plan: Plan, place: int, case: Case, night: Night) -> None:
    """Compare the balances, the contribution room and the stop."""
    after, start = plan.after, int(plan.snapshot.account_start[place])
    for slot, handle in enumerate(case.handles, start=start):
        account = night.accounts[handle]
        assert after.posted[slot] == account.posted
        assert after.pending_in[slot] == account.pending_in
        assert after.pending_out[slot] == account.pending_out
    assert after.ira_room[place] == (NO_LIMIT if night.ira_room is None else night.ira_room)
    assert after.stopped[place] == night.stopped


def tallies_after(plan: Plan, place: int, case: Case) -> list[int]:
    """The day of a cool-down, or what a counter has used, after the last rule."""
    start = int(plan.snapshot.programs.tally_start[place])
    return [
        int(column[slot])
        for slot, key in enumerate(tallies_of(case.rules), start=start)
        for column in [plan.after.tally_since if key.per == "moved" else plan.after.tally_used]
    ]


def tallies_expected(case: Case, night: Night) -> list[int]:
    """The same as the naive evaluator left it."""
    found = []
    for key in tallies_of(case.rules):
        name = ("counter", key.counter) if key.counter else ("rule", key.rule)
        last_moved = night.last_moved.get(key.rule)
        if key.per != "moved":
            found.append(night.used.get((*name, key.per), 0) + night.used_tonight.get(name, 0))
        elif night.moved_tonight[key.rule]:
            found.append(day_number(night.on))
        else:
            found.append(FAR_PAST if last_moved is None else day_number(last_moved))
    return found
