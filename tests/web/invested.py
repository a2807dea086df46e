"""A household that invests: a year of deposits and windows in a nested pie, a stale security, orders of every state."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.desk import AccountRecord
from engine.household import account_named, post, single
from engine.invest.orderrecords import IntentKind
from engine.invest.orders.orderdesk import Wanted
from engine.invest.orders.ordering import place
from engine.invest.pies.editing import Draft
from engine.invest.pies.models import with_models
from engine.invest.pies.pie import Pie, load_decoded
from engine.invest.pies.removing import save
from engine.invest.pies.terms import BandTerms, PieTerms
from engine.window import run_window
from ledger.batch import Code
from ledger.days import parse_day
from ledger.seal import asset_number
from rules.yamltext import decode_yaml
from store.books import Books
from tests.birth import born
from tests.web.exchange import Exchange, exchange, feed, models
from tests.web.site import DATABASE, NOW, Site, make_app, open_household_on

OPENED = parse_day("2025-11-03")
TODAY = parse_day("2026-11-20")
USD = asset_number("USD")

SETUP = """
persons:
  - {name: Ann, birth_year: 1980}
accounts:
  - {handle: checking, kind: checking, name: Checking, opening: "24000.00"}
  - {handle: cash, kind: cash, name: High-yield cash, opening: "8000.00"}
  - {handle: invest.growth, kind: invest, name: Growth, opening: "12000.00"}
  - {handle: invest.old, kind: invest, name: Old ideas, opening: "1000.00"}
  - {handle: invest.spare, kind: invest, name: Spare, opening: "250.00"}
  - {handle: roth, kind: ira, name: Roth IRA, ownership: roth, owners: [1]}
rules:
  - {id: keep, mode: watch, amount: {kind: fixed, amount: "100.00"}, from: [{account: checking}], to: [{account: invest.growth}]}
"""  # noqa: E501  a rule a line reads best

GROWTH = """
name: growth
title: Growth
slices:
  - {symbol: VTI, weight: "40%"}
  - weight: "30%"
    pie: {name: abroad, title: Abroad, slices: [{symbol: VXUS, weight: "60%"}, {symbol: VWO, weight: "40%"}]}
  - {model: classic_three_fund, weight: "20%"}
  - {symbol: BND, weight: "10%"}
"""
OLD = """
name: old
title: Old ideas
slices: [{symbol: REAL, weight: "60%"}, {symbol: GONE, weight: "40%"}]
"""


def pie(text: str) -> Pie:
    """A pie from YAML, models by name."""
    read = load_decoded(with_models(decode_yaml(text), models()))
    assert read.document is not None, read.problems
    return read.document


class Household:
    """The household `home` of a new database while its history is written."""

    def __init__(self, books: Books, trade: Exchange) -> None:
        """Open it."""
        self.books, self.trade = books, trade
        self.customer = open_household_on(books, ("home", "Rivers"), SETUP, OPENED)

    def account(self, handle: str) -> AccountRecord:
        """One of its accounts."""
        with self.books.read(0) as work:
            return account_named(work, self.customer, handle)

    def save(self, handle: str, document: Pie, terms: PieTerms, when: int) -> None:
        """Save a pie."""
        with self.books.lock(0) as work:
            account = account_named(work, self.customer, handle)
            problems = save(work, account, Draft(document, terms), feed().listings(feed().symbols), (when, NOW))
            assert problems == ()

    def pay(self, cents: int, day: int) -> None:
        """Pay into the growth account from checking."""
        with self.books.lock(0) as work:
            source, target = (account_named(work, self.customer, name) for name in ("checking", "invest.growth"))
            batch = single(0, source, (target.account, source.account, cents), Code.ONE_OFF, (f"pay:{day}", day))
            post(work, batch, (day, "request", NOW))

    def run(self, day: int, slot: int = 1) -> None:
        """Run a window."""
        window = self.trade.window(day, slot)
        self.trade = replace(self.trade, now=max(window.opens, self.trade.now))
        result = run_window(self.books, 0, window, self.trade.trading())
        assert result.status == "done"

    def order(self, kind: IntentKind, path: str, amount: int, destination: str = "") -> int:
        """Place an order as the clock of the exchange stands."""
        with self.books.lock(0) as work:
            key = f"{kind}:{path}:{amount}"
            wanted = Wanted(self.customer, "invest.growth", kind, key, path, amount, destination=destination)
            day = self.trade.now // 86_400_000_000
            return place(work, feed(), wanted, (day, self.trade.now)).intent


def make_invested(folder: Path) -> Site:
    """Write the history into a new file of the folder."""
    url = f"sqlite:///{folder / DATABASE}"
    born(url, 1, NOW)
    books = Books(url)
    house = Household(books, exchange(folder, 0))
    bands = PieTerms(bands=BandTerms(absolute=300, relative=2500), short_rate=2400, long_rate=1500, minimum_cash=50_00)
    house.save("invest.growth", pie(GROWTH), bands, OPENED)
    house.save("invest.old", pie(OLD), PieTerms(auto_invest=False), OPENED)
    house.run(OPENED)
    with books.lock(0) as work:
        wanted = Wanted(house.customer, "invest.old", IntentKind.BUY, "old", "", 900_00)
        place(work, feed(), wanted, (OPENED, house.trade.now))
    days = [day for day in range(OPENED + 1, TODAY) if feed().sessions(day, day)]
    for step, day in enumerate(days[20::21]):
        if step != 3:
            house.pay(600_00, day)
        house.run(day)
        if step == 5:
            house.order(IntentKind.SELL, "VTI", 700_00)
    house.order(IntentKind.SELL, "abroad", 400_00)
    house.order(IntentKind.RAISE, "", 500_00, "checking")
    house.run(days[-1])
    house.pay(321_50, TODAY)
    with books.lock(0) as work:
        known = work.intents(None, house.customer)
        assert {one.state.name for one in known} >= {"DONE", "SETTLING"}
    return Site(make_app(books, TODAY + 1), books, TODAY + 1)
