"""A real SQLite database with one book of households, for tests of the night: opened, paid into, and read back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

from engine.desk import DecisionRecord, NewAccount, NewCustomer
from engine.guards import no_guards
from engine.household import Setup, furnish, post, read_setup, single
from engine.marketfacts import no_market_facts
from engine.night import NightResult, run_night
from engine.ports import BookWork, Population
from engine.quarantine import Basis
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.days import parse_day
from ledger.money import MAX_AMOUNT, parse_money
from ledger.seal import asset_number
from ledger.statuses import Status
from rules.decode import Decoded
from rules.load import load_rules
from store.books import Books
from tests.birth import born

OPENED = parse_day("2026-11-01")
FRIDAY, SATURDAY = "2026-11-20", "2026-11-21"


def held(handle: str, opening: str, kind: str = "cash", **more: object) -> dict[str, Any]:
    """The set-up of an account."""
    return {"handle": handle, "kind": kind, "opening": opening, **more}


def basis(work: BookWork, population: Population) -> Basis:
    """What the night of Friday decides on, without a market."""
    return Basis(work, population, no_guards(), parse_day(FRIDAY), lambda _: no_market_facts(), {})


ROTH = {"ownership": "roth", "owners": [1]}
"""How an IRA says whose it is: the first person's."""

CHECKING, CASH = held("checking", "1000.00", "checking"), held("cash", "0.00")


@dataclass
class Home:
    """One book; households are named by their reference. The clock ticks a microsecond a question."""

    url: str
    ids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Create the database."""
        self.clock = count(1)
        born(self.url, 1, next(self.clock))
        self.books = Books(self.url)

    def now(self) -> int:
        """The next instant."""
        return next(self.clock)

    @contextmanager
    def work(self) -> Iterator[BookWork]:
        """The book, locked; all is written when the block ends."""
        with self.books.lock(0) as work:
            yield work

    def open(self, reference: str, accounts: list[dict[str, Any]], *rules: dict[str, object]) -> int:
        """Open a household with these accounts and rules."""
        setup = read_setup(Decoded({"accounts": accounts, "rules": list(rules)}))
        assert setup.problems == ()
        with self.work() as work:
            (customer,) = work.open_customers([NewCustomer(reference, reference)], OPENED, self.now()).tolist()
            furnish(work, [customer], setup, "USD", (OPENED, self.now()))
        self.ids[reference] = customer
        return int(customer)

    def open_unnamed(self, reference: str, *rules: dict[str, object]) -> int:
        """Open one with checking and `roth`, an IRA of before persons that names nobody: documents open none."""
        customer = self.open(reference, [CHECKING])
        new = NewAccount(customer, "roth", "roth", Kind.IRA, asset_number("USD"), 0, MAX_AMOUNT, 0)
        with self.work() as work:
            work.open_accounts([new], OPENED, self.now())
            furnish(work, [customer], Setup((), load_rules(list(rules)).rules), "USD", (OPENED, self.now()))
        return customer

    def pay(self, reference: str, handle: str, amount: str, day: str, code: Code = Code.STATEMENT) -> None:
        """A line of a statement: money in from a salary, or out (negative) for groceries, effective on a day."""
        cents = parse_money(amount, signed=True)
        with self.work() as work:
            records = work.accounts_of(np.array([self.ids[reference]], np.int64))
            (account,) = [record for record in records if record.handle == handle]
            (other,) = work.system_accounts(account.asset, ["income:salary" if cents > 0 else "expense:groceries"])
            sides = (account.account, int(other)) if cents > 0 else (int(other), account.account)
            batch = single(0, account, (*sides, abs(cents)), code, (f"line {self.now()}", parse_day(day)))
            assert post(work, batch, (parse_day(day), "import", self.now())) == Status.CREATED

    def night(self, day: str) -> NightResult:
        """Run the night of a day."""
        return run_night(self.books, 0, parse_day(day), self.now)

    def balance(self, reference: str, handle: str) -> tuple[int, int, int]:
        """(posted, pending in, pending out) of an account."""
        with self.books.read(0) as work:
            for record in work.accounts_of(np.array([self.ids[reference]], np.int64)):
                if record.handle == handle:
                    return record.posted, record.pending_in, record.pending_out
        raise KeyError(handle)

    def decisions(self, reference: str) -> list[DecisionRecord]:
        """Every stored decision of a household."""
        with self.books.read(0) as work:
            return list(work.past(self.ids[reference]).decisions)
