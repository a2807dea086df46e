"""Households that live for years in real books and in plain Python at once: cash, borrow lines, rates that change."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

import numpy as np

from engine.dated.document import DatedRow
from engine.desk import AccountRecord, NewAccount, NewCustomer
from engine.household import post, single
from engine.night import Means, run_night
from engine.request import TransferRequest, transfer
from ledger.accounts import Kind
from ledger.batch import Code, Transfers, join
from ledger.days import date_of, day_number
from ledger.seal import asset_number
from ledger.statuses import Status
from market.feed import Feed
from store.books import Books, Work
from tests.birth import born
from tests.market.exchange import CALENDAR
from tests.money.lender import House, Line, Open
from tests.money.plain import Account, Rates
from tests.naive.holidays import is_business_day

USD = asset_number("USD")
MOST = 10**15
FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)

SEEDED = {
    "cash_apy": {
        date(1900, 1, 1): "0.00%",
        date(2024, 1, 1): "5.00%",
        date(2024, 10, 1): "4.50%",
        date(2025, 1, 1): "4.00%",
        date(2026, 1, 1): "3.10%",
    },
    "borrow_apr": {
        date(1900, 1, 1): "8.75%",
        date(2024, 6, 1): "7.25%",
        date(2025, 1, 1): "6.25%",
        date(2026, 2, 1): "5.65%",
    },
}
"""The rates with which a database begins."""

TIMELINE: Sequence[tuple[date, str, date, str]] = (
    (date(2024, 2, 20), "cash_apy", date(2024, 2, 29), "4.60%"),
    (date(2024, 3, 31), "cash_apy", date(2024, 4, 1), "0.00: 4.00%, 10000.00: 4.75%, 25000.01: 1.00%"),
    (date(2024, 6, 10), "cash_apy_promotion", date(2024, 6, 17), "0.00: 6.125%, 2000.00: 4.00%"),
    (date(2024, 7, 10), "borrow_apr", date(2024, 7, 15), "7.4375%"),
    (date(2024, 8, 1), "cash_apy_promotion", date(2024, 8, 3), "none"),
    (date(2025, 2, 1), "cash_apy", date(2025, 2, 15), "0.00: 0.00%, 5000.00: 3.10%"),
    (date(2025, 6, 30), "borrow_apr", date(2025, 7, 31), "5.65%"),
    (date(2026, 1, 2), "cash_apy_promotion", date(2026, 1, 15), "3.50%"),
    (date(2026, 1, 2), "cash_apy_promotion", date(2026, 3, 31), "none"),
)
"""(recorded on, name, from, value)."""


def rates() -> Rates:
    """The seeded rates in plain Python."""
    return Rates(dict(SEEDED["cash_apy"]), {}, dict(SEEDED["borrow_apr"]))


def sessions(day: date) -> bool:
    """Whether the exchange is open."""
    return CALENDAR.on(day_number(day)) is not None


def folder() -> tempfile.TemporaryDirectory[str]:
    """A folder in memory where the system has files there."""
    memory = Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)


@dataclass
class Pair:
    """One household twice: in the books by handle, and in plain Python."""

    customer: int
    accounts: dict[str, AccountRecord]
    plain: House
    born: dict[str, date]


class Life:
    """Books of one household or several under way; `today` is the business date of what is recorded now."""

    def __init__(self, url: str, market: Feed | None = None) -> None:
        """Begin with no household and no fee."""
        born(url, 1, 1)
        self.url, self.books, self.market, self.today, self.ticks = url, Books(url), market, FIRST, 1
        self.rates = rates()
        self.pairs: list[Pair] = []
        self.open: Open = sessions if market else is_business_day
        self.waiting: list[Transfers] = []
        self.rate("platform_fee", date(2024, 5, 15), "0.00")

    def rate(self, name: str, first: date, value: str) -> None:
        """Add a row of the configuration."""
        self.books.add_dated([DatedRow(name, day_number(first), value, "a test")], self.tick())
        self.rates.add(name, first, value)

    def tick(self) -> int:
        """A new instant."""
        self.ticks += 1
        return self.ticks

    @contextmanager
    def work(self) -> Iterator[Work]:
        """The book, locked."""
        with self.books.lock(0) as work:
            yield work

    def household(self) -> Pair:
        """Open a household with money enough in checking, and an account for invest cash."""
        with self.work() as work:
            name = f"home-{len(self.pairs)}"
            new = [NewCustomer(name, name)]
            customer = int(work.open_customers(new, day_number(self.today), self.tick())[0])
        pair = Pair(customer, {}, House(first=FIRST), {})
        self.pairs.append(pair)
        for handle, kind in (("checking", Kind.CHECKING), ("invest.growth", Kind.INVEST)):
            self.account(pair, handle, kind, -MOST if kind == Kind.CHECKING else 0)
        return pair

    def account(self, pair: Pair, handle: str, kind: Kind, floor: int = 0, *, cash_pays: bool = False) -> None:
        """Open an account today; a borrow line's floor is its limit, below zero."""
        ceiling = 0 if kind == Kind.BORROW else MOST
        new = NewAccount(pair.customer, handle, handle, kind, USD, floor, ceiling, floor, cash_pays=cash_pays)
        with self.work() as work:
            work.open_accounts([new], day_number(self.today), self.tick())
            records = work.accounts_of(np.array([pair.customer], np.int64))
        pair.accounts = {one.handle: one for one in records}
        pair.born[handle] = self.today
        if kind == Kind.CASH:
            pair.plain.cash[handle] = Account(line=False)
        elif kind == Kind.BORROW:
            pair.plain.lines[handle] = Line(-floor, cash_pays)

    def move(self, pair: Pair, sides: tuple[str, str], cents: int, effective: date) -> None:
        """Move money from one account to another, as of a date; into a line it pays principal alone.

        It is booked with the others of the day by `book`.
        """
        giver, taker = (pair.accounts[handle] for handle in sides)
        key = (f"move {self.tick()}", day_number(effective))
        made = single(0, giver, (taker.account, giver.account, cents), Code.ONE_OFF, key)
        self.waiting.append(replace(made, journal=np.array([len(self.waiting)], np.int64)))
        for handle, signed in zip(sides, (-cents, cents), strict=True):
            self.follow(pair, handle, effective, signed)

    def book(self, work: Work) -> None:
        """Book what was moved, in its order, as one block."""
        if self.waiting:
            batch = join(self.waiting)
            first = work.row.next_seq
            assert post(work, batch, (day_number(self.today), "request", self.tick())) == Status.CREATED
            assert work.row.next_seq == first + len(batch), "the books refused a move"
            self.waiting = []

    def follow(self, pair: Pair, handle: str, effective: date, signed: int) -> None:
        """Let plain Python follow."""
        if handle in pair.plain.cash:
            pair.plain.cash[handle].lines.append((effective, signed))
        elif handle in pair.plain.lines:
            pair.plain.lines[handle].principal.lines.append((effective, signed))
        elif handle == "invest.growth":
            pair.plain.invest += signed

    def pay(self, work: Work, pair: Pair, handle: str, cents: int) -> None:
        """Ask for a payment into a line, which covers interest due first."""
        request = TransferRequest(
            pair.customer, "checking", handle, cents, f"pay {self.tick()}", day_number(self.today)
        )
        self.book(work)
        answer = transfer(work, request, self.ticks)
        assert answer.status == 201, answer.body
        pair.plain.lines[handle].pay(self.today, cents)

    def night(self) -> None:
        """Run the night of today in the books and in plain Python."""
        result = run_night(self.books, 0, day_number(self.today), self.tick, Means(self.market))
        assert (result.status, result.quarantined) == ("done", {})
        for pair in self.pairs:
            pair.plain.night(self.today, self.rates, self.open)

    def close(self) -> None:
        """Give back the connections."""
        self.books.close()


