"""Windows by hand and in continuous mode; a scheduler that meets a busy book, and one that meets a broken book."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
import time_machine

from app import now
from commands.markets import MarketSettings
from engine.dated.seed import seeded
from engine.window import run_window
from tests.commands.shell import CLEAN, Shell
from tests.trading.brokers import Gone, GoneError

PIE = "{pie: {name: mine, slices: [{symbol: VTI, weight: 60%%}, {symbol: GLD, weight: 40%%}]}, terms: {broker: %s}}"
SAVED = "2026-11-19 12:00:00+00:00"
MORNING = "2026-11-20 14:30:30+00:00"
ALPACA = {"ALPACA_KEY": "key", "ALPACA_SECRET": "hidden", "ALPACA_URL": "https://broker.example"}

each_bad = pytest.mark.parametrize("seconds", ["59", "1", "-60", "often", "60.5"])


def add(shell: Shell, name: str, broker: str = "paper", opening: str = "1000.00") -> None:
    """A household with cash in an invest account that has a pie."""
    shell.ok("customer", "add", name)
    shell.ok("account", "add", name, "invest.growth", "--kind", "invest", "--opening", opening)
    shell.ok("account", "add", name, "cash", "--kind", "cash", "--opening", "5000.00")
    with time_machine.travel(SAVED):
        shell.ok("pie", "set", name, "invest.growth", shell.file("pie.yaml", PIE % broker))


def pay_in(shell: Shell, date: str) -> None:
    """Move 500.00 of cash into the pie's account by a night."""
    rule = (
        "[{id: in, mode: auto, amount: {kind: fixed, amount: '500.00'}, from: [{account: cash}], "
        "to: [{account: invest.growth}]}]"
    )
    shell.ok("rules", "apply", shell.file("in.yaml", rule), "--customer", "ann")
    shell.ok("night", "--on", date)
    shell.ok("rules", "apply", shell.file("none.yaml", "[]"), "--customer", "ann")


def looked(shell: Shell) -> list[tuple[str, str, int]]:
    """What a look of the scheduler ran of windows: (status, slot, orders)."""
    lines = shell.ok("scheduler", "--once").json_lines
    return [(line["status"], line["slot"], line["orders"]) for line in lines if "slot" in line]


@pytest.fixture
def invested(shell: Shell) -> Shell:
    """Ann with 1,000.00 in an invest account with a pie; the morning window of Friday is done."""
    shell.ok("init")
    add(shell, "ann")
    with time_machine.travel(MORNING):
        assert looked(shell) == [("done", "morning", 2)]
    return shell


def test_a_window_by_hand_runs_once_a_minute_while_the_exchange_is_open(invested: Shell) -> None:
    pay_in(invested, "2026-11-20")
    with time_machine.travel("2026-11-20 15:00:10+00:00"):
        (told,) = invested.ok("window", "--now", "--json").json_lines
        assert (told["slot"], told["status"], told["orders"]) == ("window 33", "done", 2)
        assert "already done" in invested.ok("window", "--now").out
    with time_machine.travel("2026-11-20 15:01:00+00:00"):
        assert "0 order(s)" in invested.ok("window", "--now").out
    assert invested.ok("verify").out == CLEAN
    with time_machine.travel("2026-11-20 21:00:00+00:00"):
        said = invested.refused("window", "--now")
        assert ("window_over" in said, "2026-11-23" in said) == (True, True)
    said = invested.run("window", "--now", "--slot", "morning").err
    assert "--now stands alone" in said
    assert "--now stands alone" in invested.run("window", "--now", "--on", "2026-11-20").err


def test_without_the_setting_cash_waits_for_the_afternoon(invested: Shell) -> None:
    pay_in(invested, "2026-11-20")
    with time_machine.travel("2026-11-20 17:00:00+00:00"):
        assert looked(invested) == []


