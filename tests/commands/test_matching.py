"""`matching set`, `list`, `test` and `apply` on a statement that was imported."""

import pytest

from tests.commands.shell import Shell

STATEMENT = """date,description,amount,balance
2026-11-02,PAYROLL ACME,2000.00,2000.00
2026-11-03,Corner market,-12.34,1987.66
2026-11-04,Rent Mr Low,-700.00,1287.66
"""
RULES = """
- {name: Food, when: {text: {contains: [market]}, direction: out}, category: groceries}
- {when: {text: {starts: [rent]}}, category: housing, card: no}
"""


@pytest.fixture
def bank(shell: Shell) -> Shell:
    """Return a command line on a database with a household whose statement was imported."""
    shell.ok("import", shell.file("statement.csv", STATEMENT), "--profile", "generic", "--customer", "ann")
    return shell


def test_rules_are_set_listed_tried_and_applied(bank: Shell) -> None:
    assert "No matching rules yet" in bank.ok("matching", "list", "ann").out
    assert "0 of 3 lines would change" in bank.ok("matching", "test", "ann").out
    file = bank.file("matching.yaml", RULES)
    tried = bank.ok("matching", "test", "ann", "--file", file, "--last", "2").out
    assert '1. When the text contains "market" and money goes out: groceries. (holds for 1 lines, decides 1)' in tried
    assert "2 of 2 lines would change their category." in tried
    words = bank.ok("matching", "set", file, "--customer", "ann").out.splitlines()
    assert words[1] == '2. When the text starts with "rent": housing, not counted as a card purchase.'
    listed = bank.ok("matching", "list", "ann").out
    assert listed.startswith("Version 1, saved 2026-11-21\n1. When")
    assert [one["category"] for one in bank.ok("matching", "list", "ann", "--json").json] == ["groceries", "housing"]
    assert bank.ok("matching", "apply", "ann", "--since", "2026-11-04").out == "1 line was moved to another category.\n"
    assert bank.ok("matching", "apply", "ann", "--since", "2026-11-01").out == "1 line was moved to another category.\n"
    assert (
        bank.ok("matching", "apply", "ann", "--since", "2026-11-01").out == "0 lines were moved to another category.\n"
    )
    assert bank.balances("ann") == {"checking": "1287.66"}
    bank.ok("verify")


def test_later_statements_are_sorted_by_the_rules(bank: Shell) -> None:
    bank.ok("matching", "set", bank.file("matching.yaml", RULES), "--customer", "ann")
    later = STATEMENT + "2026-11-10,Night market,-20.00,1267.66\n"
    bank.ok("import", bank.file("later.csv", later), "--profile", "generic", "--customer", "ann")
    assert "2 of 4 lines would change" in bank.ok("matching", "test", "ann").out


@pytest.mark.parametrize(
    "text,told",
    [
        ("- {when: {}, category: food}", "rules.0.when: A matching rule needs a condition"),
        ("- {when: {account: gold}, category: food}", "rules.0.when.account: There is no account gold"),
        ("rules: 3", "rules: A list belongs here"),
    ],
)
def test_what_cannot_be_is_listed_and_nothing_is_saved(bank: Shell, text: str, told: str) -> None:
    said = bank.refused("matching", "set", bank.file("matching.yaml", text), "--customer", "ann")
    assert told in said
    assert "matching_refused" in said
    assert "No matching rules yet" in bank.ok("matching", "list", "ann").out


def test_unknown_households_are_refused(bank: Shell) -> None:
    assert "customer_unknown" in bank.refused("matching", "list", "nobody")
