"""A household that borrows: a secured line, cash that earned, fees, money on its way and a returned deposit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.dated.document import DatedRow
from engine.holds.returning import TakenBack, take_back
from engine.household import account_named
from engine.invest.pies.editing import Draft
from engine.invest.pies.removing import save
from engine.invest.pies.terms import PieTerms
from engine.night import Means, run_night
from engine.request import TransferRequest, transfer
from engine.window import run_window
from ledger.days import parse_day
from store.books import Books
from tests.birth import born
from tests.web.exchange import Exchange, exchange, feed
from tests.web.invested import pie
from tests.web.site import DATABASE, NOW, Site, make_app, open_household_on

OPENED = parse_day("2026-06-15")
TODAY = parse_day("2026-11-20")

SETUP = """
accounts:
  - {handle: checking, kind: checking, name: Checking, opening: "2400.00"}
  - {handle: cash, kind: cash, name: High-yield cash, opening: "1500.00"}
  - {handle: pot, kind: cash, name: Holiday pot}
  - {handle: invest.growth, kind: invest, name: Growth, opening: "12000.00"}
  - {handle: borrow, kind: borrow, name: Borrow line}
  - {handle: bank, kind: bank, name: Outside bank, opening: "9000.00"}
rules:
  - {id: pay, mode: auto, schedule: {month_days: [5]}, amount: {kind: fixed, amount: "400.00"}, from: [{account: checking}], to: [{account: borrow}]}
  - {id: sweep, mode: watch, amount: {kind: excess, account: checking, above: "1000.00"}, from: [{account: checking}], to: [{account: borrow}]}
"""  # noqa: E501  a rule a line reads best

HALVES = """
name: halves
title: Halves
slices: [{symbol: REAL, weight: "50%"}, {symbol: BND, weight: "50%"}]
"""
PROMOTED = [
    DatedRow("cash_apy_promotion", parse_day("2026-09-10"), "0.00: 4.00%, 1000.00: 4.50%", "autumn offer"),
    DatedRow("cash_apy_promotion", parse_day("2026-10-20"), "none", "autumn offer"),
    DatedRow("cash_apy", parse_day("2026-12-01"), "0.00: 3.10%, 5000.00: 3.35%", "a letter"),
    DatedRow("maintenance_requirement(BND)", parse_day("2026-07-01"), "40%", "a letter"),
]


class Lender:
    """The household `home` of a new database while its history is written."""

    def __init__(self, books: Books, trade: Exchange) -> None:
        """Open it."""
        self.books, self.trade = books, trade
        self.customer = open_household_on(books, ("home", "Rivers"), SETUP, OPENED)

    def invest(self) -> None:
        """Save the pie and let the window of the opening day buy it."""
        with self.books.lock(0) as work:
            account = account_named(work, self.customer, "invest.growth")
            draft = Draft(pie(HALVES), PieTerms())
            assert save(work, account, draft, feed().listings(feed().symbols), (OPENED, NOW)) == ()
        window = self.trade.window(OPENED, 1)
        self.trade = replace(self.trade, now=max(window.opens, self.trade.now))
        assert run_window(self.books, 0, window, self.trade.trading()).status == "done"

    def night(self, day: int) -> None:
        """Run a night with the market."""
        result = run_night(self.books, 0, day, lambda: NOW, Means(feed()))
        assert (result.status, result.quarantined) == ("done", {})

    def move(self, source: str, destination: str, cents: int, day: int) -> str:
        """Ask for a transfer; its id."""
        with self.books.lock(0) as work:
            key = f"{source}:{destination}:{day}"
            answered = transfer(work, TransferRequest(self.customer, source, destination, cents, key, day), NOW)
        assert answered.status == 201, answered.body
        return answered.body.partition('"id": "')[2].partition('"')[0]


def make_lending(folder: Path) -> Site:
    """Write the history into a new file of the folder."""
    url = f"sqlite:///{folder / DATABASE}"
    born(url, 1, NOW)
    books = Books(url)
    books.add_dated(PROMOTED, NOW)
    home = Lender(books, exchange(folder, 0))
    home.invest()
    home.night(OPENED)
    home.move("borrow", "checking", 3_000_00, OPENED + 1)
    for day in range(OPENED + 2, TODAY - 7, 7):
        home.night(day)
    early = home.move("bank", "cash", 250_00, TODAY - 6)
    for day in range(TODAY - 6, TODAY - 1):
        home.night(day)
    home.move("bank", "cash", 500_00, TODAY - 1)
    with books.lock(0) as work:
        take_back(work, TakenBack(home.customer, early, "R01"), (TODAY - 1, NOW))
    home.night(TODAY - 1)
    with books.read(0) as work:
        assert len(work.returns_of(home.customer)) == 1
        assert work.customers(np.array([home.customer], np.int64))[0].paused
    return Site(make_app(books, TODAY), books, TODAY)
