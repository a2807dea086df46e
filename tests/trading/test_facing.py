"""Facts that come from prices, in real books: exact, the same in preview, night and explanation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from engine.answer import DecisionWords, decisions_of
from engine.desk import DecisionRecord, NewAccount, NewCustomer
from engine.evaluate import evaluate
from engine.invest.market import Market
from engine.invest.nights.eve import Steps
from engine.invest.nights.facing import Facing
from engine.invest.nights.kept import kept_facts, seen_market
from engine.invest.orderrecords import IntentKind
from engine.invest.pies.terms import BandTerms, PieTerms
from engine.invest.records import SliceState
from engine.keptguards import seen_guards
from engine.marketfacts import MarketFacts
from engine.night import Means, run_night
from engine.overnight.sight import night_sight
from engine.past import snapshot_of_past
from engine.rulebook import save_rules
from engine.take import read
from engine.tonight import plan_tonight
from ledger.accounts import Kind, Standing
from market.feed import Feed
from rules.load import load_rules
from store.verify import verify
from tests.naive.asking import fixed, rule
from tests.trading.estates import RENAMED, WEDNESDAY, dividend, limit, split
from tests.trading.world import HALVES, LIMIT, MONDAY, SHARE, USD, World, feed, pie, prices, world

TUESDAY, THURSDAY, FRIDAY = MONDAY + 1, MONDAY + 3, MONDAY + 4


MOVING = prices(
    VTI={MONDAY - 30: "80", MONDAY: "100", TUESDAY: "60", THURSDAY: "70"}, BND="50", VXUS="60", NEW={MONDAY - 30: "33"}
)


def asking(what: str) -> dict[str, object]:
    """An amount that looks at a fact."""
    return {"kind": "fact", "fact": what}


LACKING = {"kind": "invest_drift", "account": "invest.growth"}


RULES = (
    rule(asking("value(invest.growth)"), id="value", mode="watch"),
    rule(LACKING, "checking", "invest.growth", id="lacking"),
    rule(asking("deposits(invest.growth)"), id="deposits"),
    rule(fixed("1.00"), id="drift", when=[{"fact": "drift(invest.growth)", "above": "0.01%"}]),
    rule(fixed("2.00"), id="fall", when=[{"fact": "drawdown(VTI, 3)", "above": "10%"}]),
    rule(fixed("3.00"), id="average", when=[{"fact": "price_to_average(VTI, 3)", "below": "99%"}]),
    rule(asking("balance(invest.growth)"), "invest.growth", "bank", id="rest", mode="watch"),
    rule(asking("value(invest.income)"), id="income", mode="watch"),
)


@dataclass
class Ruled:
    """A household with rules, and what each of its nights decided as the preview foretold."""

    world: World

    def rule(self, *rules: dict[str, object], day: int = MONDAY) -> None:
        """Save its rules."""
        loaded = load_rules(list(rules))
        assert not loaded.problems
        with self.world.books.lock(0) as work:
            assert save_rules(work, self.world.customer, loaded.rules, (day, 1)) == ()

    def night(self, day: int, market: Market | None) -> list[DecisionWords]:
        """Preview, night and explanation: all of them say the same."""
        with self.world.books.read(0) as work:
            tonight = plan_tonight(work, self.world.customer, day, market=market)
        result = run_night(self.world.books, 0, day, lambda: self.world.now, Means(market))
        assert (result.status, tonight.set_aside) == ("done", "")
        foretold = tonight.decisions()
        assert result.decisions is not None
        stored = [(one.rank, one.wanted, one.amount) for one in self._stored(day)]
        kept = {"moved", "blocked", "would_move", "proposed"}
        assert stored == [
            (at + 1, int(tonight.plan.decisions.wanted[at, 0]), int(tonight.plan.decisions.amount[at, 0]))
            for at, one in enumerate(foretold)
            if one["outcome"] in kept
        ]
        assert self._explained(day) == foretold
        return foretold

    def _stored(self, day: int) -> list[DecisionRecord]:
        with self.world.books.read(0) as work:
            past = work.past(self.world.customer)
        return sorted((one for one in past.decisions if one.day == day), key=lambda one: one.rank)

    def _explained(self, day: int) -> list[DecisionWords]:
        with self.world.books.read(0) as work:
            one = np.array([self.world.customer])
            record, accounts = work.customers(one)[0], work.accounts_of(one)
            past, paths = work.past(self.world.customer), work.system_paths()
            night = snapshot_of_past(past, record, accounts, day, paths)
            night = night.with_market(seen_market(work, day, self.world.customer))
            night = night.with_guards(seen_guards(work, day, self.world.customer))
        return decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)


@pytest.fixture
def ruled(tmp_path: Path) -> Iterator[Ruled]:
    with world(f"sqlite:///{tmp_path}/books.db", feed(MOVING), 1_000_00) as made:
        made.save(HALVES, PieTerms(bands=BandTerms(absolute=500)))
        made.pay_in(5_000_00, "pay", "checking")
        made.run()
        yield Ruled(made)
        assert list(verify(made.url)) == []


def test_preview_night_and_explanation_agree_through_a_busy_week(ruled: Ruled) -> None:
    """A split, dividends of every way, a new symbol, a sale that settles and a raise to the bank, one night each."""
    desk = ruled.world
    actions = [split(2, 1), dividend(50), replace(RENAMED, ex_day=FRIDAY), dividend(70, WEDNESDAY, THURSDAY)]
    desk.market = feed(MOVING, actions)
    terms = PieTerms(auto_invest=False, bands=BandTerms(absolute=500), symbols={"VTI": "reinvest"})
    desk.save(HALVES, terms)
    desk.order(IntentKind.SELL, "BND", 100_00)
    desk.order(IntentKind.RAISE, "", 50_00, destination=desk.account("bank").account)
    desk.run(slot=2)
    ruled.rule(*RULES)
    seen = {day: ruled.night(day, desk.market) for day in (MONDAY, TUESDAY, WEDNESDAY)}
    desk.save(HALVES, replace_terms(terms, "sweep"))
    seen[THURSDAY] = ruled.night(THURSDAY, desk.market)
    seen[FRIDAY] = ruled.night(FRIDAY, desk.market)
    wanted = [[told[at]["wanted"] for told in seen.values()] for at in (0, 1)]
    assert wanted == [
        ["1000.00", "1040.00", "1084.07", "1215.89", "998.35"],  # 9 shares at 60 from Tuesday on, 70 on Thursday, 33
        ["0.00", "41.82", "41.82", "115.46", "30.28"],
    ]
    assert desk.balance("bank") == 50_00
    assert desk.balance("cash") == 5_00 + 6_30  # a rule's dollar a night, and what was swept
    assert ruled.night(FRIDAY + 1, None)[1]["outcome"] == "blocked"


def replace_terms(terms: PieTerms, way: str) -> PieTerms:
    return terms.model_copy(update={"symbols": {"VTI": way}})


def test_facts_are_what_the_prices_say(ruled: Ruled) -> None:
    """On Tuesday VTI falls from 100 to 60: 5 x 60 = 300.00 and 10 x 50 = 500.00, weights 37.5% and 62.5%."""
    ruled.rule(*RULES)
    ruled.night(MONDAY, ruled.world.market)
    told = {one["rule"]: one for one in ruled.night(TUESDAY, ruled.world.market)}
    assert told["value"]["wanted"] == "800.00"
    assert [told[name]["outcome"] for name in ("drift", "fall", "average", "income")] == ["moved"] * 3 + ["nothing"]
    with ruled.world.books.read(0) as work:
        facts = seen_market(work, TUESDAY, ruled.world.customer)
    growth = facts.account.tolist().index(ruled.world.account().account)
    assert facts.drift.tolist()[growth] == 2 * 12_50
    assert facts.value.tolist() == [2 * 40_00, 2 * 75_00]  # of 80, 100 and 60
    assert told["lacking"]["wanted"] == "109.10"  # so that 300.00 and all of it are 45% at least


def facts_of(made: World, market: Market | None, day: int) -> MarketFacts:
    with made.books.read(0) as work:
        return Facing(night_sight(work, market, Steps(day)), market).facts(read(work, work.population(), day))


def test_what_a_price_is_missing_for_is_unknown(ruled: Ruled) -> None:
    """VTI ends on Monday: on Wednesday its close is two sessions old."""
    desk = ruled.world
    gone = ending(desk.market, "VTI", MONDAY)
    ruled.rule(*RULES)
    for day, known in ((TUESDAY, True), (WEDNESDAY, False)):
        facts = facts_of(desk, gone, day)
        growth = facts.account.tolist().index(desk.account().account)
        sure = (facts.holdings_known[growth], facts.drift_known[growth], facts.invest_known[growth])
        assert sure == (known,) * 3
        assert facts.known.tolist() == [known] * 2
        assert facts.holdings.tolist()[growth] == (1_000_00 if known else 0)
    assert facts_of(desk, None, TUESDAY).known.tolist() == [False, False]


def ending(market: Feed, symbol: str, day: int) -> Market:
    """The market, in which a security is not traded any more after a day."""

    class Ended(Feed):
        def __init__(self) -> None:
            self.__dict__.update(market.__dict__)

        def closes(self, asked: str, first: int, last: int) -> tuple[tuple[int, int], ...]:
            return super().closes(asked, first, min(last, day) if asked == symbol else last)

    return Ended()


def test_a_leaf_without_units_needs_a_price_for_drift_alone(tmp_path: Path) -> None:
    with world(f"sqlite:///{tmp_path}/books.db", feed(MOVING)) as made:
        made.save(HALVES, PieTerms(bands=BandTerms(relative=500)))
        ruled = Ruled(made)
        ruled.rule(*RULES)
        empty = facts_of(made, made.market, MONDAY)
        growth = empty.account.tolist().index(made.account().account)
        assert (empty.drift[growth], empty.drift_known[growth], empty.invest_drift[growth]) == (0, True, 0)
        gone = facts_of(made, ending(made.market, "VTI", MONDAY - 9), MONDAY)
        assert (gone.holdings_known[growth], gone.drift_known[growth], gone.invest_known[growth]) == (
            True,
            False,
            False,
        )
        made.save(HALVES, PieTerms())
        assert not facts_of(made, made.market, MONDAY).invest_known[growth]


def test_nothing_asked_is_nothing_looked_up(ruled: Ruled) -> None:
    ruled.rule(rule(fixed("1.00")))
    facts = facts_of(ruled.world, ruled.world.market, MONDAY)
    assert (len(facts.account), len(facts.kind)) == (0, 0)
    ruled.rule(RULES[4])
    facts = facts_of(ruled.world, ruled.world.market, MONDAY)
    assert (len(facts.account), facts.known.tolist()) == (0, [True])


def test_a_removed_slice_still_held_drifts_by_all_it_holds(ruled: Ruled) -> None:
    desk = ruled.world
    desk.save(pie('{name: all, slices: [{symbol: BND, weight: "100%"}]}'))
    ruled.rule(*RULES)
    growth = desk.account().account
    facts = facts_of(desk, desk.market, MONDAY)
    assert facts.drift.tolist()[facts.account.tolist().index(growth)] == 2 * 50_00
    assert SliceState.LEFT in desk.slices().state.tolist()


def test_a_preview_of_one_household_sees_its_own_steps_alone(ruled: Ruled) -> None:
    desk = ruled.world
    desk.market = feed(MOVING, [dividend(50), split(2, 1)])
    first = desk.customer
    with desk.books.lock(0) as work:
        desk.customer = int(work.open_customers([NewCustomer("jones", "Jones")], MONDAY, 1)[0])
        kinds = (("checking", Kind.CHECKING), ("cash", Kind.CASH), ("invest.growth", Kind.INVEST), ("bank", Kind.BANK))
        new = [NewAccount(desk.customer, name, name, kind, USD, 0, LIMIT, 0) for name, kind in kinds]
        work.open_accounts([*new, replace(new[2], handle="invest.income")], MONDAY, 1)
    desk.pay_in(1_000_00)
    desk.save(HALVES, PieTerms())
    desk.run(slot=2)
    desk.save(HALVES, PieTerms(auto_invest=False))
    desk.pay_in(20_00, "idle")
    desk.order(IntentKind.SELL, "BND", 100_00)
    desk.order(IntentKind.RAISE, "", 50_00, destination=desk.account("bank").account)
    desk.run(TUESDAY)
    for customer in (first, desk.customer):
        desk.customer = customer
        ruled.rule(*RULES)
    with desk.books.read(0) as work:
        foretold = {one: plan_tonight(work, one, WEDNESDAY, market=desk.market) for one in (first, desk.customer)}
    run_night(desk.books, 0, WEDNESDAY, lambda: desk.now, Means(desk.market))
    for customer, tonight in foretold.items():
        desk.customer = customer
        assert ruled._explained(WEDNESDAY) == tonight.decisions()
    assert desk.units()["VTI"] == 19 * SHARE // 2  # Tuesday's window doubled five before it sold a half


def test_a_household_that_waits_is_told_so_in_its_preview(ruled: Ruled) -> None:
    desk = ruled.world
    desk.market = feed(MOVING, [dividend(50)])
    limit(desk, "invest.growth", LIMIT, Standing.CLOSED)
    with desk.books.read(0) as work:
        assert "is closed" in plan_tonight(work, desk.customer, WEDNESDAY, market=desk.market).set_aside


def test_rows_of_facts_are_read_as_they_were_kept(ruled: Ruled) -> None:
    ruled.rule(*RULES)
    facts = facts_of(ruled.world, ruled.world.market, TUESDAY)
    with ruled.world.books.lock(0) as work:
        work.keep_seen(TUESDAY, kept_facts(facts, work.population()))
        again = seen_market(work, TUESDAY, ruled.world.customer)
    for name in MarketFacts.__dataclass_fields__:
        assert getattr(again, name).tolist() == getattr(facts, name).tolist(), name
