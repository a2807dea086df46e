"""The demo household's statement: the same for the same last day, balanced, and a year long."""

import numpy as np

from bank.demo import DAYS, OPENING, REFERENCE, demo_statement
from ledger.days import date_of, parse_day

LAST = parse_day("2026-11-20")


def test_the_same_last_day_gives_the_same_year() -> None:
    one, two = demo_statement(LAST), demo_statement(LAST)
    assert one.text == two.text
    for name in ("day", "amount", "balance", "card", "key"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name
    assert demo_statement(LAST + 1).amount.tolist() != one.amount.tolist()


def test_two_last_days_agree_where_they_overlap() -> None:
    def lines(last: int) -> list[tuple[int, int, str]]:
        made = demo_statement(last)
        every = zip(made.day.tolist(), made.amount.tolist(), made.category, strict=True)
        return [line for line in every if LAST - 300 <= line[0] <= LAST]

    assert lines(LAST) == lines(LAST + 40) != []


def test_it_is_a_sound_statement_of_one_year() -> None:
    made = demo_statement(LAST)
    assert (len(made), made.problems, made.repeated) == (len(made.day), (), 0)
    assert set(made.account) == {REFERENCE}
    assert LAST - DAYS < int(made.day.min()) <= int(made.day.max()) <= LAST
    assert (np.diff(made.day) >= 0).all()
    assert (made.amount != 0).all()
    assert np.array_equal(OPENING + np.cumsum(made.amount), made.balance)
    assert len({key.tobytes() for key in made.key}) == len(made)
    assert (made.amount[made.card] < 0).all()


def test_the_household_lives_on_its_salary_whatever_the_day() -> None:
    for last in range(LAST, LAST + 366, 7):
        made = demo_statement(last)
        assert (made.balance > 0).all(), last
        salary = [day for day, text in zip(made.day.tolist(), made.text, strict=True) if text == "Salary"]
        months = {(date_of(day).year, date_of(day).month) for day in salary}
        assert (23 <= len(salary) <= 26, len(months) >= 12) == (True, True)
