"""Deposits open layers, moves spend them, and a detour frees nothing (ruling 18; M1's table, products.md 1.10)."""

from dataclasses import replace

import numpy as np
import pytest

from engine.holds.layers import no_layers
from engine.holds.purse import Purse, free_on, moved, purse_of
from engine.holds.tonight import after_moves, held
from ledger.accounts import Accounts
from ledger.batch import Code
from ledger.days import format_day, parse_day
from tests.holds.moving import (
    ALLY,
    CASH,
    CHASE,
    CHECKING,
    INVEST,
    IRA,
    KIND,
    LINE,
    PENDING,
    POST,
    SALARY,
    SAVINGS,
    SINGLE,
    VOID,
    Move,
    books,
    dated,
    day,
    transfers,
)

MONDAY = day("Mon 23 Nov")


def after(moves: list[Move], balances: dict[int, int] | None = None, on: int = MONDAY, code: Code = Code.RULE) -> Purse:
    """The purse of a household of which nothing was under a hold, after moves of one day."""
    batch = transfers(moves, on, code)
    return moved(purse_of(no_layers(), books(balances or {}), batch, on), batch, dated(), on)


def later(purse: Purse, moves: list[Move], on: int) -> Purse:
    """The same household after moves of a later day, read again from the books."""
    there = dict(zip(purse.account.tolist(), purse.balance.tolist(), strict=True))
    batch = transfers(moves, on)
    return moved(purse_of(purse.layers, books(there), batch, on), batch, dated(), on)


def kept_back(purse: Purse, on: int) -> dict[tuple[int, int], int]:
    """Cents that may not go from one account to another."""
    found = held(purse, on)
    rows = zip(found.source.tolist(), found.destination.tolist(), found.cents.tolist(), strict=True)
    return {(source, destination): cents for source, destination, cents in rows}


def first_day(purse: Purse, to: int, account: int = CASH) -> str:
    """From when on the one layer of an account may go there."""
    which = purse.layers.account == account
    assert which.sum() == 1
    found = free_on(purse.layers, np.full(len(purse.layers), to, np.int64), purse.kinds)
    return format_day(int(found[which][0]))


def test_a_deposit_to_cash_is_usable_three_bank_days_after_it_settled() -> None:
    purse = after([(POST, CHASE, CASH, 5_000_00)])
    assert purse.layers.amount.tolist() == [5_000_00]
    for to in (SAVINGS, INVEST, IRA, LINE, CHASE):
        assert first_day(purse, to) == "2026-11-27"  # Thanksgiving is no bank day
    assert first_day(purse, ALLY) == "2027-01-22"


def test_a_deposit_to_invest_may_be_moved_on_at_once_but_to_no_bank_for_six_bank_days() -> None:
    purse = after([(POST, CHASE, INVEST, 5_000_00)])
    for to in (CASH, SAVINGS, IRA, LINE):
        assert first_day(purse, to, INVEST) == "2026-11-23"
    assert first_day(purse, CHASE, INVEST) == "2026-12-02"
    assert first_day(purse, ALLY, INVEST) == "2027-01-22"


def test_a_wire_waits_for_nothing_but_the_bank_it_came_from() -> None:
    purse = after([(POST, CHASE, CASH, 5_000_00)], code=Code.WIRE)
    assert first_day(purse, CHASE) == first_day(purse, INVEST) == "2026-11-23"
    assert first_day(purse, ALLY) == "2027-01-22"


@pytest.mark.parametrize(
    "move",
    [
        (POST, CASH, CHASE, 100),
        (POST, CHASE, ALLY, 100),
        (POST, CHASE, LINE, 100),
        (PENDING, CHASE, CASH, 100),
        (VOID, CHASE, CASH, 100),
        (SINGLE, SALARY, CASH, 100),
    ],
)
def test_what_does_not_come_from_a_bank_into_an_account_is_under_no_hold(move: Move) -> None:
    assert len(after([move], {CASH: 900}).layers) == 0


