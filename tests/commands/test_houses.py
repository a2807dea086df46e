"""init, customer, account and rules."""

import pytest

from tests.commands.shell import CLEAN, Shell

RULES = """
- {id: sweep, mode: auto, amount: {kind: excess, account: checking, above: "500.00"}, from: [{account: checking}], to: [{account: cash}]}
- {id: keep, amount: {kind: refill, account: checking, below: "100.00"}, from: [{account: cash}], to: [{account: checking}]}
"""  # noqa: E501  a rule a line reads best


def test_init_makes_a_database_once_and_keeps_its_books(shell: Shell) -> None:
    assert shell.ok("init", "--books", 3).out == "3 book(s) ready.\n"
    assert shell.ok("init").out == "3 book(s) ready.\n"
    assert shell.ok("init", "--books", 3).out == "3 book(s) ready.\n"
    assert "fixed at its birth" in shell.refused("init", "--books", 2)
    assert shell.ok("verify").out == CLEAN


def test_every_command_says_how_to_make_a_database_that_is_not_there(shell: Shell) -> None:
    for words in (["customer", "list"], ["night"], ["scheduler", "--once"], ["export", "--format", "csv"], ["serve"]):
        assert "make it with `flask init`" in shell.refused(*words), words
    assert not (shell.folder / "sluice.db").exists()


def test_a_database_that_is_none_is_refused(shell: Shell) -> None:
    shell.file("sluice.db", "")
    assert "run `flask init`" in shell.refused("customer", "list")
    assert "write sqlite:///path/to/file" in Shell("mysql://somewhere/db", shell.folder).refused("init")
    assert "write sqlite:///path/to/file" in Shell("nonsense", shell.folder).refused("night")
    nowhere = f"postgresql://sluice@/db?host={shell.folder}"
    assert "cannot be opened" in Shell(nowhere, shell.folder).refused("night")
    assert "cannot be opened" in Shell(nowhere, shell.folder).refused("init")


def test_households_go_to_the_book_with_fewest(shell: Shell) -> None:
    shell.ok("init", "--books", 2)
    said = [shell.ok("customer", "add", name).out for name in ("ann", "bob", "eve")]
    assert said == ["ann opened in book 0.\n", "bob opened in book 1.\n", "eve opened in book 0.\n"]
    assert shell.ok("customer", "list", "--json").json == [
        {"reference": "ann", "name": "ann", "book": 0},
        {"reference": "eve", "name": "eve", "book": 0},
        {"reference": "bob", "name": "bob", "book": 1},
    ]
    assert "bob" in shell.ok("customer", "list").out
    assert shell.refused("customer", "add", "bob").startswith("reference: ")


@pytest.mark.parametrize("reference", ["", " ", "a\nb", "x" * 81, "\ud800", "ann "])
def test_a_reference_that_nobody_could_type_is_refused(shell: Shell, reference: str) -> None:
    shell.ok("init")
    assert "1 to 80 visible characters" in shell.refused("customer", "add", reference)
    assert shell.ok("customer", "list", "--json").json == []


@pytest.mark.parametrize("reference", ["a/b", "/", ".", ".."])
def test_a_reference_that_no_address_reaches_is_refused(shell: Shell, reference: str) -> None:
    shell.ok("init")
    assert "without /" in shell.refused("customer", "add", reference)
    assert shell.ok("customer", "add", "a.b").out == "a.b opened in book 0.\n"


def test_a_mirrored_account_has_no_ceiling(home: Shell) -> None:
    words = ["account", "add", "ann", "mirror", "--kind", "checking", "--mirrored"]
    assert home.refused(*words, "--ceiling", "5.00").startswith("ceiling: A mirrored account takes every line")
    home.ok(*words)


def test_accounts_with_limits_and_openings(home: Shell) -> None:
    home.ok("account", "add", "ann", "borrow", "--kind", "borrow", "--limit", "1000.00", "--opening", "-200.00")
    assert home.balances("ann") == {"checking": "900.00", "cash": "50.00", "borrow": "-200.00"}
    assert "borrow" in home.ok("account", "list", "ann").out
    home.ok("account", "add", "ann", "secured", "--kind", "borrow")
    assert home.balances("ann")["secured"] == "0.00"
    assert home.ok("verify").out == CLEAN


