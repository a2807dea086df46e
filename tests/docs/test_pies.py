"""`docs/pies.md`: its pie reads, its figures are those of the core, its lot orders are all there are."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import get_args

import numpy as np

from engine.invest.core.columns import Pies
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import deposit, withdraw
from engine.invest.pies.draftfile import load_draft
from engine.invest.pies.paths import leaves
from engine.invest.pies.terms import THRESHOLD, Lots
from ledger.money import format_money, parse_money
from rules.yamltext import decode_yaml
from tests.docs.pages import blocks, page, tables

PAGE = "pies.md"
FIVE = (2_500_00, 2_300_00, 2_000_00, 1_700_00, 1_500_00)


def column(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, np.int64)


def five() -> Pies:
    """The five slices of the page."""
    return Pies(column([0, 5]), column([2_000] * 5), column(FIVE), np.zeros(5, np.bool_))


def test_the_pie_reads_and_has_the_target_that_is_told() -> None:
    (block,) = blocks(PAGE, "yaml")
    read = load_draft(decode_yaml(block.text.encode()), {})
    assert read.document is not None, read.problems
    targets = {path: weight for path, _, weight in leaves(read.document.pie)}
    assert list(targets) == ["BND", "core/VTI", "core/VXUS"]
    assert Fraction(targets["core/VTI"], sum(targets.values())) == Fraction(45, 100)
    assert f"`threshold` ({format_money(THRESHOLD)})" in page(PAGE)


def test_the_figures_are_those_of_the_core() -> None:
    terms = Terms.alike(1, 1_00)
    rows = [row for row in tables(PAGE) if re.fullmatch(r"[\d,.]+", row[0])]
    assert len(rows) == 2
    for row in rows:
        told = [parse_money(cell.replace(",", "")) for cell in row[:6]]
        assert deposit(five(), column(told[:1]), terms).trade.tolist() == told[1:]
    sold = withdraw(five(), column([500_00]), column([0]), terms).trade.tolist()
    assert sold == [-350_00, -150_00, 0, 0, 0]
    assert "takes 350.00 from the first and 150.00 from the second" in page(PAGE).replace("\n", " ")


def test_every_order_of_lots_is_told() -> None:
    assert [row[0].strip("`") for row in tables(PAGE) if row[0].strip("`") in get_args(Lots)] == list(get_args(Lots))
