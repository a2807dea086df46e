"""What regulators take of sales: a block's fee, shared by units, in the books with its reason (products.md 1.15)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.dated.document import DatedRow
from engine.fees.reasons import Fee
from engine.fees.trading import SaleTerms
from engine.invest.orderrecords import IntentKind, IntentState, PartRow
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.levies import levied
from engine.invest.windows.preview import basis_now, preview
from engine.night import Means, run_night
from engine.proportion import Rate
from store.verify import verify
from tests.trading.world import HALVES, MONDAY, SHARE, World, feed, prices, world

TUESDAY, WEDNESDAY = MONDAY + 1, MONDAY + 2
RATES = {"sec_fee": "0.00278%", "taf_per_unit": "0.000166", "taf_maximum": "8.30"}


@pytest.fixture
def levying(tmp_path: Path) -> Iterator[World]:
    with world(f"sqlite:///{tmp_path}/books.db", feed(prices(VTI="100", BND="50")), 100_000_00) as made:
        made.books.add_dated([DatedRow(name, MONDAY - 1, value, "a test") for name, value in RATES.items()], 2)
        made.save(HALVES, PieTerms())
        made.run()
        made.save(HALVES, PieTerms(auto_invest=False))
        yield made
        assert list(verify(made.url)) == []


def taken(made: World) -> dict[str, int]:
    """What lies in the accounts of fees on sales."""
    with made.books.read(0) as work:
        paths = work.system_paths()
        found = {path: account for account, path in paths.items() if path in {"expense:sec_fee", "expense:taf_fee"}}
        balances = {
            path: work.accounts(np.array([account], np.int64)).posted().tolist() for path, account in found.items()
        }
    return {path: cents[0] for path, cents in balances.items()}


def test_a_sale_pays_both_rounded_up_and_the_books_say_what_for(levying: World) -> None:
    """40,000.00 of 400 shares: 1.112 and 0.0664, so 1.12 and 0.07."""
    levying.order(IntentKind.SELL, "VTI", 40_000_00)
    levying.run(TUESDAY)
    assert taken(levying) == {"expense:sec_fee": 1_12, "expense:taf_fee": 7}
    with levying.books.read(0) as work:
        rows = work.fees_of(levying.customer)
        settlements = [cents for _, _, cents in work.settlements()]
        seqs = work.past(levying.customer).seq.tolist()
    assert [(one.kind, one.amount, one.day, one.account) for one in rows] == [
        (Fee.SEC, 1_12, TUESDAY, levying.account().account),
        (Fee.TAF, 7, TUESDAY, levying.account().account),
    ]
    assert all(one.seq in seqs for one in rows)
    assert settlements == [40_000_00 - 1_19]


def test_a_raise_sells_enough_to_pay_them_too(levying: World) -> None:
    kept = levying.order(IntentKind.RAISE, "", 10_000_00, destination=levying.account("checking").account)
    levying.run(TUESDAY)
    for day in (MONDAY, TUESDAY, WEDNESDAY):
        run_night(levying.books, 0, day, lambda: levying.now, Means(levying.market))
    assert (levying.intent(kept).state, levying.balance("checking")) == (IntentState.DONE, 10_000_00)
    assert sum(taken(levying).values()) in range(30, 36)
    assert levying.balance() in range(2)


def test_buys_pay_nothing_and_a_preview_counts_what_sales_pay(levying: World) -> None:
    assert taken(levying) == {}
    levying.order(IntentKind.SELL, "BND", 1_000_00)
    with levying.books.read(0) as work:
        window = levying.window(TUESDAY)
        told = preview(work, basis_now(work, levying.market, window, (window.opens, 1_00)))
    assert [(one.amount, one.fee) for one in told.sells] == [(1_000_00, 4)]
    assert [(one.sales, one.after) for one in told.purses] == [(1_000_00, 999_96)]


TERMS = SaleTerms(Rate(1, 3), Rate(50, 1), 4)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=5))
def test_no_part_pays_more_than_it_brought(rows: list[tuple[int, int, int]]) -> None:
    parts = [
        PartRow("one", at, 1, "sell", 0, 1, units, 0, (), units, filled, min(fee, filled))
        for at, (units, filled, fee) in enumerate(rows, start=1)
    ]
    found = levied(parts, 0, TERMS)
    brought, room = sum(one.filled for one in parts), sum(one.filled - one.fee for one in parts)
    sec = min(-(-brought // 3), room)
    assert sum(one.sec for one in found) == sec
    assert sum(one.taf for one in found) <= min(4, room - sec)
    for before, one in zip(parts, found, strict=True):
        assert one.part.fee == before.fee + one.sec + one.taf <= before.filled


def test_a_part_that_its_broker_charged_too_much_is_left_to_people() -> None:
    part = PartRow("one", 1, 1, "sell", 0, 1, SHARE, 0, (), SHARE, 5, 6)
    (found,) = levied([part], 9, TERMS)
    assert (found.part, found.sec, found.taf) == (part, 0, 0)
