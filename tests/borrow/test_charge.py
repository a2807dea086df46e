"""The charge's order of sources, what moves may take, and what a loan costs."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.borrow.charge import Due, plan_charge
from engine.borrow.cost import cost
from engine.borrow.guard import most_bought, most_drawn, most_out
from engine.borrow.measure import measure
from engine.proportion import Rate
from engine.waterfall import CASH_ACCOUNT, INVEST_CASH, Sources
from ledger.money import MAX_AMOUNT
from tests.borrow.lines import TERMS, column, position, random_line
from tests.borrow.model import Line


def due(charge: int, principal: int, limit: int, excess: int) -> Due:
    return Due(column(charge), column(principal), column(limit), column(excess))


def test_invest_cash_pays_first_in_display_order_then_the_cash_account_then_the_loan_then_a_sale() -> None:
    ranks = column(CASH_ACCOUNT, INVEST_CASH, INVEST_CASH)
    sources = Sources(column(0, 0, 0), ranks, column(7, 10, 20))
    for charge, paid, enlarged, sell in [
        (8, [0, 8, 0], 0, 0),
        (25, [0, 10, 15], 0, 0),
        (36, [6, 10, 20], 0, 0),
        (40, [7, 10, 20], 3, 0),
        (50, [7, 10, 20], 5, 8),
        (0, [0, 0, 0], 0, 0),
    ]:
        plan = plan_charge(due(charge, 100, 105, 0), sources)
        assert plan.paid.tolist() == paid
        assert (plan.enlarged.tolist(), plan.sell.tolist()) == ([enlarged], [sell])


def test_the_loan_is_not_enlarged_above_its_limit_nor_in_a_call_that_the_cash_account_does_not_end() -> None:
    none = Sources(column(), column(), column())
    assert plan_charge(due(9, 100, 90, 50), none).sell.tolist() == [9]
    assert plan_charge(due(9, 100, 200, -1), none).sell.tolist() == [9]
    assert plan_charge(due(9, 100, 200, 0), none).enlarged.tolist() == [9]
    helps = Sources(column(0), column(CASH_ACCOUNT), column(1))
    assert plan_charge(due(9, 100, 200, -1), helps).enlarged.tolist() == [8]
    helps_not = Sources(column(0), column(INVEST_CASH), column(1))
    assert plan_charge(due(9, 100, 200, -1), helps_not).sell.tolist() == [8]


@given(st.integers(0, 2**32))
def test_the_charge_is_shared_to_the_cent_and_nobody_pays_more_than_they_can(seed: int) -> None:
    random = Random(seed)
    count, many = random.randint(1, 5), random.randint(0, 12)
    most = random.choice([5, 10**6, MAX_AMOUNT])
    sources = Sources(
        column(*(random.randrange(count) for _ in range(many))),
        column(*(random.randint(0, 1) for _ in range(many))),
        column(*(random.randint(-most // 4, most) for _ in range(many))),
    )
    charge, principal, limit, excess = (column(*(random.randint(0, most) for _ in range(count))) for _ in range(4))
    plan = plan_charge(Due(charge, principal, limit, excess - most // 2), sources)
    paid = [sum(plan.paid[sources.owner == at].tolist()) for at in range(count)]
    assert (column(*paid) + plan.enlarged + plan.sell == charge).all()
    assert ((plan.paid >= 0) & (plan.paid <= np.maximum(sources.available, 0))).all()
    assert ((plan.enlarged == 0) | (principal + plan.enlarged <= limit)).all()


def test_m1_example_of_interest() -> None:
    apr = Rate.of(565, 10_000)
    assert cost(column(10_000_00, 0, -5), apr, 30).tolist() == [47_08, 0, 0]
    assert cost(column(10_000_00), apr).tolist() == [1_57]
    assert cost(column(MAX_AMOUNT), apr).tolist() == [156944444444]


def test_what_may_leave_be_drawn_and_be_bought() -> None:
    assert most_out(column(-1, 0, 5)).tolist() == [0, 0, 5]
    assert most_drawn(column(9, 9, -1), column(5, 20, 5)).tolist() == [5, 9, 0]
    excess, maintenance = column(100, 100, -1, 100, 7, MAX_AMOUNT), column(2_500, 10_000, 2_500, 0, 3_000, 1)
    assert most_bought(excess, maintenance).tolist() == [400, 100, 0, MAX_AMOUNT, 23, MAX_AMOUNT]


@given(st.integers(0, 2**32))
def test_taking_the_most_opens_no_call(seed: int) -> None:
    random = Random(seed)
    line = random_line(random)
    now = measure(position([line]), TERMS)
    if now.excess[0] < 0:
        return
    out, drawn = int(most_out(now.excess)[0]), int(most_drawn(now.room, now.excess)[0])
    assert Line(line.holdings, line.cash - out, line.owed).excess() >= 0
    assert Line(line.holdings, line.cash, line.owed + drawn).excess() >= 0
    maintenance = random.choice([0, 2_500, 10_000, random.randint(1, 10_000)])
    bought = int(most_bought(now.excess, column(maintenance))[0])
    more = [*line.holdings, (bought, 5_000, maintenance)]
    assert Line(more, line.cash - bought, line.owed).excess() >= 0
    one = [*line.holdings, (bought + 1, 5_000, maintenance)]
    fractions_of_a_cent = Line(one, line.cash - bought - 1, line.owed).excess()
    assert bought == MAX_AMOUNT or fractions_of_a_cent < 1
