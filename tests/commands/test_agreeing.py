"""account agree and charge-cash."""

import pytest

from tests.commands.shell import CLEAN, Shell

ADD = ["account", "add", "ann"]


@pytest.fixture
def trusting(home: Shell) -> Shell:
    """Return ann's household with an owner and a sharer, a trust's account and a borrow line."""
    home.ok("person", "add", "ann", "--name", "Ann")
    home.ok("person", "add", "ann", "--name", "Cleo", "--role", "sharer")
    home.ok(*ADD, "trust", "--kind", "invest", "--ownership", "trust", "--owner", 1, "--opening", "5000.00")
    home.ok(*ADD, "borrow", "--kind", "borrow")
    return home


def agreed(shell: Shell) -> bool:
    rows = shell.ok("person", "list", "ann", "--json").json["accounts"]
    return bool(next(row for row in rows if row["handle"] == "trust")["agreed"])


def test_an_agreement_is_signed_after_the_account_is_opened(trusting: Shell) -> None:
    assert not agreed(trusting)
    told = "The margin agreement of trust is signed: it is collateral.\n"
    assert trusting.ok("account", "agree", "ann", "trust", "--yes").out == told
    assert agreed(trusting)
    told = "The margin agreement of trust is not signed: it is no collateral.\n"
    assert trusting.ok("account", "agree", "ann", "trust", "--no", "--as", 1).out == told
    assert not agreed(trusting)
    assert trusting.ok("verify").out == CLEAN


def test_cash_accounts_are_charged_only_where_that_is_said(trusting: Shell) -> None:
    words = ["account", "charge-cash", "ann", "borrow"]
    assert trusting.ok(*words, "--yes").out == "The interest of borrow may be charged to cash accounts too.\n"
    with trusting.books() as books, books.read(0) as work:
        assert work.lines().cash_pays.tolist() == [1]
    assert trusting.ok(*words, "--no", "--as", 1).out == "The interest of borrow is not charged to cash accounts.\n"
    with trusting.books() as books, books.read(0) as work:
        assert (work.lines().cash_pays.tolist(), work.lines().secured.tolist()) == ([0], [1])


def test_what_cannot_be_is_refused_with_its_field(trusting: Shell) -> None:
    assert trusting.refused("account", "agree", "ann", "cash", "--yes").startswith("account: cash needs no margin")
    assert "There is no account pot" in trusting.refused("account", "agree", "ann", "pot", "--no")
    assert trusting.refused("account", "charge-cash", "ann", "cash", "--yes").startswith("account: cash is no borrow")
    for words in (["agree", "ann", "trust"], ["charge-cash", "ann", "borrow"]):
        for answer in ("--yes", "--no"):
            assert "Cleo may not draw on or repay" in trusting.refused("account", *words, answer, "--as", 2)
        assert trusting.run("account", *words).code != 0  # one of the two is said
