"""Which dollars go first, when each is available, and that holds conserve money (ruling 18)."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.holds.ahead import availability
from engine.holds.layers import Funds, Goal, Layers, available, carried, merged, released, returned, spend
from engine.holds.terms import DESTINATIONS, Destination
from engine.waterfall import summed
from ledger.accounts import Int64s
from tests.borrow.lines import column

CASH, SAVINGS = 10, 20
BANK, OTHER = 77, 88
TODAY = 100


def layer(amount: int, arrived: int, free_on: dict[Destination, int], account: int = CASH) -> Layers:
    days = [free_on.get(destination, arrived) for destination in Destination]
    until = np.array(days, np.int64).reshape(DESTINATIONS, 1)
    return Layers(column(account), column(arrived), column(amount), column(BANK), until)


OLD = layer(100, 90, {Destination.OTHER_BANK: 150})
NEW = layer(50, 99, dict.fromkeys(Destination, 103) | {Destination.OTHER_BANK: 159})
BOTH = merged(NEW, OLD)
FUNDS = Funds(column(CASH), column(175))
TO_INVEST = Goal(Destination.INVEST, TODAY)
HOME = Goal(Destination.OWN_BANK, TODAY, BANK)
AWAY = Goal(Destination.OWN_BANK, TODAY, OTHER)


def test_the_oldest_layer_stands_first_and_only_what_a_hold_forbids_is_withheld() -> None:
    assert BOTH.amount.tolist() == [100, 50]
    assert available(BOTH, FUNDS, TO_INVEST).tolist() == [125]
    assert available(BOTH, FUNDS, HOME).tolist() == [125]
    assert available(BOTH, FUNDS, AWAY).tolist() == [25]
    assert available(BOTH, FUNDS, Goal(Destination.INVEST, 103)).tolist() == [175]


def test_free_dollars_go_first_then_the_oldest_that_may() -> None:
    few = spend(BOTH, FUNDS, column(20), TO_INVEST)
    assert (few.free.tolist(), few.taken.tolist(), few.short.tolist()) == ([20], [0, 0], [0])
    more = spend(BOTH, FUNDS, column(60), TO_INVEST)
    assert (more.free.tolist(), more.taken.tolist()) == ([25], [35, 0])
    assert more.layers.amount.tolist() == [65, 50]
    most = spend(BOTH, FUNDS, column(175), TO_INVEST)
    assert (most.free.tolist(), most.taken.tolist(), most.short.tolist()) == ([25], [100, 0], [50])
    away = spend(BOTH, FUNDS, column(175), AWAY)
    assert (away.free.tolist(), away.taken.tolist(), away.short.tolist()) == ([25], [0, 0], [150])


def test_restrictions_travel_with_the_dollars() -> None:
    spent = spend(BOTH, FUNDS, column(60), TO_INVEST)
    there = carried(BOTH, spent.taken, column(SAVINGS, SAVINGS))
    assert (there.account.tolist(), there.amount.tolist(), there.arrived.tolist()) == ([SAVINGS], [35], [90])
    assert available(there, Funds(column(SAVINGS), column(60)), AWAY).tolist() == [25]
    assert len(carried(BOTH, spent.taken, column(0, 0))) == 0


def test_the_night_releases_what_forbids_nothing_any_more() -> None:
    assert released(BOTH, 149).amount.tolist() == [100, 50]
    assert released(BOTH, 150).amount.tolist() == [50]
    assert len(released(BOTH, 159)) == 0
    emptied = spend(OLD, Funds(column(CASH), column(100)), column(100), TO_INVEST).layers
    assert len(released(emptied, TODAY)) == 0
    assert len(released(released(BOTH, 159), TODAY)) == 0


def test_each_dollar_says_when_it_is_available() -> None:
    found = availability(BOTH, FUNDS, AWAY)
    assert (found.account.tolist(), found.day.tolist()) == ([CASH] * 3, [TODAY, 150, 159])
    assert found.amount.tolist() == [25, 100, 50]
    invest = availability(BOTH, FUNDS, TO_INVEST)
    assert (invest.day.tolist(), invest.amount.tolist()) == ([TODAY, 103], [125, 50])
    nobody = Funds(column(), column())
    assert availability(BOTH, nobody, AWAY).day.tolist() == []
    assert available(BOTH, Funds(column(5), column(7)), AWAY).tolist() == [7]


def test_what_an_account_keeps_may_be_money_under_a_hold() -> None:
    for floor, told in ((0, [25, 100, 50]), (40, [25, 100, 10]), (160, [15]), (500, [])):
        assert availability(BOTH, FUNDS, AWAY, floor).amount.tolist() == told


def test_a_returned_deposit_takes_its_own_layer_then_free_dollars_and_the_rest_is_forced() -> None:
    back = returned(BOTH, FUNDS, (column(0, 50), column(0)))
    assert (back.taken.tolist(), back.free.tolist(), back.short.tolist()) == ([0, 50], [0], [0])
    spent = spend(BOTH, FUNDS, column(60), TO_INVEST)
    rest = Funds(column(CASH), column(115))
    back = returned(spent.layers, rest, (column(100, 0), column(5)))
    assert (back.taken.tolist(), back.free.tolist(), back.short.tolist()) == ([65, 0], [0], [40])
    assert back.layers.amount.tolist() == [0, 50]
    elsewhere = returned(BOTH, Funds(column(5), column(7)), (column(100, 0), column(9)))
    assert (elsewhere.taken.tolist(), elsewhere.free.tolist(), elsewhere.short.tolist()) == ([0, 0], [7], [2])


def drawn(random: Random) -> tuple[Layers, Funds]:
    count, many = random.randint(1, 3), random.randint(0, 8)
    account = np.sort(np.array([random.randrange(count) for _ in range(many)], np.int64))
    arrived = column(*(random.randint(80, 100) for _ in range(many)))
    amount = column(*(random.randint(0, 50) for _ in range(many)))
    origin = column(*(random.choice([0, BANK, OTHER]) for _ in range(many)))
    waits = column(*(random.randint(0, 40) for _ in range(many * DESTINATIONS)))
    until = arrived + waits.reshape(DESTINATIONS, many)
    layers = Layers(account, arrived, amount, origin, until)
    held = summed(amount, account, count)
    loose = column(*(random.randint(0, 60) for _ in range(count)))
    return merged(layers, layers.take(np.zeros(many, np.bool_))), Funds(np.arange(count), held + loose)


def one_by_one(layers: Layers, funds: Funds, amount: Int64s, goal: Goal) -> tuple[list[int], list[int], list[int]]:
    """The same in plain Python: an account after the other, a layer after the other."""
    taken, free, short = [0] * len(layers), [], []
    for at, account in enumerate(funds.account.tolist()):
        mine = [row for row in range(len(layers)) if layers.account[row] == account]
        left = max(0, int(amount[at]))
        loose = max(0, int(funds.balance[at]) - sum(int(layers.amount[row]) for row in mine))
        free.append(min(left, loose))
        left -= free[-1]
        for row in mine:
            at_home = goal.bank and layers.origin[row] == goal.bank
            asked = (Destination.OWN_BANK if at_home else Destination.OTHER_BANK) if goal.bank else goal.destination
            if layers.until[asked, row] <= goal.day:
                taken[row] = min(left, int(layers.amount[row]))
                left -= taken[row]
        short.append(left)
    return taken, free, short


@given(st.integers(0, 2**32))
def test_the_columns_equal_one_layer_after_the_other_and_conserve_money(seed: int) -> None:
    random = Random(seed)
    layers, funds = drawn(random)
    amount = column(*(random.randint(-5, 200) for _ in funds.account))
    goal = random.choice([TO_INVEST, HOME, AWAY, Goal(Destination.CASH, 110)])
    spent = spend(layers, funds, amount, goal)
    assert (spent.taken.tolist(), spent.free.tolist(), spent.short.tolist()) == one_by_one(layers, funds, amount, goal)
    gone = spent.free + summed(spent.taken, layers.account, len(funds.account))
    assert (gone + spent.short == amount.clip(0)).all()
    assert (gone == np.minimum(amount.clip(0), available(layers, funds, goal))).all()
    there = carried(layers, spent.taken, np.full(len(layers), SAVINGS))
    assert int(there.amount.sum()) + int(spent.layers.amount.sum()) == int(layers.amount.sum())
    ahead = availability(layers, funds, goal)
    whole = summed(ahead.amount, ahead.account, len(funds.account))
    assert (whole == funds.balance).all()
    later = goal.day + random.randint(0, 50)
    by_then = summed(np.where(ahead.day <= later, ahead.amount, 0), ahead.account, len(funds.account))
    assert (by_then == available(layers, funds, Goal(goal.destination, later, goal.bank))).all()
