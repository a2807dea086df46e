"""Terms of a pie as a document: what contradicts itself is refused, and what is shown reads the same again."""

from __future__ import annotations

from typing import Any

import pytest

from engine.invest.pies.terms import BandTerms, PieTerms, load_terms, shown, terms_of
from engine.invest.records import NO_BAND_BP, Dividends
from ledger.faults import Problem
from rules.decode import Decoded

FULL = PieTerms(
    auto_invest=False,
    minimum_cash=5_00,
    threshold=1_00,
    mode="level_by_level",
    small_orders="leave_cash",
    bands=BandTerms(absolute=500, relative=2_500),
    rebalance_on="bands",
    every="quarter",
    cooldown_days=30,
    lots="least_tax",
    windows=("afternoon",),
    dividends="sweep",
    symbols={"VTI": "cash"},
    short_rate=3_500,
    long_rate=1_500,
    broker="alpaca",
)


@pytest.mark.parametrize("terms", [PieTerms(), FULL, PieTerms(bands=BandTerms(relative=100))])
def test_terms_that_are_shown_or_stored_read_the_same(terms: PieTerms) -> None:
    assert load_terms(Decoded(dict(shown(terms)))).document == terms
    assert terms_of(terms.model_dump_json()) == terms


@pytest.mark.parametrize(
    "value, expected",
    [
        ({"bands": {}}, ("terms.bands", "band")),
        ({"bands": {"absolute": None}}, ("terms.bands", "band")),
        ({"rebalance_on": "bands"}, ("terms.bands", "band")),
        ({"windows": ["morning", "morning"]}, ("terms.windows", "choice")),
        ({"cooldown_days": 367}, ("terms.cooldown_days", "whole_number")),
    ],
    ids=str,
)
def test_terms_that_contradict_themselves_are_refused_at_their_field(
    value: dict[str, Any], expected: tuple[str, str]
) -> None:
    read = load_terms(Decoded(value), "terms")
    assert read.document is None
    assert [(one.path, one.code) for one in read.problems] == [expected]


def test_terms_that_could_not_be_decoded_keep_their_problem() -> None:
    wrong = (Problem("", "yaml_syntax", "This is not YAML."),)
    assert load_terms(Decoded(None, wrong)).problems == wrong


def test_a_band_that_is_not_given_never_binds() -> None:
    assert PieTerms().columns()["absolute_bp"] == PieTerms().columns()["relative_bp"] == NO_BAND_BP
    assert (FULL.columns()["absolute_bp"], FULL.columns()["relative_bp"]) == (500, 2_500)
    assert (FULL.columns()["slots"], PieTerms().columns()["slots"]) == (2, 3)


def test_a_security_may_have_dividends_of_its_own() -> None:
    assert (FULL.paid("VTI"), FULL.paid("BND")) == (Dividends.CASH, Dividends.SWEEP)
