"""Interest by readable examples: tiers, promotions, remainders, months, charges, and what is refused."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pytest

from engine.interest.accrue import LARGEST, MAX_AHEAD, Accrued, EndOfDays, accrue, ahead, merge, nothing
from engine.interest.months import Step, charge_day, charges_due, month_after, steps
from engine.interest.post import Carried, none_carried, post, projected, year_to_date
from engine.interest.rates import RATE_SCALE, borrow_rates, cash_rates
from ledger.days import day_number, parse_day
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT
from tests.interest.living import column, dated, held

DAY = parse_day("2026-03-10")
PLAIN = cash_rates(dated(("cash_apy", "2026-01-01", "3.10%")))
BORROW = borrow_rates(dated(("borrow_apr", "2026-02-01", "5.65%")))


def test_ten_thousand_at_five_point_six_five_for_thirty_days() -> None:
    """M1 shows 47.10; unrounded until posted it is 47.08 (products.md 1.13)."""
    posted = post(ahead(held((1, DAY, 10_000_00)), DAY + 29, BORROW), none_carried(), BORROW)
    assert posted.cents.tolist() == [47_08]
    assert posted.remainder.tolist() == [BORROW.denominator // 3]
    assert projected(held((1, DAY, 10_000_00)), DAY + 29, BORROW).tolist() == [47_08]


def test_tiers_are_marginal_and_what_is_owed_earns_nothing() -> None:
    rates = cash_rates(dated(("cash_apy", "2026-01-01", "0.00: 3.10%, 100.00: 4.00%, 250.00: 0.00%")))
    found = accrue(held((1, DAY, 300_00), (2, DAY, 100_00), (3, DAY, -5_00), (4, DAY, 100_01)), rates)
    assert found.account.tolist() == [1, 1, 1, 2, 4, 4]
    assert found.tier.tolist() == [0, 1, 2, 0, 0, 1]
    assert found.cent_days.tolist() == [100_00, 150_00, 50_00, 100_00, 100_00, 1]
    assert set(found.month.tolist()) == {parse_day("2026-03-01")}


def test_a_promotion_replaces_the_base_until_none_ends_it() -> None:
    rates = cash_rates(
        dated(
            ("cash_apy", "2026-01-01", "3.10%"),
            ("cash_apy_promotion", "2026-03-10", "6.00%"),
            ("cash_apy", "2026-03-11", "3.00%"),
            ("cash_apy_promotion", "2026-03-12", "none"),
        )
    )
    rows = [rates.on(day) for day in range(DAY - 1, DAY + 3)]
    assert [row.promotion for row in rows if row] == [False, True, True, False]
    assert [row.key // 2 for row in rows if row] == [parse_day("2026-01-01"), DAY, DAY, DAY + 1]
    assert rates.on(parse_day("2025-12-31")) is None
    assert rates.pieces(DAY - 1, DAY + 1) == (
        (DAY - 1, DAY - 1, rows[0]),
        (DAY, DAY, rows[1]),
        (DAY + 1, DAY + 1, rows[2]),
    )


def test_dates_before_the_first_rate_earn_nothing() -> None:
    assert len(accrue(held((1, parse_day("2025-12-31"), 100_00)), PLAIN).account) == 0
    early = ahead(held((1, parse_day("2025-12-30"), 100_00)), parse_day("2026-01-02"), PLAIN)
    assert early.cent_days.tolist() == [2 * 100_00]


@pytest.mark.parametrize(
    "numerator,cents,carried",
    [(1, 0, 1), (3, 2, -1), (5, 2, 1), (-1, 0, -1), (-3, -2, 1), (4, 2, 0), (0, 0, 0)],
)
def test_halves_go_to_the_even_cent_and_the_remainder_keeps_its_sign(numerator: int, cents: int, carried: int) -> None:
    half = PLAIN.denominator // 2
    given_ = Carried(column([1]), column([numerator * half]))
    posted = post(nothing(), given_, PLAIN)
    assert (posted.cents.tolist(), posted.remainder.tolist()) == ([cents], [carried * half])


def test_nothing_accrued_and_nothing_carried_posts_nothing() -> None:
    assert len(post(nothing(), none_carried(), PLAIN).account) == 0
    assert len(projected(held(), DAY, PLAIN)) == 0


def test_closing_an_account_posts_it_alone_and_at_once() -> None:
    accrued = accrue(held((1, DAY, 10**9), (2, DAY, 10**9)), PLAIN)
    closing = accrued.account == 2
    posted = post(accrued.take(closing), none_carried(), PLAIN)
    assert posted.take(posted.cents != 0).account.tolist() == [2]
    assert posted.cents.tolist() == [10**9 * 30568072671 // PLAIN.denominator]
    assert accrued.take(~closing).account.tolist() == [1]


def test_cent_days_past_int64_are_added_exactly_or_refused() -> None:
    def rows(*cent_days: int) -> Accrued:
        same = np.zeros(len(cent_days), np.int64)
        return Accrued(same + 9, same, same, same, column(cent_days))

    assert merge(rows(LARGEST, LARGEST, -LARGEST)).cent_days.tolist() == [LARGEST]
    with pytest.raises(SluiceError) as refused:
        merge(rows(LARGEST), rows(1))
    assert (refused.value.code, "account 9" in refused.value.sentence) == ("cent_days_beyond", True)


@pytest.mark.parametrize("cents", [MAX_AMOUNT + 1, -MAX_AMOUNT - 1])
@pytest.mark.parametrize("call", [lambda one: accrue(one, PLAIN), lambda one: ahead(one, DAY, PLAIN)])
def test_a_balance_beyond_all_books_is_refused(call: Callable[[EndOfDays], object], cents: int) -> None:
    with pytest.raises(SluiceError) as refused:
        call(held((1, DAY, 5), (2, DAY, cents)))
    assert refused.value.code == "balance_beyond"


def test_the_largest_balance_fits_as_far_ahead_as_may_be_asked() -> None:
    most = held((1, DAY, MAX_AMOUNT))
    assert ahead(most, DAY + MAX_AHEAD - 1, PLAIN).cent_days.tolist() == [MAX_AMOUNT * MAX_AHEAD]
    with pytest.raises(SluiceError) as refused:
        ahead(most, DAY + MAX_AHEAD, PLAIN)
    assert (refused.value.code, refused.value.field) == ("too_far_ahead", "last")


def test_an_unknown_row_is_no_rate() -> None:
    with pytest.raises(KeyError):
        PLAIN.nominal(column([1]), column([0]))
    assert PLAIN.nominal(column([]), column([])).tolist() == []
    assert cash_rates(dated()).nominal(column([]), column([])).tolist() == []


def test_an_apr_is_its_own_annual_rate() -> None:
    assert BORROW.nominal(column([2 * parse_day("2026-02-01")]), column([0])).tolist() == [565 * RATE_SCALE // 10_000]


def on(text: str) -> int:
    return day_number(date.fromisoformat(text))


def test_the_first_night_of_a_month_posts_the_last_day() -> None:
    assert steps(on("2024-02-28"), on("2024-03-01")) == (Step(on("2024-02-29"), on("2024-02-29"), posts=True),)
    assert steps(on("2024-02-29"), on("2024-03-02")) == (Step(on("2024-03-01"), on("2024-03-01"), posts=False),)
    assert steps(on("2024-03-01"), on("2024-03-02")) == ()
    assert steps(on("2024-01-30"), on("2024-04-02")) == (
        Step(on("2024-01-31"), on("2024-01-31"), posts=True),
        Step(on("2024-02-01"), on("2024-02-29"), posts=True),
        Step(on("2024-03-01"), on("2024-03-31"), posts=True),
        Step(on("2024-04-01"), on("2024-04-01"), posts=False),
    )
    assert month_after(on("2024-12-31")) == on("2025-01-01")


def test_a_month_is_charged_on_the_third_session_of_the_next() -> None:
    sessions = column(map(on, ("2026-01-30", "2026-02-02", "2026-02-03", "2026-02-04", "2026-03-02", "2026-03-03")))
    assert charge_day(on("2026-01-01"), sessions, 3) == on("2026-02-04")
    assert charge_day(on("2026-02-01"), sessions, 3) is None
    december = on("2025-12-01")
    assert charges_due(december, on("2026-02-03"), sessions, 3) == ()
    assert charges_due(december, on("2026-02-04"), sessions, 3) == ((on("2026-01-01"), on("2026-02-04")),)
    assert charges_due(december, on("2026-04-01"), sessions, 3) == ((on("2026-01-01"), on("2026-02-04")),)
    assert [month for month, _ in charges_due(december, on("2026-04-01"), sessions, 2)] == [
        on("2026-01-01"),
        on("2026-02-01"),
    ]


def test_year_to_date_counts_by_effective_date() -> None:
    posted = held(
        (5, on("2025-12-31"), 1), (5, on("2026-01-31"), 20), (3, on("2026-02-28"), -4), (5, on("2026-03-31"), 300)
    )
    account, cents = year_to_date(posted, on("2026-03-30"))
    assert (account.tolist(), cents.tolist()) == ([3, 5], [-4, 20])
    account, cents = year_to_date(posted, on("2025-12-31"))
    assert (account.tolist(), cents.tolist()) == ([5], [1])
