"""The borrow gauge: inside its picture, in proportion, lines where they belong, its finding in words."""

from hypothesis import given
from hypothesis import strategies as st

from web.charts.gauge import HEIGHT, WIDTH, Loan, gauge

CENTS = st.integers(0, 10**13)


@given(owed=CENTS, limit=CENTS, value=CENTS, cash=CENTS, maintenance=st.integers(0, 10_000))
def test_everything_lies_inside_and_in_order(owed: int, limit: int, value: int, cash: int, maintenance: int) -> None:
    keeps = value * (10_000 - maintenance) // 10_000 + cash
    drawn = gauge(Loan("Line", owed, limit, value, keeps - owed, "10.00%"))
    assert drawn.holdings is not None
    assert drawn.called is not None
    assert drawn.maintenance is not None
    numbers = (drawn.loan, drawn.limit, drawn.holdings, drawn.maintenance, drawn.called)
    assert all(0 <= one < WIDTH for one in numbers)
    assert drawn.called <= drawn.holdings
    pairs = sorted([(owed, drawn.loan), (limit, drawn.limit), (value, drawn.holdings), (keeps, drawn.maintenance)])
    assert [x for _, x in pairs] == sorted(x for _, x in pairs)
    assert drawn.over == (owed > keeps)
    assert all(0 < word.y < HEIGHT for word in drawn.words)


def test_a_secured_line() -> None:
    drawn = gauge(Loan("Borrow line", 10_000_00, 19_600_00, 49_000_00, 27_750_00, "75.51%"))
    assert (drawn.holdings, drawn.loan, drawn.limit, drawn.maintenance) == (941, 192, 376, 725)
    assert drawn.called == 230
    assert drawn.sentence == (
        "Borrow line: 10,000.00 owed; the limit is 19,600.00; more than 37,750.00 would be a call; 49,000.00 of "
        "holdings stand behind it. A fall of all prices by 75.51% would start a call."
    )
    assert [(word.text, word.anchor) for word in drawn.words] == [
        ("Holdings 49,000.00", "start"),
        ("call below 12,000.10", "start"),
        ("limit 19,600.00", "middle"),
        ("call above 37,750.00", "middle"),
    ]


def test_a_call_is_said() -> None:
    drawn = gauge(Loan("Line", 900_00, 0, 1_000_00, -150_00, "0.00%"))
    assert drawn.over
    assert drawn.sentence.endswith("150.00 is missing.")


def test_a_line_that_nothing_endangers() -> None:
    drawn = gauge(Loan("Line", 0, 400_00, 1_000_00, 800_00))
    assert (drawn.called, drawn.loan) == (None, 0)
    assert drawn.sentence.endswith("No fall in prices starts a call.")


def test_a_fixed_limit_stands_alone() -> None:
    drawn = gauge(Loan("Line", 100_00, 500_00))
    assert (drawn.holdings, drawn.called, drawn.maintenance, drawn.over) == (None, None, None, False)
    assert drawn.sentence == "Line: 100.00 owed; the limit is 500.00."
    assert len(drawn.words) == 1
