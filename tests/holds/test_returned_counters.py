"""Money that a rule moved and a bank took back no longer counts: in caps, in lists saved anew, in explanations."""

from collections.abc import Iterator
from random import Random

import numpy as np
import pytest

from engine.codes import Outcome, Reason
from engine.desk import DecisionRecord
from engine.evaluate import evaluate
from engine.holds.returning import TakenBack, take_back
from engine.past import PastNight, snapshot_of_past
from engine.programs import unpack
from engine.rulebook import compile_for, save_rules
from engine.snapshot import rolled
from engine.tonight import plan_tonight
from ledger.batch import Code, TransferKind
from ledger.days import format_day, parse_day
from ledger.faults import SluiceError
from ledger.ids import to_hex
from rules.load import load_rules
from rules.shapes import FAR_PAST
from store.verify import verify
from tests.engine.households import Home, held
from tests.holds.asking import ask, body
from tests.naive.asking import fixed, rule

ACCOUNTS = [held("chase", "90000.00", "bank"), held("ally", "30.00", "bank"), held("checking", "50000.00", "checking")]
ACCOUNTS += [held(name, "0.00", "checking") for name in ("savings", "pot")]

Document = dict[str, object]


def caps(**by: str) -> list[dict[str, str]]:
    """Caps such as month="250.00" of the rule's own counter, or week_jar="9.00" of a shared one."""
    parts = [(name.partition("_"), amount) for name, amount in by.items()]
    return [{"per": per, "amount": cents} | ({"counter": jar} if jar else {}) for (per, _, jar), cents in parts]


def sweep(cents: str = "100.00", **more: object) -> Document:
    """A rule that brings money from the bank every night."""
    return rule(fixed(cents), "chase", "savings", **({"id": "sweep"} | more))


@pytest.fixture
def home(database_url: str) -> Iterator[Home]:
    made = Home(database_url)
    yield made
    made.books.close()
    assert list(verify(database_url)) == []


def deposits(home: Home, name: str = "ann") -> list[str]:
    """Ids of the pending transfers of rules, in order."""
    with home.books.read(0) as work:
        lines = work.past(home.ids[name]).transfers
    of = np.flatnonzero((lines.kind == TransferKind.PENDING) & (lines.code == Code.RULE)).tolist()
    return [to_hex(int(lines.id_hi[at]), int(lines.id_lo[at])) for at in of]


def pause(home: Home, name: str = "ann", *, paused: bool) -> None:
    with home.work() as work:
        work.change_customer(home.ids[name], paused=paused, ira_room=-1)


def back(home: Home, transfer: str, on: str, name: str = "ann") -> None:
    """The bank takes a deposit back; the household goes on all the same."""
    with home.work() as work:
        take_back(work, TakenBack(home.ids[name], transfer, "R01"), (parse_day(on), home.now()))
    pause(home, name, paused=False)


def tallies(home: Home, on: str, name: str = "ann") -> list[tuple[int, int]]:
    """(since, used) of each tally as a night of that day reads them."""
    with home.books.read(0) as work:
        found = work.population(np.array([home.ids[name]]))
        periods = unpack(found.programs, found.program_words, work.shapes()).period
    since, used = rolled(parse_day(on), periods, found.tally_since, found.tally_used)
    return list(zip(since.tolist(), used.tolist(), strict=True))


def used(home: Home, on: str, name: str = "ann") -> list[int]:
    return [cents for _, cents in tallies(home, on, name)]


def moved(home: Home, name: str = "ann") -> list[tuple[int, int]]:
    """(rank, cents) of what rules moved, in order."""
    return [(one.rank, one.amount) for one in home.decisions(name) if one.outcome == Outcome.MOVED]


def rebuilt(home: Home, day: str, name: str = "ann") -> PastNight:
    """A past night as it is explained."""
    column = np.array([home.ids[name]])
    with home.books.read(0) as work:
        (record,) = work.customers(column)
        past = work.past(home.ids[name])
        return snapshot_of_past(past, record, work.accounts_of(column), parse_day(day), work.system_paths())


def explained(home: Home, day: str, name: str = "ann") -> list[tuple[int, int]]:
    """(since, used) of each tally as the night is explained."""
    snapshot = rebuilt(home, day, name).snapshot
    return list(zip(snapshot.tally_since.tolist(), snapshot.tally_used.tolist(), strict=True))


def save(home: Home, on: str, *rules: Document, name: str = "ann") -> None:
    with home.work() as work:
        assert save_rules(work, home.ids[name], load_rules(list(rules)).rules, (parse_day(on), home.now())) == ()


@pytest.mark.parametrize("arrived", [False, True])
def test_a_cap_is_free_again_when_the_bank_took_the_money_back(home: Home, *, arrived: bool) -> None:
    home.open("ann", ACCOUNTS, sweep(caps=caps(month="150.00", ever="170.00", year_jar="160.00")))
    home.night("2026-11-09")
    if arrived:
        pause(home, paused=True)
        for one in range(10, 14):
            home.night(f"2026-11-{one}")
    assert used(home, "2026-11-14") == [100_00] * 3
    back(home, deposits(home)[0], "2026-11-14")
    assert used(home, "2026-11-14") == [0] * 3
    home.night("2026-11-14")
    home.night("2026-11-15")
    assert [cents for _, cents in moved(home)] == [100_00, 100_00, 50_00]
    assert used(home, "2026-11-15") == [150_00] * 3
    assert explained(home, "2026-11-14")[0][1] == 0
    assert explained(home, "2026-11-15")[0][1] == 100_00


