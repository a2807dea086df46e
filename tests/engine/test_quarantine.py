"""Who cannot be decided is left out, with the reason, and the others go on (ruling 56)."""

from dataclasses import replace

import numpy as np
import pytest

from engine import night
from engine.codes import Outcome
from engine.ports import BookWork, Population
from engine.quarantine import BEYOND, decide
from engine.take import part, read, take
from ledger.batch import BookState
from ledger.days import parse_day
from tests.engine.households import CASH, CHECKING, FRIDAY, SATURDAY, Home, basis
from tests.naive.asking import fixed, rule

DAY = parse_day(FRIDAY)


def three(home: Home) -> None:
    for name in ("ann", "ben", "cay"):
        rests = rule(fixed("1.00"), cool_down_days=1, caps=[{"per": "day", "amount": "9.00"}])
        home.open(name, [CHECKING, CASH], rests, rule({"kind": "fact", "fact": "spent(checking, 3)"}, id="spent"))


def decided(work: BookWork, population: Population) -> tuple[list[int], dict[int, str]]:
    """Outcomes of the first rules of those who could be decided, and the others."""
    found = decide(basis(work, population))
    return found.plan.decisions.outcome[0].tolist(), found.quarantined


def test_a_damaged_program_leaves_out_its_customer_alone(home: Home) -> None:
    three(home)
    with home.work() as work:
        population = work.population()
        assert decided(work, population) == ([Outcome.MOVED] * 3, {})
        words = population.programs.copy()
        words[population.program_words[0]] = 99
        outcomes, left_out = decided(work, replace(population, programs=words))
    assert outcomes == [Outcome.MOVED] * 2
    assert list(left_out) == [home.ids["ben"]]
    assert left_out[home.ids["ben"]].startswith("SluiceError: A stored program cannot be read")


def test_tallies_that_are_not_the_programs_leave_their_customer_out(home: Home) -> None:
    three(home)
    with home.work() as work:
        population = work.population()
        fewer = {name: getattr(population, name)[:-1] for name in
                 ("tally_customer", "tally_slot", "tally_since", "tally_used")}  # fmt: skip
        outcomes, left_out = decided(work, replace(population, **fewer))
        swapped = population.tally_customer.copy()
        swapped[1] = home.ids["ben"]
        both = decided(work, replace(population, tally_customer=swapped))[1]
    assert outcomes == [Outcome.MOVED] * 2
    assert list(left_out) == [home.ids["cay"]]
    assert list(both) == [home.ids["ann"], home.ids["ben"]]


def test_numbers_beyond_what_may_be_held_leave_their_customers_out(home: Home) -> None:
    three(home)
    with home.work() as work:
        population = work.population()
        accounts = population.accounts
        wild = replace(accounts, debits_posted=accounts.debits_posted + np.array([0, 2 * 10**15, 0, 0, 0, 0]))
        found = decide(basis(work, replace(population, accounts=wild)))
        used = population.tally_used + np.array([0, 0, 0, 10**15 + 1, 0, 0])
        other = decide(basis(work, replace(population, tally_used=used)))
    assert found.quarantined == {home.ids["ann"]: BEYOND}
    assert other.quarantined == {home.ids["ben"]: BEYOND}
    assert found.plan.snapshot.customer.tolist() == [home.ids["ben"], home.ids["cay"]]


def test_a_part_of_the_population_is_the_population_of_those_customers(home: Home) -> None:
    three(home)
    with home.work() as work:
        population = work.population()
        keep = np.array([True, False, True])
        chosen = work.population(population.customer[keep])
        some = part(population, keep)
        assert (some.programs == chosen.programs).all()
        assert (some.accounts.account == chosen.accounts.account).all()
        assert (some.tally_used == chosen.tally_used).all()
        one, other = (take(read(work, these, DAY), these.accounts, DAY) for these in (some, chosen))
    assert (one.posted == other.posted).all()
    assert (one.facts.spent_key == other.facts.spent_key).all()
    assert (one.account_start == other.account_start).all()


@pytest.fixture
def bens_floor_is_high(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The books and the rules are made to disagree: in the books ben's floor is his balance."""
    real = night.rules_state

    def with_higher_floors(work: BookWork, population: Population) -> BookState:
        state = real(work, population)
        floor = np.where(state.accounts.customer == home.ids["ben"], 100_000, state.accounts.floor)
        return replace(state, accounts=replace(state.accounts, floor=floor))

    monkeypatch.setattr(night, "rules_state", with_higher_floors)


@pytest.mark.usefixtures("bens_floor_is_high")
def test_a_move_that_the_books_refuse_costs_its_customer_the_night(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    three(home)
    done = home.night(FRIDAY)
    assert (done.status, done.transfers) == ("partial", 2)
    assert list(done.quarantined) == [home.ids["ben"]]
    assert done.quarantined[home.ids["ben"]].startswith("The books refused a move: ")
    assert home.balance("ben", "checking") == (100_000, 0, 0)
    assert home.decisions("ben") == []
    assert home.balance("cay", "checking") == (99_900, 0, 0)
    monkeypatch.undo()
    assert home.night(SATURDAY).transfers == 3
    with home.books.read(0) as work:
        assert [one.last_night for one in work.customers()] == [DAY + 1] * 3


@pytest.mark.usefixtures("bens_floor_is_high")
def test_a_refused_customer_has_used_up_nothing(home: Home) -> None:
    to_roth = rule(fixed("70.00"), "checking", "roth", cool_down_days=5, caps=[{"per": "year", "amount": "90.00"}])
    ben = home.open_unnamed("ben", to_roth)
    with home.work() as work:
        work.change_customer(ben, paused=False, ira_room=10_000)
        before = work.population()
    assert home.night(FRIDAY).status == "partial"
    with home.work() as work:
        after = work.population()
    assert after.ira_room.tolist() == [10_000]
    assert after.tally_used.tolist() == before.tally_used.tolist() == [0, 0]
    assert after.tally_since.tolist() == before.tally_since.tolist()