def test_the_guards_know_what_settled_this_very_night() -> None:
    purse = after([(POST, CHASE, CASH, 5_000_00)], {CASH: 700_00, INVEST: 10_00})
    there = kept_back(purse, MONDAY)
    assert {to for source, to in there if source == CASH} == set(KIND) - {CASH}
    assert {cents for (source, _), cents in there.items() if source == CASH} == {5_000_00}
    assert {cents for (source, _), cents in there.items() if source != CASH} == {0}
    assert not any(source in {CHASE, ALLY, LINE} for source, _ in there)
    friday = kept_back(purse, day("Fri 27 Nov"))
    assert friday == {(source, ALLY): 5_000_00 * (source == CASH) for source in (CASH, SAVINGS, INVEST, IRA, CHECKING)}
    assert kept_back(purse, parse_day("2027-01-22")) == {}
    assert kept_back(after([]), MONDAY) == {}


def test_free_dollars_go_first_and_restrictions_travel() -> None:
    purse = after([(POST, CHASE, INVEST, 1_000_00)], {INVEST: 300_00})
    moved_on = after_moves(purse, transfers([(SINGLE, INVEST, CASH, 700_00)], MONDAY), dated(), MONDAY)
    layers = moved_on.layers
    assert dict(zip(layers.account.tolist(), layers.amount.tolist(), strict=True)) == {CASH: 400_00, INVEST: 600_00}
    assert (first_day(moved_on, CHASE), first_day(moved_on, ALLY)) == ("2026-12-02", "2027-01-22")
    there = kept_back(moved_on, MONDAY)
    assert (there[CASH, ALLY], there[INVEST, ALLY], there[SAVINGS, ALLY]) == (400_00, 600_00, 0)
    home = later(moved_on, [(PENDING, CASH, CHASE, 450_00)], day("Wed 2 Dec"))
    assert sorted(home.layers.amount.tolist()) == [250_00, 600_00]


def test_money_that_left_by_other_ways_is_gone_the_oldest_first() -> None:
    purse = after([(POST, CHASE, CASH, 1_000_00)])
    tuesday = later(purse, [(POST, ALLY, CASH, 500_00)], day("Tue 24 Nov"))
    spent = later(tuesday, [(SINGLE, CASH, SALARY, 1_100_00)], day("Tue 24 Nov"))
    assert (spent.layers.origin.tolist(), spent.layers.amount.tolist()) == ([ALLY], [400_00])
    salary = later(spent, [(SINGLE, SALARY, CASH, 5_000_00)], day("Wed 25 Nov"))
    assert salary.layers.amount.tolist() == [400_00]
    nothing = later(salary, [(SINGLE, CASH, SALARY, 9_000_00)], day("Wed 25 Nov"))
    assert len(nothing.layers) == 0


def test_invested_money_stays_under_its_holds() -> None:
    purse = after([(POST, CHASE, INVEST, 1_000_00)])
    bought = purse_of(purse.layers, books({INVEST: 0}), transfers([], MONDAY), MONDAY)
    assert bought.layers.amount.tolist() == [1_000_00]
    sold = purse_of(purse.layers, books({INVEST: 1_500_00}), transfers([], MONDAY), MONDAY)
    assert kept_back(sold, MONDAY)[INVEST, CHASE] == 1_000_00


def test_a_voided_payment_comes_back_free() -> None:
    purse = after([(POST, CHASE, CASH, 1_000_00)])
    out = later(purse, [(PENDING, CASH, CHASE, 400_00)], day("Fri 27 Nov"))
    back = later(out, [(VOID, CASH, CHASE, 400_00)], day("Mon 30 Nov"))
    assert (back.balance[back.account == CASH].tolist(), back.layers.amount.tolist()) == ([1_000_00], [600_00])


def test_two_households_do_not_meet() -> None:
    ours, theirs = books({CASH: 10_00}), books({CASH: 20_00}, customer=8)
    other = replace(theirs[0], account=theirs[0].account + 100)
    both = Accounts(*(np.concatenate([getattr(ours[0], name), getattr(other, name)]) for name in Accounts.__slots__))
    batch = transfers([(POST, 100 + CHASE, 100 + CASH, 5_00)], MONDAY, customer=8)
    purse = purse_of(no_layers(), (both, np.tile(ours[1], 2)), batch, MONDAY)
    assert set(purse.customer.tolist()) == {8}
    assert all(source > 100 and to > 100 for source, to in kept_back(moved(purse, batch, dated(), MONDAY), MONDAY))
