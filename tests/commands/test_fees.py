"""Fees and closing through the command line: what is charged, why, and what is refused."""

from tests.commands.shell import CLEAN, Shell


def test_a_paper_statement_is_charged_once_a_day_and_listed_with_its_reason(home: Shell) -> None:
    assert home.ok("fee", "list", "ann").out == "ann: none yet.\n"
    assert home.ok("fee", "paper", "ann", "cash").out == "Paper statement of 2026-11-21: 5.00.\n"
    assert "was taken today" in home.ok("fee", "paper", "ann", "cash").out
    (row,) = home.ok("fee", "list", "ann", "--json").json
    assert row == {"day": "2026-11-21", "amount": "5.00", "reason": "Paper statement of 2026-11-21: 5.00."}
    told = home.ok("fee", "list", "ann").out
    assert "5.00" in told
    assert "Paper statement" in told
    assert home.ok("verify").out == CLEAN


def test_closing_says_what_was_done(home: Shell) -> None:
    home.ok("account", "add", "ann", "pot", "--kind", "cash", "--opening", "100.00")
    said = home.ok("account", "close", "ann", "pot", "--to", "cash").out
    assert said == "pot is closed; interest posted 0.00, 100.00 settled with cash.\n"
    assert "pot is closed" in home.refused("account", "close", "ann", "pot", "--to", "cash")
    assert home.ok("verify").out == CLEAN