@pytest.mark.parametrize(
    "words,sentence",
    [
        (["cash", "--kind", "cash"], "handle: One of the handles is taken"),
        (["Cash", "--kind", "cash"], "handle: "),
        (["pot", "--kind", "purse"], "kind: "),
        (["pot", "--kind", "cash", "--floor", "1.001"], "floor: "),
        (["pot", "--kind", "cash", "--opening", "12,00"], "opening: "),
        (["pot", "--kind", "cash", "--floor", "2.00", "--ceiling", "1.00"], "floor: "),
        (["pot", "--kind", "cash", "--opening", "-0.01"], "opening: "),
        (["pot", "--kind", "cash", "--ceiling", "2.00", "--opening", "9.00"], "opening: "),
        (["pot", "--kind", "cash", "--limit", "5.00"], "limit: Only a borrow line has limit"),
        (["pot", "--kind", "cash", "--charge-cash"], "charge_cash: Only a borrow line has charge_cash"),
        (["pot", "--kind", "cash", "--asset", "XYZ"], "asset: XYZ is not known; the assets are USD, "),
        (["pot", "--kind", "cash", "--asset", "\N{EURO SIGN}"], "asset: "),
    ],
)
def test_an_account_is_refused_with_its_field_and_nothing_is_kept(home: Shell, words: list[str], sentence: str) -> None:
    assert home.refused("account", "add", "ann", *words).startswith(sentence)
    assert home.balances("ann") == {"checking": "900.00", "cash": "50.00"}


def test_who_is_not_there_is_named(home: Shell) -> None:
    for words in (
        ["account", "add", "bob", "x", "--kind", "cash"],
        ["account", "list", "bob"],
        ["rules", "list", "bob"],
    ):
        assert "There is no household bob" in home.refused(*words)


def test_rules_are_said_as_sentences_and_kept_as_versions(home: Shell) -> None:
    assert "Ann Smith has no rules yet" in home.refused("rules", "list", "ann")
    said = home.ok("rules", "apply", home.file("rules.yaml", RULES), "--customer", "ann").out.splitlines()
    assert [line[:9] for line in said] == ["1. (auto)", "2. (watch"]
    listed = home.ok("rules", "list", "ann").out.splitlines()
    assert listed[0] == "Version 1, saved 2026-11-21"
    assert [line.partition(":")[0] for line in listed[1:]] == ["1. sweep (auto)", "2. keep (watch)"]
    home.ok("rules", "apply", home.file("none.json", "[]"), "--customer", "ann")
    assert home.ok("rules", "list", "ann").out == "Version 2, saved 2026-11-21\n"


@pytest.mark.parametrize(
    "text,sentence",
    [
        ("- {id: r, mode: sometimes}", "rules.0.mode: "),
        (RULES.replace("account: cash", "account: nowhere"), "rules.0.to.0.account: "),
        (RULES.replace("sweep", "keep"), "rules.1.id: "),
        ("- {id: r, amount: {kind: fixed, amount: 1.5}}", ""),
        ("{", ""),
        ("a: 1\na: 2", ""),
    ],
)
def test_bad_rules_save_nothing(home: Shell, text: str, sentence: str) -> None:
    said = home.refused("rules", "apply", home.file("rules.yaml", text), "--customer", "ann")
    assert said.startswith(sentence)
    assert "Nothing is saved" in said
    assert "no rules yet" in home.refused("rules", "list", "ann")


def test_rules_keep_a_floor_above_zero(home: Shell) -> None:
    keep = RULES.replace("id: keep,", "id: keep, mode: auto,").replace('"100.00"', '"990.00"')
    home.ok("rules", "apply", home.file("rules.yaml", keep.replace('"500.00"', '"900.00"')), "--customer", "ann")
    home.ok("night")
    assert home.balances("ann") == {"checking": "940.00", "cash": "10.00"}


def test_a_line_on_securities_is_opened_in_the_currency_of_their_prices(home: Shell) -> None:
    line = ("account", "add", "ann", "line", "--kind", "borrow", "--asset", "CZK")
    assert home.refused(*line).startswith("asset: line would be lent on securities, which are priced in USD; ")
    home.ok(*line, "--limit", "500.00")
    home.ok("account", "add", "ann", "secured", "--kind", "borrow")
    assert home.ok("verify").out == CLEAN


def test_a_closed_account_is_listed_as_closed(home: Shell) -> None:
    home.ok("account", "close", "ann", "cash", "--to", "checking")
    rows = {one["handle"]: one["standing"] for one in home.ok("account", "list", "ann", "--json").json}
    assert (rows["cash"], rows["checking"]) == ("closed", "open")
    assert "closed" in home.ok("account", "list", "ann").out
