"""Households with pies and secured lines that live for months or years in real books: every night, weekly windows.

Nothing is decided here: people ask for what was drawn, and a judge looks at the books after every night.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

import numpy as np

from engine.contributions.opening import Owning, keep_owners
from engine.contributions.rights import Ownership, Who
from engine.contributions.work import NewPerson
from engine.dated.document import DatedRow
from engine.desk import NewAccount, NewCustomer
from engine.household import open_balance
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.pie import load_yaml
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.brokers import MINUTE, Trading
from engine.night import Means, run_night
from engine.rulebook import save_rules
from engine.window import run_window
from ledger.accounts import Kind
from ledger.days import MICROSECONDS, date_of
from ledger.seal import asset_number
from market.feed import Feed
from market.paper import PaperBroker
from market.windows import windows
from rules.load import load_rules
from store.books import Books, Work
from tests.birth import born
from tests.market.exchange import CALENDAR
from tests.money.exchange import REQUIREMENTS, SYMBOLS, Crash, market
from tests.money.houses import BANK, CHECKING, GROWTH, LINE, Home, drawn
from tests.money.judge import Judge
from tests.money.people import Household, People

USD = asset_number("USD")
MOST = 10**15
HOUR = 3_600_000_000
WEDNESDAY = 2

KINDS = {
    CHECKING: Kind.CHECKING,
    "cash": Kind.CASH,
    LINE: Kind.BORROW,
    GROWTH: Kind.INVEST,
    "invest.income": Kind.INVEST,
    "roth": Kind.IRA,
    BANK: Kind.BANK,
}


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in which crashes; `busy` is the share of days on which people ask for a transfer."""

    first: int
    last: int
    crashes: tuple[Crash, ...]
    busy: float = 0.06
    windows: tuple[int, ...] = (WEDNESDAY,)
    seed: int = 1


@dataclass
class Times:
    """Seconds on the clock of each night and each day of windows."""

    nights: list[float] = field(default_factory=list)
    windows: list[float] = field(default_factory=list)


