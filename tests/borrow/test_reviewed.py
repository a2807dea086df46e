"""What may not weaken what stands behind a secured line: moved holdings, fees, draws, other currencies, old lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.borrow.states import MarginState
from engine.closing import close_account
from engine.contributions.opening import Owning, keep_owners
from engine.contributions.rights import Ownership
from engine.desk import AccountEvent, NewAccount
from engine.household import account_named, post, single
from engine.invest.lots.transferring import Transfer, Transferred, transfer_holding
from engine.invest.nights.steps import Steps
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.terms import PieTerms
from engine.once import Answered
from engine.overnight.lineview import line_view
from engine.overnight.marginwindow import measured_at
from engine.overnight.sight import night_sight
from engine.request import TransferRequest, transfer
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from ledger.faults import SluiceError
from ledger.seal import asset_number
from tests.borrow.lent import Lent, lent
from tests.trading.world import HALVES, LIMIT, MONDAY, SHARE, USD, prices

IDLE = PieTerms(auto_invest=False)
TUESDAY = MONDAY + 1


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Lent]:
    """50 VTI at 100.00 and 100 BND at 50.00, 4,000.00 owed: the excess is 3,500.00."""
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as made:
        made.world.save(HALVES, IDLE)
        made.night(MONDAY)
        made.draw(4_000_00)
        yield made


def opened(house: Lent, handle: str, kind: Kind = Kind.INVEST, asset: int = USD) -> int:
    """A new account of the household."""
    with house.world.books.lock(0) as work:
        new = NewAccount(house.world.customer, handle, handle, kind, asset, 0, LIMIT, 0)
        return int(work.open_accounts([new], MONDAY, 1)[0])


def with_halves(house: Lent, handle: str) -> None:
    """Give an account a pie, so that holdings may come in."""
    desk = house.world
    with desk.books.lock(0) as work:
        account = account_named(work, desk.customer, handle)
        listed = desk.market.listings(desk.market.symbols)
        assert save_pie(work, account, Draft(HALVES, IDLE), listed, (MONDAY, desk.now)) == ()


def taken(house: Lent, to: str, shares: int, *, priced: bool = True) -> Transferred:
    """Move shares of VTI away."""
    desk = house.world
    asked = Transfer(desk.customer, "invest.growth", "VTI", to, "VTI", shares * SHARE, f"{to} {shares}")
    with desk.books.lock(0) as work:
        return transfer_holding(work, asked, (TUESDAY, desk.now), desk.market if priced else None)


def custodial(house: Lent) -> None:
    """An account of a child, whose holdings are no collateral."""
    kid = opened(house, "kid")
    with house.world.books.lock(0) as work:
        keep_owners(work, [(kid, house.world.customer, Owning(Ownership.CUSTODIAL, (), agreed=False))])
    with_halves(house, "kid")


def test_a_holding_leaves_the_collateral_as_far_as_the_margin_bears_it(house: Lent) -> None:
    """Each share of VTI bears 75.00; 46 of them 3,450.00 of the 3,500.00 there are."""
    custodial(house)
    assert house.excess(MONDAY) == 3_500_00
    with pytest.raises(SluiceError) as fault:
        taken(house, "kid", 47)
    assert (fault.value.code, fault.value.field) == ("margin_short", "units")
    assert fault.value.sentence == (
        "Without it 25.00 would be missing behind the borrow line; move less, or pay in first."
    )
    assert taken(house, "kid", 46).units == 46 * SHARE
    assert house.excess(MONDAY) == 50_00
    with pytest.raises(SluiceError, match=r"25\.00 would be missing"):
        taken(house, "kid", 1)


def test_a_holding_that_stays_collateral_moves_freely(house: Lent) -> None:
    with_halves(house, "invest.income")
    house.configure(maintenance_requirement="70%")
    assert house.excess(MONDAY) == -1_000_00
    assert taken(house, "invest.income", 50).units == 50 * SHARE
    assert house.excess(MONDAY) == -1_000_00


def test_a_holding_on_which_nothing_is_lent_moves_freely(house: Lent) -> None:
    custodial(house)
    house.configure(maintenance_requirement="70%", maintenance_requirement__VTI="100%")
    assert house.excess(MONDAY) == -2_500_00
    assert taken(house, "kid", 50).units == 50 * SHARE
    assert house.excess(MONDAY) == -2_500_00


def test_without_a_market_no_margin_bounds_a_holding(house: Lent) -> None:
    custodial(house)
    assert taken(house, "kid", 50, priced=False).units == 50 * SHARE


def wired(house: Lent, cents: int, key: str) -> Answered:
    """Send money to the bank by wire, which costs 25.00."""
    desk = house.world
    request = TransferRequest(desk.customer, "invest.growth", "bank", cents, key, TUESDAY, wire=True)
    with desk.books.lock(0) as work:
        return transfer(work, request, desk.now, desk.market)


def test_a_wires_fee_counts_against_the_margin(house: Lent) -> None:
    house.world.pay_in(2_000_00, "more")
    house.configure(maintenance_requirement="70%")
    assert house.excess(MONDAY) == 1_000_00
    answered = wired(house, 975_01, "a cent")
    assert (answered.status, json.loads(answered.body)["code"]) == (409, "margin_short")
    assert "More than 1,000.00 out of invest.growth, fees included, would start" in answered.body
    assert wired(house, 975_00, "the fee fits").status == 201
    assert house.excess(MONDAY) == 0


def test_nothing_is_drawn_while_a_call_is_open(house: Lent) -> None:
    house.configure(maintenance_requirement="70%")
    house.move("checking", "borrow", 500_00, "pay")
    assert house.night(TUESDAY) == MarginState.CALL
    desk = house.world
    with desk.books.lock(0) as work:
        request = TransferRequest(desk.customer, "borrow", "invest.income", 400_00, "k", TUESDAY + 1)
        answered = transfer(work, request, desk.now, desk.market)
    assert (answered.status, json.loads(answered.body)["code"]) == (409, "margin_call")
    assert "500.00 is missing behind borrow. Pay so much in, or sell; nothing is drawn until then." in answered.body


def test_money_in_another_currency_is_no_collateral(house: Lent) -> None:
    before = house.excess(MONDAY)
    desk, koruna = house.world, asset_number("CZK")
    there = opened(house, "invest.czk", asset=koruna)
    with desk.books.lock(0) as work:
        account = account_named(work, desk.customer, "invest.czk")
        equity = int(work.system_accounts(koruna, ["equity:opening"])[0])
        batch = single(0, account, (there, equity, 1_000_00), Code.OPENING, ("czk", MONDAY))
        post(work, batch, (MONDAY, "request", 1))
    assert house.excess(MONDAY) == before
    assert there not in house.measured(MONDAY).counts()


def test_a_closed_line_leaves_the_room_to_a_new_one(house: Lent) -> None:
    desk = house.world
    desk.pay_in(1_00, "what it cost", "checking")
    with desk.books.lock(0) as work:
        close_account(work, desk.customer, ("borrow", "checking"), (TUESDAY, 5))
    with desk.books.read(0) as work:
        sight = night_sight(work, desk.market, Steps(TUESDAY))
        assert measured_at(sight) is None
        with pytest.raises(SluiceError, match="borrow is no open borrow line"):
            line_view(sight, desk.account("borrow"), 0)
    with desk.books.lock(0) as work:
        new = NewAccount(desk.customer, "borrow.two", "two", Kind.BORROW, USD, 0, 0, 0, secured=True)
        work.open_accounts([new], TUESDAY, 1)
    house.night(TUESDAY)
    assert desk.account("borrow.two").rule_floor == -4_000_00
    with desk.books.read(0) as work:
        view = line_view(night_sight(work, desk.market, Steps(TUESDAY)), desk.account("borrow.two"), 0)
    assert (view.limit, view.room) == (4_000_00, 4_000_00)


def test_a_frozen_line_is_still_measured(house: Lent) -> None:
    with house.world.books.lock(0) as work:
        line = account_named(work, house.world.customer, "borrow")
        event = AccountEvent(line.account, 0, line.floor, line.ceiling, line.rule_floor, Standing.FROZEN)
        work.change_account(line.account, event)
    assert np.array_equal(house.measured(MONDAY).lines.account, [house.line])
