"""Facts that come from prices: exact comparison, what is absent, and what a book asks for."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.answer import decisions_of
from engine.difference import day_words
from engine.evaluate import evaluate
from engine.explain import explain, explain_plan
from engine.marketasks import MarketAsks, asked
from engine.marketfacts import MarketFacts, half_steps, no_market_facts, percent_words, spread
from engine.past import snapshot_of_past
from engine.take import Reading, read, take
from ledger.accounts import Int64s
from ledger.days import parse_day
from ledger.seal import asset_number
from tests.engine.asking import account, brief, case, fixed, rule
from tests.engine.households import CHECKING, FRIDAY, Home, held

BP = Fraction(1, 10_000)
VTI, BND = asset_number("VTI"), asset_number("BND")


def column(*values: int) -> Int64s:
    return np.array(values, np.int64)


def flags(*values: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array(values, np.bool_)


def pies(*ids: int) -> MarketFacts:
    """Of the n-th account: holdings n x 100.00, drift a little over n %, n.00 lacking."""
    place = np.arange(1, len(ids) + 1)
    sure = np.ones(len(ids), np.bool_)
    facts = replace(no_market_facts(), account=column(*ids), holdings=place * 10_000, holdings_known=sure)
    return replace(facts, drift=place * 200 + 1, drift_known=sure, invest_drift=place * 100, invest_known=sure)


@given(st.fractions(0, 2, max_denominator=10**7), st.integers(-100, 20_000), st.integers(0, 300))
def test_a_drift_compares_exactly_with_every_bound(drift: Fraction, low: int, width: int) -> None:
    whole = drift // BP
    steps = half_steps(int(whole), exact=drift == whole * BP)
    percents = [f"{'-' if bp < 0 else ''}{abs(bp) // 100}.{abs(bp) % 100:02d}%" for bp in (low, low + width)]
    conditions: list[dict[str, object]] = [{"above": percents[0]}, {"below": percents[0]}, {"between": percents}]
    rules = [rule(fixed("1.00"), id=f"r{n}", when=[{"fact": "drift(pie)", **one}]) for n, one in enumerate(conditions)]
    one = case({"checking": account("9.00"), "cash": account("0"), "pie": account("0", "invest")}, *rules)
    market = spread(replace(pies(3), drift=column(steps)), one.snapshot.account)
    snapshot = replace(one.snapshot, facts=replace(one.snapshot.facts, market=market))
    plan = evaluate(snapshot, keep_seen=True)
    held_true = [told["outcome"] == "moved" for told in decisions_of(plan, 0, one.rules, one.handles)]
    assert held_true == [drift > low * BP, drift < low * BP, low * BP <= drift <= (low + width) * BP]
    for told in explain_plan(plan, 0, one.rules, one.handles):
        assert told.to_words()["conditions"][0]["saw"] == percent_words(steps)
        for change in told.changes if width else ():  # so many basis points more or less, and it holds
            after = drift + change.by * BP
            assert [after > low * BP, after < low * BP, low * BP <= after <= (low + width) * BP][int(told.rule[1])]


def test_what_is_just_over_a_bound_says_so() -> None:
    between = rule(fixed("1.00"), when=[{"fact": "drift(pie)", "between": ["3%", "5%"]}])
    one = case({"checking": account("9.00"), "cash": account("0"), "pie": account("0", "invest")}, between)
    market = spread(replace(pies(3), drift=column(half_steps(500, exact=False))), one.snapshot.account)
    snapshot = replace(one.snapshot, facts=replace(one.snapshot.facts, market=market))
    (told,) = explain_plan(evaluate(snapshot, keep_seen=True), 0, one.rules, one.handles)
    words = "It needed drift(pie) between 3% and 5%; it was just over 5.00%, 0.01% less would have done."
    assert told.difference == words
    assert told.to_words()["changes"] == [{"fact": "drift(pie)", "by": "-0.01%"}]


def test_accounts_that_are_absent_hold_nothing_and_have_no_pie() -> None:
    found = spread(pies(20, 30, 40), column(40, 10, 20))  # 30 is of another book
    entries = np.arange(3)
    assert [part.tolist() for part in found.held(entries)] == [[30_000, 0, 10_000], [True, True, True]]
    assert [part.tolist() for part in found.percent(entries)] == [[601, 0, 201], [True, False, True]]
    assert [part.tolist() for part in found.wanted(entries)] == [[300, 0, 100], [True, False, True]]
    empty = spread(no_market_facts(), column(40, 10))
    assert [part.tolist() for part in empty.held(entries)] == [[0, 0, 0], [True, True, True]]
    assert [part.tolist() for part in empty.wanted(entries)] == [[0, 0, 0], [False, False, False]]
    assert [part.tolist() for part in empty.of_symbol("drawdown", column(VTI), column(1))] == [[0], [False]]


def test_facts_about_securities_are_found_by_all_of_their_parts() -> None:
    facts = replace(
        no_market_facts(),
        kind=column(0, 0, 0, 1),
        asset=column(BND, VTI, VTI, VTI),
        sessions=column(252, 1, 252, 252),
        value=column(20, 30, 40, 50),
        known=flags(1, 1, 0, 1),
    )
    found = spread(facts, column(1))
    asset, sessions = column(VTI, VTI, BND, 5, VTI), column(252, 1, 252, 252, 2)
    values, known = found.of_symbol("drawdown", asset, sessions)
    assert (values.tolist(), known.tolist()) == ([0, 30, 20, 0, 0], [False, True, True, False, False])
    values, known = found.of_symbol("price_to_average", asset, sessions)
    assert (values.tolist(), known.tolist()) == ([50, 0, 0, 0, 0], [True, False, False, False, False])


PIE, OTHER = held("pie", "50.00", "invest"), held("other", "0.00", "invest")
LACKS = {"kind": "invest_drift", "account": "pie"}


def reading_of(home: Home) -> Reading:
    with home.books.read(0) as work:
        return read(work, work.population(), parse_day(FRIDAY))


def asks(found: MarketAsks) -> list[list[int]]:
    columns = (found.value, found.drift, found.invest_drift, found.kind, found.asset, found.sessions)
    return [column.tolist() for column in columns]


def ids(home: Home, reference: str, *handles: str) -> list[int]:
    with home.books.read(0) as work:
        accounts = work.accounts_of(np.array([home.ids[reference]]))
    by_handle = {one.handle: one.account for one in accounts}
    return [by_handle[handle] for handle in handles]


def test_a_book_asks_for_what_its_programs_read_and_no_more(home: Home) -> None:
    home.open("ann", [CHECKING, PIE], rule(fixed("1.00"), "checking", "pie"))
    assert asks(asked(reading_of(home))) == [[], [], [], [], [], []]
    assert not asked(reading_of(home))
    of_market: Sequence[dict[str, object]] = [
        {"fact": "drift(other)", "above": "1%"},
        {"not": {"fact": "drawdown(VTI, 252)", "above": "1%"}},
        {"any": [{"fact": "drawdown(BND, 9)", "above": "1%"}, {"fact": "price_to_average(BND, 9)", "above": "1%"}]},
    ]
    value = rule({"kind": "fact", "fact": "value(pie)"}, "checking", "pie", id="value", when=of_market[:2])
    for name in ("bob", "cat"):
        home.open(
            name, [PIE, CHECKING, OTHER], value, rule(LACKS, "checking", "pie", when=[of_market[2], of_market[1]])
        )
    found = asked(reading_of(home))
    pie = sorted(ids(home, "bob", "pie") + ids(home, "cat", "pie"))
    other = sorted(ids(home, "bob", "other") + ids(home, "cat", "other"))
    assert asks(found) == [pie, other, pie, [0, 0, 1], [BND, VTI, BND], [9, 252, 9]]
    assert found


@pytest.mark.parametrize("known", [True, False])
def test_a_reading_carries_what_the_market_makes_of_its_accounts(home: Home, *, known: bool) -> None:
    value = rule({"kind": "fact", "fact": "value(pie)"}, "checking", "pie", id="value")
    home.open("ann", [CHECKING, PIE], value, rule(LACKS, "checking", "pie", id="lacks"))
    reading = reading_of(home)
    (pie,) = ids(home, "ann", "pie")
    market = replace(pies(pie), holdings_known=flags(known), invest_known=flags(known))
    plan = evaluate(take(replace(reading, market=market), reading.population.accounts, parse_day(FRIDAY)))
    told = [(int(plan.decisions.wanted[rank, 0]), int(plan.decisions.reason[rank, 0])) for rank in range(2)]
    assert told == ([(150_00, 30), (1_00, 30)] if known else [(0, 16), (0, 16)])


def test_a_past_night_is_explained_by_what_it_saw_of_the_market(home: Home) -> None:
    home.open("ann", [CHECKING, PIE], rule(LACKS, "checking", "pie", id="lacks"))
    home.night(FRIDAY)
    with home.books.read(0) as work:
        one = np.array([home.ids["ann"]])
        accounts = work.accounts_of(one)
        past, paths = work.past(home.ids["ann"]), work.system_paths()
        night = snapshot_of_past(past, work.customers(one)[0], accounts, parse_day(FRIDAY), paths)
    assert day_words(night.night.day) == "Fri 20 Nov 2026"
    assert explain(night, "lacks").difference == "invest_drift(pie) would have had to be known."
    (pie,) = ids(home, "ann", "pie")
    told = explain(night.with_market(pies(pie)), "lacks")
    assert told.difference == "It moved 1.00, all that it wanted."
    assert told.to_words()["amount_saw"] == {
        "kind": "invest_drift", "fact": "invest_drift(pie)", "saw": "1.00", "nights": None,
    }  # fmt: skip
    assert brief(decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)[0]).startswith("blocked")
