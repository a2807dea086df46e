"""import, history and demo."""

import pytest

from tests.commands.shell import CLEAN, Shell

PROFILE = """
name: plain
asset: USD
columns: {id: id, account: account, date: date, amount: amount, balance: balance}
"""
LINES = """id,account,date,amount,balance
1,ann,2026-11-02,1000.00,1000.00
2,ann,2026-11-03,-100.00,900.10
3,bob,2026-11-03,500.00,500.00
4,ann,2026-11-04,-50.00,850.10
"""
SETUP = """
accounts: [{handle: cash, kind: cash, opening: "10.00", floor: "5.00"}]
rules:
  - {id: sweep, mode: auto, amount: {kind: excess, account: checking, above: "400.00"}, from: [{account: checking}], to: [{account: cash}], max_transfer: "100.00"}
"""  # noqa: E501  a rule a line reads best
APART = {"account": "ann", "day": "2026-11-03", "expected": "900.10", "found": "900.00", "delta": "0.10"}


@pytest.fixture
def bank(shell: Shell) -> Shell:
    """Return a command line on an empty database, a profile and a statement of two households."""
    shell.file("plain.yaml", PROFILE)
    shell.file("lines.csv", LINES)
    shell.file("setup.yaml", SETUP)
    return shell


def imported(shell: Shell, name: str = "lines.csv", *words: object) -> list[object]:
    return ["import", shell.folder / name, "--profile", shell.folder / "plain.yaml", *words]


def lived(shell: Shell, first: str, last: str, *words: object) -> list[object]:
    profile, setup = ("--profile", shell.folder / "plain.yaml"), ("--setup", shell.folder / "setup.yaml")
    return ["history", shell.folder / "lines.csv", *profile, *setup, "--from", first, "--to", last, *words]


def test_an_import_makes_the_database_and_says_what_differs(bank: Shell) -> None:
    said = bank.ok(*imported(bank))
    assert said.out.splitlines()[0] == "4 lines imported, 0 known before, 2 households opened."
    assert said.out.splitlines()[1] == "1 differences of 4 account-days."
    assert "900.10" in said.out
    assert bank.balances("ann") == {"checking": "850.10"}
    assert bank.balances("bob") == {"checking": "500.00"}
    again = bank.ok(*imported(bank, "lines.csv", "--json")).json
    assert again == {"lines": 0, "known": 4, "customers": 0, "account_days": 0, "differences": [], "problems": []}
    assert bank.ok("verify").out == CLEAN


def test_an_import_goes_into_the_books_there_are(bank: Shell) -> None:
    bank.ok("init", "--books", 3)
    said = bank.ok(*imported(bank, "lines.csv", "--json", "--no-adjust")).json
    apart = {"account": "ann", "day": "2026-11-04", "expected": "850.10", "found": "850.00", "delta": "0.10"}
    assert said["differences"] == [APART, apart]
    assert [one["book"] for one in bank.ok("customer", "list", "--json").json] == [0, 1]
    assert bank.balances("ann") == {"checking": "850.00"}


def test_bad_lines_are_listed_and_the_good_ones_are_in(bank: Shell) -> None:
    bank.file(
        "bad.csv", LINES + "5,ann,2026-11-31,1.00,851.10\n6,bob,2026-11-05,one,501.00\n7,bob,2026-11-05,1.00,501.00\n"
    )
    said = bank.run(*imported(bank, "bad.csv", "--json"))
    assert said.code == 2
    assert said.json["lines"] == 5
    assert [problem["path"].split()[1][0] for problem in said.json["problems"]] == ["6", "7"]
    assert bank.balances("bob") == {"checking": "501.00"}
    said = bank.run(*imported(bank, "bad.csv"))
    assert said.code == 2
    assert len(said.err.splitlines()) == 2


def test_a_line_that_changed_is_listed_and_stays_as_it_was(bank: Shell) -> None:
    bank.ok(*imported(bank))
    bank.file("lines.csv", LINES.replace("-50.00", "-60.00"))
    said = bank.run(*imported(bank, "lines.csv", "--json"))
    assert (said.code, [problem["code"] for problem in said.json["problems"]]) == (2, ["line_changed"])
    assert bank.balances("ann") == {"checking": "850.10"}
    words = lived(bank, "2026-11-05", "2026-11-05", "--json")
    del words[4:6]
    said = bank.run(*words)
    assert (said.code, [problem["code"] for problem in said.json["problems"]]) == (2, ["line_changed"])


def test_a_statement_of_nothing_imports_nothing(bank: Shell) -> None:
    bank.file("none.csv", LINES.splitlines()[0] + "\n")
    assert bank.ok(*imported(bank, "none.csv", "--json")).json["lines"] == 0


def test_profiles_are_found_or_refused(bank: Shell) -> None:
    assert "nobody" in bank.refused("import", bank.folder / "lines.csv", "--profile", "nobody")
    bank.file("plain.yaml", PROFILE.replace("USD", "XYZ"))
    assert bank.refused(*imported(bank)).startswith("asset: XYZ is not known")
    bank.file("plain.yaml", PROFILE.replace("amount: amount", "amount: sum"))
    bank.refused(*imported(bank))
    assert not (bank.folder / "sluice.db").exists()


