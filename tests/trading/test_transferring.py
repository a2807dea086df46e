"""Holdings between accounts of a household: units, cost and days come along, nothing is sold; or nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.contributions.opening import Owning, keep_owners
from engine.contributions.rights import Ownership, Who
from engine.contributions.work import NewPerson
from engine.desk import AccountEvent, NewAccount
from engine.household import account_named
from engine.invest.lots.transferring import Transfer, Transferred, transfer_holding
from engine.invest.orderrecords import IntentKind, OrderRow
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.pie import Pie
from engine.invest.pies.terms import PieTerms
from engine.invest.records import LotRow
from ledger.accounts import Kind, Standing
from ledger.faults import SluiceError
from store.verify import verify
from tests.trading.books import assert_in_order
from tests.trading.world import HALVES, LIMIT, MONDAY, NESTED, SHARE, USD, World, feed, prices, world


def give(desk: World, handle: str, pie: Pie, terms: PieTerms | None = None) -> None:
    """Save the pie of any account."""
    with desk.books.lock(0) as work:
        account = account_named(work, desk.customer, handle)
        listed = desk.market.listings(desk.market.symbols)
        assert save_pie(work, account, Draft(pie, terms or PieTerms()), listed, (MONDAY, desk.now)) == ()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    """Growth holds 5 VTI and 10 BND in two lots each; income has the nested pie, roth halves; Monday, noon."""
    market = feed(prices(VTI="100", BND="50", VXUS="60"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 600_00) as made:
        with made.books.lock(0) as work:
            new = [NewAccount(made.customer, "roth", "roth", Kind.IRA, USD, 0, LIMIT, 0)]
            work.open_accounts(new, MONDAY - 7, 1)
        made.save(HALVES)
        give(made, "invest.income", NESTED)
        give(made, "roth", HALVES)
        made.now = made.window(MONDAY - 7).opens - 1
        made.run(MONDAY - 7)
        made.today = MONDAY
        made.pay_in(400_00, "more")
        made.run()
        made.now += 3_600_000_000
        yield made
        assert list(verify(made.url)) == []


def asked(desk: World, **changed: Any) -> Transfer:
    given = {"source": "invest.growth", "path": "VTI", "destination": "invest.income", "target": "core/VTI"}
    return Transfer(**{"customer": desk.customer, "units": 4 * SHARE, "key": "k", **given, **changed})


def moved(desk: World, **changed: Any) -> Transferred:
    with desk.books.lock(0) as work:
        return transfer_holding(work, asked(desk, **changed), (MONDAY, desk.now))


def lots(desk: World, handle: str) -> list[LotRow]:
    with desk.books.read(0) as work:
        rows = work.lots(np.array([desk.account(handle).account], np.int64))
    return [one for one in rows if one.units]


def test_units_cost_and_days_come_along_the_oldest_lot_first(desk: World) -> None:
    before = [row for row in lots(desk, "invest.growth") if row.slice == 1]
    assert [row.units for row in before] == [3 * SHARE, 2 * SHARE]
    assert moved(desk) == Transferred("VTI", 4 * SHARE, 400_00, 2)
    after = lots(desk, "invest.income")
    assert [(row.units, row.cost, row.day, row.held_from) for row in after] == [
        (3 * SHARE, 300_00, before[0].day, before[0].held_from),
        (1 * SHARE, 100_00, before[1].day, before[1].held_from),
    ]
    assert [(row.units, row.cost) for row in lots(desk, "invest.growth") if row.slice == 1] == [(SHARE, 100_00)]
    assert desk.balance("invest.income:VTI") == 4 * SHARE
    paid = {desk.account().account: 1_000_00}
    assert assert_in_order(desk, paid) == 0


def test_the_same_key_moves_once_and_another_transfer_under_it_is_refused(desk: World) -> None:
    first = moved(desk)
    assert moved(desk) == first
    assert desk.balance("invest.income:VTI") == 4 * SHARE
    with pytest.raises(SluiceError) as raised:
        moved(desk, units=1)
    assert (raised.value.code, raised.value.field) == ("idempotency_key_reused", "key")


def test_zero_units_are_all_of_them(desk: World) -> None:
    assert moved(desk, units=0).units == 5 * SHARE
    assert "VTI" not in desk.units()


@pytest.mark.parametrize(
    "changed, refused",
    [
        ({"source": "nowhere"}, ("account_unknown", "source")),
        ({"destination": "nowhere"}, ("account_unknown", "destination")),
        ({"source": "cash"}, ("no_pie_account", "source")),
        ({"destination": "bank"}, ("no_pie_account", "destination")),
        ({"path": "core/VTI"}, ("slice_unknown", "path")),
        ({"target": "VTI"}, ("slice_unknown", "target")),
        ({"target": "BND"}, ("other_security", "target")),
        ({"destination": "invest.growth", "target": "BND"}, ("same_account", "destination")),
        ({"destination": "roth", "target": "VTI"}, ("ira_transfer", "destination")),
        ({"units": 5 * SHARE + 1}, ("above_holding", "units")),
        ({"units": -1}, ("above_holding", "units")),
        ({"source": "invest.income", "path": "BND", "destination": "invest.growth", "target": "BND", "units": 0},
         ("nothing_held", "units")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_nothing_moves(
    desk: World, changed: dict[str, Any], refused: tuple[str, str]
) -> None:
    before = lots(desk, "invest.growth")
    with pytest.raises(SluiceError) as raised:
        moved(desk, **changed)
    assert (raised.value.code, raised.value.field) == refused
    assert lots(desk, "invest.growth") == before


def test_another_broker_and_a_frozen_account_are_refused(desk: World) -> None:
    give(desk, "invest.income", NESTED, PieTerms(broker="alpaca"))
    with pytest.raises(SluiceError) as raised:
        moved(desk)
    assert raised.value.code == "broker_differs"
    account = desk.account("invest.income")
    with desk.books.lock(0) as work:
        event = AccountEvent(account.account, 0, account.floor, account.ceiling, account.rule_floor, Standing.FROZEN)
        work.change_account(account.account, event)
    with pytest.raises(SluiceError) as raised:
        moved(desk)
    assert (raised.value.code, raised.value.field) == ("account_closed", "destination")


def test_open_orders_hold_a_slice(desk: World) -> None:
    desk.order(IntentKind.SELL, "BND", 10_00)
    assert moved(desk, units=SHARE, key="other slice").units == SHARE
    desk.order(IntentKind.SELL, "VTI", 10_00)
    with pytest.raises(SluiceError) as raised:
        moved(desk)
    assert (raised.value.code, raised.value.field) == ("orders_open", "path")


def test_an_order_at_the_broker_holds_its_slice(desk: World) -> None:
    with desk.books.lock(0) as work:
        order: OrderRow = work.orders(MONDAY, 1)[0]
        part = work.parts([order.client_id])[0]
        again = replace(order, client_id="again", booked=False)
        work.keep_orders([again], [replace(part, client_id="again", slice=1)])
    with pytest.raises(SluiceError) as raised:
        moved(desk)
    assert raised.value.code == "orders_open"


@pytest.mark.parametrize("others,code", [(1, "nothing_held"), (2, "ira_transfer"), (None, "ira_transfer")])
def test_holdings_move_between_iras_of_one_person_alone(desk: World, others: int | None, code: str) -> None:
    """The other IRA is the same person's, another one's, or nobody's that is known; nothing was ever paid into roth."""
    with desk.books.lock(0) as work:
        work.open_persons([NewPerson(desk.customer, name, 0, Who.OWNER) for name in ("Ann", "Ben")])
        new = [NewAccount(desk.customer, "sep", "sep", Kind.IRA, USD, 0, LIMIT, 0)]
        (sep,) = work.open_accounts(new, MONDAY, 1).tolist()
        roth = account_named(work, desk.customer, "roth").account
        given = {roth: (Ownership.ROTH, 1), sep: (Ownership.SEP, others)}
        owned = [(one, Owning(kind, (who,), agreed=False)) for one, (kind, who) in given.items() if who]
        keep_owners(work, [(one, desk.customer, owning) for one, owning in owned])
    give(desk, "sep", HALVES)
    with pytest.raises(SluiceError) as fault:
        moved(desk, source="roth", destination="sep", target="VTI", units=0)
    assert fault.value.code == code
    assert ("between IRAs of one person alone" in fault.value.sentence) == (code == "ira_transfer")
