"""A household with an invest account and a pie, a market of written prices, a paper broker and a clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from engine.dated.document import DatedRow
from engine.desk import AccountRecord, NewAccount, NewCustomer
from engine.household import account_named, open_balance, post, single
from engine.invest.market import UNIT_SCALE, Broker, CorporateAction, Listing, Window
from engine.invest.orderrecords import Intent, IntentKind, IntentState
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.pie import Pie, load_yaml
from engine.invest.pies.terms import PieTerms
from engine.invest.records import Slices
from engine.invest.windows.brokers import MINUTE, Trading
from engine.window import WindowResult, run_window
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.days import parse_day
from ledger.seal import asset_code, asset_number
from market.bars import Bars, Series
from market.feed import Feed
from market.paper import Behaviour, PaperBroker
from market.windows import window_on
from store.books import Books
from tests.birth import born
from tests.market.exchange import CALENDAR

USD = asset_number("USD")
MONDAY = parse_day("2024-07-08")
FIRST = parse_day("2024-06-03")
LIMIT = 10**15
SHARE = 10**UNIT_SCALE
DOLLAR = 10**6


UNLEVIED = [DatedRow(name, FIRST - 1, value, "a test") for name, value in (("sec_fee", "0%"), ("taf_per_unit", "0"))]
"""Regulators take nothing of sales."""


def prices(**dollars: str | Mapping[int, str]) -> dict[str, dict[int, int]]:
    """Prices in millionths by symbol from a day on: one for all days, or one from each of these days on."""
    found: dict[str, dict[int, int]] = {}
    for symbol, given in dollars.items():
        steps = {FIRST: given} if isinstance(given, str) else dict(given)
        found[symbol] = {day: round(float(price) * DOLLAR) for day, price in steps.items()}
    return found


def feed(steps: Mapping[str, Mapping[int, int]], actions: Sequence[CorporateAction] = ()) -> Feed:
    """A feed in which every price of a session is the same."""
    days = CALENDAR.days(FIRST, MONDAY + 60)
    made = []
    for symbol, own in steps.items():
        starts = np.array(sorted(own), np.int64)
        level = np.array([own[day] for day in starts.tolist()], np.int64)
        price = level[np.searchsorted(starts, days, side="right") - 1]
        listing = Listing(symbol, symbol, "etf", UNIT_SCALE, active=True, synthetic=False)
        made.append(Series(listing, Bars(days, price, price, price, price)))
    return Feed("a few prices", CALENDAR, made, actions)


@dataclass
class World:
    """Everything of a test; `now` is the clock, which `pause` turns by a minute."""

    url: str
    books: Books
    customer: int
    market: Feed
    broker: Broker
    paper: PaperBroker
    now: int = 0
    today: int = MONDAY
    terms: PieTerms = field(default_factory=PieTerms)

    def trading(self) -> Trading:
        """What windows work with."""
        return Trading(self.market, {"paper": self.broker}, lambda: self.now, self.pause)

    def pause(self) -> None:
        """A minute goes by."""
        self.now += MINUTE

    def account(self, handle: str = "invest.growth") -> AccountRecord:
        """An account of the household as it is now."""
        with self.books.read(0) as work:
            records = work.accounts_of(np.array([self.customer], np.int64), inner=True)
        return next(one for one in records if one.handle == handle)

    def balance(self, handle: str = "invest.growth") -> int:
        """Its posted balance; 0 where it was not opened."""
        with self.books.read(0) as work:
            records = work.accounts_of(np.array([self.customer], np.int64), inner=True)
        return next((one.posted for one in records if one.handle == handle), 0)

    def pay_in(self, cents: int, key: str = "opening", handle: str = "invest.growth") -> None:
        """Cash arrives from nowhere."""
        with self.books.lock(0) as work:
            account = account_named(work, self.customer, handle)
            equity = int(work.system_accounts(USD, ["equity:opening"])[0])
            batch = single(0, account, (account.account, equity, cents), Code.OPENING, (key, self.today))
            post(work, batch, (self.today, "request", self.now))

    def pay_out(self, cents: int) -> None:
        """Cash leaves the account for nowhere."""
        with self.books.lock(0) as work:
            account = account_named(work, self.customer, "invest.growth")
            equity = int(work.system_accounts(USD, ["equity:opening"])[0])
            batch = single(0, account, (equity, account.account, cents), Code.OPENING, ("out", self.today))
            post(work, batch, (self.today, "request", self.now))

    def save(self, pie: Pie, terms: PieTerms | None = None, **changes: object) -> None:
        """Save the account's pie."""
        account = self.account()
        self.terms = terms or self.terms
        with self.books.lock(0) as work:
            listed = self.market.listings(self.market.symbols)
            draft = Draft(pie, self.terms, **changes)  # type: ignore[arg-type]  # a test's own words
            assert save_pie(work, account, draft, listed, (MONDAY, self.now)) == ()

    def order(self, kind: IntentKind, path: str = "", amount: int = 0, **more: object) -> int:
        """Store an intent as it is, made a second before the clock."""
        with self.books.lock(0) as work:
            account = self.account().account
            key = f"{kind.name}:{path}:{amount}:{self.now}:{len(work.intents(None))}"
            made = Intent(0, self.customer, account, kind, path, amount, self.now - 1_000_000, key)
            return work.keep_intent(replace(made, **more))  # type: ignore[arg-type]  # the same

    def intent(self, number: int) -> Intent:
        """An intent as it is now."""
        with self.books.read(0) as work:
            return next(one for one in work.intents(None) if one.intent == number)

    def window(self, day: int = MONDAY, slot: int = 1) -> Window:
        """A window of the calendar."""
        return window_on(CALENDAR, day, slot)

    def run(self, day: int = MONDAY, slot: int = 1) -> WindowResult:
        """Run a window at its start."""
        window = self.window(day, slot)
        self.now = max(self.now, window.opens)
        return run_window(self.books, 0, window, self.trading())

    def slices(self, handle: str = "invest.growth") -> Slices:
        """The slices of an account."""
        with self.books.read(0) as work:
            return work.slices(np.array([self.account(handle).account], np.int64))

    def units(self) -> dict[str, int]:
        """Units by path of every slice that holds some."""
        slices = self.slices()
        return {path: units for path, units in zip(slices.path, slices.units.tolist(), strict=True) if units}

    def values(self, day: int = MONDAY) -> dict[str, int]:
        """Cents by path at the close of a day, rounded down."""
        slices = self.slices()
        symbols = [asset_code(asset) for asset in slices.asset.tolist()]
        last = {symbol: self.market.closes(symbol, day - 9, day)[-1][1] for symbol in symbols}
        return {
            path: units * last[symbol] // 10**13
            for path, units, symbol in zip(slices.path, slices.units.tolist(), symbols, strict=True)
            if units
        }

    def waiting(self) -> list[Intent]:
        """Intents that the next window takes."""
        with self.books.read(0) as work:
            return work.intents([IntentState.WAITING])


