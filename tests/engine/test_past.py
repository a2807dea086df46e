"""Past nights, rebuilt: equal to the night in every field, and refused where the night decided nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

import numpy as np
import pytest

from engine.codes import Reason
from engine.desk import AccountEvent, AccountRecord, CustomerRecord, Past
from engine.evaluate import evaluate
from engine.explain import explain, explain_night
from engine.guards import Guards
from engine.invest.nights.kept import seen_market
from engine.keptguards import seen_guards
from engine.marketfacts import MarketFacts
from engine.past import PastNight, snapshot_of_past
from engine.plan import Plan
from engine.snapshot import SPENT_DAYS, Snapshot
from ledger.accounts import Standing
from ledger.days import parse_day
from ledger.faults import SluiceError
from store.books import Work
from tests.engine.living import CLOCK, Living, ints

FIRST = parse_day("2026-10-20")
COLUMNS = ("last_night", "paused", "ira_room")
ACCOUNT_COLUMNS = (*("account", "kind", "asset", "problem", "posted", "pending_in", "pending_out", "floor", "ceiling"),)


def at(plan: Plan, customer: int) -> dict[str, list[int]]:
    """Everything of a plan and its snapshot that is one customer's (by index), as plain numbers."""
    snapshot, programs = plan.snapshot, plan.snapshot.programs
    accounts = slice(snapshot.account_start[customer], snapshot.account_start[customer + 1])
    tallies = slice(programs.tally_start[customer], programs.tally_start[customer + 1])
    ranks = slice(0, programs.rules[customer])
    found = {name: ints(getattr(snapshot, name)[customer : customer + 1]) for name in COLUMNS}
    found |= {name: ints(getattr(snapshot, name)[accounts]) for name in ACCOUNT_COLUMNS}
    found |= {name: ints(getattr(snapshot, name)[tallies]) for name in ("tally_since", "tally_used")}
    found |= {f"after {name}": ints(getattr(plan.after, name)[tallies]) for name in ("tally_since", "tally_used")}
    names = ("outcome", "reason", "wanted", "amount", "limited_by")
    found |= {name: ints(getattr(plan.decisions, name)[ranks, customer]) for name in names}
    legs = plan.legs.customer == customer
    found |= {f"leg {name}": ints(getattr(plan.legs, name)[legs]) for name in ("rank", "number", "amount", "pending")}
    found |= {name: ints(snapshot.account[getattr(plan.legs, name)[legs]]) for name in ("source", "destination")}
    return found | _facts(snapshot, accounts)


def _facts(snapshot: Snapshot, accounts: slice) -> dict[str, list[int]]:
    facts = snapshot.facts
    entry = facts.spent_key // SPENT_DAYS
    mine = (entry >= accounts.start) & (entry < accounts.stop)
    keys = facts.spent_key[mine] - accounts.start * SPENT_DAYS
    flows = {name: ints(getattr(facts, name)[accounts]) for name in ("arrived", "round_up")}
    return {**flows, "spent_key": ints(keys), "spent": ints(facts.spent[mine])}


@dataclass
class Remembered:
    """Everything the store gives of one household."""

    customer: CustomerRecord
    accounts: list[AccountRecord]
    past: Past
    paths: dict[int, str]
    seen: dict[int, tuple[MarketFacts, Guards]]

    def on(self, day: int) -> PastNight:
        """The night rebuilt."""
        night = snapshot_of_past(self.past, self.customer, self.accounts, day, self.paths)
        market, guards = self.seen[day]
        return night.with_market(market).with_guards(guards)


def remembered(work: Work, customer: int) -> Remembered:
    """Read it."""
    one = np.array([customer])
    past = work.past(customer)
    days = [night.day for night in past.nights]
    seen = {day: (seen_market(work, day, customer), seen_guards(work, day, customer)) for day in days}
    return Remembered(work.customers(one)[0], work.accounts_of(one), past, work.system_paths(), seen)


