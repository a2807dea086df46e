"""export and verify: what strangers get to read, and what verify finds after somebody meddled."""

import sqlite3
from contextlib import closing

import pytest

from tests.commands.shell import CLEAN, Shell

FORMATS = ("beancount", "beancount-lots", "hledger", "csv")


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_goes_to_a_file_or_to_standard_output(home: Shell, form: str) -> None:
    text = home.ok("export", "--format", form).out
    assert "900.00" in text
    file = home.folder / "books.txt"
    assert home.ok("export", "--format", form, "-o", file).out == ""
    assert file.read_bytes().decode() == text


@pytest.fixture
def two(shell: Shell) -> Shell:
    """Return two households in two books."""
    shell.ok("init", "--books", 2)
    for name, opening in (("ann", "100.01"), ("bob", "200.02")):
        shell.ok("customer", "add", name)
        shell.ok("account", "add", name, "cash", "--kind", "cash", "--opening", opening)
    return shell


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "words,held",
    [
        ([], {"ann", "bob"}),
        (["--book", 0], {"ann"}),
        (["--book", 1], {"bob"}),
        (["--customer", "ann"], {"ann"}),
        (["--customer", "bob"], {"bob"}),
        (["--customer", "bob", "--book", 0], {"bob"}),
    ],
)
def test_an_export_holds_what_was_asked_for(two: Shell, form: str, words: list[object], held: set[str]) -> None:
    text = two.ok("export", "--format", form, *words).out
    assert {name for name in ("ann", "bob") if name in text} == held
    assert {name for name, opening in (("ann", "100.01"), ("bob", "200.02")) if opening in text} == held


def test_what_is_not_there_cannot_be_exported(two: Shell) -> None:
    assert "There is no household eve" in two.refused("export", "--format", "csv", "--customer", "eve")
    assert "book: The database has no book 2." in two.refused("export", "--format", "csv", "--book", 2)
    assert two.run("export", "--format", "pdf").code == 2


MEDDLING = {
    "a transfer": ("guard_transfer_update", "UPDATE transfer SET amount = amount + 1 WHERE seq = 1"),
    "a balance": ("", "UPDATE balance SET debits_posted = debits_posted + 1 WHERE customer_id > 0"),
    "a seal": ("guard_seal_update", "UPDATE seal SET hash = zeroblob(32) WHERE first_seq = 1"),
}


@pytest.mark.parametrize("what", MEDDLING)
def test_verify_finds_that_somebody_meddled(home: Shell, what: str) -> None:
    assert home.ok("verify").out == CLEAN
    assert home.ok("verify", "--json").out == ""
    guard, statement = MEDDLING[what]
    with closing(sqlite3.connect(home.folder / "sluice.db")) as database:
        found = database.execute("SELECT sql FROM sqlite_master WHERE name = ?", [guard]).fetchone()
        if found:
            database.execute(f"DROP TRIGGER {guard}")
        database.execute(statement)
        if found:
            database.execute(found[0])
        database.commit()
    said = home.run("verify", "--json")
    assert said.code == 1
    assert {"code", "book", "seq", "detail"} == set(said.json_lines[0])
    count = len(said.json_lines)
    said = home.run("verify")
    assert (said.code, said.out) == (1, f"{count} finding(s).\n")
    assert len(said.err.splitlines()) >= count


def test_a_guard_that_is_gone_is_a_finding_and_stops_every_other_command(home: Shell) -> None:
    with closing(sqlite3.connect(home.folder / "sluice.db")) as database:
        database.execute("DROP TRIGGER guard_transfer_update")
        database.commit()
    said = home.run("verify", "--json")
    assert (said.code, [finding["code"] for finding in said.json_lines]) == (1, ["C16"])
    assert "run `flask init` to restore them" in home.refused("night")
    home.ok("init")
    assert home.ok("verify").out == CLEAN
