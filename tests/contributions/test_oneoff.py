"""One-off transfers into retirement accounts: tax years, refusals, and rooms that no sequence exceeds."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.contributions.rights import Pool
from engine.contributions.years import Choice
from ledger.days import parse_day
from tests.contributions.family import DAY, Family, family

LAST_OPEN, FIRST_CLOSED = parse_day("2026-04-15"), parse_day("2026-04-16")


def used(ann: Family, year: int) -> dict[tuple[int, int], int]:
    """Cents by (person's number, pool) that count to a tax year."""
    with ann.books.read(0) as work:
        made = work.contributed(year)
        numbers = {one.person: one.number for one in work.persons()}
    found: dict[tuple[int, int], int] = {}
    for person, pool, amount in zip(*(c.tolist() for c in (made.person, made.pool, made.amount)), strict=True):
        found[numbers[person], pool] = found.get((numbers[person], pool), 0) + amount
    return found


def test_traditional_and_roth_share_what_age_allows(ann: Family) -> None:
    status, body = ann.ask(5_000_00, "checking>traditional")
    assert (status, body["tax_year"]) == (201, 2026)
    status, body = ann.ask(3_600_01, "checking>roth")
    assert (status, body["code"], body["field"]) == (409, "contribution_above_room", "amount")
    assert body["detail"] == "3,600.01 is more than may still be contributed for 2026; write at most 3,600.00."
    assert ann.ask(3_600_00, "checking>roth")[0] == 201
    assert ann.ask(1, "checking>roth")[1]["detail"].endswith("write at most 0.00.")
    assert ann.ask(7_500_00, "checking>bens")[0] == 201
    assert ann.ask(1, "checking>bens")[0] == 409
    assert ann.ask(70_000_00, "checking>sep")[0] == 201
    assert used(ann, 2026) == {(1, Pool.IRA): 8_600_00, (1, Pool.SEP): 70_000_00, (2, Pool.IRA): 7_500_00}


def test_the_year_before_can_be_chosen_until_its_deadline(ann: Family) -> None:
    status, body = ann.ask(8_000_00, "checking>roth", LAST_OPEN, "prior")
    assert (status, body["tax_year"]) == (201, 2025)
    assert ann.ask(1, "checking>traditional", LAST_OPEN, "prior")[1]["code"] == "contribution_above_room"
    assert ann.ask(8_600_00, "checking>roth", LAST_OPEN, "current")[1]["tax_year"] == 2026
    status, body = ann.ask(1, "checking>bens", FIRST_CLOSED, "prior")
    assert (status, body["code"], body["field"]) == (409, "contribution_prior_year_closed", "tax_year")
    assert body["detail"] == "Tax year 2025 closed on 2026-04-15; choose 2026."
    assert ann.ask(1, "checking>sep", LAST_OPEN, "prior")[1]["code"] == "contribution_prior_year_sep"
    assert used(ann, 2025) == {(1, Pool.IRA): 8_000_00}


@pytest.mark.parametrize(
    "sides, why",
    [
        ("checking>taxable", "taxable is no retirement account"),
        ("checking>old", "old names nobody"),
        ("traditional>roth", "roth gets money that is in an IRA already"),
    ],
)
def test_a_year_is_chosen_for_contributions_alone(ann: Family, sides: str, why: str) -> None:
    status, body = ann.ask(1, sides, choice="current")
    assert (status, body["code"], body["field"]) == (409, "contribution_account", "tax_year")
    assert body["detail"].startswith(why)


def test_other_moves_are_no_contributions(ann: Family) -> None:
    for sides in ("checking>taxable", "checking>old", "traditional>roth", "traditional>checking"):
        status, body = ann.ask(100_00, sides)
        assert (status, "tax_year" in body) == (201, False)
    assert used(ann, 2026) == {}
    assert ann.ask(7_500_00, "traditional>bens")[1]["code"] == "exceeds_floor"
    assert ann.ask(100_00, "traditional>bens")[1]["tax_year"] == 2026
    assert used(ann, 2026) == {(2, Pool.IRA): 100_00}


def test_earnings_and_outside_contributions_bind(ann: Family) -> None:
    with ann.work() as work:
        work.keep_earned(ann.person(1), 2026, 4_000_00)
    assert ann.ask(4_000_01, "checking>roth")[0] == 409
    assert ann.ask(1_000_01, "checking>sep")[0] == 409
    assert ann.ask(1_000_00, "checking>sep")[0] == 201


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["traditional", "roth", "sep", "bens"]),
        st.integers(1, 9_000_00),
        st.sampled_from(["2026-01-01", "2026-04-15", "2026-04-16", "2026-12-31"]),
        st.sampled_from([None, "current", "prior"]),
    ),
    min_size=1,
    max_size=12,
)
Move = tuple[str, int, str, Choice | None]
LIMITS = {
    (1, Pool.IRA): {2025: 8_000_00, 2026: 8_600_00},
    (1, Pool.SEP): {2025: 0, 2026: 72_000_00},
    (2, Pool.IRA): {2025: 7_000_00, 2026: 7_500_00},
}


@settings(max_examples=25)
@given(MOVES)
def test_no_sequence_exceeds_a_limit(moves: list[Move]) -> None:
    """A model in four lines: a room a person, pool and year; taken where it fits, refused where it does not."""
    with tempfile.TemporaryDirectory() as folder, family(f"sqlite:///{Path(folder) / 'a.db'}") as ann:
        left = {(person, pool, year): cents for (person, pool), by in LIMITS.items() for year, cents in by.items()}
        for handle, cents, day, choice in moves:
            pool, person = Pool.SEP if handle == "sep" else Pool.IRA, 2 if handle == "bens" else 1
            prior = choice == "prior"
            able = not prior or (day <= "2026-04-15" and pool is Pool.IRA)
            room = person, pool, 2025 if prior else 2026
            taken = able and cents <= left[room]
            status, _ = ann.ask(cents, f"checking>{handle}", parse_day(day), choice)
            assert status == (201 if taken else 409)
            left[room] -= cents if taken else 0
        for year in (2025, 2026):
            spent = {key: by[year] - left[*key, year] for key, by in LIMITS.items()}
            assert used(ann, year) == {key: cents for key, cents in spent.items() if cents}


def test_what_is_counted_names_its_transfer(ann: Family) -> None:
    ann.ask(10_00, "checking>roth", DAY)
    with ann.books.read(0) as work:
        made, past = work.contributions(ann.customer), work.past(ann.customer)
        at = np.flatnonzero(past.seq == made.seq[0])
        assert past.transfers.amount[at].tolist() == [10_00]
        assert past.transfers.debit[at].tolist() == made.account.tolist() == [ann.account("roth")]
