"""What an order did not spend goes back to where it came from, to the cent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.windows.reserving import Draw, is_reserved, order_rows, raise_path, returned

ROWS = {"@c1": 10, "~c1": 20, "!c1/core": 30, "!c1/": 5, "@c10": 7, "!c10/core": 8, "core": 9, "raise:1": 11}


def test_an_order_has_its_own_rows_alone() -> None:
    assert order_rows(ROWS, "c1") == {"@c1": 10, "~c1": 20, "!c1/core": 30, "!c1/": 5}
    assert [path for path in ROWS if not is_reserved(path)] == ["core"]
    assert is_reserved(raise_path(1))


@pytest.mark.parametrize(
    "spent, cash, unsettled, waiting",
    [
        (0, 10, 20, {"": 5, "core": 30}),
        (4, 6, 20, {"": 5, "core": 30}),
        (25, 0, 5, {"": 5, "core": 30}),
        (37, 0, 0, {"core": 28}),
        (65, 0, 0, {}),
    ],
)
def test_cash_is_spent_before_proceeds_and_proceeds_before_what_waits_for_its_pie(
    spent: int, cash: int, unsettled: int, waiting: dict[str, int]
) -> None:
    found = returned(ROWS, "c1", spent)
    assert (found.cash, found.unsettled, found.waiting) == (cash, unsettled, waiting)


def test_more_than_was_set_aside_cannot_be_spent() -> None:
    with pytest.raises(ValueError, match="1 cents more"):
        returned(ROWS, "c1", 66)


@given(st.tuples(*[st.integers(0, 10**15)] * 3), st.integers(0, 10**6))
def test_what_was_spent_and_what_comes_back_is_what_was_drawn(money: tuple[int, int, int], part: int) -> None:
    draw = Draw(*money, "core")
    rows = draw.rows("c1")
    assert sum(order_rows(rows, "c1").values()) == draw.total
    spent = draw.total * part // 10**6
    left = returned(rows, "c1", spent)
    assert left.cash + left.unsettled + sum(left.waiting.values()) + spent == draw.total
