"""Killed at random moments, run twice at once: the books end as if nothing had happened (reliability.md; ruling 55)."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from engine.household import furnish
from engine.importing import Importer
from engine.ports import BookWork
from ledger.days import format_day
from store.books import Books
from store.database import Database
from store.tables import table
from tests.conftest import ROOT
from tests.journeys.lives import (
    FILE,
    FIRST,
    SETUP,
    berka,
    berka_setup,
    findings,
    heads,
    live,
    new_books,
    slice_of,
    told,
)

PATIENCE = 600  # seconds for one process


def flask(url: str, *words: object) -> subprocess.Popen[bytes]:
    """A real process of ours on a database, in a group of its own."""
    command = [sys.executable, "-m", "flask", "--app", "app", *(str(word) for word in words)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"SLUICE_DATABASE_URL": url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def history(url: str, file: Path, nights: int) -> subprocess.Popen[bytes]:
    dates = ("--from", format_day(FIRST), "--to", format_day(FIRST + nights - 1))
    return flask(url, "history", file, "--profile", "berka", "--setup", SETUP, *dates, "--json")


def nights_done(database: Database) -> int:
    """How many nights the database holds; -1 where it cannot be asked just now."""
    night = table("night_book")
    try:
        with database.reading() as bulk:
            return int(bulk.rows(select(func.count()).select_from(night))[0][0])
    except OperationalError:
        return -1


def kill_after(process: subprocess.Popen[bytes], database: Database, nights: int, delay: float) -> bool:
    """Kill the process a moment after it has done so many nights; whether it was still at work."""
    end = time.monotonic() + PATIENCE
    while nights_done(database) < nights and process.poll() is None:
        assert time.monotonic() < end, "the process does not come on"
        time.sleep(0.005)
    time.sleep(delay)
    at_work = process.poll() is None
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    return at_work


def assert_kills_change_nothing(file: Path, folder: Path, url: str, nights: int, kills: int) -> None:
    """Live through the file with kills, and once undisturbed: the same books and the same seal."""
    with new_books(f"sqlite:///{folder / 'undisturbed.db'}") as books:
        live(books, berka(file), nights)
        expected = (told(books), heads(books))
    with new_books(url):
        pass
    chance = Random(f"{kills} kills")
    moments = sorted(chance.sample(range(1, nights - 1), kills))
    print("killed after nights", moments)
    database = Database(url)
    for moment in moments:
        assert kill_after(history(url, file, nights), database, moment, chance.random() * 0.05)
        assert findings(url) == []
    process = history(url, file, nights)
    out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert json.loads(out)["nights"] <= nights - moments[-1]
    assert nights_done(database) == nights
    database.close()
    books = Books(url)
    assert (told(books), heads(books)) == expected
    books.close()
    assert findings(url) == []


def test_two_kills_change_nothing(shared: Path, tmp_path: Path, database_url: str) -> None:
    assert_kills_change_nothing(slice_of(shared, tmp_path), tmp_path, database_url, 20, 2)


@pytest.mark.long
def test_ten_kills_change_nothing(shared: Path, tmp_path: Path, database_url: str) -> None:
    assert_kills_change_nothing(shared / FILE, tmp_path, database_url, 200, 10)


def test_two_runners_do_one_night_once(shared: Path, tmp_path: Path, database_url: str) -> None:
    statement, day = berka(slice_of(shared, tmp_path)), FIRST + 40
    lives = []
    for url, runners in ((f"sqlite:///{tmp_path / 'alone.db'}", 1), (database_url, 2)):
        with new_books(url, 2) as books:
            Importer(books, statement, lambda: 0, joined=furnished).run(last=day)
            running = [flask(url, "night", "--on", format_day(day), "--ahead", "--json") for _ in range(runners)]
            said = [process.communicate(timeout=PATIENCE)[0] for process in running]
            assert [process.returncode for process in running] == [0] * runners
            nights = [json.loads(line) for out in said for line in out.splitlines()]
            assert sorted(night["status"] for night in nights) == ["already_done"] * 2 * (runners - 1) + ["done"] * 2
            assert sum(night["transfers"] for night in nights) > 0
            lives.append((told(books), heads(books)))
        assert findings(url) == []
    assert lives[0] == lives[1]


def furnished(work: BookWork, customers: list[int], day: int) -> None:
    """Give new households the accounts and rules of the set-up."""
    furnish(work, customers, berka_setup(), "CZK", (day - 1, 0))
