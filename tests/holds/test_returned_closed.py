"""A deposit into an account that was closed since then is taken back out of the account that got its money."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.closing import close_account
from engine.desk import AccountEvent
from engine.holds.wording import return_sentence
from ledger.accounts import Standing
from ledger.batch import Code
from ledger.faults import SluiceError
from store.verify import verify
from tests.engine.households import Home, held
from tests.holds.asking import account, ask, layers, nights, take, way
from tests.holds.moving import day
from tests.holds.test_returning import deposit, floors, last_line, paused

FRIDAY = "Fri 27 Nov"


@pytest.fixture
def bare(database_url: str) -> Iterator[Home]:
    """Return a home to open a household in; in order when the test is done."""
    home = Home(database_url)
    yield home
    home.books.close()
    assert list(verify(database_url)) == []


def close(home: Home, handle: str, to: str, on: str = FRIDAY) -> None:
    with home.work() as work:
        close_account(work, home.ids["ann"], (handle, to), (day(on), home.now()))


def shut(home: Home, *handles: str) -> None:
    """Close accounts of which no money goes anywhere."""
    for one in (account(home, handle) for handle in handles):
        with home.work() as work:
            event = AccountEvent(one.account, 0, one.floor, one.ceiling, one.rule_floor, Standing.CLOSED)
            work.change_account(one.account, event)


def arrived(home: Home, sides: str = "chase>savings", cents: int = 1_000_00) -> str:
    identity = deposit(home, cents, sides=sides)
    nights(home, "Fri 20 Nov", "Thu 26 Nov")
    return identity


def test_the_account_that_got_the_rest_pays(ann: Home) -> None:
    identity = arrived(ann)
    close(ann, "savings", "cash")
    rest = ann.balance("ann", "cash")[0] - 300_00
    assert rest > 1_000_00  # with a little interest
    assert layers(ann) == [("cash", 1_000_00)]
    row = take(ann, identity, FRIDAY)
    assert (row.transfer, row.account, row.amount, row.posted) == (
        identity,
        account(ann, "cash").account,
        100_000,
        True,
    )
    assert (row.from_layers, row.from_free, row.forced) == (1_000_00, 0, 0)
    assert last_line(ann)[1:] == (Code.RETURNED, 1_000_00)
    assert ann.balance("ann", "cash")[0] == 300_00 + rest - 1_000_00
    assert ann.balance("ann", "savings") == (0, 0, 0)
    assert ann.balance("ann", "chase") == (10_000_00, 0, 0)
    assert layers(ann) == []
    assert paused(ann)
    assert way(ann, "Sat 28 Nov").returned == (row,)
    names = {account(ann, handle).account: handle for handle in ("chase", "cash")}
    assert return_sentence(row, names).startswith("chase took back 1,000.00 from cash on Fri 27 Nov 2026")
    assert take(ann, identity, "Sat 28 Nov", "R10") == row


def test_what_it_lacks_is_forced(ann: Home) -> None:
    identity = arrived(ann)
    close(ann, "savings", "cash")
    ask(ann, "cash>invest", 1_200_00, FRIDAY)
    left = ann.balance("ann", "cash")[0]
    row = take(ann, identity, FRIDAY)
    assert (row.from_layers, row.from_free, row.forced) == (left, 0, 1_000_00 - left)
    assert ann.balance("ann", "cash")[0] == left - 1_000_00
    assert floors(ann) == (left - 1_000_00, 0)
    assert sum(cents for _, cents in layers(ann)) == 1_000_00 - row.from_layers
    with ann.books.read(0) as work:
        (forced,) = work.forced()
    assert (forced.account, forced.seq, forced.amount) == (row.account, row.seq, row.forced)


def test_the_money_is_followed_through_every_account_that_was_closed(ann: Home) -> None:
    identity = arrived(ann)
    close(ann, "savings", "invest")
    close(ann, "invest", "cash")
    before = ann.balance("ann", "cash")[0]
    row = take(ann, identity, FRIDAY)
    assert (row.account, row.forced) == (account(ann, "cash").account, 0)
    assert ann.balance("ann", "cash")[0] == before - 1_000_00


def test_what_an_account_got_before_it_was_closed_empty_is_not_followed_backwards(ann: Home) -> None:
    """Invest got the money of savings, gave it to cash by a transfer, and was closed when it had nothing."""
    identity = arrived(ann)
    close(ann, "savings", "invest")
    ask(ann, "invest>cash", ann.balance("ann", "invest")[0], FRIDAY)
    close(ann, "invest", "cash")
    assert take(ann, identity, FRIDAY).account == account(ann, "cash").account


@pytest.mark.parametrize(
    "closed,pays",
    [((), "cash"), (("cash",), "till"), (("cash", "till"), "invest")],
)
def test_without_money_to_follow_another_open_account_pays(bare: Home, closed: tuple[str, ...], pays: str) -> None:
    kid = held("kid", "0.00", "invest", ownership="custodial")
    plain = [held("invest", "2000.00", "invest"), held("till", "2000.00", "checking"), held("cash", "2000.00")]
    bare.open("ann", [kid, held("chase", "9000.00", "bank"), *plain, held("savings", "0.00", "checking")])
    identity = arrived(bare)
    ask(bare, "savings>cash", 1_000_00, FRIDAY)
    close(bare, "savings", "cash")
    shut(bare, *closed)
    row = take(bare, identity, FRIDAY)
    assert (row.account, row.forced) == (account(bare, pays).account, 0)
    assert bare.balance("ann", pays)[0] < 3_000_00


@pytest.mark.parametrize("to", ["ally", "chase"])
def test_a_bank_that_got_the_rest_is_not_asked_for_it(ann: Home, to: str) -> None:
    """Nobody took anything from Ally, and Chase cannot pay itself: cash pays."""
    identity = arrived(ann)
    ask(ann, "savings>cash", 900_00, FRIDAY)
    if to == "chase":
        close(ann, "savings", to)
    else:
        ask(ann, "savings>cash", 100_00, FRIDAY)
        nights(ann, "Fri 27 Nov", "Fri 27 Nov")
        ann.pay("ann", "savings", "500.00", "2026-11-28")
        close(ann, "savings", to, "Sat 28 Nov")
    row = take(ann, identity, "Sat 28 Nov")
    assert row.account == account(ann, "cash").account
    assert ann.balance("ann", "ally")[0] == 0


def test_without_any_account_that_could_pay_it_is_refused_and_nothing_is_kept(bare: Home) -> None:
    kid = held("kid", "0.00", "invest", ownership="custodial")
    bare.open("ann", [kid, held("chase", "9000.00", "bank"), held("savings", "0.00", "checking")])
    identity = arrived(bare)
    close(bare, "savings", "chase")
    with pytest.raises(SluiceError) as fault:
        take(bare, identity, FRIDAY)
    assert (fault.value.code, fault.value.field) == ("account_closed", "transfer")
    assert fault.value.sentence == (
        "savings is closed, and no cash, checking or invest account is open out of which its deposit could be "
        "taken back; open one."
    )
    assert not paused(bare)
    assert way(bare, FRIDAY).returned == ()


def test_a_deposit_into_a_line_is_taken_from_what_paid_it_off(bare: Home) -> None:
    """The payment was of two parts, interest and principal; the line owes nothing again."""
    line = held("line", "-400.00", "borrow", limit="900.00")
    bare.open(
        "ann", [held("chase", "9000.00", "bank"), line, held("till", "1000.00", "checking"), held("cash", "0.00")]
    )
    nights(bare, "Tue 1 Dec", "Tue 1 Dec")
    identity = deposit(bare, 200_00, "Wed 2 Dec", "chase>line")
    nights(bare, "Wed 2 Dec", "Thu 3 Dec")
    close(bare, "line", "till", "Fri 4 Dec")
    before = bare.balance("ann", "till")[0]
    row = take(bare, identity, "Fri 4 Dec")
    assert (row.account, row.amount, row.from_free) == (account(bare, "till").account, 200_00, 200_00)
    assert bare.balance("ann", "till")[0] == before - 200_00
    assert bare.balance("ann", "line")[0] == 0
    assert account(bare, "line").due == 0
    with bare.books.read(0) as work:
        lines = work.past(bare.ids["ann"]).transfers
        back = lines.take(lines.code == Code.RETURNED)
    assert (len(back), int(back.amount.sum()), set(back.credit.tolist())) == (2, 200_00, {row.account})


def test_a_line_that_took_the_rest_is_owed_again(bare: Home) -> None:
    line = held("line", "-4000.00", "borrow", limit="9000.00")
    bare.open("ann", [held("chase", "9000.00", "bank"), line, held("pot", "0.00", "checking")])
    identity = arrived(bare, "chase>pot")
    close(bare, "pot", "line")
    before = bare.balance("ann", "line")[0]
    row = take(bare, identity, FRIDAY)
    assert (row.account, row.forced) == (account(bare, "line").account, 0)
    assert bare.balance("ann", "line")[0] == before - 1_000_00
