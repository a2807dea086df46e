"""Trades as strangers see them: both exports and the one with lots are accepted, and bite when a unit is flipped."""

from __future__ import annotations

import csv
import random
import re
import shutil
import subprocess
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from ledger.export import Scope, export
from ledger.export_lots import LOTS_FORMAT, export_lots
from ledger.money import format_money
from tests.journeys.test_strangers import PROGRAMS, STRANGERS, Stranger, accepted
from tests.ledger.traded import lived, small
from tests.ledger.trading import Trader

ALL: Final = Scope()
FILES: Final[tuple[tuple[Stranger, str], ...]] = (*((one, one) for one in STRANGERS), ("beancount", LOTS_FORMAT))
AMOUNT: Final = re.compile(r"^ +[A-Z]\S*  -?([0-9]+\.?[0-9]*) |\{\{([0-9.]+) ")


@pytest.fixture(autouse=True)
def _programs() -> None:
    for program in PROGRAMS.values():
        if shutil.which(program[0]) is None:
            pytest.skip(f"{program[0]} is not on this machine: install it with `make test-deps`")


def text_of(trader: Trader, stranger: Stranger, form: str) -> str:
    history = trader.history
    if form == LOTS_FORMAT:
        return "".join(export_lots(history.audited(), history.chunks(9), trader.changes, ALL))
    return "".join(export(stranger, history.audited(), history.chunks(9), ALL))


@cache
def household(seed: int) -> Trader:
    return lived(seed, 60)


@pytest.mark.parametrize("stranger,form", FILES)
@pytest.mark.parametrize("seed", range(4))
def test_random_trades_are_accepted(stranger: Stranger, form: str, seed: int, tmp_path: Path) -> None:
    assert accepted(stranger, text_of(household(seed), stranger, form), tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
def test_many_random_trades_are_accepted(seed: int, tmp_path: Path) -> None:
    for stranger, form in FILES:
        assert accepted(stranger, text_of(lived(seed, 200), stranger, form), tmp_path)


def flipped(text: str, source: random.Random) -> str:
    """The text with one smallest unit more or less in one amount of one posting, or in the cost of one lot."""
    lines = text.split("\n")
    start = 0
    spots: list[tuple[int, tuple[int, int]]] = []
    for at, line in enumerate(lines):
        start = at if re.match("[0-9]{4}-", line) else start
        match = AMOUNT.search(line)
        if match and " * " in lines[start] and "the balances" not in lines[start]:
            spots.extend((at, match.span(group)) for group in (1, 2) if match[group])
    at, (first, last) = source.choice(spots)
    number = lines[at][first:last]
    units = int(number.replace(".", "")) + source.choice((-1, 1))
    decimals = len(number.partition(".")[2])
    words = str(abs(units)).rjust(decimals + 1, "0")
    lines[at] = f"{lines[at][:first]}{words[:-decimals]}.{words[-decimals:]}{lines[at][last:]}"
    if units < 0:  # of a zero
        lines[at] = lines[at].replace(f" {words[:-decimals]}.", f" -{words[:-decimals]}.", 1)
    return "\n".join(lines)


@pytest.mark.parametrize("stranger,form", FILES)
@pytest.mark.parametrize("seed", range(6))
def test_one_flipped_cent_or_unit_is_refused(stranger: Stranger, form: str, seed: int, tmp_path: Path) -> None:
    text = text_of(household(seed % 2), stranger, form)
    wrong = flipped(text, random.Random(seed))
    assert wrong != text
    assert not accepted(stranger, wrong, tmp_path)


def basis(text: str, folder: Path) -> dict[str, str]:
    """What beancount holds as the cost of each account's open lots, rounded from its 28 digits; none is left out."""
    file = folder / "lots.beancount"
    file.write_text(text, encoding="utf-8")
    wanted = "account ~ '----' and currency != 'USD'"
    query = f"select account, sum(number * cost_number) as basis where {wanted} group by account"
    answer = subprocess.run(
        ["bean-query", "-f", "csv", "--no-errors", str(file), query],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    rows = csv.DictReader(answer.stdout.splitlines())
    found = {row["account"].strip(): f"{Decimal(row['basis'].strip()):.2f}" for row in rows}
    return {account: cost for account, cost in found.items() if cost != "0.00"}


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_the_cost_basis_that_beancount_keeps_is_ours_to_the_cent(seed: int | None, tmp_path: Path) -> None:
    if shutil.which("bean-query") is None:
        pytest.skip("bean-query is not on this machine: install beancount 2, or beanquery beside version 3")
    trader = small() if seed is None else household(seed)
    ours: dict[str, int] = {}
    for lot in trader.lots.values():
        handle = f"{trader.history.accounts[lot.account].handle}:{trader.symbol(lot)}"
        if lot.units:
            ours[handle] = ours.get(handle, 0) + lot.cost
    text = text_of(trader, "beancount", LOTS_FORMAT)
    named = dict(re.findall(r'open (\S+) \S+\n  customer: "ann"\n  handle: "([^"]+)"', text))
    theirs = {named[account]: cost for account, cost in basis(text, tmp_path).items()}
    assert theirs == {handle: format_money(cost) for handle, cost in ours.items() if cost}
