"""Limits that people change while they give way, and limits through whatever happens to an account (ledger.md 4.4)."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest

from engine.closing import close_account
from engine.desk import AccountEvent
from engine.fees.reasons import Fee
from engine.fees.single import take_fee
from engine.household import account_named
from ledger.accounts import Standing
from ledger.days import format_day, parse_day
from ledger.faults import SluiceError
from tests.engine.households import CHECKING, Home, held
from tests.overnight.forcing import (
    DRAIN,
    FILL,
    WIDE,
    agreed,
    ask,
    forced,
    limits,
    loosened,
    pot_of,
    record,
    set_limits,
    standing_in,
)


def lowered(home: Home) -> None:
    """A fee that cannot be paid: 1.00 in the pot, 5.00 taken."""
    home.open("ann", [held("pot", "1.00"), CHECKING], FILL, DRAIN)
    with home.work() as work:
        take_fee(work, account_named(work, home.ids["ann"], "pot"), Fee.PAPER, "nov", (parse_day("2026-11-20"), 1))
    assert (home.balance("ann", "pot")[0], standing_in(home, "pot")) == (-4_00, (-4_00, WIDE))


def test_a_floor_changed_by_hand_while_it_gives_way_is_the_own_one(house: Home) -> None:
    lowered(house)
    for floor, stands_in in ((-2_00, -4_00), (50_00, -4_00), (-4_00, -4_00), (-9_00, -9_00), (-1_00, -1_00)):
        if floor == -1_00:
            with pytest.raises(SluiceError) as raised:  # -4.00 are there, and no floor gives way any more
                set_limits(house, "pot", floor, WIDE, 0)
            assert raised.value.code == "limit_crossed"
        else:
            set_limits(house, "pot", floor, WIDE, 0)
            assert (limits(house, "pot"), standing_in(house, "pot")) == ((floor, WIDE), (stands_in, WIDE))
            assert len(loosened(house).account) == (floor > -4_00)
    agreed(house, "2026-11-20")
    assert limits(house, "pot")[0] == -9_00


def test_what_a_person_asked_for_is_what_the_night_brings_back(house: Home) -> None:
    lowered(house)
    set_limits(house, "pot", 20_00, 600_00)
    house.pay("ann", "pot", "10.00", "2026-11-20")
    assert agreed(house, "2026-11-20") == {"checking": 500_00, "pot": 100_00}
    assert (limits(house, "pot"), standing_in(house, "pot")) == ((20_00, 600_00), (6_00, 600_00))
    agreed(house, "2026-11-21")
    assert standing_in(house, "pot") == (20_00, 600_00)


def test_a_ceiling_changed_by_hand_while_it_gives_way_is_the_own_one(house: Home) -> None:
    house.open("ann", [pot_of(), CHECKING], FILL)
    house.night("2026-12-01")
    set_limits(house, "pot", 0, 9_000_00)
    assert (limits(house, "pot"), standing_in(house, "pot")) == ((0, 9_000_00), (0, 10_025_12))
    assert agreed(house, "2026-12-02") == {}
    set_limits(house, "pot", 0, 10_100_00)
    assert len(loosened(house).account) == 0
    assert agreed(house, "2026-12-03") == {"checking": 74_88}
    with pytest.raises(SluiceError):
        set_limits(house, "pot", 0, 9_000_00)


def test_a_frozen_account_takes_no_interest_when_it_is_closed(house: Home) -> None:
    house.open("ann", [held("cold", "10000.00"), CHECKING])
    cold = record(house, "cold")
    with house.work() as work:
        work.change_account(cold.account, AccountEvent(cold.account, 0, 0, cold.ceiling, 0, Standing.FROZEN))
    with pytest.raises(SluiceError) as raised, house.work() as work:
        close_account(work, house.ids["ann"], ("cold", "checking"), (parse_day("2026-11-21"), house.now()))
    assert raised.value.code == "account_closed"


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_nothing_ordinary_goes_beyond_the_own_limits(house: Home, seed: int) -> None:
    """Transfers, fees, changes by hand and nights in any order: the limits are those last asked for."""
    draw, asked = Random(seed), (0, 10_010_00)
    house.open("ann", [pot_of(), held("checking", "40000.00", "checking")], FILL, DRAIN)
    for day in range(parse_day("2026-11-25"), parse_day("2026-12-05")):
        on = format_day(day)
        for number in range(3):
            before = house.balance("ann", "pot")[0]
            act = draw.choice(("in", "out", "spent", "fee", "limits"))
            if act == "limits":
                wanted = draw.choice((-20_00, 0, 30_00, 9_000_00)), draw.choice((10_000_00, 10_010_00, 10_500_00))
                with suppress(SluiceError):
                    set_limits(house, "pot", *wanted, 0)
                    asked = wanted
            elif act != "fee":
                whole = asked[1] - before if act == "in" else before - asked[0]
                cents = max(whole if act == "spent" else draw.choice((1, whole)), 1)
                if ask(house, "checking>pot" if act == "in" else "pot>checking", cents, on) == 201:
                    after = house.balance("ann", "pot")[0]
                    assert after <= asked[1] if after > before else after >= asked[0]
            if act in {"spent", "fee"}:
                with house.work() as work:
                    pot = account_named(work, house.ids["ann"], "pot")
                    take_fee(work, pot, Fee.PAPER, f"{day} {number}", (day, 1))
        agreed(house, on)
        loose, (floor, ceiling) = loosened(house), standing_in(house, "pot")
        assert limits(house, "pot") == asked
        assert (floor <= asked[0], ceiling >= asked[1]) == (True, True)
        assert len(loose.account) == ((floor, ceiling) != asked)
    assert forced(house)