def test_of_a_move_of_two_legs_each_counts_until_it_is_taken_back(home: Home) -> None:
    both = [{"account": "ally"}, {"account": "chase"}]
    home.open("ann", ACCOUNTS, sweep(from_=both, caps=caps(month="100.00")))
    home.night("2026-11-20")
    assert moved(home) == [(1, 100_00)]
    small, large = deposits(home)
    back(home, large, "2026-11-21")
    assert used(home, "2026-11-21") == [30_00]
    back(home, large, "2026-11-21")  # the bank says it twice
    assert used(home, "2026-11-21") == [30_00]
    back(home, small, "2026-11-21")
    assert used(home, "2026-11-21") == [0]


def test_a_payment_of_interest_due_and_principal_is_taken_back_whole(home: Home) -> None:
    line = {"handle": "line", "kind": "borrow", "limit": "9000.00", "opening": "-6000.00"}
    pays = rule(fixed("50.00"), "chase", "line", caps=caps(ever="60.00"), starts="2026-12-01")
    home.open("ann", [held("chase", "900.00", "bank"), line], pays)
    home.night("2026-11-30")
    home.night("2026-12-01")
    with home.books.read(0) as work:
        lines = work.past(home.ids["ann"]).transfers
    parts = lines.amount[lines.kind == TransferKind.PENDING].tolist()
    assert (moved(home), len(parts), sum(parts)) == ([(1, 50_00)], 2, 50_00)
    back(home, deposits(home)[-1], "2026-12-02")
    assert used(home, "2026-12-02") == [0]


def test_every_counter_that_the_rule_names_gives_the_money_back(home: Home) -> None:
    first = sweep(caps=caps(month_jar="900.00", week_jar="500.00", day="300.00", ever_pot="400.00"))
    other = rule(fixed("7.00"), "checking", "pot", id="other", caps=caps(month_jar="900.00", ever="90.00"))
    home.open("ann", ACCOUNTS, first, other)
    home.night("2026-11-20")
    assert used(home, "2026-11-20") == [107_00, 107_00, 100_00, 100_00, 7_00]
    back(home, deposits(home)[0], "2026-11-21")
    assert used(home, "2026-11-20") == [7_00, 7_00, 0, 0, 7_00]


def test_a_counter_of_a_list_saved_since_gives_the_money_back(home: Home) -> None:
    home.open("ann", ACCOUNTS, sweep(caps=caps(month_jar="900.00")))
    home.night("2026-11-19")
    home.night("2026-11-20")
    other = rule(fixed("7.00"), "checking", "pot", id="other", caps=caps(year_jar="900.00", month="30.00"))
    save(home, "2026-11-21", other)
    assert used(home, "2026-11-21") == [200_00, 0]
    back(home, deposits(home)[1], "2026-11-21")
    assert used(home, "2026-11-21") == [100_00, 0]
    save(home, "2026-11-21", other, sweep(id="late", caps=caps(month_jar="900.00")))
    assert used(home, "2026-11-21") == [100_00, 0, 100_00]
    save(home, "2026-11-21")
    back(home, deposits(home)[0], "2026-11-21")
    assert used(home, "2026-11-21") == []


def test_a_move_of_last_month_taken_back_now_frees_nothing_of_this_month(home: Home) -> None:
    home.open("ann", ACCOUNTS, sweep(caps=caps(month="150.00", year="1000.00", ever="1000.00", week="900.00")))
    for day in ("2026-11-29", "2026-11-30", "2026-12-01"):
        home.night(day)
    assert [cents for _, cents in moved(home)] == [100_00, 50_00, 100_00]
    assert used(home, "2026-12-02") == [100_00, 250_00, 250_00, 150_00]
    back(home, deposits(home)[0], "2026-12-02")
    assert used(home, "2026-12-02") == [100_00, 150_00, 150_00, 150_00]
    back(home, deposits(home)[1], "2026-12-02")
    assert used(home, "2026-12-02") == [100_00] * 4
    assert used(home, "2027-01-02") == [0, 0, 100_00, 0]


def test_a_rule_cools_down_although_its_money_went_back(home: Home) -> None:
    """It moved on that day, which is what a cool-down asks; only counters ask what became of the money."""
    home.open("ann", ACCOUNTS, sweep(cool_down_days=7, caps=caps(ever="150.00")))
    home.night("2026-11-20")
    back(home, deposits(home)[0], "2026-11-21")
    assert tallies(home, "2026-11-21") == [(parse_day("2026-11-20"), 0), (FAR_PAST, 0)]
    for day in range(21, 28):
        home.night(f"2026-11-{day}")
    assert [(one.day, one.amount) for one in home.decisions("ann")] == [
        (parse_day("2026-11-20"), 100_00),
        (parse_day("2026-11-27"), 100_00),
    ]
    again = evaluate(rebuilt(home, "2026-11-26").snapshot)
    assert again.decisions.reason.tolist() == [[Reason.COOLING_DOWN]]


