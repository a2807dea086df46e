"""Balances of dates, worked back from what accounts hold now, against a loop over every line."""

from collections import defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.overnight.balances import Now, counted
from engine.overnight.work import DayChanges

FIRST, DAYS = 100, 6
LINES = st.lists(
    st.tuples(st.integers(1, 3), st.integers(FIRST - 3, FIRST + DAYS + 3), st.integers(0, 2), st.integers(-900, 900)),
    max_size=25,
)


def rows(lines: list[tuple[int, int, int, int]]) -> DayChanges:
    """The lines as the writer keeps them: change, lowest and highest of each (account, date, night before)."""
    kept: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for account, day, after, cents in lines:
        row = kept[account, day, after]
        row[0] += cents
        row[1], row[2] = min(row[1], row[0]), max(row[2], row[0])
    listed = [(*key, *kept[key]) for key in sorted(kept)]
    return DayChanges(*np.array(listed, np.int64).reshape(-1, 6).T)


@settings(max_examples=150)
@given(LINES)
def test_every_date_is_what_a_loop_finds(lines: list[tuple[int, int, int, int]]) -> None:
    lines = sorted(lines, key=lambda one: one[2])  # recorded in this order
    accounts = np.array([1, 2, 3])
    posted = np.array([sum(cents for one, *_, cents in lines if one == account) for account in (1, 2, 3)], np.int64)
    found = counted(Now(accounts, posted, np.array([False, True, False])), rows(lines), FIRST, FIRST + DAYS - 1)
    for place, account in enumerate((1, 2, 3)):
        balance = sum(cents for one, day, _, cents in lines if one == account and day < FIRST)
        for day in range(FIRST, FIRST + DAYS):
            lowest = balance
            for one, on, _, cents in lines:
                if (one, on) == (account, day):
                    balance += cents
                    lowest = min(lowest, balance)
            expected = -lowest if account == 2 else balance
            assert found.at(np.array([place]), np.array([day])).tolist() == [expected]


def test_a_line_of_credit_owes_the_most_of_the_date() -> None:
    """1,000 owed; 500 more in the morning, all paid at noon: 1,500 count for the date, nothing for the next one."""
    lines = [(2, FIRST - 1, 0, -1_000), (2, FIRST, 0, -500), (2, FIRST, 0, 1_500)]
    now = Now(np.array([2]), np.array([0]), np.array([True]))
    assert counted(now, rows(lines), FIRST, FIRST + 1).cents.tolist() == [[1_500, 0]]
