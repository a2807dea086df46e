"""Ways around a hold, and halves of a return: raises that pay held money out, and repayments of two transfers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.desk import NewAccount
from engine.household import account_named
from engine.invest.orderrecords import IntentKind, IntentState
from engine.request import TransferRequest, transfer
from engine.tonight import plan_tonight
from ledger.accounts import Kind
from ledger.batch import TransferKind
from ledger.faults import SluiceError
from ledger.ids import to_hex
from store.verify import verify
from tests.engine.households import Home, held
from tests.holds.asking import ask, body, nights, take
from tests.trading.estates import desk, night
from tests.trading.world import LIMIT, MONDAY, USD, World


def moved(made: World, sides: str, cents: int, on: int) -> int:
    """The status of a one-off transfer."""
    source, destination = sides.split(">")
    with made.books.lock(0) as work:
        request = TransferRequest(made.customer, source, destination, cents, f"{sides}{on}", on)
        return transfer(work, request, made.now, made.market).status


def under_holds(made: World) -> dict[str, int]:
    """Cents under holds by account."""
    with made.books.read(0) as work:
        found = work.layers()
        names = {one.account: one.handle for one in work.accounts_of()}
    sums: dict[str, int] = {}
    for one, cents in zip(found.account.tolist(), found.amount.tolist(), strict=True):
        sums[names[one]] = sums.get(names[one], 0) + cents
    return sums


def raised(made: World, cents: int, *handles: str) -> list[int]:
    """Raises are ordered on Friday and sold for at once; numbers by destination."""
    made.today = MONDAY + 4
    numbers = [made.order(IntentKind.RAISE, "", cents, destination=made.account(handle).account) for handle in handles]
    made.run(MONDAY + 4)
    night(made, MONDAY + 4)
    return numbers


def paid_out(made: World) -> dict[str, int]:
    """Balances that a preview of Monday's night sees, which are the night's own."""
    for on in (MONDAY + 5, MONDAY + 6):
        night(made, on)
    with made.books.read(0) as work:
        seen = plan_tonight(work, made.customer, MONDAY + 7, None, made.market)
    night(made, MONDAY + 7)
    balances = dict(zip(seen.handles, seen.plan.snapshot.posted.tolist(), strict=True))
    assert balances == {handle: made.balance(handle) for handle in seen.handles}
    return balances


@pytest.fixture
def made(tmp_path: Path) -> Any:
    """3,000.00 from the bank stand in the invest account beside 1,000.00 of securities; held back from other banks."""
    with desk(str(tmp_path)) as world:
        world.pay_in(9_000_00, "b", "bank")
        assert moved(world, "bank>invest.growth", 3_000_00, MONDAY) == 201
        for on in range(MONDAY, MONDAY + 4):
            night(world, on)
        assert under_holds(world) == {"invest.growth": 3_000_00}
        yield world


def test_a_raise_takes_the_hold_along(made: World) -> None:
    """3,500.00 go to checking: 500.00 free ones, and 3,000.00 that no other bank may have for sixty days."""
    (number,) = raised(made, 3_500_00, "checking")
    assert paid_out(made)["checking"] == 3_500_00
    assert made.intent(number).state == IntentState.DONE
    assert under_holds(made) == {"checking": 3_000_00}
    assert moved(made, "checking>bank", 3_500_00, MONDAY + 8) == 409
    assert moved(made, "checking>bank", 3_500_00, MONDAY + 10) == 201  # where it came from, when its days are over
    assert under_holds(made) == {}


def test_free_dollars_go_first_and_each_raise_sees_what_the_one_before_left(made: World) -> None:
    made.pay_in(500_00, "free")
    raised(made, 400_00, "cash", "checking")
    seen = paid_out(made)
    assert (seen["cash"], seen["checking"], seen["invest.growth"]) == (400_00, 400_00, 2_700_00)
    assert under_holds(made) == {"invest.growth": 2_700_00, "cash": 300_00}  # of both, 500.00 were free


def test_a_raise_of_money_under_a_hold_waits_for_its_day(made: World) -> None:
    with made.books.lock(0) as work:
        work.open_accounts([NewAccount(made.customer, "ally", "ally", Kind.BANK, USD, 0, LIMIT, 0)], MONDAY, 1)
    numbers = raised(made, 3_500_00, "ally")
    assert paid_out(made)["ally"] == 0
    waits = made.intent(numbers[0])
    assert (waits.state, waits.reason) == (IntentState.SETTLING, "funds_held")
    for on in range(MONDAY + 8, MONDAY + 64):
        night(made, on)
    assert made.account("ally").pending_in + made.balance("ally") == 3_500_00
    assert made.intent(numbers[0]).state == IntentState.DONE


LINE = held("borrow", "-10000.00", "borrow", limit="20000.00")


@pytest.fixture
def owing(sqlite_url: str) -> Any:
    """10,000.00 owed with 47.08 of interest due, of which a payment of 100.00 is sent on a Friday."""
    home = Home(sqlite_url)
    home.open("ann", [LINE, held("bank", "500.00", "bank")])
    home.night("2026-12-01")
    assert home.balance("ann", "borrow")[0] == -10_047_08
    yield home
    home.books.close()
    assert list(verify(sqlite_url)) == []


def both(home: Home) -> list[str]:
    """The ids of the two pending transfers of the payment."""
    with home.books.read(0) as work:
        lines = work.past(home.ids["ann"]).transfers
    found = np.flatnonzero(lines.kind == TransferKind.PENDING)
    return [to_hex(int(lines.id_hi[at]), int(lines.id_lo[at])) for at in found]


@pytest.mark.parametrize("which", [0, 1])
def test_a_repayment_on_its_way_is_voided_whole(owing: Home, which: int) -> None:
    identity = body(ask(owing, "bank>borrow", 100_00, "Fri 4 Dec"))["id"]
    assert both(owing)[0] == identity
    row = take(owing, both(owing)[which], "Fri 4 Dec")
    assert (row.transfer, row.amount, row.posted) == (identity, 100_00, False)
    assert owing.balance("ann", "bank") == (500_00, 0, 0)
    assert owing.balance("ann", "borrow") == (-10_047_08, 0, 0)
    assert take(owing, both(owing)[1 - which], "Fri 4 Dec") == row


@pytest.mark.parametrize("which", [0, 1])
def test_a_repayment_that_arrived_is_owed_again_whole(owing: Home, which: int) -> None:
    ask(owing, "bank>borrow", 100_00, "Fri 4 Dec")
    nights(owing, "Fri 4 Dec", "Sun 6 Dec")
    assert owing.balance("ann", "borrow") == (-10_047_08, 100_00, 0)  # both parts take the days of the line
    nights(owing, "Mon 7 Dec", "Mon 7 Dec")
    assert owing.balance("ann", "borrow") == (-9_947_08, 0, 0)
    row = take(owing, both(owing)[which], "Tue 8 Dec")
    assert (row.amount, row.from_free, row.posted) == (100_00, 100_00, True)
    assert (owing.balance("ann", "bank")[0], owing.balance("ann", "borrow")[0]) == (500_00, -10_047_08)
    with owing.books.read(0) as work:
        assert account_named(work, owing.ids["ann"], "borrow").due == 47_08
    assert take(owing, both(owing)[1 - which], "Tue 8 Dec") == row


def test_a_payment_of_interest_alone_and_the_deposits_that_a_refusal_names(owing: Home) -> None:
    ask(owing, "bank>borrow", 100_00, "Fri 4 Dec")
    with pytest.raises(SluiceError) as fault:
        take(owing, "0" * 32, "Fri 4 Dec")
    assert fault.value.sentence.endswith(f"The latest deposits are {both(owing)[0]} (100.00 into borrow, 2026-12-04).")
    assert take(owing, both(owing)[0], "Fri 4 Dec").amount == 100_00
    ask(owing, "bank>borrow", 40_00, "Fri 4 Dec")
    nights(owing, "Fri 4 Dec", "Mon 7 Dec")
    row = take(owing, both(owing)[-1], "Tue 8 Dec")
    assert (row.amount, row.from_free, row.forced) == (40_00, 40_00, 0)
    assert owing.balance("ann", "borrow")[0] == -10_047_08
