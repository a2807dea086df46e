"""What holds for all balances, rates and nights: nothing is lost, order and grouping are of no importance."""

import itertools
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.interest.accrue import Accrued, EndOfDays, accrue, ahead, correct, merge, nothing
from engine.interest.post import Carried, none_carried, post, projected
from engine.interest.rates import Rates, cash_rates
from ledger.days import parse_day, period_start
from ledger.money import MAX_AMOUNT
from tests.interest.living import column, dated, held

FIRST = parse_day("2024-01-01")
RATES = cash_rates(
    dated(
        ("cash_apy", "2024-01-03", "5.00%"),
        ("cash_apy", "2024-02-10", "0.00: 4.50%, 1000.00: 99.99%, 1000.01: 3.10%"),
        ("cash_apy", "2024-03-01", "0.000001%"),
        ("cash_apy_promotion", "2024-02-20", "100.00%"),
        ("cash_apy_promotion", "2024-03-05", "none"),
    )
)
CENTS = st.one_of(
    st.integers(-MAX_AMOUNT, MAX_AMOUNT), st.integers(-5_00, 2_000_00), st.sampled_from([0, 1, MAX_AMOUNT])
)
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(FIRST, FIRST + 80), CENTS), max_size=30)


def exact(accrued: Accrued, rates: Rates) -> dict[int, Fraction]:
    """The exact interest of each account in cents."""
    found: dict[int, Fraction] = {}
    for account, row, tier, cent_days in zip(
        *(one.tolist() for one in (accrued.account, accrued.row, accrued.tier, accrued.cent_days)), strict=True
    ):
        rate = Fraction(rates.known[row].nominal[tier], rates.denominator)
        found[account] = found.get(account, Fraction(0)) + cent_days * rate
    return found


def plain(accrued: Accrued) -> list[list[int]]:
    return [one.tolist() for one in (accrued.account, accrued.month, accrued.row, accrued.tier, accrued.cent_days)]


@given(rows=ROWS, cuts=st.lists(st.integers(0, 30), max_size=6))
def test_what_is_posted_over_any_period_is_within_a_cent_of_the_exact_sum(
    rows: list[tuple[int, int, int]], cuts: list[int]
) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(rows)), len(rows)]
    carried, sums = none_carried(), [dict[int, Fraction]()]
    for begin, end in itertools.pairwise(edges):
        accrued = accrue(held(*rows[begin:end]), RATES)
        posted = post(accrued, carried, RATES)
        carried = posted.carried()
        off = dict(sums[-1])
        for account, cents in zip(posted.account.tolist(), posted.cents.tolist(), strict=True):
            off[account] = off.get(account, Fraction(0)) + cents
        for account, share in exact(accrued, RATES).items():
            off[account] = off.get(account, Fraction(0)) - share
        sums.append(off)
    for early, late in itertools.combinations(sums, 2):
        assert all(abs(late[account] - early.get(account, 0)) <= 1 for account in late)
    left = dict(zip(carried.account.tolist(), carried.remainder.tolist(), strict=True))
    assert all(Fraction(left[account], RATES.denominator) == -off for account, off in sums[-1].items())
    assert all(2 * abs(one) <= RATES.denominator for one in left.values())


@given(rows=ROWS, data=st.data())
def test_order_and_portions_of_accrual_do_not_matter(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(0, len(rows)))
    whole = plain(accrue(held(*rows), RATES))
    assert plain(merge(accrue(held(*shuffled[cut:]), RATES), accrue(held(*shuffled[:cut]), RATES))) == whole
    assert plain(merge(*(accrue(held(row), RATES) for row in shuffled))) == whole


@given(rows=ROWS)
def test_a_batch_is_one_by_one(rows: list[tuple[int, int, int]]) -> None:
    together = accrue(held(*rows), RATES)
    carried = Carried(column([0, 2]), column([-182_500_000_000_000, 7]))
    posted = post(together, carried, RATES)
    for place, account in enumerate(posted.account.tolist()):
        mine = accrue(held(*(row for row in rows if row[0] == account)), RATES)
        own = carried.account == account
        alone = post(mine, Carried(carried.account[own], carried.remainder[own]), RATES)
        assert plain(together.take(together.account == account)) == plain(mine)
        assert (alone.cents.tolist(), alone.remainder.tolist()) == ([posted.cents[place]], [posted.remainder[place]])


@given(rows=ROWS, data=st.data())
def test_a_correction_makes_up_the_difference_exactly(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    before = data.draw(st.lists(CENTS, min_size=len(rows), max_size=len(rows)))
    really = held(*rows)
    month = FIRST + 91
    wrong = accrue(EndOfDays(really.account, really.day, column(before)), RATES)
    change = correct(really, column(before), month, RATES)
    assert set(change.month.tolist()) <= {month}
    by_rate = Accrued(wrong.account, np.full_like(wrong.month, month), wrong.row, wrong.tier, wrong.cent_days)
    right = accrue(really, RATES)
    of_month = Accrued(right.account, np.full_like(right.month, month), right.row, right.tier, right.cent_days)
    assert plain(merge(by_rate, change)) == plain(merge(of_month))


@given(cents=CENTS, begin=st.integers(0, 60), days=st.integers(0, 60))
def test_a_projection_is_staying_there_day_by_day(cents: int, begin: int, days: int) -> None:
    day = FIRST + begin
    last = day + days
    daily = accrue(held(*((7, one, cents) for one in range(day, last + 1))), RATES)
    projection = ahead(held((7, day, cents)), last, RATES)
    assert exact(projection, RATES) == exact(daily, RATES)
    assert set(projection.month.tolist()) <= {period_start(last, "month")}
    total = round(exact(daily, RATES).get(7, Fraction(0)))
    assert projected(held((7, day, cents), (7, day, cents)), last, RATES).tolist() == [total, total]
    assert plain(merge(nothing(), projection)) == plain(projection)
