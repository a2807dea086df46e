"""A household of four persons with every kind of account, in a real database, for tests of rights and contributions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np

from engine.contributions.access import HouseRights, rights_of
from engine.contributions.work import PersonRecord
from engine.contributions.years import Choice
from engine.desk import NewAccount, NewCustomer
from engine.household import furnish, read_setup
from engine.ports import BookWork
from engine.request import TransferRequest, transfer
from ledger.accounts import Kind
from ledger.days import parse_day
from ledger.money import MAX_AMOUNT
from ledger.seal import asset_number
from rules.yamltext import decode_yaml
from store.books import Books
from tests.birth import born

DAY = parse_day("2026-03-02")
NOW = 1_772_000_000_000_000

SETUP = """
persons:
  - {name: Ann, birth_year: 1970, role: owner}
  - {name: Ben, birth_year: 1990, role: joint}
  - {name: Cleo, role: sharer}
  - {name: Dan, birth_year: 1980, role: stranger}
accounts:
  - {handle: checking, kind: checking, opening: "900000.00"}
  - {handle: line, kind: borrow, limit: "1000.00"}
  - {handle: taxable, kind: invest, opening: "200.00", ownership: individual}
  - {handle: spare, kind: invest}
  - {handle: together, kind: invest, ownership: joint, owners: [2, 1]}
  - {handle: child, kind: invest, opening: "100.00", ownership: custodial, owners: [2]}
  - {handle: trust, kind: invest, ownership: trust, agreed: true}
  - {handle: pair, kind: cash, ownership: joint, owners: [1, 2]}
  - {handle: traditional, kind: ira, opening: "500.00", ownership: traditional, owners: [1]}
  - {handle: roth, kind: ira, ownership: roth, owners: [1]}
  - {handle: sep, kind: ira, ownership: sep, owners: [1]}
  - {handle: bens, kind: ira, ownership: roth, owners: [2]}
  - {handle: bank, kind: bank, opening: "9000.00"}
"""
"""The family has one account more, `old`, an IRA of before persons that names nobody: documents open none."""
ACCOUNTS = (
    *("checking", "line", "taxable", "spare", "together", "child", "trust", "pair"),
    *("traditional", "roth", "sep", "bens", "old", "bank"),
)


@dataclass
class Family:
    """Households in one book; the first is `ann`. `keys` numbers requests."""

    books: Books
    url: str
    customer: int
    keys: Iterator[int]

    @contextmanager
    def work(self) -> Iterator[BookWork]:
        """The book, locked; all is written when the block ends."""
        with self.books.lock(0) as work:
            yield work

    @property
    def column(self) -> Any:
        """The household as a column of one."""
        return np.array([self.customer], np.int64)

    def open(self, reference: str, setup: str = SETUP) -> int:
        """Open a household; the customer."""
        read = read_setup(decode_yaml(setup))
        assert read.problems == ()
        with self.work() as work:
            (customer,) = work.open_customers([NewCustomer(reference, reference)], DAY, NOW).tolist()
            furnish(work, [customer], read, "USD", (DAY, NOW))
            if setup == SETUP:
                unnamed(work, customer, "old")
        return int(customer)

    def rights(self) -> HouseRights:
        """The household's rights as they are stored."""
        with self.books.read(0) as work:
            return rights_of(work, self.customer)

    def person(self, number: int) -> PersonRecord:
        """A person by number."""
        return self.rights().persons[number]

    def account(self, handle: str) -> int:
        """The id of an account."""
        with self.books.read(0) as work:
            return next(one.account for one in work.accounts_of(self.column) if one.handle == handle)

    def ask(self, cents: int, sides: str, day: int = DAY, choice: Choice | None = None) -> tuple[int, dict[str, Any]]:
        """A one-off transfer of the household, `sides` such as checking>roth: (HTTP status, body)."""
        source, to = sides.split(">")
        key = str(next(self.keys))
        with self.work() as work:
            request = TransferRequest(self.customer, source, to, cents, key, day, choice)
            answered = transfer(work, request, NOW)
        body: dict[str, Any] = json.loads(answered.body)
        return answered.status, body


def unnamed(work: BookWork, customer: int, handle: str) -> None:
    """Open an IRA that names nobody."""
    new = NewAccount(customer, handle, handle, Kind.IRA, asset_number("USD"), 0, MAX_AMOUNT, 0)
    work.open_accounts([new], DAY, NOW)


@contextmanager
def family(url: str) -> Iterator[Family]:
    """The household `ann` in a new database."""
    born(url, 1, NOW)
    books = Books(url)
    made = Family(books, url, 0, count(1))
    made.customer = made.open("ann")
    yield made
    books.close()