class Drawn:
    """A life drawn from a seed: what people do on each day; `often` is the share of dates that have a night."""

    def __init__(self, life: Life, seed: int, often: float, households: int) -> None:
        """Households whose accounts are opened one after the other, in the middle of a month as it comes."""
        self.life, self.random, self.often, self.households = life, Random(seed), often, households

    def go(self, last: date = LAST) -> None:
        """Live until the first nights of the month after the last day."""
        life, day = self.life, day_number(FIRST)
        pending = list(TIMELINE)
        while day <= day_number(last) + 8:
            life.today = date_of(day)
            for row in [row for row in pending if row[0] == life.today]:
                life.rate(*row[1:])
            if len(life.pairs) < self.households and (day == day_number(FIRST) or self.random.random() < 0.05):
                self._arrive()
            if life.today <= last:
                self._live()
            if day > day_number(last) or self.random.random() < self.often:
                life.night()
            day += 1

    def _arrive(self) -> None:
        pair, random = self.life.household(), self.random
        self.life.account(pair, "cash", Kind.CASH)
        self.life.account(pair, "pot", Kind.CASH, -MOST)
        for number in range(random.choice((1, 1, 2))):
            limit = random.randrange(5_000_00, 40_000_00)
            self.life.account(pair, f"borrow{number}", Kind.BORROW, -limit, cash_pays=random.random() < 0.5)

    def _live(self) -> None:
        """What is recorded today, in one go."""
        chosen = [pair for pair in self.life.pairs if self.random.random() < 0.09]
        if not chosen:
            return
        with self.life.work() as work:
            for pair in chosen:
                for _ in range(self.random.choice((1, 1, 2, 4))):
                    self._do(work, pair)
            self.life.book(work)

    def _do(self, work: Work, pair: Pair) -> None:
        """A deposit, a withdrawal, a draw, a repayment, a payment or cash to invest; late ones among them."""
        random, life = self.random, self.life
        handle = random.choice(["cash", "cash", "pot", "invest.growth", *pair.plain.lines, *pair.plain.lines])
        effective = self._dated(pair, handle)
        amount = random.choice((random.randrange(1, 50_00), random.randrange(1, 9_000_00)))
        if handle == "invest.growth":
            life.move(pair, ("checking", handle), min(amount, 60_00), effective)
        elif handle in pair.plain.lines:
            self._borrow(work, pair, handle, amount, effective)
        else:
            most = pair.plain.cash[handle].balance if handle == "cash" else amount
            if random.random() < 0.55 or most <= 0:
                life.move(pair, ("checking", handle), amount, effective)
            else:
                life.move(pair, (handle, "checking"), min(amount, most), effective)

    def _borrow(self, work: Work, pair: Pair, handle: str, amount: int, effective: date) -> None:
        line = pair.plain.lines[handle]
        if self.random.random() < 0.5:
            amount = min(amount, line.limit + line.principal.balance)
            if amount > 0:
                self.life.move(pair, (handle, "checking"), amount, effective)
        elif self.random.random() < 0.5:
            if (amount := min(amount, line.owed)) > 0:
                self.life.pay(work, pair, handle, amount)
        elif (amount := min(amount, -line.principal.balance)) > 0:
            self.life.move(pair, ("checking", handle), amount, effective)

    def _dated(self, pair: Pair, handle: str) -> date:
        """Today, or some days ago, in this month or another."""
        back = self.random.choice((0, 0, 0, 0, 0, 0, 0, 0, self.random.randrange(11), self.random.randrange(90)))
        return max(date_of(day_number(self.life.today) - back), pair.born[handle])