def test_every_rule_of_every_night_is_rebuilt_as_the_night_decided_it(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reasons = rebuilt(Living(sqlite_url, Random(20261120), FIRST), 20, monkeypatch)
    assert reasons > {Reason.PAUSED, Reason.FROZEN, Reason.COOLING_DOWN, Reason.CAP_USED_UP}


def test_a_book_of_one_household_has_nights_that_book_nothing(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rebuilt(Living(sqlite_url, Random(12), FIRST), 1, monkeypatch)


@pytest.mark.long
@pytest.mark.parametrize("households", [1, 20])
@pytest.mark.parametrize("seed", range(8))
def test_the_same_for_many_books(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, seed: int, households: int) -> None:
    rebuilt(Living(sqlite_url, Random(seed), FIRST), households, monkeypatch)


def rebuilt(living: Living, size: int, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Let a book of so many households live for thirty nights, then rebuild all of them; give the reasons seen."""
    live_on(living, size, monkeypatch)
    with living.books.read(0) as work:
        households = {one.customer: remembered(work, one.customer) for one in work.customers()}
    living.books.close()
    reasons: set[int] = set()
    for day, decided in living.decided.items():
        for customer in decided.quarantined:
            with pytest.raises(SluiceError, match="quarantine"):
                households[customer].on(day)
        for place, customer in enumerate(decided.plan.snapshot.customer.tolist()):
            if customer in decided.quarantined:
                continue  # its moves were refused by the books, after it was decided
            again = evaluate(households[customer].on(day).snapshot)
            expected, told = at(decided.plan, place), at(again, 0)
            assert {name for name in told if told[name] != expected[name]} <= unread(again), (day, customer)
            assert_stored(households[customer], day, again)
            reasons.update(ints(again.decisions.reason[:, 0]))
    return reasons


FLOWS = {"arrived": "deposits", "round_up": "round_ups"}
"""Columns that a night fills only where a rule reads the fact."""


def unread(plan: Plan) -> set[str]:
    """The columns of `FLOWS` that no rule of the plan reads."""
    shapes = plan.snapshot.programs.shapes()
    read = {shape.fact for shape in shapes} | {leaf.fact for one in shapes for group in one.when for leaf in group}
    return {name for name, fact in FLOWS.items() if fact not in read}


def live_on(living: Living, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty nights: dates without one, households that come later, one in quarantine now and then."""
    late = [living.household() for _ in range(size)][-1]
    for number in range(30):
        living.life()
        if number % 7 == 3:
            late = living.household()
        if number % 5 == 4:
            with living.spoilt(late):
                living.night(monkeypatch)
        else:
            living.night(monkeypatch)
        living.day += 1 + living.chance(6)


def assert_stored(household: Remembered, day: int, again: Plan) -> None:
    """What was stored of the night is what is decided again."""
    names = ("outcome", "reason", "wanted", "amount", "limited_by")
    for told in household.past.decisions:
        if told.day == day:
            decided = [int(getattr(again.decisions, name)[told.rank - 1, 0]) for name in names]
            assert decided == [getattr(told, name) for name in names]


@pytest.fixture
def quiet(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remembered]:
    """One household: a night, a change of rules, another night, then an account opened."""
    living = Living(sqlite_url, Random(1), FIRST)
    customer = living.household([CLOCK])
    living.night(monkeypatch)
    with living.books.lock(0) as work:
        living.save(work, customer, [{**CLOCK, "id": "other", "cool_down_days": 3}, {**CLOCK, "mode": "off"}])
    living.day += 1
    living.night(monkeypatch)
    living.day += 1
    living.night(monkeypatch)
    with living.books.lock(0) as work:
        living.open(work, customer, {"later": {"kind": "cash", "posted": "1.00"}})
    with living.books.read(0) as work:
        yield remembered(work, customer)
    living.books.close()


def test_a_night_is_explained_by_the_rules_and_accounts_of_its_time(quiet: Remembered) -> None:
    first, second = quiet.on(FIRST), quiet.on(FIRST + 1)
    assert [rule.id for rule in first.rules] == ["clock"]
    assert [rule.id for rule in second.rules] == ["other", "clock"]
    assert first.handles == second.handles == ("checking", "cash")
    assert explain(first, "clock").difference == "It moved 0.01, all that it wanted."
    assert [one.reason.name for one in explain_night(second)] == ["IN_FULL", "OFF"]
    third = explain(quiet.on(FIRST + 2), "other")
    assert third.difference == "It moved on Wed 21 Oct 2026 and was cooling down until Sat 24 Oct 2026."


def test_an_unknown_rule_is_refused_with_those_there_were(quiet: Remembered) -> None:
    with pytest.raises(SluiceError, match='no rule "other"; it had: clock') as refused:
        explain(quiet.on(FIRST), "other")
    assert refused.value.code == "rule_unknown"


def test_nights_that_decided_nothing_for_the_customer_are_refused(quiet: Remembered) -> None:
    past = quiet.past
    later = [replace(event, seq=10**6) for event in past.customer_events]
    for other, day, code in (
        (past, FIRST - 1, "night_unknown"),
        (replace(past, customer_events=later), FIRST, "customer_not_open"),
        (replace(past, quarantined=frozenset({FIRST})), FIRST, "night_quarantined"),
        (replace(past, versions=past.versions[1:]), FIRST, "no_rules"),
    ):
        with pytest.raises(SluiceError) as refused:
            replace(quiet, past=other).on(day)
        assert (refused.value.code, refused.value.field) == (code, "on")


def test_a_night_that_booked_nothing_does_not_see_the_changes_right_after_it(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After such a night the book's next seq is the night's own first: only `after_night` tells the two apart."""
    living = Living(sqlite_url, Random(1), FIRST)
    customer = living.household([{**CLOCK, "mode": "off"}])
    living.night(monkeypatch)
    with living.books.lock(0) as work:
        living.save(work, customer, [{**CLOCK, "id": "other"}])
        work.change_customer(customer, paused=True, ira_room=-1)
    with living.books.read(0) as work:
        household = remembered(work, customer)
    living.books.close()
    assert [one.rule for one in explain_night(household.on(FIRST))] == ["clock"]
    assert explain(household.on(FIRST), "clock").reason == Reason.OFF


def test_of_two_changes_at_one_moment_the_later_counts(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    living = Living(sqlite_url, Random(1), FIRST)
    customer = living.household([CLOCK])
    with living.books.lock(0) as work:
        checking = work.accounts_of(np.array([customer]))[0]
        for keeps in (900_000, 0):
            event = AccountEvent(checking.account, 0, checking.floor, checking.ceiling, keeps, Standing.OPEN)
            work.change_account(checking.account, event)
    living.night(monkeypatch)
    with living.books.read(0) as work:
        household = remembered(work, customer)
    living.books.close()
    assert explain(household.on(FIRST), "clock").reason == Reason.IN_FULL
