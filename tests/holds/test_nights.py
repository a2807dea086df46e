"""A deposit from the day it is asked for to the day its last dollar is free, in the books (M1's table)."""

import pytest

from engine.holds.inflight import InFlight, Ready
from engine.rulebook import save_rules
from engine.tonight import plan_tonight
from ledger.days import format_day, parse_day
from ledger.money import parse_money
from rules.load import load_rules
from tests.engine.households import Home
from tests.holds.asking import account, ask, body, layers, nights, way
from tests.holds.moving import day

SWEEP: dict[str, object] = {
    "id": "sweep",
    "mode": "auto",
    "amount": {"kind": "excess", "account": "cash", "above": "100.00"},
    "from": [{"account": "cash"}],
    "to": [{"account": "invest"}],
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Return SQLite's alone: what is kept is written to both engines by the tests of returns."""
    return sqlite_url


def with_rules(home: Home, *rules: dict[str, object]) -> None:
    loaded = load_rules(list(rules))
    assert loaded.problems == ()
    with home.work() as work:
        assert save_rules(work, home.ids["ann"], loaded.rules, (day("Fri 20 Nov"), home.now())) == ()


def moved(home: Home) -> list[tuple[int, int]]:
    return [(one.day, one.amount) for one in home.decisions("ann") if one.amount]


def test_on_its_way_until_the_night_of_the_day_it_settles(ann: Home) -> None:
    identity = body(ask(ann, "chase>cash", 5_000_00, "Fri 20 Nov"))["id"]
    (flying,) = way(ann, "Fri 20 Nov").in_flight
    held = dict.fromkeys(("cash", "investing", "retirement", "the borrow line"), day("Fri 27 Nov"))
    held |= {"the bank it came from": day("Fri 27 Nov"), "other banks": parse_day("2027-01-22")}
    assert flying == InFlight(
        identity, "ach", "chase", "cash", 5_000_00, day("Fri 20 Nov"), day("Mon 23 Nov"), tuple(held.items())
    )
    nights(ann, "Fri 20 Nov", "Sun 22 Nov")
    assert ann.balance("ann", "cash") == (300_00, 5_000_00, 0)
    assert layers(ann) == []
    nights(ann, "Mon 23 Nov", "Mon 23 Nov")
    assert ann.balance("ann", "cash") == (5_300_00, 0, 0)
    assert layers(ann) == [("cash", 5_000_00)]
    assert way(ann, "Tue 24 Nov").in_flight == ()


def test_a_rule_moves_it_the_night_its_hold_ends_and_a_preview_says_so(ann: Home) -> None:
    with_rules(ann, SWEEP)
    nights(ann, "Fri 20 Nov", "Fri 20 Nov")
    assert moved(ann) == [(day("Fri 20 Nov"), 200_00)]
    ask(ann, "chase>cash", 5_000_00, "Sat 21 Nov")
    for one in range(day("Sat 21 Nov"), day("Sat 28 Nov")):
        with ann.books.read(0) as work:
            planned = plan_tonight(work, ann.ids["ann"], one).decisions()[0]["amount"]
        before = len(moved(ann))
        ann.night(format_day(one))
        assert parse_money(planned) == sum(cents for _, cents in moved(ann)[before:])
    assert moved(ann)[1:] == [(day("Mon 23 Nov"), 100_00), (day("Fri 27 Nov"), 4_900_00)]
    assert layers(ann) == [("cash", 100_00), ("invest", 4_900_00)]


def test_a_request_is_bounded_by_what_is_available_and_says_when_more_is(ann: Home) -> None:
    ask(ann, "chase>cash", 3_000_00, "Fri 20 Nov")
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    refused = ask(ann, "cash>invest", 1_000_00, "Tue 24 Nov")
    told = body(refused)
    assert (refused.status, told["code"], told["field"]) == (409, "funds_held", "amount")
    assert told["detail"] == (
        "cash can give invest at most 300.00 now; other money in it is still under a hold: 3,000.00 more on Fri 27 Nov "
        "2026. A new try needs a new key."
    )
    assert body(ask(ann, "cash>invest", 300_00, "Tue 24 Nov"))["state"] == "posted"
    assert layers(ann) == [("cash", 3_000_00)]
    nights(ann, "Tue 24 Nov", "Thu 26 Nov")
    elsewhere = body(ask(ann, "cash>ally", 10_00, "Fri 27 Nov"))
    assert "cash can give ally at most 0.00 now" in elsewhere["detail"]
    assert "3,000.00 more on Fri 22 Jan 2027" in elsewhere["detail"]
    assert ask(ann, "cash>savings", 1_000_00, "Fri 27 Nov").status == 201
    assert layers(ann) == [("cash", 2_000_00), ("savings", 1_000_00)]
    assert "savings can give ally at most 0.00 now" in body(ask(ann, "savings>ally", 10_00, "Fri 27 Nov"))["detail"]
    assert body(ask(ann, "savings>chase", 1_000_00, "Fri 27 Nov"))["state"] == "pending"
    assert layers(ann) == [("cash", 2_000_00)]


def test_bounds_of_other_kinds_are_told_first(ann: Home) -> None:
    ask(ann, "chase>cash", 3_000_00, "Fri 20 Nov")
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    assert body(ask(ann, "cash>invest", 3_300_01, "Tue 24 Nov"))["code"] == "exceeds_floor"
    assert body(ask(ann, "cash>cash", 3_300_00, "Tue 24 Nov"))["code"] == "accounts_same"
    assert ask(ann, "chase>cash", 10_00, "Tue 24 Nov").status == 201
    assert layers(ann) == [("cash", 3_000_00)]


def test_a_wire_is_held_back_from_other_banks_alone(ann: Home) -> None:
    assert body(ask(ann, "cash>savings", 1, "Fri 20 Nov", wire=True))["code"] == "wire_without_bank"
    ask(ann, "chase>cash", 3_000_00, "Fri 20 Nov", wire=True)
    assert [one.rail for one in way(ann, "Fri 20 Nov").in_flight] == ["wire"]
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    assert ask(ann, "cash>invest", 3_300_00, "Tue 24 Nov").status == 201
    assert layers(ann) == [("invest", 3_000_00)]


def test_each_account_says_what_becomes_available_when(ann: Home) -> None:
    ask(ann, "chase>cash", 3_000_00, "Fri 20 Nov")
    ask(ann, "chase>invest", 2_000_00, "Mon 23 Nov")
    nights(ann, "Fri 20 Nov", "Tue 24 Nov")
    cash = {one.to: one.days for one in way(ann, "Wed 25 Nov").ready if one.account == "cash"}
    friday = ((day("Wed 25 Nov"), 300_00), (day("Fri 27 Nov"), 3_000_00))
    assert cash == {
        "chase": friday,
        "cash": friday,
        "investing": friday,
        "ally": ((day("Wed 25 Nov"), 300_00), (day("Fri 20 Nov") + 63, 3_000_00)),
    }
    invest = [one for one in way(ann, "Wed 25 Nov").ready if one.account == "invest"]
    assert invest == [
        Ready("invest", "chase", ((day("Thu 3 Dec"), 2_000_00),)),
        Ready("invest", "ally", ((day("Tue 24 Nov") + 60, 2_000_00),)),
    ]


def test_every_layer_is_gone_after_its_last_date(ann: Home) -> None:
    ask(ann, "chase>cash", 3_000_00, "Fri 20 Nov")
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    last = day("Mon 23 Nov") + 60
    for one in (last - 1, last):
        ann.night(format_day(one))
        assert layers(ann) == [("cash", 3_000_00)] * (one < last)
    assert account(ann, "cash").posted >= 3_300_00
