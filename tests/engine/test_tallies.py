"""Tallies recomputed from moves, held against what nights keep."""

from random import Random

import numpy as np
import pytest

from engine.night import run_night
from engine.rulebook import save_rules
from engine.tallies import Move, tallies_on
from ledger.days import parse_day
from rules.compile import TallyKey
from rules.document import Rule
from rules.load import load_rules
from rules.shapes import FAR_PAST
from tests.engine.households import CASH, CHECKING, Home, held
from tests.naive.asking import fixed, rule

DAY = parse_day("2026-11-20")  # a Friday


def one(name: str, *caps: dict[str, str]) -> Rule:
    (made,) = load_rules([rule(fixed("1.00"), id=name, caps=list(caps))]).rules
    return made


def cap(per: str, counter: str | None = None) -> dict[str, str]:
    return {"per": per, "amount": "9.00"} | ({"counter": counter} if counter else {})


MOVES = [
    Move(DAY - 400, one("a", cap("month")), 1),
    Move(DAY - 20, one("a", cap("month", "pot")), 10),
    Move(DAY - 19, one("a", cap("month", "pot"), cap("year", "pot")), 100),
    Move(DAY - 4, one("b", cap("ever", "pot")), 1_000),
    Move(DAY - 1, one("b"), 10_000),
    Move(DAY, one("a", cap("month")), 100_000),
]


@pytest.mark.parametrize(
    "counter,name,per,since,used",
    [
        ("", "a", "moved", DAY, 100_111),
        ("", "b", "moved", DAY - 1, 11_000),
        ("", "c", "moved", FAR_PAST, 0),
        ("", "a", "month", DAY - 19, 100_100),
        ("", "a", "quarter", parse_day("2026-10-01"), 100_110),
        ("", "a", "day", DAY, 100_000),
        ("", "b", "week", DAY - 4, 11_000),
        ("pot", "", "month", DAY - 19, 1_100),
        ("pot", "", "week", DAY - 4, 1_000),
        ("a", "", "month", DAY - 19, 0),
    ],
)
def test_a_tally_sums_what_counted_for_it(counter: str, name: str, per: str, since: int, used: int) -> None:
    assert tallies_on(DAY, [TallyKey(counter, name, per)], MOVES) == [(since, used)]


def test_ever_never_ends() -> None:
    assert tallies_on(DAY, [TallyKey("", "a", "ever"), TallyKey("pot", "", "ever")], MOVES)[0][1] == 100_111
    assert tallies_on(DAY, [TallyKey("pot", "", "ever")], MOVES)[0][1] == 1_110


@pytest.mark.parametrize("seed", range(5))
def test_saving_the_same_rules_again_changes_no_decision(sqlite_url: str, seed: int) -> None:
    """Two households live alike; one saves its list anew each day, so that its counters come from the moves."""
    source = Random(seed)
    home = Home(sqlite_url)
    rules = [
        rule(fixed("7.00"), id="a", caps=[{"per": "week", "amount": "20.00", "counter": "pot"}], cool_down_days=2),
        rule(fixed("5.00"), id="b", caps=[{"per": "month", "amount": "31.00"}, {"per": "ever", "amount": "90.00"}]),
        rule(
            fixed("3.00"),
            id="c",
            caps=[{"per": "day", "amount": "2.00"}, {"per": "week", "amount": "9.00", "counter": "pot"}],
        ),
    ]
    accounts = [CHECKING, CASH]
    first, second = home.open("ann", accounts, *rules), home.open("bob", accounts, *rules)
    again = load_rules(rules).rules
    for day in range(DAY, DAY + 45):
        if source.random() < 0.4:
            with home.work() as work:
                assert save_rules(work, second, again, (day, home.now())) == ()
        run_night(home.books, 0, day, home.now)
    with home.books.read(0) as work:
        told = [
            [(one.day, one.rank, one.outcome, one.amount, one.limited_by) for one in work.past(customer).decisions]
            for customer in (first, second)
        ]
        ids = np.array([first, second])
        balances = [(one.handle, one.posted) for one in work.accounts_of(ids)]
    assert told[0] == told[1] != []
    assert balances[:2] == balances[2:]
    home.books.close()


POT = held("cash", "0.00", "checking")
"""Under the same handle, an account that earns no interest."""


@pytest.mark.parametrize("per", ["week", "month", "quarter", "year", "ever"])
def test_a_cap_stays_used_up_when_the_list_is_saved_in_the_next_period(home: Home, per: str) -> None:
    """The list is saved in April, before the night of 31 December has run: the cap of that night is still used up."""
    capped = rule(fixed("500.00"), caps=[{"per": per, "amount": "500.00"}])
    customer = home.open("ann", [CHECKING, POT], capped)
    home.night("2026-12-30")
    with home.work() as work:
        assert save_rules(work, customer, load_rules([capped]).rules, (parse_day("2027-04-05"), home.now())) == ()
    home.night("2026-12-31")
    assert home.balance("ann", "cash")[0] == 500_00
    home.night("2027-01-01")
    still = per in {"week", "ever"}  # the week of 31 December 2026 ends on 3 January 2027
    assert home.balance("ann", "cash")[0] == (500_00 if still else 1_000_00)