def test_what_a_person_asked_for_changes_no_counter(home: Home) -> None:
    home.open("ann", ACCOUNTS, sweep(caps=caps(month="150.00")))
    with_none = body(ask(home, "chase>savings", 40_00, "Fri 20 Nov"))["id"]
    home.night("2026-11-20")
    one = body(ask(home, "chase>savings", 100_00, "Sat 21 Nov"))["id"]
    before = tallies(home, "2026-11-21")
    back(home, one, "2026-11-21")
    back(home, with_none, "2026-11-21")
    assert tallies(home, "2026-11-21") == before == [(parse_day("2026-11-01"), 100_00)]


def test_a_deposit_before_the_first_move_and_without_rules(home: Home) -> None:
    home.open("ann", ACCOUNTS)
    back(home, body(ask(home, "chase>savings", 40_00, "Fri 20 Nov"))["id"], "2026-11-20")
    save(home, "2026-11-20", sweep(caps=caps(month="150.00")))
    back(home, body(ask(home, "chase>savings", 30_00, "Fri 20 Nov"))["id"], "2026-11-20")
    assert used(home, "2026-11-20") == [0]


def test_the_books_refuse_tallies_that_a_program_does_not_have(home: Home) -> None:
    home.open("ann", ACCOUNTS, sweep(caps=caps(month="150.00")))
    with home.work() as work, pytest.raises(SluiceError, match="rows of tally"):
        work.set_tallies(home.ids["ann"], [(0, 0), (0, 0)])


RULES = [
    sweep("70.00", id="a", caps=caps(week_jar="200.00"), cool_down_days=2),
    sweep("50.00", id="b", caps=caps(month="310.00", ever="900.00"), to=[{"account": "pot"}]),
    sweep("30.00", id="c", from_=[{"account": "ally"}, {"account": "chase"}], caps=caps(day="20.00", week_jar="90.00")),
]


@pytest.mark.parametrize("seed", range(2))
def test_previews_nights_and_explanations_count_alike(sqlite_url: str, seed: int) -> None:
    """Two households live alike; one saves its list anew each day, so that its counters come from the moves."""
    source, home = Random(seed), Home(sqlite_url)
    home.open("ann", ACCOUNTS, *RULES)
    home.open("bob", ACCOUNTS, *RULES)
    read: dict[str, list[tuple[int, int]]] = {}
    first = parse_day("2026-11-20")
    gone: set[int] = set()
    for number in range(first, first + 30):
        day = format_day(number)
        both = deposits(home), deposits(home, "bob")
        left = sorted(set(range(len(both[0]))) - gone)
        if left and source.random() < 0.6:
            one = source.choice(left[-8:])
            gone.add(one)
            for name, ids in zip(("ann", "bob"), both, strict=True):
                back(home, ids[one], day, name)
        if source.random() < 0.4:
            save(home, day, *RULES, name="bob")
        read[day] = tallies(home, day)
        assert read[day] == tallies(home, day, "bob")
        ahead, drafted = previews(home, number)
        home.night(day)
        assert ahead == drafted == [one for one in brief(home.decisions("ann")) if one[0] == number]
    assert brief(home.decisions("ann")) == brief(home.decisions("bob")) != []
    assert read == {day: explained(home, day) for day in read} == {day: explained(home, day, "bob") for day in read}
    assert len(gone) > 10
    with home.books.read(0) as work:
        lines = work.past(home.ids["ann"]).transfers
    lines = lines.take((lines.kind == TransferKind.PENDING) & (lines.code == Code.RULE))
    kept = [at for at in np.flatnonzero(lines.rank == 2).tolist() if at not in gone]
    assert used(home, "2027-02-01")[3] == lines.amount[kept].sum() > 0  # what rule b ever moved
    home.books.close()
    assert list(verify(sqlite_url)) == []


def brief(decisions: list[DecisionRecord]) -> list[tuple[int, int, int, int]]:
    return [(one.day, one.rank, one.amount, one.limited_by) for one in decisions if one.outcome == Outcome.MOVED]


def previews(home: Home, day: int) -> list[list[tuple[int, int, int, int]]]:
    """What would move tonight by the stored list, and by the same list as a draft."""
    customer = home.ids["ann"]
    with home.books.read(0) as work:
        drafts = (None, compile_for(work, customer, load_rules(RULES).rules, day))
        plans = [plan_tonight(work, customer, day, draft).plan.decisions for draft in drafts]
    ranks = [np.flatnonzero(one.outcome[:, 0] == Outcome.MOVED).tolist() for one in plans]
    return [
        [(day, at + 1, int(one.amount[at, 0]), int(one.limited_by[at, 0])) for at in mine]
        for one, mine in zip(plans, ranks, strict=True)
    ]