def test_the_scheduler_runs_continuous_windows_when_there_is_work(
    invested: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLUICE_CONTINUOUS", "120")
    with time_machine.travel("2026-11-20 17:00:00+00:00"):
        assert looked(invested) == []
        invested.ok("order", "sell", "ann", "invest.growth", "100.00", "--slice", "VTI")
    with time_machine.travel("2026-11-20 17:01:00+00:00"):
        assert looked(invested) == []
    with time_machine.travel("2026-11-20 17:02:30+00:00"):
        assert looked(invested) == [("done", "window 79", 1)]
        assert looked(invested) == []
    pay_in(invested, "2026-11-20")
    with time_machine.travel("2026-11-20 17:03:00+00:00"):
        assert looked(invested) == []
    with time_machine.travel("2026-11-20 17:04:00+00:00"):
        assert looked(invested) == [("done", "window 80", 2)]
    with time_machine.travel("2026-11-20 20:00:00+00:00"):
        assert looked(invested) == [("done", "afternoon", 0)]
    with time_machine.travel("2026-11-20 21:00:00+00:00"):
        invested.ok("order", "sell", "ann", "invest.growth", "all")
        assert looked(invested) == []
    assert invested.ok("verify").out == CLEAN


def test_a_continuous_window_whose_runner_is_gone_is_finished(invested: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_CONTINUOUS", "60")
    pay_in(invested, "2026-11-20")
    with time_machine.travel("2026-11-20 19:58:00+00:00"):
        leave(invested, 0, often=True)
        said = invested.run("scheduler", "--once")
        assert (said.code, said.out, "busy" in said.err) == (0, "", True)
    monkeypatch.delenv("SLUICE_CONTINUOUS")
    with time_machine.travel("2026-11-20 20:01:00+00:00"):
        said = invested.run("window", "--slot", "afternoon")
        assert (said.code, "1 book(s) are busy" in said.err) == (3, True)
    with time_machine.travel("2026-11-20 20:09:00+00:00"):
        assert looked(invested) == [("done", "afternoon", 0)]
    rows = invested.ok("holdings", "list", "ann", "--json").json
    assert sum(float(row["cost"]) for row in rows) == pytest.approx(1500, abs=0.02)
    assert invested.ok("verify").out == CLEAN


def leave(shell: Shell, book: int, *, often: bool = False) -> None:
    """Plan the window that is open now in a book, as a runner that is gone right after that."""
    exchange = MarketSettings(_env_file=None).exchange(shell.url, shell.folder, now)
    window = exchange.continuous(now()) if often else exchange.opened(now(), seeded())
    assert window is not None
    books = Gone(shell.url)
    books.left, books.after = 2, True
    with pytest.raises(GoneError):
        run_window(books, book, window, exchange.trading())
    books.close()


@pytest.fixture
def two(shell: Shell) -> Shell:
    """Two books without a household."""
    shell.ok("init", "--books", 2)
    return shell


def test_a_busy_book_stops_no_other(two: Shell) -> None:
    add(two, "ann")
    add(two, "bob")
    with time_machine.travel(MORNING):
        two.ok("night")
        leave(two, 1)
        said = two.ok("scheduler", "--once")
        assert [(line["book"], line["orders"]) for line in said.json_lines] == [(0, 2)]
        assert "1 book(s) are busy" in said.err
        assert two.run("window").code == 3
    with time_machine.travel("2026-11-20 14:41:00+00:00"):
        said = two.ok("scheduler", "--once")
        assert ([(line["book"], line["orders"]) for line in said.json_lines], said.err) == ([(1, 2)], "")
    assert two.ok("verify").out == CLEAN


@pytest.mark.parametrize("often", ["0", "60"])
def test_a_broken_book_stops_no_other(two: Shell, monkeypatch: pytest.MonkeyPatch, often: str) -> None:
    monkeypatch.setenv("SLUICE_CONTINUOUS", often)
    add(two, "ann")
    add(two, "bob")
    with time_machine.travel(MORNING):
        two.ok("night")
        damage(two, 1)
        said = two.ok("scheduler", "--once")
        assert [(line["book"], line["slot"], line["orders"]) for line in said.json_lines] == [(0, "morning", 2)]
        assert [line[:8] for line in said.err.splitlines()] == ["book 1: "]
        said = two.run("window", "--json")
        assert (said.code, [line["status"] for line in said.json_lines]) == (4, ["already_done"])


def damage(shell: Shell, book: int) -> None:
    """Remove every balance of a book's households, behind the back of Sluice."""
    with closing(sqlite3.connect(shell.folder / "sluice.db")) as raw, raw:
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'balance'"
        guards = raw.execute(found).fetchall()
        for name, _ in guards:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("DELETE FROM balance WHERE book_id = ? AND customer_id > 0", [book])
        for _, sql in guards:
            raw.execute(sql)


def test_what_no_broker_takes_is_tried_again_after_a_while(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is at a broker of which the settings know no more."""
    monkeypatch.setenv("SLUICE_CONTINUOUS", "60")
    shell.ok("init")
    with monkeypatch.context() as patch:
        for name, value in ALPACA.items():
            patch.setenv(f"SLUICE_{name}", value)
        add(shell, "ann", "alpaca")
    ran = []
    for minute in range(30, 60, 5):
        with time_machine.travel(f"2026-11-20 14:{minute}:40+00:00"):
            ran += [(minute, slot) for _, slot, orders in looked(shell) if orders == 2]
    assert ran == [(30, "morning"), (45, "window 18")]


@each_bad
def test_a_quiet_time_of_less_than_a_minute_is_refused(
    monkeypatch: pytest.MonkeyPatch, shell: Shell, seconds: str
) -> None:
    monkeypatch.setenv("SLUICE_CONTINUOUS", seconds)
    with pytest.raises(ValueError, match="continuous"):
        shell.run("init")


def test_the_quiet_time_is_a_minute_or_more() -> None:
    assert [MarketSettings(_env_file=None, continuous=one).continuous for one in (0, 60, 3600)] == [0, 60, 3600]
