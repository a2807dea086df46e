"""A slice of the real data, 60 accounts for 60 nights: the same books everywhere, and previews that come true."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random

import pytest

import engine.history
from bank.statement import Statement
from engine.importing import Importer
from engine.night import Means, NightResult, run_night
from engine.ports import Books
from tests.journeys.lives import (
    FILE,
    FIRST,
    Preview,
    assert_previews_came_true,
    berka,
    findings,
    heads,
    live,
    new_books,
    preview_of,
    recomputed,
    slice_of,
    told,
)

NIGHTS = 60


@pytest.fixture
def statement(shared: Path, tmp_path: Path) -> Statement:
    return berka(slice_of(shared, tmp_path))


def url_of(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.db"


def test_the_books_are_the_same_on_both_engines_and_in_many_books(
    statement: Statement, tmp_path: Path, postgres_url: str
) -> None:
    until = FIRST + NIGHTS - 1
    with new_books(url_of(tmp_path, "plain")) as books:
        plain = Importer(books, statement, count().__next__).run(last=until)
    assert (plain.problems, len(plain.differences) > 5) == ([], True)
    lives = {}
    for name, url, number in (
        ("sqlite", url_of(tmp_path, "one"), 1),
        ("postgresql", postgres_url, 1),
        ("sixteen", url_of(tmp_path, "sixteen"), 16),
    ):
        with new_books(url, number) as books:
            days = live(books, statement, NIGHTS)
            assert [day.day for day in days] == list(range(FIRST, until + 1))
            assert {night.status for day in days for night in day.nights} == {"done"}
            differences = [one for day in days for one in day.imported.differences]
            assert sorted(map(str, differences)) == sorted(map(str, plain.differences)), name
            assert sum(day.imported.lines for day in days) == plain.lines
            again = Importer(books, statement, count().__next__).run(last=until)
            assert (again.lines, again.known, again.customers, again.differences) == (0, plain.lines, 0, [])
            lives[name] = (told(books), heads(books))
        assert findings(url) == [], name
    assert len(lives["sqlite"][0]) > 40
    assert lives["sqlite"] == lives["postgresql"]
    assert lives["sqlite"][0] == lives["sixteen"][0]
    outcomes = {one[2] for household in lives["sqlite"][0].values() for one in household["decisions"]}  # type: ignore[attr-defined]  # a list of tuples
    assert len(outcomes) >= 2, "the rules of the set-up neither move nor propose: the slice shows nothing"


def assert_previews(statement: Statement, url: str, nights: int, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Preview every household right before every so-manyth night, and explain a hundred of these long after."""
    previews: Preview = {}

    def previewed(books: Books, book: int, day: int, now: Callable[[], int], means: Means) -> NightResult:
        if (day - FIRST) % step == 0:
            previews.update(preview_of(books, book, day))
        return run_night(books, book, day, now, means)

    monkeypatch.setattr(engine.history, "run_night", previewed)
    with new_books(url, 2) as books:
        live(books, statement, nights)
        homes = books.find_many(sorted({reference for reference, _ in previews}))
        for reference, (book, customer) in homes.items():
            with books.read(book) as work:
                assert assert_previews_came_true(work, reference, customer, previews) > 0
        for reference, day in Random("explained").sample(sorted(previews), 100):
            book, customer = homes[reference]
            with books.read(book) as work:
                assert recomputed(work, customer, day) == previews[reference, day], (reference, day)
    said = {(one["outcome"], one["reason"]) for words in previews.values() for one in words}
    assert {outcome for outcome, _ in said} == {"not_due", "nothing", "moved", "proposed"}


def test_previews_come_true_and_are_explained_long_after(
    statement: Statement, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_previews(statement, sqlite_url, NIGHTS, 3, monkeypatch)


@pytest.mark.long
def test_every_preview_comes_true(statement: Statement, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_previews(statement, database_url, NIGHTS, 1, monkeypatch)


@pytest.mark.long
def test_previews_of_every_household_come_true(shared: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_previews(berka(shared / FILE), sqlite_url, 455, 32, monkeypatch)
