"""Whose money pays fees and charges, which money waives a fee, and what of a fee went below a floor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.closing import close_account
from engine.contributions.rights import Ownership
from engine.contributions.work import Owned
from engine.desk import NewAccount
from engine.fees.reasons import Fee
from engine.fees.single import take_fee
from engine.fees.told import fee_words
from engine.household import account_named, post, single
from engine.invest.nights.steps import Steps
from engine.invest.pies.terms import PieTerms
from engine.overnight.feeview import fee_view
from engine.overnight.purses import purses
from engine.overnight.sight import night_sight
from engine.overnight.work import FeeRow
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.days import parse_day
from ledger.seal import asset_number
from tests.borrow.lent import lent
from tests.engine.households import OPENED, Home, held
from tests.trading.world import HALVES, LIMIT, MONDAY, prices

LINE = held("borrow", "-10000.00", "borrow", limit="10000.00")
FEE_NIGHTS = ("2026-11-30", "2026-12-31", "2027-01-31")


def fees(home: Home, name: str) -> list[FeeRow]:
    """Platform fees that cost something, newest first."""
    with home.books.read(0) as work:
        return [one for one in work.fees_of(home.ids[name]) if one.amount]


@pytest.mark.parametrize("kind", ["invest", "cash"])
def test_custodial_money_pays_no_fee_and_no_charge(home: Home, kind: str) -> None:
    """Interest of November and December, 95.74, is charged, and January's fee taken: never from the child's money."""
    home.open("ann", [held("kid", "500.00", kind, ownership="custodial"), LINE])
    home.open("ben", [held("own", "500.00", "invest"), held("kid", "500.00", "invest", ownership="custodial"), LINE])
    for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2027-01-31"):
        home.night(day)
    with home.books.read(0) as work:
        kid = account_named(work, home.ids["ann"], "kid").account
        earned = int(work.posted_interest(np.array([kid]))[2].sum())
    assert home.balance("ann", "kid")[0] == 500_00 + earned
    assert (earned > 0) == (kind == "cash")
    assert home.balance("ann", "borrow")[0] == -10_000_00 - 95_74  # November and December
    assert fees(home, "ann") == []
    assert home.balance("ben", "kid")[0] == 500_00
    assert home.balance("ben", "own")[0] == 500_00 - 95_74 - 3_00
    assert [one.forced for one in fees(home, "ben")] == [0]


def test_nobodys_ownership_is_asked_where_nobody_stated_one(home: Home) -> None:
    customer = home.open_unnamed("ann")
    with home.work() as work:
        work.open_accounts(
            [NewAccount(customer, "own", "own", Kind.INVEST, asset_number("USD"), 0, LIMIT, 0)], OPENED, 1
        )
        assert work.stated_ownerships().account.tolist() == []
        own, roth = (account_named(work, home.ids["ann"], handle).account for handle in ("own", "roth"))
        work.own([Owned(own, home.ids["ann"], Ownership.CUSTODIAL, agreed=False, owners=())])
        for asked in (None, np.array([home.ids["ann"]])):
            found = work.stated_ownerships(asked)
            assert (found.account.tolist(), found.kind.tolist()) == ([own], [Ownership.CUSTODIAL])
        assert work.stated_ownerships(np.array([home.ids["ann"] + 1])).account.tolist() == []
        held_now = purses(work, work.population())
    assert held_now.account[~held_now.pays].tolist() == [own]
    assert roth in held_now.account


def test_money_in_another_currency_waives_no_fee(house: Home) -> None:
    """20,000 koruna are not 20,000 dollars."""
    house.open("ann", [held("pot", "50.00")])
    koruna = asset_number("CZK")
    with house.work() as work:
        new = NewAccount(house.ids["ann"], "koruna", "koruna", Kind.CHECKING, koruna, 0, LIMIT, 0)
        (there,) = work.open_accounts([new], OPENED, 1).tolist()
        (equity,) = work.system_accounts(koruna, ["equity:opening"]).tolist()
        account = account_named(work, house.ids["ann"], "koruna")
        batch = single(0, account, (there, equity, 20_000_00), Code.OPENING, ("czk", OPENED))
        post(work, batch, (OPENED, "request", 1))
    for day in FEE_NIGHTS:
        house.night(day)
    assert [one.amount for one in fees(house, "ann")] == [3_00]
    with house.books.read(0) as work:
        cycle = fee_view(night_sight(work, None, Steps(parse_day("2027-02-01"))), house.ids["ann"]).cycle
    assert cycle is not None
    assert cycle.now == house.balance("ann", "pot")[0]


def test_a_floor_that_two_fees_lowered_lifts_back(house: Home) -> None:
    house.open("poor", [held("pot", "1.00")])
    for day in FEE_NIGHTS[:2]:
        house.night(day)
    with house.work() as work:
        take_fee(work, account_named(work, house.ids["poor"], "pot"), Fee.PAPER, "jan", (parse_day("2027-01-15"), 1))
    assert house.balance("poor", "pot")[0] == -4_00
    house.night(FEE_NIGHTS[2])
    with house.books.read(0) as work:
        rows = work.forced()
    assert [(one.amount, one.own_floor, one.own_rule_floor, one.floor) for one in rows] == [
        (4_00, 0, 0, -4_00),
        (3_00, 0, 0, -6_99),  # after a cent of interest
    ]
    house.pay("poor", "pot", "50.00", "2027-02-01")
    house.night("2027-02-01")
    with house.books.read(0) as work:
        (pot,) = work.accounts_of(np.array([house.ids["poor"]]))
    assert (pot.floor, pot.rule_floor) == (0, 0)


BEYOND = "of it was taken although the margin had no room."


@pytest.mark.parametrize(
    "cents, below, said",
    [
        (100_00, 0, f"3.00 {BEYOND}"),
        (1_00, 2_00, f"2.00 of it went below the account's floor. 1.00 {BEYOND}"),
        (0, 3_00, "3.00 of it went below the account's floor."),
    ],
)
def test_a_fee_for_which_the_margin_has_no_room_is_told_as_that(
    tmp_path: Path, cents: int, below: int, said: str
) -> None:
    """No cash account is left; the invest account has money, but every cent of it is needed behind the line."""
    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as lending:
        desk = lending.world
        desk.save(HALVES, PieTerms(auto_invest=False))
        lending.night(MONDAY)
        lending.draw(4_000_00)
        with desk.books.lock(0) as work:
            close_account(work, desk.customer, ("cash", "checking"), (MONDAY + 1, 1))
        if cents:
            desk.pay_in(cents)
        lending.configure(
            maintenance_requirement="61%",
            platform_fee="3.00",
            platform_fee_waiver="50000.00",
            platform_fee_first_days="0",
        )
        night = parse_day("2024-07-31")
        lending.night(night)
        assert desk.balance() == cents - 3_00
        with desk.books.read(0) as work:
            (row,) = [one for one in work.fees_of(desk.customer) if one.amount]
            assert (row.forced, [one.amount for one in work.forced()]) == (3_00, [below] if below else [])
            assert fee_words(work, row) == f"Platform fee for the month that ended on 2024-07-31: 3.00. {said}"
            (told,) = fee_view(night_sight(work, desk.market, Steps(night)), desk.customer).fees
        assert (told.below, told.row) == (below, row)


def test_a_fee_that_is_paid_says_nothing_more(house: Home) -> None:
    house.open("ann", [held("pot", "50.00")])
    for day in FEE_NIGHTS:
        house.night(day)
    with house.books.read(0) as work:
        said = [fee_words(work, one) for one in work.fees_of(house.ids["ann"])]
    assert said[0] == "Platform fee for the month that ended on 2027-01-31: 3.00."
    assert said[1] == "No platform fee: the first one comes 90 days after registration."
