"""Deposits that the bank took back: voided or reversed to the cent, floors that give way, and rules that stop."""

from dataclasses import replace

import numpy as np
import pytest

from engine.desk import AccountEvent
from engine.holds.forced import give_way, lift, make_room
from ledger.accounts import Standing
from ledger.batch import Code, TransferKind
from ledger.faults import SluiceError
from store.verify import overrides, verify
from tests.engine.households import Home
from tests.holds.asking import account, ask, body, layers, nights, take, way
from tests.holds.moving import day


def deposit(home: Home, cents: int, on: str = "Fri 20 Nov", sides: str = "chase>cash") -> str:
    identity: str = body(ask(home, sides, cents, on))["id"]
    return identity


def paused(home: Home) -> bool:
    with home.books.read(0) as work:
        return work.customers()[0].paused


def last_line(home: Home) -> tuple[int, int, int]:
    """Kind, code and amount of the last transfer."""
    with home.books.read(0) as work:
        lines = work.past(home.ids["ann"]).transfers
        return int(lines.kind[-1]), int(lines.code[-1]), int(lines.amount[-1])


def floors(home: Home, handle: str = "cash") -> tuple[int, int]:
    """What stands in for the floor of an account, and its own floor."""
    one = account(home, handle)
    with home.books.read(0) as work:
        return int(work.accounts_loosened(np.array([one.account])).floor[0]), one.floor


def test_what_is_on_its_way_is_voided(ann: Home) -> None:
    identity = deposit(ann, 1_000_00)
    row = take(ann, identity, "Sat 21 Nov", "R02")
    assert (row.posted, row.from_layers, row.from_free, row.forced, row.reason) == (False, 0, 0, 0, "R02")
    assert last_line(ann) == (TransferKind.VOID, Code.RETURNED, 1_000_00)
    assert ann.balance("ann", "cash") == (300_00, 0, 0)
    assert ann.balance("ann", "chase") == (10_000_00, 0, 0)
    assert paused(ann)
    nights(ann, "Sat 21 Nov", "Mon 23 Nov")
    assert ann.balance("ann", "cash") == (300_00, 0, 0)
    assert way(ann, "Tue 24 Nov").returned == (row,)


def test_what_arrived_goes_back_out_of_its_own_hold_first(ann: Home) -> None:
    identity = deposit(ann, 1_000_00)
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    row = take(ann, identity, "Tue 24 Nov")
    assert (row.posted, row.from_layers, row.from_free, row.forced) == (True, 1_000_00, 0, 0)
    assert last_line(ann) == (TransferKind.SINGLE, Code.RETURNED, 1_000_00)
    assert layers(ann) == []
    assert ann.balance("ann", "cash") == (300_00, 0, 0)
    assert ann.balance("ann", "chase") == (10_000_00, 0, 0)
    assert list(overrides(ann.url)) == []


def test_then_of_other_money_and_what_is_lacking_is_forced(ann: Home) -> None:
    identity = deposit(ann, 1_000_00)
    nights(ann, "Fri 20 Nov", "Thu 26 Nov")
    ask(ann, "cash>savings", 900_00, "Fri 27 Nov")  # 300.00 free ones and 600.00 of the deposit
    ann.pay("ann", "cash", "50.00", "2026-11-27")
    row = take(ann, identity, "Fri 27 Nov")
    assert (row.from_layers, row.from_free, row.forced) == (400_00, 50_00, 550_00)
    assert layers(ann) == [("savings", 600_00)]
    assert ann.balance("ann", "cash") == (-550_00, 0, 0)
    assert floors(ann) == (-550_00, 0)
    (override,) = overrides(ann.url)
    assert (override.seq, override.book) == (row.seq, 0)
    assert (
        "went 550.00 below its floor of 0.00 on 2026-11-27: returned; the floor is still lowered" in override.sentence
    )
    assert list(verify(ann.url)) == []


def test_nothing_ordinary_goes_below_the_own_floor_and_deposits_lift_it_back(ann: Home) -> None:
    identity = deposit(ann, 1_000_00)
    nights(ann, "Fri 20 Nov", "Thu 26 Nov")
    ask(ann, "cash>savings", 1_200_00, "Fri 27 Nov")
    take(ann, identity, "Fri 27 Nov")
    assert (ann.balance("ann", "cash")[0], floors(ann)) == (-900_00, (-900_00, 0))
    ann.pay("ann", "cash", "500.00", "2026-11-27")
    assert body(ask(ann, "cash>savings", 1, "Fri 27 Nov"))["code"] == "exceeds_floor"
    with ann.work() as work:
        assert lift(work) == [account(ann, "cash").account]
        assert lift(work) == []
    assert floors(ann) == (-400_00, 0)
    ann.pay("ann", "cash", "500.00", "2026-11-27")
    with ann.work() as work:
        assert len(lift(work)) == 1
    assert floors(ann) == (0, 0)
    (override,) = overrides(ann.url)
    assert override.sentence.endswith("the floor is its own again")
    assert body(ask(ann, "cash>savings", 100_00, "Fri 27 Nov"))["state"] == "posted"


