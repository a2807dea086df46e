"""The night of a book in a real database: what moves, what is remembered, what is refused, who is left out."""

from dataclasses import replace

import numpy as np
import pytest

from engine.codes import ROOM_BIT, SOURCES_BIT, Outcome, Reason
from engine.invest.nights.eve import Steps
from engine.overnight.block import overnight
from engine.overnight.places import Pretended
from engine.overnight.sight import night_sight
from engine.ports import BookBusyError
from engine.quarantine import decide
from engine.rulebook import save_rules
from engine.take import read, take
from ledger.accounts import Standing
from ledger.batch import Code
from ledger.days import parse_day
from ledger.faults import SluiceError
from rules.load import load_rules
from tests.engine.households import CASH, CHECKING, FRIDAY, SATURDAY, Home, basis, held
from tests.naive.asking import fixed, rule

SUNDAY, MONDAY = "2026-11-22", "2026-11-23"
DAY = parse_day(FRIDAY)


def test_a_night_moves_and_is_done_once(home: Home) -> None:
    home.open("ann", [CHECKING, CASH], rule(fixed("10.00")), rule(fixed("5.00"), id="watching", mode="watch"))
    done = home.night(FRIDAY)
    assert (done.book, done.day, done.status, done.customers, done.transfers) == (0, DAY, "done", 1, 1)
    assert done.counts[Outcome.MOVED] == done.counts[Outcome.WOULD_MOVE] == 1
    assert home.balance("ann", "checking") == (99_000, 0, 0)
    assert home.balance("ann", "cash") == (1_000, 0, 0)
    moved, would = home.decisions("ann")
    assert (moved.rank, moved.outcome, moved.reason) == (1, Outcome.MOVED, Reason.IN_FULL)
    assert (moved.wanted, moved.amount, moved.version) == (1_000, 1_000, 1)
    assert moved.journal > 0
    assert (would.rank, would.outcome, would.journal) == (2, Outcome.WOULD_MOVE, 0)
    assert home.night(FRIDAY).status == "already_done"
    assert home.balance("ann", "cash") == (1_000, 0, 0)
    with pytest.raises(SluiceError, match="nights go forward only") as refused:
        home.night("2026-11-19")
    assert (refused.value.code, refused.value.field) == ("night_out_of_order", "on")


def test_a_night_without_anything_to_do_is_done(home: Home) -> None:
    assert home.night(FRIDAY).status == "done"
    home.open("ann", [])
    home.open("ben", [CHECKING])
    done = home.night(SATURDAY)
    assert (done.status, done.customers, done.transfers) == ("done", 2, 0)


def test_a_leg_with_a_bank_is_pending_until_the_next_business_day(home: Home) -> None:
    home.open("ann", [held("bank", "500.00", "bank"), CASH], rule(fixed("10.00"), "bank", "cash"))
    home.night(FRIDAY)
    assert home.balance("ann", "bank") == (50_000, 0, 1_000)
    assert home.balance("ann", "cash") == (0, 1_000, 0)
    assert home.night(SATURDAY).transfers == 1
    assert home.balance("ann", "bank") == (50_000, 0, 2_000)
    done = home.night(MONDAY)
    assert done.transfers == 3
    assert home.balance("ann", "bank") == (48_000, 0, 1_000)
    assert home.balance("ann", "cash") == (2_000, 1_000, 0)


def test_a_hold_that_cannot_be_posted_stops_the_night(home: Home) -> None:
    home.open("ann", [held("bank", "500.00", "bank"), CASH], rule(fixed("10.00"), "bank", "cash"))
    home.night(FRIDAY)
    with home.work() as work:
        population = work.population()
        holds = population.holds
        other = replace(population, holds=replace(holds, credit=holds.debit, debit=holds.debit))
        sight = night_sight(work, None, Steps(parse_day(MONDAY)))
        with pytest.raises(SluiceError, match="or a settled transfer"):
            overnight(sight, other, Pretended(work), None)


def test_facts_since_the_last_night_and_within_their_windows(home: Home) -> None:
    deposits: dict[str, object] = {"kind": "percent_of", "fact": "deposits(checking)", "percent": "25%"}
    spent: dict[str, object] = {"kind": "fact", "fact": "spent(checking, 7)", "times": 2}
    round_ups: dict[str, object] = {"kind": "fact", "fact": "round_ups(checking)"}
    rules = [rule(amount, id=f"r{n}") for n, amount in enumerate((deposits, spent, round_ups))]
    home.open("ann", [CHECKING, CASH], *rules)
    home.open("ben", [CHECKING, CASH])
    home.pay("ann", "checking", "100.00", "2026-11-10")
    home.pay("ann", "checking", "-12.40", "2026-11-14", Code.CARD)
    home.pay("ann", "checking", "-3.00", "2026-11-13")
    home.pay("ann", "checking", "-1.00", FRIDAY)
    home.pay("ben", "checking", "-55.00", FRIDAY, Code.CARD)
    home.night(FRIDAY)
    assert [told.amount for told in home.decisions("ann")] == [2_500, 2_680, 60]
    home.pay("ann", "checking", "8.00", FRIDAY)
    home.night(SATURDAY)
    assert [(told.rank, told.amount) for told in home.decisions("ann")[3:]] == [(1, 200), (2, 200)]


