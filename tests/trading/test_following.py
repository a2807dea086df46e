"""A new version of a model reaches the pies that follow it, shown first, and trades nothing."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.invest.pies.draftfile import load_draft
from engine.invest.pies.editing import Draft
from engine.invest.pies.following import Target, followers, propagate
from engine.invest.pies.models import ModelPie
from engine.invest.pies.pie import stored_pie
from engine.invest.pies.removing import save
from engine.invest.pies.terms import PieTerms
from engine.invest.records import SliceState
from ledger.faults import SluiceError
from rules.decode import Decoded
from rules.yamltext import decode_yaml
from tests.trading.world import HALVES, MONDAY, World, feed, pie, prices, world

OLD = ModelPie("two", 1, pie('{name: two, slices: [{symbol: VTI, weight: "50%"}, {symbol: BND, weight: "50%"}]}'))
NEW = ModelPie("two", 2, pie('{name: two, slices: [{symbol: VTI, weight: "80%"}, {symbol: VXUS, weight: "20%"}]}'))
GONE = ModelPie("gone", 7, pie('{name: gone, slices: [{symbol: BND, weight: "100%"}]}'))
TEXT = """
pie: {name: mine, slices: [{model: two, weight: "50%"}, {model: gone, weight: "25%"}, {symbol: VXUS, weight: "25%"}]}
terms: {minimum_cash: "5.00"}
"""


def draft(text: str = TEXT) -> Draft:
    read = load_draft(decode_yaml(text), {"two": OLD, "gone": GONE})
    assert read.document is not None, read.problems
    return read.document


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[World]:
    market = feed(prices(VTI="100", BND="50", VXUS="60"))
    with world(f"sqlite:///{tmp_path}/books.db", market, 1_000_00) as made:
        with made.books.lock(0) as work:
            listed = market.listings(market.symbols)
            assert save(work, made.account(), draft(), listed, (MONDAY, made.now)) == ()
        made.run()
        yield made


def test_followers_are_shown_with_targets_before_and_after(desk: World) -> None:
    with desk.books.read(0) as work:
        assert followers(work, {"two": OLD, "gone": GONE}) == []
        (one,) = followers(work, {"two": NEW}, np.array([desk.customer], np.int64))
        assert followers(work, {"two": NEW}, np.array([desk.customer + 1], np.int64)) == []
    assert (one.account, one.models) == (desk.account().account, (("two", 1, 2),))
    assert one.targets == (
        Target("two/VTI", "VTI", Fraction(1, 4), Fraction(2, 5)),
        Target("two/VXUS", "VXUS", Fraction(0), Fraction(1, 10)),
        Target("gone/BND", "BND", Fraction(1, 4), Fraction(1, 4)),
        Target("VXUS", "VXUS", Fraction(1, 4), Fraction(1, 4)),
        Target("two/BND", "BND", Fraction(1, 4), Fraction(0)),
    )


def test_propagation_makes_a_new_version_and_no_trade(desk: World) -> None:
    before = desk.units()
    with desk.books.lock(0) as work:
        found = followers(work, {"two": NEW})
        assert propagate(work, desk.market, found, (MONDAY, desk.now)) == {}
        assert propagate(work, desk.market, [], (MONDAY, desk.now)) == {}
        assert followers(work, {"two": NEW}) == []
        versions = work.pie_versions(desk.account().account)
    assert (len(versions), stored_pie(versions[-1].document)) == (2, found[0].pie)
    assert versions[-1].terms == versions[0].terms
    assert desk.units() == before
    slices = desk.slices()
    states = dict(zip(slices.path, slices.state.tolist(), strict=True))
    assert (states["two/BND"], states["two/VXUS"]) == (SliceState.LEFT, SliceState.HELD)
    assert desk.run(slot=2).orders == 0


def test_a_model_whose_security_the_market_does_not_know_changes_nothing(desk: World) -> None:
    strange = ModelPie("two", 3, pie('{name: two, slices: [{symbol: NONE, weight: "100%"}]}'))
    with desk.books.lock(0) as work:
        refused = propagate(work, desk.market, followers(work, {"two": strange}), (MONDAY, desk.now))
        assert [problem.code for problems in refused.values() for problem in problems] == ["symbol_unknown"]
        assert len(work.pie_versions(desk.account().account)) == 1


def test_a_model_that_would_make_the_pie_wrong_is_refused(desk: World) -> None:
    inner = '{name: mine, slices: [{symbol: VTI, weight: "100%"}]}'
    wrong = ModelPie("two", 3, pie(f'{{name: two, slices: [{{pie: {inner}, weight: "100%"}}]}}'))
    with desk.books.read(0) as work, pytest.raises(SluiceError) as raised:
        followers(work, {"two": wrong})
    assert raised.value.code == "inside_itself"


@pytest.mark.parametrize(
    "text, problem",
    [
        ("[1]", ("", "mapping_expected")),
        ("terms: {}", ("", "mapping_expected")),
        ("a: [", ("", "yaml")),
        ("pie: {model: none}", ("pie.model", "model_unknown")),
        ("pie: {name: a, slices: [{symbol: VTI, weight: 90%}]}", ("pie.slices", "weights_total")),
        ("{pie: {model: two}, terms: {windows: []}}", ("terms.windows", "too_few")),
        ("{pie: {model: two}, more: 1}", ("more", "extra_forbidden")),
        ("{pie: {model: two}, removed: 5}", ("removed", "list_expected")),
    ],
)
def test_a_draft_that_is_wrong_is_told_with_its_path(text: str, problem: tuple[str, str]) -> None:
    read = load_draft(decode_yaml(text), {"two": OLD})
    assert read.document is None
    assert (read.problems[0].path, read.problems[0].code) == problem


def test_a_draft_keeps_the_terms_it_does_not_name() -> None:
    assert draft().terms == PieTerms(minimum_cash=5_00)
    kept = load_draft(Decoded({"pie": {"model": "two"}}), {"two": OLD}, PieTerms(threshold=1_00)).document
    assert kept is not None
    assert (kept.terms.threshold, kept.removed, dict(kept.moved)) == (1_00, (), {})
    usual = load_draft(Decoded({"pie": {"model": "two"}, "moved": {"A": "B"}, "removed": ["C"]}), {"two": OLD}).document
    assert usual is not None
    assert (usual.terms, usual.removed, dict(usual.moved)) == (PieTerms(), ("C",), {"A": "B"})
    assert usual.pie != HALVES
