"""Raises out of accounts whose limits gave way meanwhile: what is there is paid, and no other household waits."""

from __future__ import annotations

from dataclasses import replace
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest

from engine.fees.reasons import Fee
from engine.fees.single import take_fee
from engine.holds.layers import Layers
from engine.holds.terms import Destination
from engine.household import account_named
from engine.invest.journals import Entry, Inner
from engine.invest.nights.estate import Estate
from engine.invest.nights.settling import RAISED_LESS
from engine.invest.orderrecords import IntentKind, IntentState
from engine.tonight import plan_tonight
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.faults import SluiceError
from tests.trading.estates import THURSDAY, TUESDAY, WEDNESDAY, desk, dividend, limit, night, other_balance, second
from tests.trading.world import MONDAY, USD, World


def set_aside(made: World, number: int = 1) -> list[int]:
    """Raises of 100.00 each to the cash account whose idle cash a window has set aside; their numbers."""
    made.pay_in(number * 100_00, "idle")
    cash = made.account("cash").account
    return [made.order(IntentKind.RAISE, "", 100_00, destination=cash) for _ in range(number)]


def statements(made: World, number: int = 1) -> None:
    """Paper statements of 5.00 each, which no floor stops."""
    with made.books.lock(0) as work:
        for one in range(number):
            take_fee(
                work, account_named(work, made.customer, "invest.growth"), Fee.PAPER, f"{one}", (TUESDAY, made.now)
            )


def preview(made: World, day: int) -> str:
    """Why the household is set aside in a preview, empty where it is not."""
    with made.books.read(0) as work:
        return plan_tonight(work, made.customer, day, market=made.market).set_aside


def done(made: World, number: int) -> tuple[IntentState, int, str]:
    found = made.intent(number)
    return found.state, found.done, found.reason


def test_a_raise_pays_what_a_forced_fee_left_and_the_others_have_their_night(database_url: str) -> None:
    with desk(database_url, dividend(50)) as made:
        (number,) = set_aside(made)
        other = second(made)  # in the window that sets the raise's cash aside
        night(made, MONDAY)
        statements(made)
        assert (made.balance(), made.balance("invest.growth:earmarked"), preview(made, TUESDAY)) == (-5_00, 100_00, "")
        assert night(made, TUESDAY).quarantined == {}
        assert done(made, number) == (IntentState.PARTLY, 95_00, RAISED_LESS)
        assert (made.balance(), made.balance("invest.growth:earmarked"), made.balance("cash")) == (0, 0, 95_00)
        assert night(made, WEDNESDAY).quarantined == {}
        assert (made.balance(), other_balance(made, other)) == (2_50, 2_50)


def test_of_two_raises_the_older_one_makes_good_what_is_missing(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        first, last = set_aside(made, 2)
        made.run(slot=2)
        night(made, MONDAY)
        statements(made, 25)
        assert made.balance() == -125_00
        night(made, TUESDAY)
        assert [done(made, one)[:2] for one in (first, last)] == [(IntentState.PARTLY, 0), (IntentState.PARTLY, 75_00)]
        assert (made.balance(), made.balance("cash")) == (0, 75_00)


@pytest.mark.parametrize("barred,paid", [(Destination.OWN_BANK, 95_00), (Destination.CASH, 0)])
def test_money_under_a_hold_is_counted_in_what_is_left(tmp_path: Path, barred: Destination, paid: int) -> None:
    with desk(str(tmp_path)) as made:
        (number,) = set_aside(made)
        made.run(slot=2)
        night(made, MONDAY)
        statements(made)
        one = np.ones(1, np.int64)
        until = np.stack([one * (THURSDAY if to == barred else 0) for to in Destination])
        layers = Layers(one * made.account().account, one * MONDAY, one * 40_00, one * 0, until)
        with made.books.lock(0) as work:
            work.set_layers(layers.account, layers)
        night(made, TUESDAY)
        assert made.balance("cash") == paid
        night(made, WEDNESDAY)
        night(made, THURSDAY)
        assert (*done(made, number)[:2], made.balance("cash")) == (IntentState.PARTLY, 95_00, 95_00)


def test_money_set_aside_is_paid_out_of_an_account_that_is_full(tmp_path: Path) -> None:
    """What was set aside becomes cash before it is paid: 150.00 for a moment, where 60.00 is the ceiling."""
    with desk(str(tmp_path)) as made:
        (number,) = set_aside(made)
        made.run(slot=2)
        night(made, MONDAY)
        made.pay_in(50_00, "more")
        limit(made, "invest.growth", 60_00)
        assert preview(made, TUESDAY) == ""
        assert night(made, TUESDAY).quarantined == {}
        assert done(made, number)[:2] == (IntentState.DONE, 100_00)
        with made.books.read(0) as work:
            assert (list(work.forced()), made.balance()) == ([], 50_00)


def test_an_account_above_its_ceiling_may_still_pay(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        made.pay_in(10_00, "idle")
        rows = {one.account: one for one in (replace(made.account(), ceiling=4_00), made.account("cash"))}
        growth, cash = rows
        estate = Estate(made.customer, TUESDAY, rows, repeat(0), {}, {})
        assert (estate.available(growth), estate.available(growth, 7), estate.room(growth, USD)) == (10_00, 10_07, 0)
        estate.add((1,), [Entry(cash, growth, USD, 2_00, Code.RAISED)])
        estate.prove()
        estate.add((2,), [Entry(growth, Inner(growth, Kind.EARMARKED, USD), USD, 1, Code.EARMARK)])
        estate.prove()
        estate.add((3,), [Entry(growth, cash, USD, 1, Code.RAISED)])
        with pytest.raises(SluiceError, match="growth is full"):
            estate.prove()


def test_no_more_leaves_an_account_than_its_own_floor_allows(tmp_path: Path) -> None:
    with desk(str(tmp_path)) as made:
        made.pay_in(10_00, "idle")
        statements(made, 3)
        rows = {one.account: one for one in (made.account(), made.account("cash"))}
        growth, cash = rows
        estate = Estate(made.customer, TUESDAY, rows, repeat(0), {}, {})
        estate.add((1,), [Entry(growth, Inner(growth, Kind.EARMARKED, USD), USD, 6_00, Code.EARMARK)])
        estate.add((2,), [Entry(cash, growth, USD, 1_00, Code.RAISED)])
        estate.prove()
        estate.add((3,), [Entry(cash, growth, USD, 1, Code.RAISED)])
        with pytest.raises(SluiceError, match="growth has too little") as raised:
            estate.prove()
        assert raised.value.code == "account_unfit"
