"""The plan of a night to come: what the night then does, and what a draft would do instead."""

import pytest

from engine.rulebook import Compiled, compile_for
from engine.tonight import Tonight, plan_tonight
from ledger.days import parse_day
from ledger.faults import SluiceError
from rules.load import load_rules
from tests.engine.households import CASH, CHECKING, FRIDAY, Home, held
from tests.naive.asking import brief, fixed, legs, rule

DAY = parse_day(FRIDAY)
MOVE = rule(fixed("10.00"), id="move")


def plan(home: Home, day: int = DAY, *draft: dict[str, object]) -> Tonight:
    with home.books.read(0) as work:
        customer = home.ids["ann"]
        compiled = compile_for(work, customer, load_rules(list(draft)).rules, day) if draft else None
        return plan_tonight(work, customer, day, compiled)


def test_the_plan_is_what_the_night_does(home: Home) -> None:
    home.open("bob", [CHECKING, CASH], rule(fixed("99.00")))
    home.open("ann", [CHECKING, CASH], MOVE, rule(fixed("5.00"), id="watch", mode="watch"))
    told = plan(home)
    assert (told.day, told.customer.reference, told.handles) == (DAY, "ann", ["checking", "cash"])
    assert [rule.id for rule in told.rules] == ["move", "watch"]
    assert [brief(dict(one)) for one in told.decisions()] == [
        "moved in_full 10.00 10.00",
        "would_move in_full 5.00 5.00",
    ]
    assert legs(dict(told.decisions()[0])) == ["checking>cash 10.00"]
    assert (len(told.plan.seen), told.set_aside) == (2, "")
    assert home.balance("ann", "cash") == (0, 0, 0)
    home.night(FRIDAY)
    assert home.balance("ann", "cash") == (10_00, 0, 0)


def test_what_settles_tonight_is_seen_as_settled(home: Home) -> None:
    send = rule(fixed("40.00"), "checking", "outside", id="send", schedule={"dates": [FRIDAY]})
    use = rule({"kind": "everything", "account": "outside"}, "outside", "cash", id="use")
    home.open("ann", [CHECKING, CASH, held("outside", "0.00", "bank")], send, use)
    home.night(FRIDAY)
    assert home.balance("ann", "outside") == (0, 40_00, 0)
    told = plan(home, DAY + 3)
    assert [brief(dict(one)) for one in told.decisions()] == [
        "not_due not_scheduled 0.00 0.00",
        "moved in_full 40.00 40.00",
    ]
    home.night("2026-11-23")
    assert home.balance("ann", "outside") == (40_00, 0, 40_00)


def test_a_draft_is_decided_with_the_counters_of_what_moved(home: Home) -> None:
    home.open("ann", [CHECKING, CASH], MOVE)
    home.night(FRIDAY)
    capped = rule(fixed("10.00"), id="move", caps=[{"per": "ever", "amount": "13.00"}])
    told = plan(home, DAY + 1, capped, rule(fixed("1.00"), "cash", "checking", id="back"))
    assert [brief(dict(one)) for one in told.decisions()] == [
        "moved limited 10.00 3.00 cap:ever",
        "moved in_full 1.00 1.00",
    ]
    assert [brief(dict(one)) for one in plan(home, DAY + 1).decisions()] == ["moved in_full 10.00 10.00"]


def test_a_draft_with_problems_leaves_the_rules_as_they_are(home: Home) -> None:
    home.open("ann", [CHECKING, CASH], MOVE)
    with home.books.read(0) as work:
        told = plan_tonight(work, home.ids["ann"], DAY, Compiled((), None, ()))
    assert [rule.id for rule in told.rules] == ["move"]


def test_without_rules_nothing_is_decided(home: Home) -> None:
    home.open("ann", [CHECKING])
    assert (plan(home).decisions(), list(plan(home).rules)) == ([], [])


def test_a_night_that_is_done_has_no_plan(home: Home) -> None:
    home.open("ann", [CHECKING, CASH], MOVE)
    home.night(FRIDAY)
    home.open("bob", [CHECKING, CASH], MOVE)
    for name in ("ann", "bob"):
        for day in (DAY - 1, DAY):
            with home.books.read(0) as work, pytest.raises(SluiceError, match="That night is done") as refused:
                plan_tonight(work, home.ids[name], day)
            assert (refused.value.code, refused.value.field) == ("night_out_of_order", "on")


def test_an_unknown_household_has_no_plan(home: Home) -> None:
    with home.books.read(0) as work, pytest.raises(SluiceError, match="There is no such household") as refused:
        plan_tonight(work, 99, DAY)
    assert refused.value.code == "customer_unknown"


def test_a_plan_that_the_books_would_refuse_says_so_as_the_night_then_does(home: Home) -> None:
    """Rules count a pending draw as room (rules.md 6.6), the books keep the worst case (ledger.md 4.3)."""
    line = {"handle": "borrow", "kind": "borrow", "limit": "900.00"}
    draw = rule(fixed("500.00"), "borrow", "outside", id="draw")
    repay = rule(fixed("100.00"), "checking", "borrow", id="repay")
    home.open("ann", [CHECKING, line, held("outside", "0.00", "bank")], draw, repay)
    told = plan(home)
    assert [brief(dict(one)) for one in told.decisions()] == [
        "moved in_full 500.00 500.00",
        "moved in_full 100.00 100.00",
    ]
    assert told.set_aside == "The books refused a move: exceeds_ceiling."
    result = home.night(FRIDAY)
    assert result.quarantined == {home.ids["ann"]: told.set_aside}
    assert home.balance("ann", "borrow") == (0, 0, 0)
