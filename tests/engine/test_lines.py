"""Lines as transfers, and the end of a mirrored account's day, held against a plain loop."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.lines import Differences, Lines, Stamp, adjustment_transfers, day_end, line_transfers
from ledger.batch import Code, TransferKind
from ledger.ids import book_of
from ledger.seal import asset_number

STAMP = Stamp(book=3, day=20_777, asset=asset_number("USD"))
Row = tuple[int, int, int | None]
"""(account, amount, stated balance or None)."""
ROWS = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.integers(-5, 5).filter(bool),
        st.one_of(st.none(), st.integers(-8, 8)),
    ),
    min_size=1,
    max_size=12,
)


def lines(rows: Sequence[Row]) -> Lines:
    """Lines of one day; account n belongs to customer 10 n."""
    account = np.array([row[0] for row in rows], np.int64)
    numbers = np.arange(len(rows), dtype=np.uint8).reshape(-1, 1)
    return Lines(
        customer=10 * account,
        account=account,
        amount=np.array([row[1] for row in rows], np.int64),
        has_balance=np.array([row[2] is not None for row in rows], np.bool_),
        balance=np.array([row[2] or 0 for row in rows], np.int64),
        counterpart=np.where(np.array([row[1] for row in rows]) > 0, np.int64(100), np.int64(200)),
        card=np.array([row[1] == -3 for row in rows], np.bool_),
        key=np.repeat(numbers, 16, axis=1),
    )


@given(ROWS, st.lists(st.integers(-3, 3), min_size=4, max_size=4))
def test_the_end_of_a_day_is_the_nearest_stated_balance(rows: list[Row], before: list[int]) -> None:
    told = day_end(lines(rows), np.array([before[row[0] - 1] for row in rows], np.int64))
    expected = []
    for account in sorted({row[0] for row in rows}):
        mine = [row for row in rows if row[0] == account]
        found = before[account - 1] + sum(row[1] for row in mine)
        stated = [row[2] for row in mine if row[2] is not None]
        if stated:
            nearest = min(stated, key=lambda balance: (abs(balance - found), balance))
            expected.append((account, 10 * account, found, nearest, rows.index(mine[0])))
    columns = (told.account, told.customer, told.found, told.expected, told.key[:, 0])
    assert list(zip(*(column.tolist() for column in columns), strict=True)) == expected


def test_of_two_stated_balances_as_near_the_lower_counts() -> None:
    told = day_end(lines([(1, 5, 7), (1, 5, 13)]), np.zeros(2, np.int64))
    assert (told.found.tolist(), told.expected.tolist()) == ([10], [7])


def test_money_in_comes_from_income_and_money_out_goes_to_expenses() -> None:
    made = line_transfers(STAMP, lines([(1, 5, None), (2, -4, None), (2, -3, None)]))
    sides = zip(made.debit.tolist(), made.credit.tolist(), made.amount.tolist(), made.code.tolist(), strict=True)
    assert list(sides) == [(1, 100, 5, Code.STATEMENT), (200, 2, 4, Code.STATEMENT), (200, 2, 3, Code.CARD)]
    assert set(made.kind.tolist()) == {TransferKind.SINGLE}
    assert (made.customer.tolist(), made.journal.tolist()) == ([10, 20, 20], [0, 1, 2])
    assert (set(made.day.tolist()), set(made.asset.tolist())) == ({STAMP.day}, {STAMP.asset})
    assert book_of(made.id_hi).tolist() == [3, 3, 3]


def test_ids_follow_from_the_account_and_the_key_alone() -> None:
    rows: list[Row] = [(1, 5, None), (2, 5, None), (2, -5, None)]
    first = line_transfers(STAMP, lines(rows))
    again = line_transfers(STAMP, lines(rows).take(np.array([2, 1])))
    assert again.id_lo.tolist() == first.id_lo[[2, 1]].tolist()
    assert again.id_hi.tolist() == first.id_hi[[2, 1]].tolist()
    pairs = set(zip(first.id_hi.tolist(), first.id_lo.tolist(), strict=True))
    same_key = line_transfers(STAMP, lines([(2, 5, None)]))
    pairs |= set(zip(same_key.id_hi.tolist(), same_key.id_lo.tolist(), strict=True))
    assert len(pairs) == 4


def test_adjustments_lead_to_the_banks_figure() -> None:
    keys = np.arange(32, dtype=np.uint8).reshape(2, 16)
    one, two = np.array([1, 2], np.int64), np.array([10, 20], np.int64)
    apart = Differences(one, two, np.array([100, 100]), np.array([110, 70]), keys)
    made = adjustment_transfers(STAMP, apart, 900)
    sides = zip(made.debit.tolist(), made.credit.tolist(), made.amount.tolist(), strict=True)
    assert list(sides) == [(1, 900, 10), (900, 2, 30)]
    assert made.code.tolist() == [Code.ADJUSTMENT] * 2
    none = apart.take(np.zeros(0, np.int64))
    assert len(adjustment_transfers(STAMP, none, 0)) == 0
