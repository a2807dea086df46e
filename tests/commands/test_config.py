"""config list, show, set and load; windows and orders that follow what was set."""

from __future__ import annotations

import pytest
import time_machine

from tests.commands.shell import Shell

ROW = ("--from", "2026-12-01", "--value", "3.50%", "--source", "a letter")


@pytest.fixture
def ready(shell: Shell) -> Shell:
    """A database without households."""
    shell.ok("init")
    return shell


def value(shell: Shell, name: str, day: str) -> tuple[str | None, str | None]:
    """What a name is on a date, and what comes next."""
    (found,) = (one for one in shell.ok("config", "list", "--on", day, "--json").json_lines if one["name"] == name)
    return found["value"], found["next"]


def test_the_list_says_what_holds_on_a_date(ready: Shell) -> None:
    assert value(ready, "cash_apy", "2024-09-30") == ("5.00%", "4.50% from 2024-10-01")
    assert value(ready, "cash_apy", "2024-10-01") == ("4.50%", "4.00% from 2025-01-01")
    said = ready.ok("config", "list").out
    assert "2026-11-21" in said
    assert "cash_apy" in said


def test_one_name_with_its_history(ready: Shell) -> None:
    ready.ok("config", "set", "cash_apy", *ROW)
    said = ready.ok("config", "show", "cash_apy").out
    assert "What high-yield cash earns" in said
    assert "from 0.00% to 100.00%" in said
    rows = ready.ok("config", "show", "cash_apy", "--json").json_lines
    assert rows[0]["from"] == "1900-01-01"
    assert rows[-1] == {"name": "cash_apy", "from": "2026-12-01", "value": "3.50%", "source": "a letter"}
    assert "did you mean cash_apy?" in ready.refused("config", "show", "cash_ap")
    assert "none yet" in ready.ok("config", "show", "maintenance_requirement(TQQQ)").out


def test_a_row_set_twice_is_one_row(ready: Shell) -> None:
    for _ in range(2):
        assert ready.ok("config", "set", "cash_apy", *ROW).out == "cash_apy is 3.50% from 2026-12-01.\n"
    assert len(ready.ok("config", "show", "cash_apy", "--json").json_lines) == 6
    assert value(ready, "cash_apy", "2026-11-30") == ("3.10%", "3.50% from 2026-12-01")
    assert value(ready, "cash_apy", "2026-12-01") == ("3.50%", None)


WRONG = [
    (("cash_apy", "--value", "3.5%", "--source", "x"), "from: from is missing"),
    (("cash_apy", "--from", "2026-12-01", "--value", "101%", "--source", "x"), "value from 0.00% to 100.00%"),
    (("cash_apy", "--from", "2026-12-01", "--value", "-1%", "--source", "x"), "value from 0.00% to 100.00%"),
    (("cash_apy", "--from", "2026-12-01", "--value", "3.1", "--source", "x"), "write a text such as"),
    (("cash_apy", "--from", "2026-12-01", "--value", "0.00: 3%, 0.00: 4%", "--source", "x"), "Two tiers overlap"),
    (("apy", "--from", "2026-12-01", "--value", "3%", "--source", "x"), "name: "),
    (("cash_apy", "--from", "2026-12-01", "--value", "3%"), "source: source is missing"),
]


@pytest.mark.parametrize("words, said", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_kept(ready: Shell, words: tuple[str, ...], said: str) -> None:
    before = ready.ok("config", "list", "--on", "2026-12-31", "--json").out
    told = ready.refused("config", "set", *words)
    assert said in told
    assert "[config_refused]" in told
    assert ready.ok("config", "list", "--on", "2026-12-31", "--json").out == before


def test_a_rate_of_accrued_days_is_refused_by_its_field(home: Shell) -> None:
    home.ok("night", "--on", "2026-11-20")
    words = ("config", "set", "borrow_apr", "--value", "5%", "--source", "x", "--from")
    said = home.refused(*words, "2026-11-19")
    assert said.startswith("from: Interest is accrued until 2026-11-19")
    assert "2026-11-20. [rate_accrued]" in said
    home.ok(*words, "2026-11-20")


ROWS = """rows:
  - {name: wire_out_fee, from: 2026-12-01, value: "30.00", source: a letter}
  - {name: maintenance_requirement(TQQQ), from: 2026-12-01, value: 75%, source: a letter}
"""


def test_a_file_is_loaded_whole_or_not_at_all(ready: Shell) -> None:
    said = ready.ok("config", "load", ready.file("rows.yaml", ROWS)).out
    assert said == "wire_out_fee is 30.00 from 2026-12-01.\nmaintenance_requirement(TQQQ) is 75% from 2026-12-01.\n"
    bad = ROWS.replace("12-01", "12-02").replace("75%", "7500%")
    told = ready.refused("config", "load", ready.file("bad.yaml", bad))
    assert "rows.1.value: " in told
    assert value(ready, "wire_out_fee", "2026-12-02") == ("30.00", None)
    assert "numbers are not read" in ready.refused(
        "config", "load", ready.file("n.yaml", ROWS.replace('"30.00"', "30"))
    )


def test_a_window_opens_when_it_is_configured(ready: Shell) -> None:
    words = ("--from", "2026-11-23", "--value", "11:00", "--source", "x")
    ready.ok("config", "set", "morning_window", *words)
    with time_machine.travel("2026-11-23 15:59:00+00:00"):
        assert "has not opened yet" in ready.refused("window", "--on", "2026-11-23")
    with time_machine.travel("2026-11-23 16:00:00+00:00"):
        assert "0 order(s)" in ready.ok("window", "--on", "2026-11-23").out
    with time_machine.travel("2026-11-20 14:30:00+00:00"):
        assert "0 order(s)" in ready.ok("window", "--on", "2026-11-20").out
