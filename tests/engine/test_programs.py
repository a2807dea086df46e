"""Packed programs: unpacking gives back what was compiled, and damaged words never touch another customer."""

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.case import Case
from engine.evaluate import evaluate
from engine.plan import Plan
from engine.programs import Programs, groups, numbers_of, unpack
from engine.snapshot import Snapshot
from engine.targets import check_targets
from ledger.accounts import Int64s
from ledger.faults import SluiceError
from rules.shapes import Head
from tests.engine.asking import account, case, fixed, rule
from tests.engine.joined import case_of, join
from tests.strategies.cases import random_book

ACCOUNTS = {"checking": account("1000.00"), "cash": account("0.00")}


def book(seed: int, size: int) -> list[Case]:
    return [case_of(dict(document)) for document in random_book(Random(seed), size)]


def single_numbers(programs: Programs) -> list[list[int]]:
    """The numbers of every rule of every customer, by rank, then customer."""
    found: list[list[int]] = []
    for rank in range(1, len(programs.ranks) + 1):
        by_customer: dict[int, list[int]] = {}
        for group in groups(programs, rank):
            numbers = numbers_of(programs, group)
            columns = np.stack([numbers[place] for place in range(group.shape.layout.size)]).T.tolist()
            by_customer |= dict(zip(group.customer.tolist(), columns, strict=True))
        found += [by_customer[customer] for customer in sorted(by_customer)]
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_book_unpacks_to_the_numbers_of_each_of_its_programs(seed: int) -> None:
    cases = book(seed, 40)
    joined = join(cases).programs
    singles = [single_numbers(case.snapshot.programs) for case in cases]
    by_rank = [one[rank] for rank in range(len(joined.ranks)) for one in singles if rank < len(one)]
    assert single_numbers(joined) == by_rank
    assert joined.rules.tolist() == [len(case.rules) for case in cases]
    assert np.diff(joined.tally_start).tolist() == [len(case.snapshot.tally_used) for case in cases]


def test_customers_without_a_program_have_no_rules() -> None:
    one = case(ACCOUNTS, rule(fixed("1.00"))).snapshot.programs
    shapes = {shape.number: shape.text for shape in one.shapes()}
    programs = unpack(one.words, np.array([0, len(one.words), 0]), shapes)
    assert programs.rules.tolist() == [0, 1, 0]
    assert [group.customer.tolist() for group in groups(programs, 1)] == [[1]]
    none = unpack(np.zeros(0, np.int64), np.zeros(2, np.int64), {})
    assert (none.ranks, none.shapes()) == ((), set())


RULES, TALLIES, LENGTH, PERIOD, SHAPE, PLACE = range(6)
FAR = 2**62


@pytest.mark.parametrize(
    "word, value, says",
    [
        (RULES, 0, None),
        (RULES, -1, "header"),
        (RULES, FAR, "header"),
        (RULES, 20, "directory"),
        (TALLIES, -1, "header"),
        (TALLIES, FAR, "header"),
        (TALLIES, 25, "directory"),
        (LENGTH, 5, "header"),
        (PERIOD, -1, "period"),
        (PERIOD, 7, "period"),
        (SHAPE, 17, "shape"),
        (PLACE, -1, "outside"),
        (PLACE, FAR * 2 - 1, "outside"),
        (PLACE, -FAR * 2, "outside"),
        (PLACE, 7, "outside"),
    ],
)
def test_each_damage_is_named(word: int, value: int, says: str | None) -> None:
    programs = case(ACCOUNTS, rule(fixed("1.00"), cool_down_days=3)).snapshot.programs
    words = programs.words.copy()
    words[word] = value
    shapes = {shape.number: shape.text for shape in programs.shapes()}
    if says is None:
        assert len(unpack(words, np.array([len(words)]), shapes).ranks) == 0
        return
    with pytest.raises(SluiceError, match=says) as fault:
        unpack(words, np.array([len(words)]), shapes)
    assert fault.value.code == "program_broken"


def test_lengths_and_shapes_have_to_fit() -> None:
    programs = case(ACCOUNTS, rule(fixed("1.00"))).snapshot.programs
    shapes = {shape.number: shape.text for shape in programs.shapes()}
    for length in ([len(programs.words) - 1], [2, len(programs.words) - 2]):
        with pytest.raises(SluiceError, match="do not add up"):
            unpack(programs.words, np.array(length), shapes)
    with pytest.raises(SluiceError, match="shape that is not stored"):
        unpack(programs.words, np.array([len(programs.words)]), {})


@pytest.mark.parametrize(
    "place, value",
    [
        (Head.MODE, 4),
        (Head.MODE, -1),
        (Head.COOL_SLOT, 2),
        (Head.COOL_SLOT, -2),
        ("sources", 2),
        ("destinations", -1),
        ("amount", 2),
        ("caps", 2),
        ("adds", -1),
        ("leaves", 0),
        ("leaves", 2),
    ],
)
def test_a_program_names_only_what_its_customer_has(place: Head | str, value: int) -> None:
    moved = {"fact": "moved(first)", "above": "0.00"}
    excess = {"kind": "excess", "account": "checking", "above": "1.00"}
    second = rule(excess, when=[moved], cool_down_days=1, caps=[{"per": "day", "amount": "1.00"}])
    programs = case(ACCOUNTS, rule(fixed("1.00"), id="first"), second).snapshot.programs
    check_targets(programs, np.array([2]))
    (group,) = groups(programs, 2)
    at = place if isinstance(place, Head) else getattr(group.shape.layout, place)
    programs.words[group.place[0] + at] = value
    with pytest.raises(SluiceError, match="does not exist"):
        check_targets(programs, np.array([2]))


def flip(snapshot: Snapshot, length: Int64s, at: int, value: int) -> Plan | str:
    """The plan with one word replaced, or the code of the fault where the damage is found."""
    words = snapshot.programs.words.copy()
    words[at] = value
    shapes = {shape.number: shape.text for shape in snapshot.programs.shapes()}
    try:
        programs = unpack(words, length, shapes)
        if not np.array_equal(programs.period, snapshot.programs.period):
            return "program_broken"  # tallies are stored beside the program: `take` compares them
        check_targets(programs, np.diff(snapshot.account_start))
    except SluiceError as fault:
        return fault.code
    changed = {name: getattr(snapshot, name) for name in Snapshot.__slots__}
    return evaluate(Snapshot(**changed | {"programs": programs}))


CASES = book(3, 12)
BOOK = join(CASES)
LENGTHS = np.array([len(one.snapshot.programs.words) for one in CASES])
PLAN = evaluate(BOOK)
WORDS = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-5, 100), st.sampled_from(sorted(BOOK.programs.words)))


@given(data=st.data(), value=WORDS)
def test_a_damaged_word_is_found_or_changes_its_own_customer_alone(data: st.DataObject, value: Any) -> None:
    at = data.draw(st.integers(0, len(BOOK.programs.words) - 1))
    plan = flip(BOOK, LENGTHS, at, int(value))
    if isinstance(plan, str):
        assert plan == "program_broken"
        return
    damaged = int(np.searchsorted(np.cumsum(LENGTHS), at, side="right"))
    for name in ("outcome", "reason", "wanted", "amount", "limited_by"):
        before, after = getattr(PLAN.decisions, name), getattr(plan.decisions, name)
        ranks = min(len(before), len(after))
        others = np.arange(len(BOOK)) != damaged
        assert (before[:ranks, others] == after[:ranks, others]).all()
    for side in (plan.legs.source, plan.legs.destination):
        owner = np.searchsorted(BOOK.account_start, side, side="right") - 1
        assert (owner == plan.legs.customer).all()
