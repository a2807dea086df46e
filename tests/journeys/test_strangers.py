"""Two programs that know nothing of Sluice audit its books; and each is shown to bite when the books are altered.

bean-check and hledger run as separate processes on the exported text alone.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal

import pytest

from ledger.days import format_day, parse_day
from ledger.export import Scope, export
from tests.ledger.exporting import History, lived

Stranger = Literal["beancount", "hledger"]
STRANGERS: Final[tuple[Stranger, ...]] = ("beancount", "hledger")
PROGRAMS: Final = {"beancount": ("bean-check",), "hledger": ("hledger", "check", "-s", "ordereddates", "-f")}
ACCOUNT: Final = re.compile(r"^( +)([A-Z]\S*)(  )(-?)([0-9]+)\.([0-9]{2})(?= [A-Z])")
TRANSACTION: Final = re.compile(r"^([0-9-]{10}) \* \"?(?!the balances)")


@pytest.fixture(autouse=True)
def _strangers() -> None:
    for program in PROGRAMS.values():
        if shutil.which(program[0]) is None:
            pytest.skip(f"{program[0]} is not on this machine: install it with `make test-deps`")


def accepted(stranger: Stranger, text: str, folder: Path) -> bool:
    """Whether the program finds nothing wrong. Beancount's cache beside the file is off: every text is read."""
    file = folder / f"books.{stranger}"
    file.write_text(text, encoding="utf-8")
    flags = ("--no-cache",) if stranger == "beancount" else ()
    answer = subprocess.run(
        [*PROGRAMS[stranger], *flags, str(file)], check=False, capture_output=True, text=True, timeout=300
    )
    assert (answer.returncode == 0) == (not answer.stderr.strip()), answer.stderr
    assert not re.search("syntax|unexpected", answer.stderr, re.IGNORECASE), answer.stderr  # refused as books
    return answer.returncode == 0


@cache
def household(count: int = 300) -> History:
    """One household with `count` random transfers of every kind."""
    history = History()
    history.household(1, 1, "ann")
    return lived(history, random.Random(count), count)


@cache
def book_text(stranger: Stranger) -> str:
    history = household()
    return "".join(export(stranger, history.audited(), history.chunks(64), Scope()))


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_household_of_300_transfers_is_accepted(stranger: Stranger, tmp_path: Path) -> None:
    assert accepted(stranger, book_text(stranger), tmp_path)


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize(
    "scope", [Scope(), Scope(book=1), Scope(customer=(1 << 40) + 2)], ids=["all", "book", "customer"]
)
def test_several_books_currencies_and_hostile_names_are_accepted(
    stranger: Stranger, scope: Scope, tmp_path: Path
) -> None:
    history = History()
    history.household(1, 1, 'type:A, date:2024-13-99 "; \\')
    history.household(1, 2, "Smith\n  Assets:X  1.00 USD\n")
    history.household(1, 3, "576", "CZK")
    history.household(1, 4, "never used")
    history.household(12, 1, "\ud800 = @ 1.00 {é} #tag ^link")
    named = dict(history.accounts)
    history.accounts = {a: one for a, one in named.items() if one.reference != "never used"}
    lived(history, random.Random(8), 200)
    history.accounts = named
    assert accepted(stranger, "".join(export(stranger, history.audited(), history.chunks(50), scope)), tmp_path)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_books_of_nothing_are_accepted(stranger: Stranger, tmp_path: Path) -> None:
    history = History()
    assert accepted(stranger, "".join(export(stranger, history.accounts, [], Scope())), tmp_path)
    history.household(1, 1, "ann")
    assert accepted(stranger, "".join(export(stranger, history.audited(), [], Scope())), tmp_path)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stored_balance_that_is_a_cent_off_is_found(stranger: Stranger, tmp_path: Path) -> None:
    history, audited = household(), household().audited()
    account = random.Random(1).choice(sorted(audited))
    audited[account] = replace(audited[account], posted=(audited[account].posted or 0) + 1)
    text = "".join(export(stranger, audited, history.chunks(), Scope()))
    assert not accepted(stranger, text, tmp_path)


