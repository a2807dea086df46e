"""Random prices, deposits, draws, orders and rules: no draw above the limit, no night below zero without a call."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from engine.borrow.states import OPEN_CALLS, MarginState
from engine.invest.orderrecords import IntentKind
from engine.invest.pies.terms import BandTerms, PieTerms
from engine.rulebook import save_rules
from ledger.statuses import Status
from rules.load import load_rules
from tests.borrow.lent import Lent, lent, only
from tests.naive.asking import fixed, rule
from tests.trading.world import MONDAY, prices

DAYS = 14
PATHS = ("", "VTI", "BND")
RULES = (
    rule(fixed("150.00"), "borrow", "checking", id="draw"),
    rule(fixed("40.00"), "borrow", "invest.growth", id="lever"),
    rule(fixed("90.00"), "invest.growth", "cash", id="out"),
    rule(fixed("100.00"), "cash", "borrow", id="back", when=[{"fact": "ltv(borrow)", "above": "45%"}]),
)


def walk(random: Random) -> dict[str, dict[int, int]]:
    """Prices that move by up to a tenth a day, with a crash now and then."""
    found: dict[str, dict[int, str]] = {"VTI": {}, "BND": {}}
    for symbol, start in (("VTI", 100), ("BND", 50)):
        price = start * 100
        for day in range(MONDAY - 30, MONDAY + DAYS + 1):
            found[symbol][day] = f"{price // 100}.{price % 100:02d}"
            if day >= MONDAY:
                change = random.choice([-60, -30, -10, -5, 0, 2, 5, 10])
                price = max(price * (100 + change) // 100, 100)
    return prices(**found)


def orders(house: Lent, random: Random) -> None:
    """What people may ask for."""
    kind = random.choice([IntentKind.BUY, IntentKind.SELL, IntentKind.REBALANCE, IntentKind.RAISE])
    path = "" if kind in {IntentKind.REBALANCE, IntentKind.RAISE} else random.choice(PATHS)
    amount = 0 if kind == IntentKind.REBALANCE else random.randint(1_00, 2_000_00)
    destination = {"destination": house.world.account("checking").account} if kind == IntentKind.RAISE else {}
    house.world.order(kind, path, amount, **destination)


def moves(house: Lent, random: Random, day: int) -> None:
    """A deposit, or a draw: within the limit it is taken while no call is open, above it never."""
    if random.random() < 0.2:
        house.world.pay_in(random.randint(1_00, 900_00), f"pay {day}")
    if random.random() < 0.8:
        line = house.world.account("borrow")
        room = line.posted - line.pending_out - line.rule_floor
        cents = random.choice([max(room, 1), max(room // 2, 1), max(room, 0) + 1])
        if cents > room >= 0:  # with more owed than the limit, books keep what is owed and requests the limit
            assert house.draw(cents, key=f"draw {day}") != Status.CREATED
        elif cents <= room and not house.refused(cents, day - 1):
            assert house.draw(cents, key=f"draw {day}") == Status.CREATED
            found = house.measured(day - 1)
            assert only(found.owed) <= only(found.measures.limit)


@pytest.mark.parametrize("seed", [0, 5, *(pytest.param(seed, marks=pytest.mark.long) for seed in (3, 4, 7, 9))])
def test_after_any_window_and_night_the_margin_holds_or_a_call_is_open(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    terms = PieTerms(bands=BandTerms(absolute=500), rebalance_on="bands")
    with lent(tmp_path, walk(random), 10_000_00, terms=terms) as house:
        if seed % 2:
            house.configure(liquidation_automatic="yes", maintenance_requirement__BND="60%")
        with house.world.books.lock(0) as work:
            assert save_rules(work, house.world.customer, load_rules(list(RULES)).rules, (MONDAY, 1)) == ()
        seen = {house.night(MONDAY)}
        for day in range(MONDAY + 1, MONDAY + DAYS):
            house.world.today = day
            moves(house, random, day)
            if random.random() < 0.6:
                orders(house, random)
            if house.world.market.sessions(day, day):
                before = house.now(day)
                house.world.now = house.world.window(day).opens
                house.world.run(day)
                after = house.now(day)
                assert after >= min(before, 0)
                assert house.state() in OPEN_CALLS or after >= 0 or before < 0
            owed = only(house.measured(day).principal)
            state = house.night(day)
            seen.add(state)
            found = house.measured(day)
            assert only(found.measures.excess) >= 0 or state in OPEN_CALLS
            if only(found.principal) > owed:
                assert only(found.owed) <= only(found.measures.limit)
        assert MarginState.CALL in seen