class Years(People):
    """The books, their market and broker, and the households that live in them."""

    def __init__(self, url: str, span: Span, households: int, count: int = 1, *, judged: bool = True) -> None:
        """Open them all on the first day."""
        born(url, count, 1)
        self.url, self.span, self.books = url, span, Books(url)
        self.market: Feed = market(span.first, span.last, span.crashes)
        self.paper = PaperBroker(1, self.market.price, ":memory:")
        self.times, self.happened = Times(), Counter[str]()
        self.now, self.today = span.first * MICROSECONDS, span.first
        self.homes: list[Household] = []
        self.busy, self.asked = span.busy, 0.0
        self._configure()
        for number in range(households):
            self.homes.append(self._open(drawn(span.seed, number), number % count))
        self.judges = [Judge(self.market, book) for book in range(count if judged else 0)]

    def _configure(self) -> None:
        rows = []
        for symbol, percent in REQUIREMENTS.items():
            if percent != REQUIREMENTS["WIDE"]:
                for name, more in (("maintenance_requirement", 0), ("initial_requirement", 20)):
                    rows.append(DatedRow(f"{name}({symbol})", self.span.first, f"{percent + more}%", "a test"))
        middle = (self.span.first + self.span.last) // 2
        rows.append(DatedRow("liquidation_automatic", middle, "yes", "a test"))
        rows.append(DatedRow("platform_fee", self.span.first, "3.00", "a test"))
        rows.append(DatedRow("platform_fee_first_days", self.span.first, "20", "a test"))
        self.books.add_dated(rows, 1)

    def pause(self) -> None:
        """A minute goes by."""
        self.now += MINUTE

    def trading(self) -> Trading:
        """What windows work with."""
        return Trading(self.market, {"paper": self.paper}, self.tick, self.pause)

    def _open(self, home: Home, book: int) -> Household:
        day = self.span.first
        with self.books.lock(book) as work:
            customer = int(work.open_customers([NewCustomer(home.name, home.name)], day, self.tick())[0])
            work.open_persons([NewPerson(customer, "Ann", home.birth_year, Who.OWNER)])
            new = [self._account(home, customer, handle) for handle in KINDS]
            ids = dict(zip(KINDS, work.open_accounts(new, day, self.now).tolist(), strict=True))
            keep_owners(work, [(ids["roth"], customer, Owning(Ownership.ROTH, (1,), agreed=False))])
            for handle, cents in home.opening.items():
                if cents:
                    open_balance(work, customer, handle, cents, (day, self.now))
            accounts = {one.handle: one for one in work.accounts_of(np.array([customer], np.int64))}
            for handle, text in home.pies.items():
                read = load_yaml(text)
                assert read.document is not None, read.problems
                listed = self.market.listings(tuple(SYMBOLS))
                terms = PieTerms(dividends="reinvest" if home.cash_pays else "cash")
                assert save_pie(work, accounts[handle], Draft(read.document, terms), listed, (day, self.now)) == ()
            loaded = load_rules(home.rules)
            assert not loaded.problems, loaded.problems
            assert save_rules(work, customer, loaded.rules, (day, self.now)) == ()
        return Household(home, book, customer, accounts, Random(f"{self.span.seed}:{home.name}"))

    def _account(self, home: Home, customer: int, handle: str) -> NewAccount:
        kind = KINDS[handle]
        floor, ceiling = (-MOST if kind == Kind.BANK else 0), (0 if kind == Kind.BORROW else MOST)
        terms = (customer, handle, handle, kind, USD, floor, ceiling, 0)
        return NewAccount(*terms, secured=kind == Kind.BORROW, cash_pays=home.cash_pays)

    def live(self) -> None:
        """Every day of the span: what people do, the window of its week, its night, and what the judge says."""
        for day in range(self.span.first, self.span.last + 1):
            self.day(day)

    def day(self, day: int) -> None:
        """One day, its night included."""
        self.today, self.now = day, max(self.now, day * MICROSECONDS + 12 * HOUR)
        self.people(day)
        self._window(day)
        self.now = max(self.now, (day + 1) * MICROSECONDS + 7 * HOUR)
        for judge in self.judges:
            with self.books.read(judge.book) as work:
                judge.before(work)
        began = time.perf_counter()
        self.night(day)
        self.times.nights.append(time.perf_counter() - began)
        for judge in self.judges:
            with self.books.read(judge.book) as work:
                judge.after(work, day)

    def night(self, day: int) -> None:
        """The night of every book."""
        for book in self.books.book_ids():
            result = run_night(self.books, book, day, self.tick, Means(self.market))
            assert (result.status, result.quarantined) == ("done", {}), (date_of(day), result.quarantined)
            self.happened.update({outcome.name: count for outcome, count in result.counts.items()})

    def _window(self, day: int) -> None:
        if date_of(day).weekday() not in self.span.windows:
            return
        began = time.perf_counter()
        for window in windows(CALENDAR, day, (1,)):
            self.now = max(self.now, window.opens)
            for book in self.books.book_ids():
                result = run_window(self.books, book, window, self.trading())
                assert (result.status, result.open) == ("done", 0)
                self.happened["orders"] += result.orders
            for judge in self.judges:
                with self.books.read(judge.book) as work:
                    judge.windowed(work, window.opens)
            self.times.windows.append(time.perf_counter() - began)

    def drawn(self, work: Work, one: Household) -> None:
        """Let the judge look at what was drawn."""
        for judge in self.judges[one.book : one.book + 1]:
            judge.drawn(work, one.customer, self.today)

    def told(self) -> dict[str, dict[str, int]]:
        """Balances by reference and handle, inner accounts too: equal whatever the engine."""
        found: dict[str, dict[str, int]] = {}
        for book in self.books.book_ids():
            with self.books.read(book) as work:
                names = {one.customer: one.reference for one in work.customers()}
                for one in work.accounts_of(inner=True):
                    found.setdefault(names[one.customer], {})[one.handle] = one.posted
        return found

    def heads(self) -> list[bytes]:
        """The seal with which each book ends."""
        return [self._head(book) for book in self.books.book_ids()]

    def _head(self, book: int) -> bytes:
        with self.books.read(book) as work:
            return work.row.head

    def close(self) -> None:
        """Give everything back."""
        self.paper.close()
        self.books.close()


@contextmanager
def lived(url: str, span: Span, households: int, count: int = 1) -> Iterator[Years]:
    """Years that were lived through."""
    made = Years(url, span, households, count)
    try:
        made.live()
        yield made
    finally:
        made.close()