def test_a_second_forced_entry_knows_the_own_floor(ann: Home) -> None:
    first, second = deposit(ann, 1_000_00), deposit(ann, 500_00)
    nights(ann, "Fri 20 Nov", "Thu 26 Nov")
    ask(ann, "cash>savings", 1_800_00, "Fri 27 Nov")
    take(ann, first, "Fri 27 Nov")
    row = take(ann, second, "Fri 27 Nov")
    assert (row.forced, floors(ann)) == (500_00, (-1_500_00, 0))
    with ann.books.read(0) as work:
        assert [(one.amount, one.own_floor, one.floor) for one in work.forced()] == [
            (1_000_00, 0, -1_000_00),
            (500_00, 0, -1_500_00),
        ]
        assert (work.loosened().floor.tolist(), work.loosened().own_floor.tolist()) == ([-1_500_00], [0])
    ann.pay("ann", "cash", "5000.00", "2026-11-27")
    with ann.work() as work:
        lift(work)
    assert floors(ann) == (0, 0)
    third = deposit(ann, 100_00, "Fri 27 Nov")
    nights(ann, "Fri 27 Nov", "Mon 30 Nov")
    assert take(ann, third, "Tue 1 Dec").forced == 0


def test_a_floor_that_rules_keep_is_not_the_floor_of_the_books(ann: Home) -> None:
    with ann.work() as work:
        (cash,) = [one for one in work.accounts_of() if one.handle == "cash"]
        assert give_way(work, cash, 300_00, (Code.FEE, day("Fri 20 Nov"))) == 0
        assert give_way(work, cash, 301_00, (Code.FEE, day("Fri 20 Nov"))) == 1_00
        with pytest.raises(ValueError, match="RULE may not"):
            give_way(work, cash, 301_00, (Code.RULE, day("Fri 20 Nov")))
        with pytest.raises(SluiceError):
            work.keep_forced([replace(work.forced()[0], code=Code.RULE)])


def test_a_payment_into_a_borrow_line_that_was_taken_back_is_owed_again(ann: Home) -> None:
    ann.open(
        "bob",
        [
            {"handle": "chase", "kind": "bank", "opening": "900.00"},
            {"handle": "line", "kind": "borrow", "limit": "500.00", "opening": "-400.00"},
            {"handle": "cash", "kind": "cash"},
        ],
    )
    ann.ids["ann"] = ann.ids["bob"]
    identity = deposit(ann, 200_00, sides="chase>line")
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    ask(ann, "line>cash", 250_00, "Tue 24 Nov")
    row = take(ann, identity, "Tue 24 Nov")
    assert (row.from_layers, row.from_free, row.forced) == (0, 50_00, 150_00)
    assert (ann.balance("bob", "line")[0], floors(ann, "line")) == (-650_00, (-650_00, -500_00))
    with ann.work() as work:
        assert lift(work) == []
    ann.pay("bob", "line", "100.00", "2026-11-25")
    ann.night("2026-11-25")
    assert floors(ann, "line") == (-550_00, -500_00)
    assert body(ask(ann, "line>cash", 1, "Thu 26 Nov"))["code"] == "above_limit"


def test_a_bank_account_that_is_full_takes_its_deposit_back(ann: Home) -> None:
    """Chase may hold 10,000.00 and does again when the 1,000.00 come back."""
    with ann.work() as work:
        (bank,) = [one for one in work.accounts_of() if one.handle == "chase"]
        work.change_account(bank.account, AccountEvent(bank.account, 0, bank.floor, 10_000_00, 0, Standing.OPEN))
    identity = deposit(ann, 1_000_00)
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    ann.pay("ann", "chase", "999.00", "2026-11-24")
    assert take(ann, identity, "Tue 24 Nov").forced == 0
    assert account(ann, "chase").ceiling == 10_000_00
    with ann.books.read(0) as work:
        (row,) = work.forced()
        assert (work.loosened().ceiling.tolist(), row.code) == ([10_999_00], Code.RETURNED)
    assert (row.account, row.amount, row.own_ceiling, row.above) == (bank.account, 999_00, 10_000_00, True)
    with ann.work() as work:
        with pytest.raises(ValueError, match="RULE may not"):
            make_room(work, account(ann, "chase"), 1, (Code.RULE, day("Tue 24 Nov")))
        assert make_room(work, account(ann, "cash"), 1, (Code.RETURNED, day("Tue 24 Nov"))) == 0


