"""Nights that were run ahead of the clock: whatever is asked then is booked after the last of them."""

import csv
import io
import re
from pathlib import Path

import pytest

from tests.commands.shell import CLEAN, Shell

LAST = "2026-12-20"
DAY = "2026-12-21"


@pytest.fixture
def ahead(home: Shell) -> Shell:
    """Return ann's command line with 100,000.00 in savings, the night of 20 December done on 21 November."""
    home.ok("account", "add", "ann", "savings", "--kind", "cash", "--opening", "100000.00")
    home.ok("account", "add", "ann", "chase", "--kind", "bank", "--opening", "5000.00")
    home.ok("night", "--on", LAST)
    return home


def days_of(shell: Shell, code: str) -> list[str]:
    """The days of transfers of a kind, as the books have them."""
    rows = csv.DictReader(io.StringIO(shell.ok("export", "--format", "csv").out))
    return [row["date"] for row in rows if row["code"] == code]


def total(shell: Shell) -> int:
    """Cents of all accounts of ann."""
    return sum(int(one.replace(".", "")) for one in shell.balances("ann").values())


def test_an_account_closed_ahead_of_the_clock_earns_once(ahead: Shell, tmp_path: Path) -> None:
    kept = Shell(f"sqlite:///{tmp_path}/kept.db", tmp_path)
    for words in (
        ["init"],
        ["customer", "add", "ann"],
        ["account", "add", "ann", "savings", "--kind", "cash", "--opening", "100000.00"],
        ["account", "add", "ann", "cash", "--kind", "cash", "--opening", "50.00"],
        ["night", "--on", LAST],
        ["night", "--on", "2027-01-01", "--ahead"],
    ):
        kept.ok(*words)
    said = ahead.ok("account", "close", "ann", "savings", "--to", "cash").out
    (posted,) = re.findall(r"interest posted ([0-9.]+)", said)
    assert posted != "0.00"  # that of December until the day before
    assert days_of(ahead, "account closed") == [DAY]
    assert days_of(ahead, "interest") == ["2026-11-30", "2026-11-30", DAY]
    ahead.ok("night", "--on", "2027-01-01", "--ahead")
    grown, alone = total(ahead) - 105_950_00, total(kept) - 100_050_00
    assert 0 <= grown - alone <= 20  # what was posted before the month's end earns for eleven days
    assert ahead.ok("verify").out == CLEAN


def test_fees_returns_openings_and_what_is_entered_carry_the_day_after_the_last_night(ahead: Shell) -> None:
    ahead.ok("fee", "paper", "ann", "cash")
    assert "was taken today" in ahead.ok("fee", "paper", "ann", "cash").out
    ahead.ok("account", "add", "ann", "pot", "--kind", "cash", "--opening", "7.00")
    ahead.ok("transfer", "once", "ann", "--from", "chase", "--to", "cash", "--amount", "100.00")
    found = ahead.ok("transfer", "list", "ann", "--json").json["in_flight"]
    told = ahead.ok("transfer", "return", "ann", found[0]["id"], "--reason", "R01", "--json").json
    ahead.ok("person", "add", "ann", "--name", "Ann")
    ahead.ok("contribution", "add", "ann", 1, "--year", 2026, "--amount", "1.00", "--source", "Elsewhere")
    (made,) = ahead.ok("contribution", "list", "ann", "--json").json["contributions"]
    assert (found[0]["sent"], told["on"], made["on"]) == (DAY, DAY, DAY)
    assert ahead.ok("fee", "list", "ann", "--json").json[0]["day"] == DAY
    assert days_of(ahead, "opening")[-1] == DAY
    assert ahead.ok("verify").out == CLEAN


def test_the_year_of_the_next_night_is_the_year_that_has_begun(ahead: Shell) -> None:
    ahead.ok("person", "add", "ann", "--name", "Ann")
    words = ["contribution", "add", "ann", 1, "--year", 2027, "--amount", "1.00", "--source", "Elsewhere"]
    assert "[contribution_year]" in ahead.refused(*words)
    ahead.ok("night", "--on", "2026-12-31", "--ahead")
    ahead.ok(*words)


def test_no_command_takes_the_day_of_what_it_books_from_the_clock() -> None:
    """Only those that run nights, or look at a calendar, ask the clock; every other asks `Desk.day`."""
    calendar = {"desk.py", "nights.py", "demo.py", "config.py"}
    commands = Path(__file__).parents[2] / "commands"
    asks = re.compile(r"desk\.next_night\(\)(?<!nights_of\(work, customer, desk\.next_night\(\))")
    found = {one.name for one in commands.glob("*.py") if asks.search(one.read_text(encoding="utf-8"))}
    assert found <= calendar
