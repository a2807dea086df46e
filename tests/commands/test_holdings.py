"""Holdings listed and moved to another account; rules that want the cash that auto-invest takes are warned of."""

from __future__ import annotations

import pytest
import time_machine

from app import create_app
from tests.commands.shell import CLEAN, Shell

PIE = "{pie: {name: mine, slices: [{symbol: VTI, weight: 60%}, {symbol: GLD, weight: 40%}]}}"
NESTED = (
    "{pie: {name: other, slices: [{symbol: BND, weight: 50%}, "
    "{weight: 50%, pie: {name: core, slices: [{symbol: VTI, weight: 50%}, {symbol: GLD, weight: 50%}]}}]}}"
)
SWEEP = """
- {id: sweep, mode: %s, amount: {kind: excess, account: invest.growth, above: "500.00"}, from: [{account: invest.growth}], to: [{account: cash}]}
"""  # noqa: E501  a rule a line reads best


@pytest.fixture
def invested(home: Shell) -> Shell:
    """Ann holds VTI and GLD in invest.growth, and has another account with a nested pie, without cash."""
    home.ok("account", "add", "ann", "invest.growth", "--kind", "invest", "--opening", "1000.00")
    home.ok("account", "add", "ann", "invest.other", "--kind", "invest")
    with time_machine.travel("2026-11-19 12:00:00+00:00"):
        home.ok("pie", "set", "ann", "invest.growth", home.file("pie.yaml", PIE))
        home.ok("pie", "set", "ann", "invest.other", home.file("nested.yaml", NESTED))
    with time_machine.travel("2026-11-20 14:31:00+00:00"):
        home.ok("window")
    return home


def units(shell: Shell) -> dict[str, str]:
    rows = shell.ok("holdings", "list", "ann", "--json").json
    return {f"{row['account']} {row['slice']}": row["units"] for row in rows}


def test_holdings_are_listed_with_and_without_the_word(invested: Shell) -> None:
    assert invested.ok("holdings", "ann", "--json").out == invested.ok("holdings", "list", "ann", "--json").out
    assert invested.ok("holdings", "--json", "ann").out == invested.ok("holdings", "ann", "--json").out
    assert "move" in invested.ok("holdings", "--help").out
    assert "There is no household bob" in invested.refused("holdings", "bob")


def test_a_part_and_the_rest_move_with_their_cost(invested: Shell) -> None:
    before = units(invested)["invest.growth VTI"]
    words = ("holdings", "move", "ann", "invest.growth", "invest.other", "VTI")
    part = (*words, "0.5", "--to-slice", "core/VTI", "--key", "one")
    told = invested.ok(*part, "--json").json
    assert (told["symbol"], told["units"], told["lots"]) == ("VTI", "0.500000000", 1)
    assert invested.ok(*part, "--json").json == told
    assert units(invested)["invest.other core/VTI"] == "0.500000000"
    said = invested.ok(*words, "--to-slice", "core/VTI").out
    assert "moved from invest.growth to invest.other; nothing is sold" in " ".join(said.split())
    assert units(invested)["invest.other core/VTI"] == before
    assert invested.ok("verify").out == CLEAN


@pytest.mark.parametrize(
    "words, said",
    [
        (("invest.growth", "invest.other", "VTI"), 'target: There is no slice "VTI" in invest.other'),
        (("invest.growth", "invest.other", "VTI", "1", "--to-slice", "BND"), "[other_security]"),
        (("invest.growth", "invest.other", "NONE", "1.5"), "path: There is no slice"),
        (("invest.growth", "invest.growth", "VTI"), "[same_account]"),
        (("invest.growth", "invest.other", "VTI", "9999", "--to-slice", "core/VTI"), "[above_holding]"),
        (("invest.growth", "invest.other", "VTI", "0"), "units: A move of nothing is none"),
        (("invest.growth", "invest.other", "VTI", "1e3"), "units: "),
        (("nowhere", "invest.other", "VTI", "1"), "[account_unknown]"),
        (("invest.growth", "cash", "VTI"), "[no_pie_account]"),
    ],
)
def test_a_move_that_is_wrong_changes_nothing(invested: Shell, words: tuple[str, ...], said: str) -> None:
    before = units(invested)
    assert said in invested.refused("holdings", "move", "ann", *words)
    assert units(invested) == before


def test_a_rule_against_auto_invest_is_warned_of_and_saved(invested: Shell) -> None:
    said = invested.ok("rules", "apply", invested.file("rules.yaml", SWEEP % "auto"), "--customer", "ann")
    assert said.out.startswith("1. (auto)")
    assert said.err.startswith("rules.0.amount: sweep and auto-invest of invest.growth want the same cash")
    assert "[auto_invest_competes]" in said.err
    assert "[auto_invest_competes]" in invested.ok("rules", "list", "ann").err
    said = invested.ok("rules", "apply", invested.file("rules.yaml", SWEEP % "watch"), "--customer", "ann")
    assert (said.err, invested.ok("rules", "list", "ann").err) == ("", "")


def test_without_auto_invest_there_is_no_warning(invested: Shell) -> None:
    patient = PIE[:-1] + ", terms: {auto_invest: false}}"
    invested.ok("pie", "set", "ann", "invest.growth", invested.file("pie.yaml", patient))
    said = invested.ok("rules", "apply", invested.file("rules.yaml", SWEEP % "auto"), "--customer", "ann")
    assert said.err == ""


def test_settings_that_are_wrong_are_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value, said in (
        ("SLUICE_ALPACA_KEY", "hidden", "Value error, SLUICE_ALPACA_KEY, _SECRET and _URL go together"),
        ("SLUICE_CONTINUOUS", "59", "SLUICE_CONTINUOUS: Value error, The quiet time of continuous mode is 60 seconds"),
    ):
        monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as left:
            create_app()
        told = capsys.readouterr().err
        assert (left.value.code, told.startswith(said), "hidden" in told) == (4, True, False)
        monkeypatch.delenv(name)
