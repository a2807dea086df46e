"""Explanations: a golden sentence for every reason, parts that agree with the decision, and changes that hold good."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from engine.codes import Reason
from engine.difference import day_words
from engine.evaluate import evaluate
from engine.explain import explain_plan
from engine.explained import Change, Explanation
from ledger.days import parse_day
from ledger.faults import SluiceError
from rules.yamltext import decode_yaml
from tests.engine.explaining import Document, case, changed, rule, tell, tell_one
from tests.engine.joined import case_of, join
from tests.strategies.cases import cases, random_case

HERE = Path(__file__).parent
EXPLAINED: Any = decode_yaml((HERE / "explained.yaml").read_bytes()).value
ROTH = {"kind": "ira", "posted": "0.00"}
CHANGEABLE = (
    Reason.CONDITION_FALSE,
    Reason.AMOUNT_ZERO,
    Reason.SHORT,
    Reason.SOURCES_EMPTY,
    Reason.NO_ROOM,
    Reason.BELOW_MINIMUM,
)


@pytest.mark.parametrize("row", EXPLAINED, ids=[row["reason"] for row in EXPLAINED])
def test_explained(row: dict[str, Any]) -> None:
    told = tell_one(rule(**row.get("rule", {})), **row.get("case", {})).to_words()
    assert (told["reason"], told["difference"]) == (row["reason"], row["says"])
    assert told["changes"] == row.get("changes", [])


def test_every_reason_that_a_night_can_give_has_its_sentence() -> None:
    known = {row["reason"] for row in EXPLAINED} | {"stopped"}
    assert known == {reason.name.lower() for reason in Reason} - {"no_price"}  # prices come with their own issue


def test_a_rule_that_was_not_due_looked_at_nothing() -> None:
    told = tell_one(rule(mode="off"))
    assert (told.conditions, told.amount_saw, told.wanted, told.limits, told.sources, told.legs) == (
        *((), None, None),
        *((), (), ()),
    )


def test_a_stopped_rule_names_the_rule_that_stopped_it() -> None:
    idle = rule(id="idle", then="stop", max_transfer="1.00", amount={"kind": "everything", "account": "borrow"})
    told = tell_one(idle, rule(id="first", then="stop"), rule())
    assert told.due.stopped_by == "first"
    assert told.difference == "first moved before it and ends the night's rules; it would have had to move nothing."


def test_blocked_names_what_blocks_it() -> None:
    told = tell_one(rule(), accounts={"cash": {"kind": "cash", "posted": "200.00", "problem": "frozen"}})
    assert told.blocked_by == ("cash",)
    first = rule(id="first", when=[{"fact": "deposits(cash)", "above": "1"}])
    second = rule(when=[{"fact": "moved(first)", "below": "0.01"}])
    assert [one.blocked_by for one in tell(case(first, second))] == [("deposits(cash)",), ("moved(first)",)]


def test_a_whole_explanation_as_words() -> None:
    refill = {"kind": "refill", "account": "checking", "below": "1000.00", "up_to": "1500.00"}
    full = rule(
        id="keep_full",
        cool_down_days=7,
        when=[{"any": [{"fact": "balance(cash)", "above": "100.00"}, {"not": {"fact": "owed(borrow)", "below": "5"}}]}],
        amount=refill,
        from_=[{"account": "cash", "leave": "150.00"}, {"account": "borrow", "at_most": "200.00"}],
        to=[{"account": "checking"}],
        caps=[{"per": "quarter", "amount": "900.00"}],
    )
    first = rule(id="first", amount={"kind": "fixed", "amount": "10.00"})
    told = tell_one(first, full, last_moved={"keep_full": "2026-11-01"}).to_words()
    assert json.loads(json.dumps(told)) == json.loads((HERE / "explained_whole.json").read_text())


def test_an_ira_sees_the_room_that_earlier_rules_and_destinations_left() -> None:
    accounts = {"roth": ROTH, "sep": ROTH, "bank": {"kind": "bank", "posted": "900.00"}}
    shares = [{"account": "roth", "share": "40%"}, {"account": "sep", "share": "60%"}]
    first = rule(id="first", from_=[{"account": "bank"}], to=[{"account": "roth"}])
    told = tell_one(first, rule(to=shares), accounts=accounts, ira_room="150.00")
    assert [(one.expected, one.ira_left, one.asked, one.given) for one in told.destinations] == [
        (10_000, 5_000, 4_000, 4_000),
        (0, 1_000, 6_000, 1_000),
    ]


def test_a_goal_tells_over_how_many_nights_it_is_spread() -> None:
    saw = tell_one(
        rule(amount={"kind": "goal", "account": "cash", "target": "310.00", "by": "2026-11-30"}, min_transfer="11.00")
    )
    assert saw.amount_saw is not None
    assert saw.amount_saw.nights == 11
    assert saw.changes == (Change("expected(cash)", -1_090),)
    words = "It moves 11.00 at least; it wanted 10.00; 10.90 less in expected(cash) would have done."
    assert saw.difference == words


def test_a_plan_that_kept_nothing_cannot_be_explained() -> None:
    read = case_of(case(rule()))
    with pytest.raises(SluiceError, match="keep_seen"):
        explain_plan(evaluate(read.snapshot), 0, read.rules, read.handles)


def test_customers_of_one_plan_are_explained_each_by_itself() -> None:
    read = [case_of(case(rule(), rule(id="late", ends="2026-11-01"), rule(id=name))) for name in ("x", "y")]
    plan = evaluate(join(read), keep_seen=True)
    assert [[one.rule for one in explain_plan(plan, n, c.rules, c.handles)] for n, c in enumerate(read)] == [
        ["r", "late", "x"],
        ["r", "late", "y"],
    ]


def test_days_for_people() -> None:
    assert [day_words(parse_day(day)) for day in ("2026-11-20", "1969-12-31")] == ["Fri 20 Nov 2026", "Wed 31 Dec 1969"]


@given(cases())
def test_every_case_is_explained_as_it_was_decided(document: dict[str, Any]) -> None:
    for told in tell(document):
        assert told.difference
        json.dumps(told.to_words())


def test_what_a_silent_rule_names_would_have_done() -> None:
    tried = dict.fromkeys(CHANGEABLE, 0)
    for seed in range(1_000):
        document: dict[str, Any] = dict(random_case(Random(seed)))
        document["rules"] = document["rules"][:1]
        (told,) = tell(document)
        if told.reason not in CHANGEABLE:
            continue
        for changes, condition in _remedies(told):
            if (after := _after(document, changes)) is not None:
                assert not _fails_alike(told, after, condition), (seed, told.difference)
                tried[told.reason] += 1
    assert min(tried.values()) >= 3, tried


def _remedies(told: Explanation) -> Iterator[tuple[Sequence[Change], int]]:
    """Changes that help together; of conditions, each change by itself with the number of its condition."""
    if told.reason == Reason.CONDITION_FALSE:
        yield from (([change], number) for change, number in zip(told.changes, _failed(told), strict=True))
    elif told.changes:
        yield told.changes, 0


def _after(document: Document, changes: Sequence[Change]) -> Explanation | None:
    """The case's only rule explained once more, with all the changes made; None where a case cannot hold them."""
    new: Document | None = document
    for change in changes:
        new = changed(new, change) if new else None
    return tell(new)[0] if new else None


def _fails_alike(before: Explanation, after: Explanation, condition: int) -> bool:
    """Whether the rule still fails for what was named: the same reason, or of the conditions the very same."""
    if before.reason == Reason.CONDITION_FALSE:
        return condition in _failed(after)
    return after.reason == before.reason


def _failed(told: Explanation) -> list[int]:
    holding = {one.condition for one in told.conditions if one.holds}
    return sorted({one.condition for one in told.conditions} - holding)
