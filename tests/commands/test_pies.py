"""pie, order, holdings, window and market as a person uses them: a pie is saved, cash becomes holdings, orders wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import time_machine

from commands.markets import Exchange, MarketSettings, made_up, paper_file
from engine.invest.pies.models import ModelPie
from engine.invest.pies.pie import Pie, Slice
from ledger.faults import SluiceError
from market.gallery import gallery
from tests.commands.shell import CLEAN, Shell

FRIDAY = "2026-11-20 14:31:00+00:00"
"""A minute after the morning window opened in New York."""

LATER = "2026-11-20 17:00:00+00:00"
AFTERNOON = "2026-11-20 20:00:30+00:00"

LOST = Pie(name="lost", slices=(Slice.model_construct(symbol="LOST", pie=None, weight=10_000),))

PIE = """
pie:
  name: mine
  slices:
    - {model: classic_three_fund, weight: "50%"}
    - {symbol: GLD, weight: "50%"}
terms: {minimum_cash: "100.00"}
"""


@pytest.fixture
def invested(home: Shell) -> Shell:
    """Ann with 1,100.00 in an invest account with a pie of a model and gold."""
    home.ok("account", "add", "ann", "invest.growth", "--kind", "invest", "--opening", "1100.00")
    home.ok("person", "add", "ann", "--name", "Ann")
    home.ok("account", "add", "ann", "roth", "--kind", "ira", "--ownership", "roth", "--owner", 1)
    with time_machine.travel("2026-11-19 12:00:00+00:00"):
        said = home.ok("pie", "set", "ann", "invest.growth", home.file("pie.yaml", PIE))
    assert "Version 1" in said.out
    return home


def morning(shell: Shell) -> None:
    """Run the morning window of Friday."""
    with time_machine.travel(FRIDAY):
        (told,) = shell.ok("window", "--json").json_lines
    assert (told["on"], told["slot"], told["status"], told["orders"], told["open"]) == (
        "2026-11-20",
        "morning",
        "done",
        4,
        0,
    )


def test_cash_becomes_holdings_in_the_window(invested: Shell) -> None:
    with time_machine.travel("2026-11-20 12:00:00+00:00"):
        told = invested.ok("pie", "preview", "ann", "--json").json
        assert "Nothing" not in invested.ok("pie", "preview", "ann", "invest.growth").out
    assert told["window"] == {"day": "2026-11-20", "slot": "morning"}
    assert {row["slice"]: row["amount"] for row in told["buys"]} == {
        "classic_three_fund/VTI": "320.00",
        "classic_three_fund/VXUS": "80.00",
        "classic_three_fund/BND": "100.00",
        "GLD": "500.00",
    }
    assert told["prices"]["source"].startswith("synthetic")
    morning(invested)
    rows = invested.ok("holdings", "ann", "--json").json
    assert [row["slice"] for row in rows] == [row["slice"] for row in told["slices"]]
    assert all(row["lots"] == 1 for row in rows)
    assert sum(float(row["cost"]) for row in rows) == pytest.approx(1000, abs=0.04)
    assert "invest.growth" in invested.ok("holdings", "ann").out
    with time_machine.travel(FRIDAY):
        assert "already done" in invested.ok("window").out
    assert invested.ok("verify").out == CLEAN
    with time_machine.travel("2026-11-20 15:00:00+00:00"):
        assert "Nothing would be traded" in invested.ok("pie", "preview", "ann").out


def test_a_pie_is_shown_with_its_terms(invested: Shell) -> None:
    told = invested.ok("pie", "show", "ann", "invest.growth", "--json").json
    assert (told["version"], told["terms"]["minimum_cash"], told["terms"]["auto_invest"]) == (1, "100.00", True)
    assert told["pie"]["slices"][0]["pie"]["model"] == {"name": "classic_three_fund", "version": 1}
    said = invested.ok("pie", "show", "ann", "invest.growth").out
    assert "50% classic_three_fund (model, version 1)" in said
    assert "no_pie" in invested.refused("pie", "show", "ann", "roth")


@pytest.mark.parametrize(
    "text, said",
    [
        ("pie: {name: a, slices: [{symbol: VTI, weight: 90%}]}", "pie.slices"),
        ("pie: {name: a, slices: [{symbol: NONE, weight: 100%}]}", "pie.slices.0.symbol"),
        ("pie: {name: a, slices: [{symbol: VTI, weight: 100%}, {symbol: BND, weight: 0%}]}", "zero_weight"),
        ("pie: {name: a, slices: [{symbol: VTI, weight: 50%}, {symbol: VTI, weight: 50%}]}", "duplicate_slice"),
        ("pie: {name: a, slices: [{weight: 100%, pie: {name: a, slices: [{symbol: VTI, weight: 100%}]}}]}", "inside_"),
        ("{pie: {model: classic_three_fund}, terms: {broker: nobody}}", "broker_unknown"),
        ("{pie: {model: three}}", "model_unknown"),
    ],
)
def test_a_pie_that_is_wrong_is_refused_with_its_path(invested: Shell, text: str, said: str) -> None:
    assert said in invested.refused("pie", "set", "ann", "invest.growth", invested.file("wrong.yaml", text))
    assert invested.ok("pie", "show", "ann", "invest.growth", "--json").json["version"] == 1


def test_a_pie_is_for_invest_accounts(invested: Shell) -> None:
    said = invested.refused("pie", "set", "ann", "cash", invested.file("pie.yaml", PIE))
    assert "no_pie_account" in said


def test_models_are_listed_and_told(home: Shell) -> None:
    assert len(home.ok("pie", "models", "--json").json_lines) >= 80
    assert "classic_three_fund" in home.ok("pie", "models").out
    assert "Larimore" in home.ok("pie", "models", "classic_three_fund").out
    assert "model_unknown" in home.refused("pie", "models", "nothing")


def test_pies_follow_their_models(invested: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "0 pie(s) would change" in invested.ok("pie", "follow", "--preview").out
    two = gallery()["classic_two_fund"]
    newer = {"classic_three_fund": ModelPie("classic_three_fund", 9, two.pie)}
    monkeypatch.setattr(Exchange, "models", lambda _: newer)
    said = invested.ok("pie", "follow", "--preview", "--customer", "ann").out
    assert "classic_three_fund 1 to 9" in said
    assert "1 pie(s) would change" in said
    told = invested.run("pie", "follow", "--as", 1)
    assert (told.code, "--as needs --customer: each household counts its own persons." in told.err) == (2, True)
    invested.ok("person", "add", "ann", "--name", "Cleo", "--role", "sharer")
    said = invested.refused("pie", "follow", "--customer", "ann", "--as", 2)
    assert said == "Cleo may not trade in invest.growth; Ann may. [not_allowed]\n"
    assert "1 pie(s) would change" in invested.ok("pie", "follow", "--customer", "ann", "--preview", "--as", 2).out
    assert "1 pie(s) changed" in invested.ok("pie", "follow", "--customer", "ann", "--as", 1).out
    assert invested.ok("pie", "show", "ann", "invest.growth", "--json").json["version"] == 2
    monkeypatch.setattr(Exchange, "models", lambda _: {"classic_three_fund": ModelPie("classic_three_fund", 10, LOST)})
    said = invested.ok("pie", "follow").err
    assert "symbol_unknown" in said


def test_orders_wait_are_listed_and_taken_back(invested: Shell) -> None:
    morning(invested)
    with time_machine.travel(LATER):
        assert "none yet" in invested.ok("order", "list", "ann").out
        for words in (
            ("buy", "ann", "invest.growth", "50.00", "--slice", "GLD", "--key", "b"),
            ("sell", "ann", "invest.growth", "all", "--slice", "classic_three_fund", "--slot", "afternoon"),
            ("rebalance", "ann", "invest.growth"),
            ("raise", "ann", "invest.growth", "20.00", "--to", "cash"),
            ("remove", "ann", "invest.growth", "--slice", "GLD"),
        ):
            assert "2026-11-20" in invested.ok("order", *words).out
        invested.ok("order", "buy", "ann", "invest.growth", "50.00", "--slice", "GLD", "--key", "b")
        rows = invested.ok("order", "list", "ann", "--json").json
        assert [(row["kind"], row["amount"], row["state"]) for row in rows] == [
            ("buy", "50.00", "waiting"),
            ("sell", "all", "waiting"),
            ("rebalance", "all", "waiting"),
            ("raise", "20.00", "waiting"),
            ("remove", "all", "waiting"),
        ]
        invested.ok("order", "cancel", "ann", rows[2]["order"])
        assert "order_taken" in invested.refused("order", "cancel", "ann", rows[2]["order"])
        assert "raise" in invested.ok("order", "list", "ann").out
    with time_machine.travel(AFTERNOON):
        assert "order_window" in invested.refused("order", "cancel", "ann", rows[0]["order"])
        assert "order(s)" in invested.ok("window").out
    assert invested.ok("verify").out == CLEAN


def test_an_order_that_is_wrong_is_refused_and_nothing_is_ordered(invested: Shell) -> None:
    for words, code in (
        (("buy", "ann", "invest.growth", "5000.00"), "exceeds_cash"),
        (("buy", "ann", "invest.growth", "nan"), "money"),
        (("buy", "ann", "invest.growth", "0.00"), "order_amount"),
        (("buy", "ann", "invest.growth", "all"), "below_minimum"),
        (("sell", "ann", "invest.growth", "5.00", "--slice", "GLD"), "nothing_held"),
        (("buy", "ann", "roth", "5.00"), "no_pie"),
        (("buy", "bob", "invest.growth", "5.00"), "customer_unknown"),
        (("sell", "ann", "invest.growth", "all", "--slice", "GLD", "--lot", "7:1"), "nothing_held"),
    ):
        assert code in invested.refused("order", *words)
    said = invested.run("order", "sell", "ann", "invest.growth", "all", "--lot", "7")
    assert (said.code, "LOT:UNITS" in said.err) == (2, True)
    assert invested.ok("order", "list", "ann", "--json").json == []


def test_a_window_on_a_holiday_ahead_of_time_or_on_a_half_day_is_refused(invested: Shell) -> None:
    assert "window_holiday" in invested.refused("window", "--on", "2026-11-21")
    assert "2026-11-23" in invested.refused("window", "--on", "2026-11-22")
    assert "window_ahead" in invested.refused("window", "--on", "2026-11-23")
    with time_machine.travel("2026-11-27 19:00:00+00:00"):
        assert "window_half_day" in invested.refused("window", "--slot", "afternoon")
        assert "window_half_day" in invested.refused("window", "--on", "2026-11-27", "--slot", "afternoon")
    with time_machine.travel("2018-01-01 12:00:00+00:00"):
        assert "calendar_range" in invested.refused("window")
    with time_machine.travel("2018-01-02 12:00:00+00:00"):
        assert "window_ahead" in invested.refused("window")
        assert "window_ahead" in invested.refused("window", "--slot", "morning")


def test_the_scheduler_runs_the_window_that_opened(invested: Shell) -> None:
    with time_machine.travel(FRIDAY):
        night, window = invested.ok("scheduler", "--once").json_lines
        assert (night["on"], window["on"], window["orders"]) == ("2026-11-19", "2026-11-20", 4)
        assert invested.ok("scheduler", "--once").out == ""
    with time_machine.travel("2026-11-20 22:00:00+00:00"):
        assert invested.ok("scheduler", "--once").out == ""


def test_the_feed_is_checked(home: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    told = home.ok("market", "check", "--json").json
    assert (told["first"], told["missing"], int(told["symbols"])) == ("2018-01-02", {}, len(made_up()))
    assert "synthetic" in home.ok("market", "check").out
    feed = home.file("prices.csv", "symbol,day,close\nVTI,2026-11-20,100.00\nBND,2026-11-02,50.00\n")
    monkeypatch.setenv("SLUICE_FEED", str(feed))
    said = home.run("market", "check")
    assert (said.code, "too old" in said.out) == (2, True)
    monkeypatch.setenv("SLUICE_FEED", str(home.folder / "none.csv"))
    assert "feed_file" in home.refused("market", "check")


def test_the_papers_of_a_database_lie_beside_it(tmp_path: Path) -> None:
    assert paper_file("sqlite:////a/b/sluice.db", tmp_path) == Path("/a/b/sluice-paper.db")
    one = paper_file("postgresql://me:secret@host/one", tmp_path)
    assert one.parent == tmp_path
    assert one == paper_file("postgresql://me:other@host/one", tmp_path)
    assert one != paper_file("postgresql://me@host/two", tmp_path)


def test_alpaca_needs_all_of_its_settings_and_real_prices(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="go together"):
        MarketSettings(_env_file=None, alpaca_url="https://paper.example")
    three: dict[str, Any] = {"alpaca_key": "key", "alpaca_secret": "hidden", "alpaca_url": "https://paper.example"}
    made_up_prices = MarketSettings(_env_file=None, **three)
    assert "hidden" not in repr(made_up_prices)
    exchange = made_up_prices.exchange("sqlite:///x.db", tmp_path, lambda: 0)
    assert set(exchange.trading().brokers) == {"paper", "alpaca"}
    with pytest.raises(SluiceError) as raised:
        exchange.trading().brokers["alpaca"].status("x", 0)
    assert (raised.value.code, raised.value.field) == ("feed_made_up", "SLUICE_FEED")
    real = MarketSettings(_env_file=None, feed="prices.csv", **three).exchange("sqlite:///x.db", tmp_path, lambda: 0)
    assert repr(real.alpaca) == "AlpacaBroker(https://paper.example)"