def test_returning_twice_answers_the_same_and_changes_nothing(ann: Home) -> None:
    identity = deposit(ann, 1_000_00)
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    first = take(ann, identity, "Tue 24 Nov")
    with ann.work() as work:
        work.change_customer(ann.ids["ann"], paused=False, ira_room=-1)
        seq = work.row.next_seq
    assert take(ann, identity, "Wed 25 Nov", "R10") == first
    with ann.books.read(0) as work:
        lines = work.past(ann.ids["ann"]).transfers
        posts = lines.kind == TransferKind.POST
        assert work.row.next_seq == seq
    posted = f"{int(lines.id_hi[posts][0]):016x}{int(lines.id_lo[posts][0]):016x}"
    assert take(ann, posted, "Wed 25 Nov") == first
    assert not paused(ann)
    assert ann.balance("ann", "cash") == (300_00, 0, 0)


def test_a_reason_is_a_code_of_the_bank(ann: Home) -> None:
    identity = deposit(ann, 1_000_00)
    for reason in ("", "R1", "r01", "R001", "late"):
        with pytest.raises(SluiceError, match="write the bank's code, such as R01") as raised:
            take(ann, identity, "Sat 21 Nov", reason)
        assert (raised.value.code, raised.value.field) == ("return_reason", "reason")
    assert not paused(ann)


def test_what_is_no_deposit_is_refused_with_what_would_be_right(ann: Home) -> None:
    out = deposit(ann, 100_00, sides="cash>chase")
    inside = deposit(ann, 10_00, sides="cash>savings")
    between = deposit(ann, 10_00, sides="chase>ally")
    for wrong in (out, inside, between):
        with pytest.raises(SluiceError, match="There is no deposit yet") as raised:
            take(ann, wrong, "Sat 21 Nov")
        assert (raised.value.code, raised.value.field) == ("not_a_deposit", "transfer")
    right = [deposit(ann, cents) for cents in (100_00, 200_00, 300_00, 400_00)]
    for wrong in ("", "xyz", "A" * 32, "0" * 32, "g" * 32):
        with pytest.raises(SluiceError, match="The household has no transfer") as raised:
            take(ann, wrong, "Sat 21 Nov")
        assert raised.value.code == "transfer_unknown"
        assert f"{right[3]} (400.00 into cash, 2026-11-20)" in raised.value.sentence
        assert right[0] not in raised.value.sentence
    assert not paused(ann)


def test_a_closed_bank_account_stops_it(ann: Home) -> None:
    identity = deposit(ann, 1_000_00)
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    with ann.work() as work:
        (bank,) = [one for one in work.accounts_of() if one.handle == "chase"]
        work.change_account(bank.account, AccountEvent(bank.account, 0, bank.floor, bank.ceiling, 0, Standing.CLOSED))
    with pytest.raises(SluiceError) as raised:
        take(ann, identity, "Tue 24 Nov")
    assert raised.value.code == "account_closed"
    assert layers(ann) == [("cash", 1_000_00)]
    assert not paused(ann)


def test_the_record_of_layers_holds_accounts_of_households_alone(ann: Home) -> None:
    deposit(ann, 1_000_00)
    nights(ann, "Fri 20 Nov", "Mon 23 Nov")
    with ann.work() as work:
        found = work.layers()
        with pytest.raises(SluiceError, match="no household's"):
            work.set_layers(np.array([1], np.int64), found)


def test_a_return_is_neither_of_a_night_that_is_done_nor_before_its_deposit(ann: Home) -> None:
    identity = deposit(ann, 100_00, "Mon 23 Nov")
    with pytest.raises(SluiceError) as early:
        take(ann, identity, "Fri 20 Nov")
    assert (early.value.code, early.value.field) == ("return_early", "day")
    nights(ann, "Mon 23 Nov", "Mon 23 Nov")
    with pytest.raises(SluiceError, match="2026-11-24 or later") as late:
        take(ann, identity, "Mon 23 Nov")
    assert (late.value.code, late.value.field) == ("day_done", "day")
    take(ann, identity, "Tue 24 Nov")
