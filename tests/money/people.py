"""What people do on a day in the books of simulated years: pay and cards, transfers asked for, returns, open calls."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from engine.desk import AccountRecord
from engine.holds.returning import TakenBack, take_back
from engine.household import post, single
from engine.invest.orderrecords import Intent, IntentKind
from engine.overnight.margin import margin_of
from engine.request import TransferRequest, transfer
from ledger.accounts import Kind
from ledger.batch import Code, TransferKind, Transfers, join
from ledger.days import date_of
from ledger.ids import to_hex
from ledger.seal import asset_number
from ledger.statuses import Status
from market.feed import Feed
from store.books import Books, Work
from tests.money.houses import BANK, CHECKING, GROWTH, LINE, Event, Home, events

USD = asset_number("USD")
CREATED = 201
RECENT = 9
"""Days within which a bank takes a deposit back."""


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


class People:
    """Households and what they do; `now` is the clock, `today` the business date."""

    books: Books
    homes: list[Household]
    happened: Counter[str]
    market: Feed
    busy: float
    now: int
    today: int
    asked: float

    def tick(self) -> int:
        """The clock, a microsecond later."""
        self.now += 1
        return self.now

    def people(self, day: int) -> None:
        """All that happens to the households before the window and the night of a day."""
        began = time.perf_counter()
        for book in self.books.book_ids():
            mine = [one for one in self.homes if one.book == book]
            drawn_ = [(one, events(one.home, one.random, date_of(day).day, self.busy)) for one in mine]
            with self.books.lock(book) as work:
                self._facts(work, drawn_)
                for one, found in drawn_:
                    self._asked(work, one, found)
                self._answers(work, {one.customer: one for one in mine})
        self.asked += time.perf_counter() - began

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
                    sides = (account.account, salary, event.cents)
                    lines.append(single(work.row.book, account, sides, Code.STATEMENT, key))
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
        status = transfer(work, request, self.now, self.market).status
        if status == CREATED and sides[0] == LINE:
            self.drawn(work, one)
        return status

    def drawn(self, work: Work, one: Household) -> None:
        """A household has drawn on its line."""

    def _return(self, work: Work, one: Household) -> None:
        """The bank takes the latest deposit back; a week later the household's rules go on."""
        lines = work.past(one.customer).transfers
        bank = one.accounts[BANK].account
        recent = (lines.kind == TransferKind.PENDING) & (lines.credit == bank) & (lines.day > self.today - RECENT)
        came = np.flatnonzero(recent)
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