def test_caps_and_cool_downs_are_remembered(home: Home) -> None:
    capped = rule(fixed("30.00"), id="capped", caps=[{"per": "month", "amount": "50.00"}])
    rests = rule(fixed("1.00"), id="rests", cool_down_days=2)
    home.open("ann", [CHECKING, CASH], capped, rests)
    for day in (FRIDAY, SATURDAY, SUNDAY, "2026-12-01"):
        home.night(day)
    moved = [(told.day - DAY, told.rank, told.amount) for told in home.decisions("ann")]
    assert moved == [(0, 1, 3_000), (0, 2, 100), (1, 1, 2_000), (2, 2, 100), (11, 1, 3_000), (11, 2, 100)]


def test_the_room_of_iras_is_lowered(home: Home) -> None:
    ann = home.open_unnamed("ann", rule(fixed("70.00"), "checking", "roth"))
    with home.work() as work:
        work.change_customer(ann, paused=False, ira_room=10_000)
    home.night(FRIDAY)
    home.night(SATURDAY)
    assert [told.amount for told in home.decisions("ann")] == [7_000, 3_000]
    with home.books.read(0) as work:
        assert work.customers()[0].ira_room == 0


def test_without_a_limit_an_ira_takes_everything(home: Home) -> None:
    home.open_unnamed("ann", rule(fixed("70.00"), "checking", "roth"))
    home.night(FRIDAY)
    assert home.balance("ann", "roth") == (7_000, 0, 0)


def test_rules_keep_the_floors_and_ceilings_of_accounts(home: Home) -> None:
    mirrored = held("checking", "90.00", "checking", mirrored=True, floor="50.00")
    everything: dict[str, object] = {"kind": "everything", "account": "checking"}
    home.open("ann", [mirrored, held("cash", "0.00", ceiling="30.00")], rule(everything))
    home.open("ben", [mirrored, CASH], rule(everything))
    home.night(FRIDAY)
    assert [home.balance(name, "checking")[0] for name in ("ann", "ben")] == [6_000, 5_000]
    (told,) = home.decisions("ann")
    assert (told.reason, told.limited_by) == (Reason.LIMITED, SOURCES_BIT | ROOM_BIT)


def test_a_first_night_looks_back_no_further_than_itself(home: Home) -> None:
    on_thursday = rule(fixed("1.00"), schedule={"dates": ["2026-11-19"]})
    home.open("ann", [CHECKING, CASH], on_thursday)
    assert home.night(FRIDAY).transfers == 0
    home.open("ben", [CHECKING, CASH], rule(fixed("1.00"), schedule={"dates": [SUNDAY]}))
    home.night(SATURDAY)
    assert home.night("2026-11-23").transfers == 1


def test_the_legs_of_a_rule_are_one_journal(home: Home) -> None:
    both = [{"account": "cash", "share": "50%"}, {"account": "tax", "share": "50%"}]
    accounts = [CHECKING, CASH, held("tax", "0.00")]
    ann = home.open("ann", accounts, rule(fixed("4.00"), to=both), rule(fixed("2.00"), id="second", to=both))
    assert home.night(FRIDAY).transfers == 4
    first, second = home.decisions("ann")
    with home.books.read(0) as work:
        past = work.past(ann)
    assert past.journal[-4:].tolist() == [first.journal, first.journal, second.journal, second.journal]
    assert first.journal < second.journal
    assert past.transfers.rank[-4:].tolist() == [1, 1, 2, 2]
    assert past.transfers.amount[-4:].tolist() == [200, 200, 100, 100]


def test_a_decision_names_the_version_it_used(home: Home) -> None:
    home.open("ann", [CHECKING, CASH], rule(fixed("1.00")))
    ben = home.open("ben", [CHECKING, CASH], rule(fixed("1.00")))
    with home.work() as work:
        rules = load_rules([rule(fixed("2.00"))]).rules
        assert save_rules(work, ben, rules, (DAY, home.now())) == ()
    home.night(FRIDAY)
    told = [home.decisions(name)[0] for name in ("ann", "ben")]
    assert [(one.version, one.amount) for one in told] == [(1, 100), (2, 200)]


def test_what_is_pending_is_seen_as_pending(home: Home) -> None:
    home.open("ann", [held("bank", "500.00", "bank"), CASH], rule(fixed("10.00"), "bank", "cash"))
    home.night(FRIDAY)
    with home.work() as work:
        population = work.population()
        snapshot = take(read(work, population, DAY + 1), population.accounts, DAY + 1)
    assert snapshot.pending_in.tolist() == [0, 1_000]
    assert snapshot.pending_out.tolist() == [1_000, 0]
    assert snapshot.last_night.tolist() == [DAY]


def test_problems_of_accounts_and_paused_customers_block(home: Home) -> None:
    ann = home.open("ann", [CHECKING, CASH], rule(fixed("1.00")))
    home.open("ben", [CHECKING, CASH], rule(fixed("1.00")))
    with home.work() as work:
        work.change_customer(ann, paused=True, ira_room=-1)
        population = work.population()
        frozen = replace(population.accounts, standing=np.array([0, Standing.FROZEN, 0, Standing.STALE]))
        plan = decide(basis(work, replace(population, accounts=frozen))).plan
    assert plan.decisions.outcome.tolist() == [[Outcome.BLOCKED] * 2]
    assert plan.decisions.reason.tolist() == [[Reason.PAUSED, Reason.STALE_BALANCE]]


def test_a_book_that_another_run_holds_is_busy(home: Home) -> None:
    with home.work(), pytest.raises(BookBusyError, match="Another run"), home.books.lock(0, wait=False):
        pass
