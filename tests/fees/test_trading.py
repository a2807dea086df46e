"""Fees of sales, flat fees, and where they are taken from (products.md 1.15, ruling 30)."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from engine.fees.paying import pay
from engine.fees.trading import SaleTerms, sale_fees
from engine.proportion import Rate
from engine.waterfall import CASH_ACCOUNT, INVEST_CASH, Sources
from ledger.money import MAX_AMOUNT
from tests.borrow.lines import column

TERMS = SaleTerms(sec=Rate.of(2_780, 100_000_000), taf=Rate.of(166, 10_000), taf_cap=8_30)
SHARE = 10**9


def test_each_fee_is_rounded_up_to_a_cent_and_taf_has_a_cap() -> None:
    proceeds = column(1_000_000_00, 1_00, 0, 50_000_00, 3_597_13)
    units = column(1_000 * SHARE, SHARE // 10**6, 0, 50_001 * SHARE, 100 * SHARE)
    found = sale_fees(proceeds, units, 9, TERMS)
    assert found.sec.tolist() == [27_80, 1, 0, 1_39, 11]
    assert found.taf.tolist() == [17, 1, 0, 8_30, 2]


def test_the_fees_of_a_tiny_sale_are_at_most_its_proceeds() -> None:
    found = sale_fees(column(1, 2), column(SHARE, SHARE), 9, TERMS)
    assert found.sec.tolist() == [1, 1]
    assert found.taf.tolist() == [0, 1]


def test_large_sales_are_exact() -> None:
    found = sale_fees(column(MAX_AMOUNT), column(MAX_AMOUNT), 9, TERMS)
    assert found.sec.tolist() == [27_800_000_000]
    assert found.taf.tolist() == [8_30]


def test_cash_pays_first_then_invest_cash_and_the_rest_is_forced() -> None:
    sources = Sources(
        column(0, 0, 0, 1), column(INVEST_CASH, CASH_ACCOUNT, INVEST_CASH, CASH_ACCOUNT), column(1, 1, 5, 0)
    )
    for fee, paid, forced in [(1, [0, 1, 0, 0], 0), (3, [1, 1, 1, 0], 0), (9, [1, 1, 5, 0], 2)]:
        plan = pay(column(fee, 3_00), sources)
        assert plan.paid.tolist() == paid
        assert plan.forced.tolist() == [forced, 3_00]


@given(st.integers(0, 2**32))
def test_a_fee_is_paid_to_the_cent(seed: int) -> None:
    random = Random(seed)
    many = random.randint(0, 6)
    available = column(*(random.randint(-5, 10) for _ in range(many)))
    sources = Sources(column(*[0] * many), column(*(random.randint(0, 1) for _ in range(many))), available)
    fee = random.randint(0, 40)
    plan = pay(column(fee), sources)
    assert int(plan.paid.sum()) + int(plan.forced[0]) == fee
    assert plan.forced[0] == 0 or all(plan.paid == available.clip(0))