@dataclass
class Altered:
    """A text being altered: its lines, and where its transactions begin and their postings stand."""

    lines: list[str]

    @property
    def transactions(self) -> list[int]:
        """Index of each transaction's first line."""
        return [at for at, line in enumerate(self.lines) if TRANSACTION.match(line)]

    def postings(self, start: int) -> list[int]:
        """Index of each posting of a transaction."""
        end = self.lines.index("", start)
        return [at for at in range(start, end) if ACCOUNT.match(self.lines[at])]


Mutation = Callable[[Altered, random.Random], None]


def flip_a_cent(text: Altered, source: random.Random) -> None:
    at = source.choice(text.postings(source.choice(text.transactions)))
    match = ACCOUNT.match(text.lines[at])
    assert match
    cents = int(match[5] + match[6]) + source.choice((-1, 1))
    amount = f"{match[4] if cents else ''}{cents // 100}.{cents % 100:02d}"
    text.lines[at] = f"{match[1]}{match[2]}{match[3]}{amount}{text.lines[at][match.end() :]}"


def drop_a_transaction(text: Altered, source: random.Random) -> None:
    start = source.choice(text.transactions)
    del text.lines[start : text.lines.index("", start)]


def swap_the_accounts(text: Altered, source: random.Random) -> None:
    first, second = text.postings(source.choice(text.transactions))[:2]
    names = [text.lines[at].split()[0] for at in (first, second)]
    text.lines[first] = text.lines[first].replace(names[0], names[1])
    text.lines[second] = text.lines[second].replace(names[1], names[0])


def use_another_account(text: Altered, source: random.Random) -> None:
    start = source.choice(text.transactions)
    at = source.choice(text.postings(start))
    before = {text.lines[other].split()[0] for first in text.transactions for other in text.postings(first)}
    name = text.lines[at].split()[0]
    text.lines[at] = text.lines[at].replace(name, source.choice(sorted(before - {name})))


def move_a_date_across_an_assertion(text: Altered, source: random.Random) -> None:
    """A month back or forth: beyond the asserted end of a month, and beyond the days beside it."""
    start = source.choice(text.transactions)
    day = parse_day(text.lines[start][:10]) + source.choice((-31, 31))
    text.lines[start] = format_day(day) + text.lines[start][10:]


def repeat_a_transaction(text: Altered, source: random.Random) -> None:
    start = source.choice(text.transactions)
    end = text.lines.index("", start) + 1
    text.lines[end:end] = text.lines[start:end]


MUTATIONS: Final[tuple[Mutation, ...]] = (
    *(flip_a_cent, drop_a_transaction, swap_the_accounts),
    *(use_another_account, move_a_date_across_an_assertion, repeat_a_transaction),
)


def refused_by(mutation: Mutation, seed: int, folder: Path) -> set[str]:
    """Who refuses the books with the same alteration made to both texts."""
    refusing: set[str] = set()
    for stranger in STRANGERS:
        text = Altered(book_text(stranger).split("\n"))
        mutation(text, random.Random(seed))
        assert "\n".join(text.lines) != book_text(stranger)
        if not accepted(stranger, "\n".join(text.lines), folder):
            refusing.add(stranger)
    return refusing


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("seed", range(5))
def test_an_altered_export_is_refused(mutation: Mutation, seed: int, tmp_path: Path) -> None:
    refusing = refused_by(mutation, seed, tmp_path)
    assert refusing == set(STRANGERS) if mutation is flip_a_cent else refusing


@pytest.mark.long
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_500_altered_exports_are_refused(mutation: Mutation, tmp_path: Path) -> None:
    for seed in range(100, 184):
        refusing = refused_by(mutation, seed, tmp_path)
        assert refusing == set(STRANGERS) if mutation is flip_a_cent else refusing, seed


@pytest.mark.long
@pytest.mark.parametrize("stranger", STRANGERS)
def test_books_of_100_000_transfers_are_accepted(stranger: Stranger, tmp_path: Path) -> None:
    history = household(100_000)
    assert accepted(stranger, "".join(export(stranger, history.audited(), history.chunks(10_000), Scope())), tmp_path)
