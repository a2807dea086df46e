"""What an account was worth day by day: from transfers and closes, by hand."""

from dataclasses import fields

import numpy as np

from engine.invest.value.history_value import Pots, Priced, Values, first_day, values
from engine.invest.value.returns import rate, time_weighted
from ledger.batch import TransferKind, Transfers

CASH, UNSETTLED, HELD, OTHER_HELD = 1, 2, 3, 4
BANK, EQUITY, TRADES, TRADED_UNITS, DIVIDENDS = 10, 20, 30, 31, 32
VTI = 777
SHARE = 10**9
DOLLAR = 10**6
POTS = Pots(np.array([CASH, UNSETTLED]), {HELD: VTI}, np.array([TRADES, TRADED_UNITS, DIVIDENDS]))

Row = tuple[int, int, int, int]  # day, debit, credit, amount


def lines(*rows: Row, kind: int = TransferKind.SINGLE) -> Transfers:
    """Posted transfers of nothing but day, debit, credit and amount."""
    zero = np.zeros(len(rows), np.int64)
    columns = {one.name: zero for one in fields(Transfers)}
    given = np.array(rows, np.int64).reshape(-1, 4).T
    names = ("day", "debit", "credit", "amount")
    columns |= {name: given[at] for at, name in enumerate(names)} | {"kind": zero + kind}
    return Transfers(**columns)  # type: ignore[arg-type]  # the ids are of no interest here


def priced(**closes: int) -> Priced:
    """Closes in dollars by day, written d5=100."""
    rows = [(int(day[1:]), price * DOLLAR) for day, price in closes.items()]
    return Priced({VTI: sorted(rows)}, {VTI: 9})


def by_day(found: Values) -> dict[int, int]:
    return dict(zip(found.day.tolist(), found.value.tolist(), strict=True))


BOUGHT: tuple[Row, ...] = (
    (5, CASH, BANK, 1_000_00),
    (6, HELD, TRADED_UNITS, 5 * SHARE),
    (6, TRADES, CASH, 500_00),
)


def test_money_then_holdings_at_their_closes() -> None:
    found = values(lines(*BOUGHT), POTS, priced(d6=100, d7=120), 8)
    assert by_day(found) == {4: 0, 5: 1_000_00, 6: 1_000_00, 7: 1_100_00, 8: 1_100_00}
    assert found.paid_in.tolist() == [0, 1_000_00, 0, 0, 0]
    assert found.paid_out.tolist() == [0, 0, 0, 0, 0]
    assert found.known.all()
    growth = time_weighted(found.course())
    assert growth is not None
    assert rate(growth) == 10 * 10**6


def test_a_sale_on_its_way_stays_inside_and_a_dividend_is_earned() -> None:
    more: tuple[Row, ...] = (
        (7, TRADED_UNITS, HELD, 5 * SHARE),
        (7, UNSETTLED, TRADES, 600_00),
        (8, CASH, UNSETTLED, 600_00),
        (8, CASH, DIVIDENDS, 7_00),
        (9, BANK, CASH, 107_00),
    )
    found = values(lines(*BOUGHT, *more), POTS, priced(d6=100, d7=120), 9)
    assert by_day(found) == {4: 0, 5: 1_000_00, 6: 1_000_00, 7: 1_100_00, 8: 1_107_00, 9: 1_000_00}
    assert found.paid_out.tolist() == [0, 0, 0, 0, 0, 107_00]
    assert found.cash.tolist()[-1] == 1_000_00


def test_holdings_from_another_account_are_paid_in_at_the_close() -> None:
    found = values(lines((5, HELD, OTHER_HELD, 2 * SHARE), (6, OTHER_HELD, HELD, SHARE)), POTS, priced(d5=10, d6=20), 6)
    assert by_day(found) == {4: 0, 5: 20_00, 6: 20_00}
    assert (found.paid_in.tolist(), found.paid_out.tolist()) == ([0, 20_00, 0], [0, 0, 20_00])


def test_days_without_a_price_are_unknown_and_their_payments_wait() -> None:
    rows: tuple[Row, ...] = (*BOUGHT, (20, CASH, BANK, 50_00))
    found = values(lines(*rows), POTS, priced(d6=100, d22=100), 22)
    assert found.day[~found.known].tolist() == list(range(14, 22))
    course = found.course()
    assert course.day.tolist() == [*range(4, 14), 22]
    assert (course.paid_in[-1], course.value[-1]) == (50_00, 1_050_00)


def test_a_holding_that_came_without_a_price_leaves_all_unknown() -> None:
    found = values(lines(*BOUGHT[:1], (6, HELD, OTHER_HELD, SHARE)), POTS, priced(d8=100), 9)
    assert found.known.tolist() == [True, True, False, False, False, False]


def test_pending_money_and_strangers_do_not_count() -> None:
    assert first_day(lines(*BOUGHT, kind=TransferKind.PENDING), POTS) is None
    assert first_day(lines((5, BANK, EQUITY, 1)), POTS) is None
    nothing = values(lines(), POTS, priced(), 9)
    assert len(nothing.day) == 0
    assert len(nothing.course()) == 0
    assert len(values(lines(*BOUGHT), POTS, priced(), 4).day) == 0


def test_a_security_without_any_close_is_unknown() -> None:
    found = values(lines(*BOUGHT), POTS, Priced({}, {}), 6)
    assert found.known.tolist() == [True, True, False]