@contextmanager
def world(
    url: str, market: Feed, cash: int = 0, behaviour: Behaviour | None = None, path: Path | str = ":memory:"
) -> Iterator[World]:
    """A new world on a database, without levies; the clock stands at Monday eight in the morning, New York."""
    born(url, 1, 1)
    books = Books(url)
    books.add_dated(UNLEVIED, 1)
    paper = PaperBroker(1, market.price, path, behaviour)
    with books.lock(0) as work:
        customer = int(work.open_customers([NewCustomer("smith", "Smith")], MONDAY - 7, 1)[0])
        new = [
            NewAccount(customer, handle, handle, kind, USD, 0, LIMIT, 0)
            for handle, kind in (
                ("checking", Kind.CHECKING),
                ("cash", Kind.CASH),
                ("invest.growth", Kind.INVEST),
                ("invest.income", Kind.INVEST),
                ("bank", Kind.BANK),
            )
        ]
        work.open_accounts(new, MONDAY - 7, 1)
        if cash:
            open_balance(work, customer, "invest.growth", cash, (MONDAY - 7, 1))
    made = World(url, books, customer, market, paper, paper)
    made.now = made.window().opens - 90 * MINUTE
    try:
        yield made
    finally:
        paper.close()
        books.close()


def pie(text: str) -> Pie:
    """A pie from YAML."""
    read = load_yaml(text)
    assert read.document is not None, read.problems
    return read.document


HALVES = pie('{name: halves, slices: [{symbol: VTI, weight: "50%"}, {symbol: BND, weight: "50%"}]}')
NESTED = pie(
    '{name: all, slices: [{symbol: BND, weight: "40%"}, {weight: "60%", pie: {name: core, slices: '
    '[{symbol: VTI, weight: "50%"}, {symbol: VXUS, weight: "50%"}]}}]}'
)
