"""Limits that the books' own facts pass give way, the own ones stay, and nights bring them back (ledger.md 4.4)."""

from __future__ import annotations

import numpy as np
import pytest

from engine.closing import Closed, close_account
from engine.fees.reasons import Fee
from engine.fees.single import take_fee
from engine.fees.told import fee_words
from engine.household import account_named
from engine.invest.nights.steps import Steps
from engine.overnight.block import overnight
from engine.overnight.places import Pretended
from engine.overnight.sight import night_sight
from ledger.accounts import Standing
from ledger.batch import Code
from ledger.days import parse_day
from ledger.faults import SluiceError
from ledger.money import format_money
from store.verify import overrides
from tests.engine.households import CHECKING, Home, held
from tests.naive.asking import fixed, rule
from tests.overnight.forcing import (
    DRAIN,
    EXCEEDS_CEILING,
    EXCEEDS_FLOOR,
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


def test_interest_above_a_ceiling_leaves_the_own_ceiling(home: Home) -> None:
    """November earns 25.12, of which 15.12 do not fit; in December the rule that fills the pot finds no room."""
    home.open("ann", [pot_of(), CHECKING], FILL)
    assert agreed(home, "2026-12-01") == {}
    assert home.balance("ann", "pot")[0] == 10_025_12
    assert (limits(home, "pot"), standing_in(home, "pot")) == ((0, 10_010_00), (0, 10_025_12))
    (row,) = forced(home)
    assert (row.code, row.amount, row.own_ceiling, row.ceiling) == (Code.INTEREST, 15_12, 10_010_00, 10_025_12)
    assert (row.own_floor, row.floor, row.above, row.customer) == (0, 0, True, home.ids["ann"])
    (override,) = overrides(home.url)
    said = f"pot (account {row.account}) went 15.12 above its ceiling of 10010.00 on 2026-12-01: interest"
    assert override.sentence == f"{said}; the ceiling is still raised"
    assert ask(home, "checking>pot", 1, "2026-12-02") == EXCEEDS_CEILING
    home.pay("ann", "pot", "-10.12", "2026-12-02")
    assert ask(home, "checking>pot", 1, "2026-12-02") == EXCEEDS_CEILING
    assert agreed(home, "2026-12-02") == {}
    assert standing_in(home, "pot") == (0, 10_015_00)
    home.pay("ann", "pot", "-100.00", "2026-12-03")
    assert agreed(home, "2026-12-03") == {"checking": 95_00}
    assert (limits(home, "pot"), standing_in(home, "pot")) == ((0, 10_010_00), (0, 10_010_00))
    assert len(loosened(home).account) == 0
    assert next(overrides(home.url)).sentence == f"{said}; the ceiling is its own again"


def test_each_month_above_the_ceiling_is_an_entry_of_its_own(house: Home) -> None:
    house.open("ann", [pot_of(), CHECKING], FILL)
    for day in ("2026-12-01", "2026-12-02", "2027-01-01"):
        assert agreed(house, day) == {}
    assert house.balance("ann", "pot")[0] == 10_051_15
    rows = [(one.code, one.amount, one.own_ceiling, one.ceiling) for one in forced(house)]
    assert rows == [
        (Code.INTEREST, 15_12, 10_010_00, 10_025_12),
        (Code.INTEREST, 26_03, 10_010_00, 10_051_15),
    ]
    assert (limits(house, "pot"), standing_in(house, "pot")) == ((0, 10_010_00), (0, 10_051_15))


def test_a_ceiling_comes_down_with_the_rules_of_the_night_before(house: Home) -> None:
    """The rule that drains the pot makes the room of the next night, at most that of the own ceiling."""
    house.open("ann", [pot_of(), CHECKING], DRAIN)
    assert agreed(house, "2026-12-01") == {"pot": 100_00}
    assert standing_in(house, "pot") == (0, 10_025_12)
    assert agreed(house, "2026-12-02") == {"pot": 100_00}
    assert standing_in(house, "pot") == (0, 10_010_00)


def corrected(home: Home, *rules: dict[str, object]) -> None:
    """November's interest on a million is posted, and spent, when a line says that the million was never there."""
    home.open("ann", [held("pot", "1000000.00"), CHECKING], *rules)
    home.night("2026-12-01")
    home.pay("ann", "pot", "-1000000.00", "2026-11-02")
    home.pay("ann", "pot", f"-{format_money(home.balance('ann', 'pot')[0])}", "2026-12-02")
    assert home.balance("ann", "pot")[0] == 0


def test_a_correction_below_the_floor_is_a_forced_entry(home: Home) -> None:
    corrected(home, FILL)
    assert agreed(home, "2027-01-01") == {"checking": 500_00}
    (row,) = forced(home)
    left = home.balance("ann", "pot")[0] - 500_00
    assert (row.code, row.amount, row.own_floor, row.own_rule_floor, row.floor) == (Code.INTEREST, -left, 0, 0, left)
    assert left < -2_000_00
    assert (limits(home, "pot"), standing_in(home, "pot")) == ((0, WIDE), (left, WIDE))
    assert record(home, "pot").rule_floor == 0
    (override,) = overrides(home.url)
    assert "below its floor of 0.00 on 2027-01-01: interest; the floor is still lowered" in override.sentence
    with home.books.read(0) as work:
        lines = work.past(home.ids["ann"])
    assert int(lines.transfers.code[lines.seq == row.seq][0]) == Code.INTEREST
    assert ask(home, "pot>checking", 1, "2027-01-02") == EXCEEDS_FLOOR
    agreed(home, "2027-01-02")
    assert standing_in(home, "pot") == (left + 500_00, WIDE)
    home.pay("ann", "pot", "5000.00", "2027-01-03")
    agreed(home, "2027-01-03")
    assert standing_in(home, "pot") == limits(home, "pot") == (0, WIDE)
    assert next(overrides(home.url)).sentence.endswith("the floor is its own again")


def test_interest_and_a_fee_of_one_night_are_entries_of_their_own(home: Home) -> None:
    """The only night of January posts December's correction, and January's fee falls due."""
    corrected(home, DRAIN)
    agreed(home, "2026-12-31")
    assert agreed(home, "2027-01-31") == {}
    interest, fee = forced(home)
    assert (interest.code, fee.code) == (Code.INTEREST, Code.FEE)
    assert (interest.floor, fee.amount, fee.floor) == (-interest.amount, 3_00, -interest.amount - 3_00)
    with home.books.read(0) as work:
        (row,) = [one for one in work.fees_of(home.ids["ann"]) if one.amount]
        assert fee_words(work, row).endswith("3.00 of it went below the account's floor.")
    assert (row.seq, standing_in(home, "pot")[0]) == (fee.seq, fee.floor)


def test_a_correction_of_a_line_above_what_is_due_is_a_forced_entry(home: Home) -> None:
    """A payment recorded late takes back more interest than is due: the household is owed it until the next months."""
    line = held("borrow", "-1000000.00", "borrow", limit="2000000.00")
    home.open("ann", [line, held("checking", "9000.00", "checking")], rule(fixed("1.00"), "checking", "borrow"))
    home.night("2026-12-01")
    due = record(home, "borrow").due
    assert due == 4_707_33
    assert ask(home, "checking>borrow", due, "2026-12-02") == 201
    home.pay("ann", "borrow", "1000000.00", "2026-11-02")
    agreed(home, "2027-01-01")
    (row,) = forced(home)
    assert (row.code, row.above, row.own_ceiling, row.ceiling) == (Code.INTEREST, True, 0, row.amount)
    assert home.balance("ann", "borrow")[0] == row.amount
    assert loosened(home).own_ceiling.tolist() == [0]
    assert loosened(home).account.tolist() == [row.account] == [record(home, "borrow").due_account]
    home.pay("ann", "borrow", "-2000000.00", "2027-01-02")
    for day in ("2027-01-02", "2027-02-01"):
        agreed(home, day)
    assert len(loosened(home).account) == 0


def test_an_own_floor_above_zero_stays_what_rules_keep(home: Home) -> None:
    """A fee takes 5.00 below a floor of 500.00: no rule and no request goes below 500.00, tonight or ever."""
    home.open("ann", [held("pot", "500.00"), CHECKING], DRAIN)
    set_limits(home, "pot", 500_00, WIDE, 0)
    with home.work() as work:
        take_fee(work, account_named(work, home.ids["ann"], "pot"), Fee.PAPER, "nov", (parse_day("2026-11-20"), 1))
    (row,) = forced(home)
    assert (row.amount, row.own_floor, row.own_rule_floor, row.floor) == (5_00, 500_00, 0, 495_00)
    assert agreed(home, "2026-11-20") == {}
    assert (limits(home, "pot"), record(home, "pot").rule_floor) == ((500_00, WIDE), 0)
    assert ask(home, "pot>checking", 1, "2026-11-21") == EXCEEDS_FLOOR
    home.pay("ann", "pot", "10.00", "2026-11-21")
    assert agreed(home, "2026-11-21") == {"pot": 5_00}
    assert standing_in(home, "pot") == (500_00, WIDE)
    set_limits(home, "pot", -50_00, WIDE, 0)
    assert agreed(home, "2026-11-22") == {"pot": 100_00}
    assert agreed(home, "2026-11-23") == {"pot": 100_00}


def test_a_monthly_fee_below_an_own_floor_above_zero(house: Home) -> None:
    house.open("ann", [held("pot", "500.00"), CHECKING], DRAIN)
    set_limits(house, "pot", 500_00, WIDE, 0)
    for day in ("2026-11-30", "2026-12-31", "2027-01-30"):
        agreed(house, day)
    assert house.balance("ann", "pot")[0] == 500_00
    agreed(house, "2027-01-31")
    (row,) = forced(house)
    assert (row.code, row.own_floor, row.floor, row.amount) == (Code.FEE, 500_00, 497_00, 3_00)
    assert limits(house, "pot") == (500_00, WIDE)


def test_a_charge_takes_nothing_out_of_limits(home: Home) -> None:
    """47.08 are due; 20.00 stand above the own floor, and the loan has room for 10.00: the rest stays due."""
    line = held("borrow", "-10000.00", "borrow", limit="10010.00")
    home.open("ann", [held("invest", "420.00", "invest"), line], rule(fixed("50.00"), "invest", "borrow"))
    set_limits(home, "invest", 400_00, WIDE, 0)
    for day in ("2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"):
        agreed(home, day)
    with home.books.read(0) as work:
        codes = work.past(home.ids["ann"]).transfers.code
        assert Code.CHARGE in codes.tolist()
    assert home.balance("ann", "invest")[0] == 400_00
    assert record(home, "borrow").due == 47_08 - 20_00 - 10_00
    assert (forced(home), loosened(home).account.tolist()) == ([], [])
    assert limits(home, "borrow")[0] == -10_010_00


def test_closing_posts_interest_above_the_ceiling(house: Home) -> None:
    house.open("ann", [pot_of(), CHECKING])
    with house.work() as work:
        made = close_account(work, house.ids["ann"], ("pot", "checking"), (parse_day("2026-11-21"), house.now()))
    assert made == Closed(16_75, 0, 10_016_75)
    (row,) = forced(house)
    assert (row.amount, row.own_ceiling, row.ceiling) == (6_75, 10_010_00, 10_016_75)
    assert (record(house, "pot").standing, limits(house, "pot")) == (Standing.CLOSED, (0, 10_010_00))
    assert len(loosened(house).account) == 0


def test_closing_takes_a_correction_back_below_an_own_floor(house: Home) -> None:
    """The floor gives way to the correction, and does not let the rest go: that is for the person to change."""
    corrected(house)
    house.pay("ann", "pot", "3000.00", "2026-12-03")
    set_limits(house, "pot", 2_900_00, WIDE)
    with pytest.raises(SluiceError, match="floor"), house.work() as work:
        close_account(work, house.ids["ann"], ("pot", "checking"), (parse_day("2026-12-04"), house.now()))
    set_limits(house, "pot", 0, WIDE)
    with house.work() as work:
        made = close_account(work, house.ids["ann"], ("pot", "checking"), (parse_day("2026-12-04"), house.now()))
    assert made.interest < -2_000_00
    assert made.moved == 3_000_00 + made.interest


def test_what_is_looked_at_writes_nothing(house: Home) -> None:
    """A preview of a night works out the entries, the interest due that is not opened yet included."""
    house.open("ann", [pot_of(), held("borrow", "-500.00", "borrow", limit="900.00")])
    with house.books.read(0) as work:
        sight = night_sight(work, None, Steps(parse_day("2026-12-01")))
        made = overnight(sight, work.population(), Pretended(work), None)
        assert made.widened.account.tolist() == [record(house, "pot").account]
        accounts = made.population.accounts
        assert accounts.ceiling[accounts.account == made.widened.account].tolist() == [10_010_00]
    assert loosened(house).account.tolist() == []


def test_the_database_knows_what_may_stand_in(house: Home) -> None:
    house.open("ann", [pot_of(), CHECKING])
    ids = np.array([record(house, "pot").account])
    for floor, ceiling in ((1, WIDE), (0, 10_000_00)):  # narrower than the own ones
        with pytest.raises(SluiceError) as raised, house.work() as work:
            work.loosen(ids, np.array([floor]), np.array([ceiling]))
        assert raised.value.code == "books_broken"
    with house.work() as work:
        work.loosen(ids, np.array([-5]), np.array([10_020_00]))
        assert work.accounts(ids).floor.tolist() == [0]
        work.loosen(ids, np.array([0]), np.array([10_010_00]))
        assert len(work.loosened().account) == 0
        work.loosen(ids[:0], ids[:0], ids[:0])
        work.keep_forced([])