def test_a_file_of_one_account_needs_a_household(bank: Shell) -> None:
    bank.file("plain.yaml", PROFILE.replace("account: account, ", ""))
    assert "--customer" in bank.refused(*imported(bank))
    assert bank.ok(*imported(bank, "lines.csv", "--customer", "eve", "--json")).json["customers"] == 1
    bank.ok("account", "add", "eve", "second", "--kind", "checking", "--mirrored")
    bank.ok("account", "add", "eve", "pot", "--kind", "cash")
    words = imported(bank, "lines.csv", "--customer", "eve", "--account")
    assert bank.ok(*words, "second", "--json").json["lines"] == 4
    assert "has no account third" in bank.refused(*words, "third")
    assert "is not mirrored" in bank.refused(*words, "pot")
    assert bank.ok("verify").out == CLEAN


def test_a_household_is_named_for_a_file_of_one_account_only(bank: Shell) -> None:
    assert bank.refused(*imported(bank, "lines.csv", "--customer", "eve")).startswith(
        "customer: The file has more than"
    )
    bank.file("lines.csv", LINES.replace("bob", "ann"))
    assert bank.refused(*imported(bank, "lines.csv", "--customer", "e/ve")).startswith(
        "customer: A reference stands in"
    )
    assert bank.ok("customer", "list", "--json").json == []
    assert bank.ok(*imported(bank, "lines.csv", "--customer", "eve", "--json")).json["lines"] == 4


def test_a_line_corrected_later_leaves_the_mirror_at_the_banks_figure(bank: Shell) -> None:
    head = LINES.splitlines()[0]
    good = f"{head}\n1,ann,2026-10-01,1000,1000\n2,ann,2026-10-02,-300,700\n3,ann,2026-10-03,-50,650\n"
    bank.file("bad.csv", good.replace("-300", "-3OO"))
    assert bank.run(*imported(bank, "bad.csv")).code == 2
    bank.file("good.csv", good)
    said = bank.ok(*imported(bank, "good.csv", "--json")).json
    apart = {"account": "ann", "day": "2026-10-03", "expected": "650.00", "found": "350.00", "delta": "300.00"}
    assert (said["lines"], said["differences"]) == (1, [apart])
    assert bank.balances("ann") == {"checking": "650.00"}
    assert bank.ok("verify").out == CLEAN


def test_rules_are_not_given_to_households_that_are_there(bank: Shell) -> None:
    bank.ok("init")
    bank.ok("customer", "add", "bob")
    assert bank.refused(*lived(bank, "2026-11-03", "2026-11-05")).startswith("setup: bob exists already without rules")
    assert bank.ok("customer", "list", "--json").json == [{"reference": "bob", "name": "bob", "book": 0}]


def test_history_lives_day_by_day(bank: Shell) -> None:
    said = bank.ok(*lived(bank, "2026-11-03", "2026-11-05", "--books", 2, "--json")).json
    assert said == {
        "lines": 4,
        "differences": 1,
        "account_days": 4,
        "nights": 3,
        "transfers": 4,
        "quarantined": 0,
        "problems": [],
    }
    assert bank.balances("ann") == {"checking": "550.10", "cash": "310.00"}
    assert bank.balances("bob") == {"checking": "400.00", "cash": "110.00"}
    again = bank.ok(*lived(bank, "2026-11-03", "2026-11-06")).out
    assert again == "1 nights, 0 lines, 1 transfers by rules; 0 differences of 0 account-days.\n"
    assert bank.ok("verify").out == CLEAN
    listed = bank.ok("rules", "list", "ann").out
    assert listed.startswith("Version 1, saved 2026-11-01\n")


def test_history_without_rules_is_an_import(bank: Shell) -> None:
    words = lived(bank, "2026-11-01", "2026-11-05")
    del words[4:6]
    assert bank.ok(*words).out == "5 nights, 4 lines, 0 transfers by rules; 1 differences of 4 account-days.\n"


def test_history_is_refused_before_anything_is_done(bank: Shell) -> None:
    assert bank.refused(*lived(bank, "2026-11-05", "2026-11-04")).startswith("to: ")
    assert bank.refused(*lived(bank, "2026-11-05", "someday")).startswith("to: ")
    bank.file("setup.yaml", SETUP.replace("account: cash", "account: pot"))
    assert bank.refused(*lived(bank, "2026-11-03", "2026-11-05")).startswith("rules.0.to.0.account: ")
    assert not (bank.folder / "sluice.db").exists()
    bank.file("setup.yaml", SETUP)
    bank.ok("init")
    bank.ok("night", "--on", "2026-11-10")
    assert bank.refused(*lived(bank, "2026-11-03", "2026-11-05")).startswith("from: The night of 2026-11-10 is done")
    assert bank.ok("customer", "list", "--json").json == []


def test_the_demo_household_lives_and_is_made_once(shell: Shell) -> None:
    said = shell.ok("demo", "--nights", 3)
    assert "Night of 2026-11-20" in said.out
    assert "1 household" in said.out
    assert shell.ok("demo").out == "The demo household is there already.\n"
    assert len(shell.balances("demo")) == 9
    assert shell.ok("rules", "list", "demo").out.count("\n") == 11
    assert shell.ok("verify").out == CLEAN
    assert "already done" in shell.ok("night").out
