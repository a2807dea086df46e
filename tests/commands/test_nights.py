"""night and scheduler: exit codes, what they say, and whom they set aside."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import time_machine

from commands import nights
from commands.desk import errors
from engine.ports import NEVER
from ledger.days import parse_day
from ledger.faults import SluiceError
from tests.commands.shell import CLEAN, Shell

SWEEP = """
- {id: sweep, mode: auto, amount: {kind: excess, account: checking, above: "500.00"}, from: [{account: checking}], to: [{account: cash}], max_transfer: "100.00"}
"""  # noqa: E501  a rule a line reads best
DONE = {"blocked": 0, "moved": 1, "proposed": 0, "would_move": 0, "quarantined": {}}


@pytest.fixture
def ruled(home: Shell) -> Shell:
    """Return a household whose rule moves 100.00 a night."""
    home.ok("rules", "apply", home.file("rules.yaml", SWEEP), "--customer", "ann")
    return home


def test_a_night_is_done_once(ruled: Shell) -> None:
    said = ruled.ok("night")
    assert "Night of 2026-11-20" in said.out
    assert "1 household, 1 transfer: 0 blocked, 1 moved" in said.out
    assert "Ann Smith" in said.out
    assert ruled.ok("night").out == "The night of 2026-11-20 is already done.\n"
    again = ruled.ok("night", "--json").json
    assert again == {"book": 0, "on": "2026-11-20", "status": "already_done", "customers": 0, "transfers": 0} | {
        **DONE,
        "moved": 0,
    }
    assert ruled.balances("ann") == {"checking": "800.00", "cash": "150.00"}
    assert ruled.ok("verify").out == CLEAN


def test_a_night_for_programs(ruled: Shell) -> None:
    said = ruled.ok("night", "--on", "2026-11-20", "--json")
    assert said.json == {"book": 0, "on": "2026-11-20", "status": "done", "customers": 1, "transfers": 1} | DONE
    assert said.err == ""


def test_nights_go_forward_only_and_not_far_ahead(ruled: Shell) -> None:
    ruled.ok("night", "--on", "2026-11-19")
    assert ruled.refused("night", "--on", "2026-11-18").startswith("on: The night of 2026-11-19 is done in book 0")
    assert "add --ahead" in ruled.refused("night", "--on", "2026-12-22")
    ruled.ok("night", "--on", "2026-12-21")
    ruled.ok("night", "--on", "2027-12-21", "--ahead")
    earned = "7.72"  # 3.10% until the end of November 2027, on 50.00, two transfers of 100.00, and what was posted
    assert ruled.balances("ann") == {"checking": "600.00", "cash": f"35{earned}"}


@pytest.mark.parametrize("date", ["2026-02-30", "20261120", "yesterday", ""])
def test_a_date_that_is_none_is_refused(ruled: Shell, date: str) -> None:
    assert ruled.refused("night", "--on", date).startswith("on: ")


def spoil(shell: Shell, reference: str) -> None:
    """Overwrite the stored program of a household with zeros, behind the back of Sluice."""
    with closing(sqlite3.connect(shell.folder / "sluice.db")) as database:
        found = "SELECT customer_id FROM customer WHERE reference = ?"
        database.execute(f"UPDATE program SET words = zeroblob(8 * size) WHERE customer_id = ({found})", [reference])
        database.commit()


def test_whoever_cannot_be_decided_is_set_aside_and_paused_the_third_time(ruled: Shell) -> None:
    ruled.ok("customer", "add", "bob")
    for handle, opening in (("checking", "900.00"), ("cash", "0.00")):
        ruled.ok("account", "add", "bob", handle, "--kind", "cash", "--opening", opening)
    ruled.ok("rules", "apply", ruled.folder / "rules.yaml", "--customer", "bob")
    spoil(ruled, "ann")
    for date in ("2026-11-18", "2026-11-19"):
        said = ruled.run("night", "--on", date)
        assert (said.code, "1 household, 1 transfer" in said.out) == (2, False)
        assert "2 households, 1 transfer" in said.out
        assert "set aside: " in said.err
        with ruled.books() as books, books.read(0) as work:
            assert [one.paused for one in work.customers()] == [False, False]
    said = ruled.run("night", "--json")
    assert (said.code, said.json["status"], said.json["moved"]) == (2, "partial", 1)
    assert len(said.json["quarantined"]) == 1
    with ruled.books() as books, books.read(0) as work:
        ann, bob = work.customers()
    assert (ann.paused, ann.last_night, bob.paused, bob.last_night) == (True, NEVER, False, parse_day("2026-11-20"))
    assert ruled.balances("ann") == {"checking": "900.00", "cash": "50.00"}
    assert ruled.balances("bob") == {"checking": "600.00", "cash": "300.00"}
    assert ruled.ok("verify").out == CLEAN


def test_a_book_that_somebody_else_holds_is_busy(ruled: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nights, "PATIENCE", 0.2)
    with ruled.books() as books, books.lock(0):
        said = ruled.run("night")
        assert (said.code, said.out) == (3, "")
        assert "1 book(s) stayed busy" in said.err
        said = ruled.run("night", "--json")
        assert (said.code, said.out) == (3, "")
    ruled.ok("night")


def test_the_scheduler_runs_the_latest_night_and_no_other(ruled: Shell) -> None:
    assert (
        ruled.ok("scheduler", "--once").json
        == {
            "book": 0,
            "on": "2026-11-20",
            "status": "done",
            "customers": 1,
            "transfers": 1,
        }
        | DONE
    )
    assert ruled.ok("scheduler", "--once").out == ""
    with time_machine.travel("2026-11-25 15:00:00+00:00"):
        assert ruled.ok("scheduler", "--once").json["on"] == "2026-11-24"
    assert ruled.balances("ann") == {"checking": "700.00", "cash": "250.00"}


def test_the_scheduler_looks_again_and_again(ruled: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that fails is told, without anything but its kind, and does not end the scheduler."""

    class Enough(BaseException):
        pass

    told: list[str] = []
    faults = iter((None, OSError("s3cret"), SluiceError("book_busy", "The book is busy.", ""), Enough()))

    def look(*_: object) -> None:
        if fault := next(faults):
            raise fault

    monkeypatch.setattr(nights, "look", look)
    monkeypatch.setattr(errors, "print", lambda words, **_: told.append(words))
    with time_machine.travel("2026-11-21 15:00:00+00:00") as clock:
        monkeypatch.setattr("time.sleep", clock.shift)
        with pytest.raises(Enough):
            ruled.run("scheduler", "--every", 30)
    again = "This look failed, the next will try again: "
    assert told == [f"{again}OSError", f"{again}The book is busy."]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_night_of_several_books_takes_those_that_are_free(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    shell = Shell(request.getfixturevalue("sqlite_url" if engine == "sqlite" else "postgres_url"), tmp_path)
    monkeypatch.setattr(nights, "PATIENCE", 0.2)
    shell.ok("init", "--books", 3)
    for name in ("ann", "bob"):
        shell.ok("customer", "add", name)
        shell.ok("account", "add", name, "checking", "--kind", "cash", "--opening", "900.00")
        shell.ok("account", "add", name, "cash", "--kind", "cash")
        shell.ok("rules", "apply", shell.file("rules.yaml", SWEEP), "--customer", name)
    with shell.books() as books, books.lock(1):
        busy = shell.run("night", "--json")
    done = [] if engine == "sqlite" else [0, 2]  # SQLite has one writer for the whole file
    assert (busy.code, [line["book"] for line in busy.json_lines]) == (3, done)
    again = shell.ok("night", "--json").json_lines
    assert [line["status"] for line in again] == ["already_done" if book in done else "done" for book in range(3)]
    assert "2 households, 2 transfers" in shell.ok("night", "--on", "2026-11-21").out
    lines = shell.ok("night", "--on", "2026-11-22", "--json").json_lines
    assert [(line["book"], line["transfers"]) for line in lines] == [(0, 1), (1, 1), (2, 0)]


def test_one_damaged_book_stops_no_other(sqlite_url: str, tmp_path: Path) -> None:
    shell = Shell(sqlite_url, tmp_path)
    shell.ok("init", "--books", 2)
    for name in ("ann", "bob"):
        shell.ok("customer", "add", name)
        shell.ok("account", "add", name, "checking", "--kind", "cash", "--opening", "900.00")
        shell.ok("account", "add", name, "cash", "--kind", "cash")
        shell.ok("rules", "apply", shell.file("rules.yaml", SWEEP), "--customer", name)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as raw, raw:
        guards = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'balance'"
        ).fetchall()
        for name, _ in guards:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("DELETE FROM balance WHERE book_id = 0 AND customer_id > 0")
        for _, sql in guards:
            raw.execute(sql)
    said = shell.run("night", "--json")
    assert (said.code, [line["book"] for line in said.json_lines]) == (4, [1])
    assert said.err.startswith("book 0: ")
    assert "books_broken" in said.err
    assert shell.ok("account", "list", "bob", "--json").json[1]["posted"] != "0.00"


def test_a_file_that_is_no_database_is_refused_in_a_sentence(sqlite_url: str, tmp_path: Path) -> None:
    Path(sqlite_url.removeprefix("sqlite:///")).write_bytes(bytes(range(256)) * 64)
    for words in (("night",), ("verify",), ("init",)):
        said = Shell(sqlite_url, tmp_path).run(*words)
        assert (said.code, "database_failed" in said.err) == (4, True), words
