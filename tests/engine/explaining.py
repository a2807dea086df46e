"""Short ways to have a case explained, and to change the numbers that an explanation names."""

from copy import deepcopy
from typing import Any

from engine.answer import DecisionWords, decisions_of
from engine.case import read_case
from engine.evaluate import evaluate
from engine.explain import explain_plan
from engine.explained import Change, Explanation
from engine.given import GIVEN_FACTS
from ledger.money import format_money, format_percent, parse_money, parse_percent
from rules.decode import Decoded
from rules.facts import PERCENT_FACTS
from tests.engine.joined import case_of

Document = dict[str, Any]

FRIDAY = "2026-11-20"


def rule(**more: object) -> Document:
    """An automatic rule that moves a fixed 100.00 from checking to cash; `from_` stands for `from`."""
    document: Document = {"id": "r", "mode": "auto", "amount": {"kind": "fixed", "amount": "100.00"}}
    document |= {"from": [{"account": "checking"}], "to": [{"account": "cash"}]}
    return document | {name.removesuffix("_"): value for name, value in more.items()}


def case(*rules: Document, accounts: Document | None = None, **more: object) -> Document:
    """A case of a Friday with checking 500.00, cash 200.00 and 300.00 owed of 1,000.00 on the borrow line."""
    usual = {
        "checking": {"kind": "checking", "posted": "500.00"},
        "cash": {"kind": "cash", "posted": "200.00"},
        "borrow": {"kind": "borrow", "posted": "-300.00", "floor": "-1000.00", "ceiling": "0.00"},
    }
    return {"on": FRIDAY, "accounts": usual | (accounts or {}), "rules": list(rules), **more}


def tell(document: Document) -> list[Explanation]:
    """Every rule of the case explained; each explanation agrees with its decision."""
    read = case_of(document)
    plan = evaluate(read.snapshot, keep_seen=True)
    told = explain_plan(plan, 0, read.rules, read.handles)
    for one, decided in zip(told, decisions_of(plan, 0, read.rules, read.handles), strict=True):
        assert_agrees(one, decided)
    return told


def tell_one(*rules: Document, **more: Any) -> Explanation:
    """The last rule of a case explained."""
    return tell(case(*rules, **more))[-1]


def assert_agrees(told: Explanation, decided: DecisionWords) -> None:
    """The decision's own words stand in the explanation, and its numbers add up."""
    words = told.to_words()
    shared = {name: words[name] for name in ("rule", "outcome", "reason", "amount", "limited_by", "legs")}
    assert {**shared, "wanted": words["wanted"] or "0.00"} == decided
    if told.amount:
        assert sum(leg.amount for leg in told.legs) == told.amount
        assert sum(one.taken for one in told.sources) == sum(one.given for one in told.destinations) == told.amount
    for source in told.sources:
        free = max(0, source.balance - source.keeps)
        assert source.capacity == (free if source.at_most is None else min(free, source.at_most))
    for one in told.destinations:
        room = max(0, one.most - one.expected)
        assert one.room == (room if one.ira_left is None else max(0, min(room, one.ira_left)))
        assert one.given == min(one.asked, one.room)


def changed(document: Document, change: Change) -> Document | None:
    """The case with that number changed; None where that is no case any more."""
    new = deepcopy(document)
    kind, _, target = change.fact.removesuffix(")").partition("(")
    if kind == "ira_room":
        new["ira_room"] = _plus(new["ira_room"], change.by)
    elif kind in GIVEN_FACTS:
        plus = _plus_percent if kind in PERCENT_FACTS else _plus
        same = [fact for fact in new["facts"] if fact.replace(" ", "") == change.fact]
        new["facts"] |= {fact: plus(new["facts"][fact], change.by) for fact in same}
    else:
        account = new["accounts"][target]
        name, by = {"owed": ("posted", -change.by), "room": ("floor", -change.by)}.get(kind, ("posted", change.by))
        account[name] = _plus(account.get(name, "0"), by)
    return new if read_case(Decoded(new)).case else None


def _plus_percent(percent: str, by: int) -> str:
    return format_percent(parse_percent(percent) + by)


def _plus(amount: str, by: int) -> str:
    return format_money(parse_money(amount, signed=True) + by)
