"""Households with pies and secured lines that live for months or years in real books: every night, weekly windows.

Nothing is decided here: people ask for what was drawn, and a judge looks at the books after every night.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np

from engine.contributions.opening import Owning, keep_owners
from engine.contributions.rights import Ownership, Who
from engine.contributions.work import NewPerson
from engine.dated.document import DatedRow
from engine.desk import AccountRecord, NewAccount, NewCustomer
from engine.holds.returning import TakenBack, take_back
from engine.household import open_balance, post, single
from engine.invest.orderrecords import Intent, IntentKind
from engine.invest.pies.editing import Draft, save_pie
from engine.invest.pies.pie import load_yaml
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.brokers import MINUTE, Trading
from engine.night import Means, run_night
from engine.overnight.margin import margin_of
from engine.request import TransferRequest, transfer
from engine.rulebook import save_rules
from engine.window import run_window
from ledger.accounts import Kind
from ledger.batch import Code, TransferKind, Transfers, join
from ledger.days import MICROSECONDS, date_of
from ledger.ids import to_hex
from ledger.seal import asset_number
from ledger.statuses import Status
from market.feed import Feed
from market.paper import PaperBroker
from market.windows import windows
from rules.load import load_rules
from store.books import Books, Work
from tests.birth import born
from tests.market.exchange import CALENDAR
from tests.money.exchange import REQUIREMENTS, SYMBOLS, Crash, market
from tests.money.houses import BANK, CHECKING, GROWTH, LINE, Event, Home, drawn, events
from tests.money.judge import Judge

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
class Household:
    """A household in the books."""

    home: Home
    book: int
    customer: int
    accounts: dict[str, AccountRecord]
    random: Random
    waits: int = 0
    resumes: int = 0


@dataclass
class Times:
    """Seconds on the clock: nights, windows, and what people ask; how many of each."""

    nights: list[float] = field(default_factory=list)
    windows: list[float] = field(default_factory=list)
    asked: float = 0.0


class Years:
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
        self.books.add_dated(rows, 1)

    def tick(self) -> int:
        """The clock, a microsecond later."""
        self.now += 1
        return self.now

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
        self._people(day)
        self._window(day)
        self.now = max(self.now, (day + 1) * MICROSECONDS + 7 * HOUR)
        for judge in self.judges:
            with self.books.read(judge.book) as work:
                judge.before(work)
        began = time.perf_counter()
        for book in self.books.book_ids():
            result = run_night(self.books, book, day, self.tick, Means(self.market))
            assert (result.status, result.quarantined) == ("done", {}), (date_of(day), result.quarantined)
            self.happened.update({outcome.name: count for outcome, count in result.counts.items()})
        self.times.nights.append(time.perf_counter() - began)
        for judge in self.judges:
            with self.books.read(judge.book) as work:
                judge.after(work, day)

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

    def _people(self, day: int) -> None:
        began = time.perf_counter()
        for book in self.books.book_ids():
            mine = [one for one in self.homes if one.book == book]
            drawn_ = [(one, events(one.home, one.random, date_of(day).day, self.span.busy)) for one in mine]
            with self.books.lock(book) as work:
                self._facts(work, drawn_)
                for one, found in drawn_:
                    self._asked(work, one, found)
                self._answers(work, {one.customer: one for one in mine})
        self.times.asked += time.perf_counter() - began

    def _facts(self, work: Work, drawn_: Sequence[tuple[Household, Sequence[Event]]]) -> None:
        """Pay that came in and cards that were used, as one block."""
        lines: list[Transfers] = []
        salary, food = work.system_accounts(USD, ["income:salary", "expense:food"]).tolist()
        free = {one.account: one.posted for one in work.accounts_of() if one.kind == Kind.CHECKING}
        for one, found in drawn_:
            account = one.accounts[CHECKING]
            for event in found:
                key = (f"{event.word} {self.tick()}", self.today)
                if event.word == "pay":
                    lines.append(single(work.row.book, account, (account.account, salary, event.cents), Code.STATEMENT, key))
                elif event.word == "card" and free[account.account] >= event.cents:
                    free[account.account] -= event.cents
                    lines.append(single(work.row.book, account, (food, account.account, event.cents), Code.CARD, key))
        if lines:
            batch = join([replace(one, journal=np.array([at])) for at, one in enumerate(lines)])
            first = work.row.next_seq
            assert post(work, batch, (self.today, "import", self.now)) == Status.CREATED
            assert work.row.next_seq == first + len(lines)

    def _asked(self, work: Work, one: Household, found: Sequence[Event]) -> None:
        for event in found:
            if event.word == "ask":
                answer = self.ask(work, one, event.sides, event.cents)
                self.happened[f"{event.sides[0]} to {event.sides[1]}: {answer}"] += 1
            elif event.word == "return":
                self._return(work, one)
        if one.resumes == self.today:
            (record,) = work.customers(np.array([one.customer], np.int64))
            work.change_customer(one.customer, paused=False, ira_room=record.ira_room)

    def ask(self, work: Work, one: Household, sides: tuple[str, str], cents: int) -> int:
        """Ask for a transfer; the status of the answer."""
        request = TransferRequest(one.customer, *sides, cents, f"ask {self.tick()}", self.today)
        return transfer(work, request, self.now).status

    def _return(self, work: Work, one: Household) -> None:
        """The bank takes the latest deposit back; a week later the household's rules go on."""
        lines = work.past(one.customer).transfers
        bank = one.accounts[BANK].account
        came = np.flatnonzero((lines.kind == TransferKind.PENDING) & (lines.credit == bank) & (lines.day > self.today - 9))
        came = came[lines.debit[came] != one.accounts[CHECKING].account]
        if len(came):
            at = int(came[-1])
            identity = to_hex(int(lines.id_hi[at]), int(lines.id_lo[at]))
            row = take_back(work, TakenBack(one.customer, identity, "R01"), (self.today, self.tick()))
            self.happened["returned, arrived" if row.posted else "returned, on its way"] += 1
            self.happened["forced"] += row.forced > 0
            one.resumes = self.today + 7

    def _answers(self, work: Work, homes: dict[int, Household]) -> None:
        """What households do about an open call: some pay at once, some wait, some do nothing."""
        lines = work.lines()
        for customer in lines.customer[margin_of(lines).open()].tolist():
            one = homes[customer]
            one.waits += 1
            if one.waits >= one.home.eager:
                one.waits = 0
                self.happened[f"answered: {one.home.answers}"] += 1
                self._answer(work, one)

    def _answer(self, work: Work, one: Household) -> None:
        records = {record.handle: record for record in work.accounts_of(np.array([one.customer], np.int64))}
        free = {handle: max(record.posted - record.pending_out, 0) for handle, record in records.items()}
        if one.home.answers == "pay":
            for source in (CHECKING, "cash"):
                owed = -records[LINE].posted - records[LINE].pending_in
                if cents := min(free[source], owed // 2):
                    self.ask(work, one, (source, LINE), cents)
        elif one.home.answers == "put in":
            for source in (CHECKING, "cash"):
                if free[source]:
                    self.ask(work, one, (source, GROWTH), free[source])
        elif one.home.answers == "sell":
            account = records[GROWTH].account
            paths = [path for path, units in self._held(work, account) if units]
            for path in paths[:1]:
                key = f"answer {self.tick()}"
                work.keep_intent(Intent(0, one.customer, account, IntentKind.SELL, path, 0, self.now, key))

    def _held(self, work: Work, account: int) -> Iterator[tuple[str, int]]:
        slices = work.slices(np.array([account], np.int64))
        return iter(zip(slices.path, slices.units.tolist(), strict=True))

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
