"""What bounds moves besides balances: no excess below zero, no money that is held, no room used twice."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.answer import decisions_of
from engine.case import Case
from engine.evaluate import evaluate
from engine.explain import explain_plan
from engine.guards import Guards, Held, Margin, Rooms, bounds, no_guards
from engine.plan import Plan
from tests.engine.joined import case_of
from tests.naive.asking import FRIDAY, THURSDAY, account, brief, fixed, legs, rule

ACCOUNTS = {
    "checking": account("500.00", "checking"),
    "cash": account("1000.00"),
    "borrow": account("-400.00", "borrow", floor="-2000.00"),
    "invest": account("300.00", "invest"),
    "roth": account("0.00", "ira"),
    "trad": account("0.00", "ira"),
    "bank": account("0.00", "bank"),
}
IDS = {handle: place for place, handle in enumerate(ACCOUNTS, start=1)}


def guarded(guards: Guards, *rules: dict[str, object]) -> tuple[Case, Plan]:
    """A case whose household, number 1, has these guards; its accounts are numbered from 1."""
    case = case_of({"on": FRIDAY, "since": THURSDAY, "accounts": ACCOUNTS, "rules": list(rules)})
    snapshot = case.snapshot
    owner = np.zeros(len(snapshot.account), np.int64)
    found = bounds(guards, snapshot.customer, snapshot.account, owner, snapshot.ira_room)
    return case, evaluate(replace(snapshot, bounds=found), keep_seen=True)


def told(guards: Guards, *rules: dict[str, object]) -> list[str]:
    """The decisions, each in a line."""
    case, plan = guarded(guards, *rules)
    return [brief(dict(one)) for one in decisions_of(plan, 0, case.rules, case.handles)]


def margin(excess: int, promised: int = 0) -> Guards:
    """A secured line whose collateral is the invest account; raises will take what is promised."""
    counts = np.array([IDS["borrow"], IDS["invest"]], np.int64)
    return replace(no_guards(), margin=Margin(np.array([1]), np.array([excess]), np.array([promised]), counts))


def from_to(amount: str, source: str, destination: str, name: str) -> dict[str, object]:
    return rule(fixed(amount), source, destination, id=name)


def test_a_draw_takes_no_more_than_the_excess() -> None:
    draw = from_to("1000.00", "borrow", "checking", "draw")
    assert told(margin(300_00), draw) == ["moved limited 1000.00 300.00 sources"]
    assert told(no_guards(), draw) == ["moved in_full 1000.00 1000.00"]


def test_what_is_promised_to_raises_is_nobody_elses() -> None:
    """300.00 of excess, of which 100.00 are promised; what a rule pays in is there again."""
    draw, back = (
        from_to("500.00", *sides, name=sides[0]) for sides in (("borrow", "checking"), ("checking", "borrow"))
    )
    assert told(margin(300_00, 100_00), draw) == ["moved limited 500.00 200.00 sources"]
    assert told(margin(300_00, 400_00), back, draw) == [
        "moved limited 500.00 400.00 room",
        "moved limited 500.00 300.00 sources",
    ]
    case, plan = guarded(margin(300_00, 100_00), draw)
    (one,) = explain_plan(plan, 0, case.rules, case.handles)
    assert one.sources[0].spare == 200_00


def test_what_is_promised_opens_no_call() -> None:
    """More is promised than there is: nothing leaves, and the line still lends to what stands behind it."""
    into, out = from_to("50.00", "borrow", "invest", "into"), from_to("50.00", "borrow", "checking", "out")
    assert told(margin(10_00, 80_00), into) == ["moved in_full 50.00 50.00"]
    case, plan = guarded(margin(10_00, 80_00), out)
    (one,) = explain_plan(plan, 0, case.rules, case.handles)
    assert "borrow may give nothing: the borrow line has no excess to spare" in one.difference


def test_between_the_line_and_its_collateral_the_excess_stays() -> None:
    draw = from_to("1000.00", "borrow", "invest", "draw")
    assert told(margin(300_00), draw) == ["moved in_full 1000.00 1000.00"]


def test_while_a_call_is_open_nothing_is_drawn_and_the_line_can_be_paid() -> None:
    rules = (
        from_to("1000.00", "borrow", "invest", "draw"),
        from_to("10.00", "invest", "checking", "out"),
        from_to("300.00", "invest", "borrow", "pay"),
        from_to("100.00", "cash", "borrow", "cure"),
        from_to("80.00", "borrow", "checking", "again"),
    )
    assert told(margin(-50_00), *rules) == [
        "nothing sources_empty 1000.00 0.00",
        "nothing sources_empty 10.00 0.00",
        "moved in_full 300.00 300.00",
        "moved in_full 100.00 100.00",
        "moved limited 80.00 50.00 sources",
    ]


def test_sources_that_count_share_the_excess() -> None:
    both = rule(fixed("900.00"), id="both", from_=[{"account": "invest"}, {"account": "borrow"}])
    case, plan = guarded(margin(400_00), both)
    (decision,) = decisions_of(plan, 0, case.rules, case.handles)
    assert legs(dict(decision)) == ["invest>cash 300.00", "borrow>cash 100.00"]


def test_money_under_a_hold_stays_and_its_restriction_travels() -> None:
    """600.00 of cash may not go to the bank; a detour over checking frees none of it."""
    pairs = [(source, IDS["bank"], cents) for source, cents in ((IDS["cash"], 600_00), (IDS["checking"], 0))]
    held = replace(no_guards(), held=Held(*(np.array(column) for column in zip(*pairs, strict=True))))
    rules = (
        from_to("1000.00", "cash", "bank", "straight"),
        from_to("600.00", "cash", "checking", "detour"),
        from_to("1100.00", "checking", "bank", "on"),
    )
    assert told(held, *rules) == [
        "moved limited 1000.00 400.00 sources",
        "moved in_full 600.00 600.00",
        "moved limited 1100.00 500.00 sources",
    ]
    case, plan = guarded(held, from_to("1.00", "cash", "bank", "first"), rules[0])
    one = explain_plan(plan, 0, case.rules, case.handles)[1]
    assert (one.sources[0].held, one.sources[0].capacity) == (600_00, 399_00)


def test_what_would_have_had_to_be_different_names_the_guard() -> None:
    case, plan = guarded(margin(0), from_to("10.00", "borrow", "checking", "draw"))
    (one,) = explain_plan(plan, 0, case.rules, case.handles)
    assert "borrow may give nothing: the borrow line has no excess" in one.difference
    all_held = Held(np.array([IDS["cash"]]), np.array([IDS["bank"]]), np.array([1_000_00]))
    case, plan = guarded(replace(no_guards(), held=all_held), from_to("10.00", "cash", "bank", "out"))
    (one,) = explain_plan(plan, 0, case.rules, case.handles)
    assert "cash had nothing above the 1,000.00 under a hold" in one.difference


def test_two_iras_of_one_person_share_a_room() -> None:
    iras = np.array([IDS["roth"], IDS["trad"]], np.int64)
    shared = replace(no_guards(), rooms=Rooms(iras, np.array([0, 0]), np.array([250_00])))
    apart = replace(no_guards(), rooms=Rooms(iras, np.array([0, 1]), np.array([250_00, 40_00])))
    rules = (from_to("200.00", "cash", "roth", "roth"), from_to("200.00", "cash", "trad", "trad"))
    assert told(shared, *rules) == ["moved in_full 200.00 200.00", "moved limited 200.00 50.00 room"]
    assert told(apart, *rules) == ["moved in_full 200.00 200.00", "moved limited 200.00 40.00 room"]
    both = rule(fixed("400.00"), "cash", id="both", to=[{"account": "roth"}, {"account": "trad"}])
    case, plan = guarded(shared, both)
    (decision,) = decisions_of(plan, 0, case.rules, case.handles)
    assert legs(dict(decision)) == ["cash>roth 250.00"]


def test_guards_of_others_are_left_out() -> None:
    other = np.array([77], np.int64)
    guards = Guards(Margin(other, other, other, other), Held(other, other, other), Rooms(other, other * 0, other))
    assert told(guards, from_to("1000.00", "borrow", "checking", "draw")) == ["moved in_full 1000.00 1000.00"]


HANDLES = st.sampled_from([one for one in ACCOUNTS if one not in {"roth", "trad"}])
MOVES = st.lists(st.tuples(st.integers(1, 150_000), HANDLES, HANDLES), min_size=1, max_size=6)


@given(MOVES, st.integers(-50_000, 150_000))
def test_no_rule_takes_the_excess_below_zero(moves: list[tuple[int, str, str]], excess: int) -> None:
    rules = [
        from_to(f"{cents / 100:.2f}", source, destination, f"r{place}")
        for place, (cents, source, destination) in enumerate(moves)
        if destination not in {source, "bank"}
    ]
    case, plan = guarded(margin(excess), *rules) if rules else (None, None)
    if plan is None or case is None:
        return
    counts = {IDS["borrow"] - 1, IDS["invest"] - 1}
    now = excess
    legs_ = plan.moving()
    for source, destination, amount, pending in zip(
        legs_.source.tolist(), legs_.destination.tolist(), legs_.amount.tolist(), legs_.pending.tolist(), strict=True
    ):
        arrives = amount if destination in counts and not pending else 0
        now += arrives - (amount if source in counts else 0)
        assert now >= min(excess, 0)
    assert int(plan.after.excess[0]) == now
