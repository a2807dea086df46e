"""Dated configuration in the books: seeded, only added to, read for the price of one number, never under a night."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from engine.dated.document import DatedRow
from engine.dated.seed import seed
from engine.ports import NEVER
from ledger.days import format_day
from ledger.faults import SluiceError
from store.books import Books
from tests.store.households import DAY, NOW, Home, night

APR = DatedRow("borrow_apr", DAY, "5.00%", "a test")
FEE = DatedRow("wire_out_fee", DAY - 100, "30.00", "a test")


def kept(house: Home) -> list[tuple[object, ...]]:
    """Every row that was added to the seed."""
    query = "SELECT name, first_day, value, source, recorded FROM dated WHERE recorded > 0 ORDER BY ordinal"
    with house.books.database.reading() as bulk:
        return [tuple(row) for row in bulk.rows(text(query))]


def run_night(house: Home, book: int, day: int) -> None:
    with house.books.lock(book) as work:
        work.finish_night(night(day))


def test_a_new_database_holds_the_seed(house: Home) -> None:
    with house.books.database.reading() as bulk:
        rows = bulk.rows(text("SELECT ordinal, name, first_day, value, source, recorded FROM dated ORDER BY ordinal"))
    wanted = [(at, one.name, one.day, one.value, one.source, 0) for at, one in enumerate(seed(), 1)]
    assert [tuple(row) for row in rows] == wanted
    assert house.books.dated().number_on("wire_out_fee", DAY) == 25_00


def test_of_two_rows_of_one_day_the_later_holds(house: Home) -> None:
    house.books.add_dated([FEE], NOW)
    house.books.add_dated([DatedRow(FEE.name, FEE.day, "35.00", "a test")], NOW + 1)
    dated = house.books.dated()
    assert (dated.number_on(FEE.name, FEE.day - 1), dated.number_on(FEE.name, FEE.day)) == (25_00, 35_00)
    assert [row[2] for row in kept(house)] == ["30.00", "35.00"]


def test_the_same_row_twice_is_one_row_and_another_source_is_another(house: Home) -> None:
    house.books.add_dated([FEE, APR], NOW)
    house.books.add_dated([FEE, APR], NOW + 1)
    assert len(kept(house)) == 2
    house.books.add_dated([DatedRow(FEE.name, FEE.day, FEE.value, "a better source")], NOW + 2)
    house.books.add_dated([FEE], NOW + 3)
    assert [row[3] for row in kept(house)] == ["a test", "a test", "a better source", "a test"]
    house.books.add_dated([], NOW)
    assert len(kept(house)) == 4


def test_a_rate_dated_before_what_is_accrued_is_refused_and_nothing_is_kept(house: Home) -> None:
    run_night(house, 1, DAY + 1)
    rows = [FEE, APR]
    with pytest.raises(SluiceError, match=format_day(DAY + 1)) as refused:
        house.books.add_dated(rows, NOW)
    assert (refused.value.code, refused.value.field) == ("rate_accrued", "rows.1.from")
    assert kept(house) == []
    house.books.add_dated([FEE, DatedRow("borrow_apr", DAY + 1, "5.00%", "a test")], NOW)
    assert [(row[0], row[1]) for row in kept(house)] == [("wire_out_fee", FEE.day), ("borrow_apr", DAY + 1)]


def test_the_book_that_is_furthest_decides_and_one_without_a_night_does_not_count(house: Home) -> None:
    with house.books.read(0) as work:
        assert work.row.last_night == NEVER
    run_night(house, 1, DAY)
    house.books.add_dated([APR], NOW)
    run_night(house, 0, DAY + 2)
    with pytest.raises(SluiceError) as refused:
        house.books.add_dated([DatedRow("borrow_apr", DAY + 1, "4.00%", "a test")], NOW)
    assert refused.value.code == "rate_accrued"


def test_a_row_that_holds_already_may_be_sent_again_after_its_day_was_accrued(house: Home) -> None:
    house.books.add_dated([APR], NOW)
    run_night(house, 1, DAY + 5)
    house.books.add_dated([APR], NOW + 1)
    assert len(kept(house)) == 1


def test_no_night_slips_between_the_look_and_the_row(house: Home) -> None:
    """The rate is asked for while a night holds its book: it waits, and is refused by what the night accrued."""
    told: list[str] = []

    def add() -> None:
        books = Books(house.url)
        try:
            books.add_dated([APR], NOW)
        except SluiceError as fault:
            told.append(fault.code)
        books.close()

    other = threading.Thread(target=add)
    with house.books.lock(1) as work:
        other.start()
        other.join(0.3)
        assert other.is_alive()
        work.finish_night(night(DAY + 1))
    other.join()
    assert (told, kept(house)) == (["rate_accrued"], [])


@contextmanager
def statements(books: Books) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    said: list[str] = []

    def listen(*given: object) -> None:
        said.append(str(given[2]))

    event.listen(books.database.engine, "before_cursor_execute", listen)
    yield said
    event.remove(books.database.engine, "before_cursor_execute", listen)


def test_a_transaction_asks_once_and_parses_only_what_is_new(house: Home) -> None:
    with house.books.read(1) as work:
        first = work.dated()
    with house.books.read(1) as work, statements(house.books) as said:
        assert work.dated() is work.dated() is first
        assert len(said) == 1
        assert "LIMIT" in said[0]
    elsewhere = Books(house.url)
    elsewhere.add_dated([FEE], NOW)
    elsewhere.close()
    with house.books.read(1) as work, statements(house.books) as said:
        assert work.dated().number_on("wire_out_fee", DAY) == 30_00
        assert len(said) == 2
    assert first.number_on("wire_out_fee", DAY) == 25_00


def test_rows_are_never_changed(house: Home) -> None:
    for statement in ("UPDATE dated SET value = '1.00'", "DELETE FROM dated"):
        with pytest.raises(DBAPIError, match="refused"), house.books.database.writing() as bulk:
            bulk.connection.execute(text(statement))
