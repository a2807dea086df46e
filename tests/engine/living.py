"""A book that lives: households with random rules, income, spending and changes, and a night every day or two."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import engine.night
from engine.desk import AccountEvent, AccountRecord, NewAccount, NewCustomer
from engine.night import run_night
from engine.quarantine import Decided, decide
from engine.rulebook import save_rules
from engine.sealing import sealed_block
from ledger.accounts import Kind, Standing
from ledger.apply import apply
from ledger.batch import BookState, Code, TransferKind, Transfers, nothing_stored
from ledger.days import date_of
from ledger.ids import transfer_ids
from ledger.money import MAX_AMOUNT, parse_money
from ledger.seal import asset_number
from rules.load import load_rules
from store.books import Books, Work
from tests.birth import born
from tests.strategies.cases import random_case
from tests.strategies.drawing import Document
from tests.strategies.rules import Drawn, rule

USD = asset_number("USD")
PATHS = ("income:salary", "expense:food", "equity:opening")
CLOCK: Document = {
    "id": "clock",
    "mode": "auto",
    "amount": {"kind": "fixed", "amount": "0.01"},
    "from": [{"account": "checking"}],
    "to": [{"account": "cash"}],
}
"""A rule that moves a cent every night."""


@dataclass
class Living:
    """One book on SQLite, its own clock, and what every night decided, by day."""

    url: str
    source: Random
    day: int
    decided: dict[int, Decided] = field(default_factory=dict)
    lines: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        born(self.url, 1, 0)
        self.books = Books(self.url)

    def now(self) -> int:
        """The instant."""
        return self.day * 86_400_000_000

    def chance(self, one_in: int) -> bool:
        """True once in so many times."""
        return self.source.randrange(one_in) == 0

    def household(self, rules: Sequence[Document] | None = None) -> int:
        """A new household with the accounts, balances and rules of a random case, or with the given rules."""
        drawn: dict[str, Any] = dict(random_case(self.source))
        if rules is not None:
            drawn["rules"], kinds = rules, ("checking", "cash")
            drawn["accounts"] = {kind: {"kind": kind, "posted": "9000.00"} for kind in kinds}
        with self.books.lock(0) as work:
            new = NewCustomer(f"household {next(self.lines)}", "Some people")
            customer = int(work.open_customers([new], self.day, self.now())[0])
            self.open(work, customer, drawn["accounts"])
            self.save(work, customer, drawn["rules"])
        return customer

    def open(self, work: Work, customer: int, accounts: dict[str, Any]) -> None:
        """Open accounts and post what they begin with."""
        new = [_new_account(customer, handle, account) for handle, account in accounts.items()]
        ids = work.open_accounts(new, self.day, self.now())
        opening = work.system_accounts(USD, PATHS)[2]
        posted = [parse_money(account["posted"], signed=True) for account in accounts.values()]
        lines = [
            (customer, *((one, opening) if cents > 0 else (opening, one)), abs(cents), Code.OPENING, self.day)
            for one, cents in zip(ids.tolist(), posted, strict=True)
            if cents
        ]
        self._post(work, lines)

    def save(self, work: Work, customer: int, documents: Sequence[Document]) -> None:
        """Make the documents the household's rules."""
        loaded = load_rules(list(documents))
        assert loaded.problems == ()
        save_rules(work, customer, loaded.rules, (self.day, self.now()))

    def _post(self, work: Work, lines: Sequence[tuple[int, int, int, int, int, int]]) -> None:
        """Post what the books accept of (customer, debit, credit, amount, code, day)."""
        if not lines:
            return
        customer, debit, credit, amount, code, day = np.array(lines, np.int64).T
        number = np.array([next(self.lines) for _ in lines])
        id_hi, id_lo = transfer_ids(0, day, [number])
        none, no_id = np.zeros(len(lines), np.int64), np.zeros(len(lines), np.uint64)
        kind = none + TransferKind.SINGLE
        sides = {"customer": customer, "debit": debit, "credit": credit, "asset": none + USD, "amount": amount}
        rest = {"journal": number, "code": code, "day": day, "run": none, "rank": none}
        batch = Transfers(id_hi, id_lo, kind, no_id, no_id, **sides, **rest)
        accounts = work.accounts(np.unique([debit, credit]))
        applied = apply(BookState(0, work.row.next_seq, accounts, nothing_stored()), batch)
        if len(applied.created):
            work.write(sealed_block(work.row, accounts, batch, applied, (self.day, "request", self.now())))

    def life(self) -> None:
        """Income and spending, and now and then a change of limits, standing, pause, contribution room or rules."""
        with self.books.lock(0) as work:
            accounts = work.accounts_of()
            self._post(work, [self._line(work, one) for one in accounts if self.chance(2)])
            for one in accounts:
                if self.chance(40):
                    work.change_account(one.account, self._event(one))
            for customer in work.customers():
                if self.chance(10):
                    room = self.source.choice((-1, 0, 10_000, 500_000))
                    work.change_customer(customer.customer, paused=self.chance(4), ira_room=room)
                if self.chance(12):
                    self._revise(work, customer.customer)

    def _line(self, work: Work, one: AccountRecord) -> tuple[int, int, int, int, int, int]:
        salary, food, _ = work.system_accounts(USD, PATHS).tolist()
        amount = self.source.choice((1, 250, 1_999, 10_000, 123_456))
        day = self.day - self.source.choice((0, 0, 1, 3, 40))
        code = self.source.choice((Code.STATEMENT, Code.CARD))
        debit, credit = (one.account, salary) if self.chance(2) else (food, one.account)
        return one.customer, debit, credit, amount, code, day

    def _event(self, one: AccountRecord) -> AccountEvent:
        standing = self.source.choice((Standing.OPEN, Standing.OPEN, Standing.FROZEN, Standing.STALE))
        keeps = max(one.floor, self.source.choice((0, 5_000, one.rule_floor)))
        return AccountEvent(one.account, 0, one.floor, one.ceiling, min(keeps, one.ceiling), standing)

    def _revise(self, work: Work, customer: int) -> None:
        """New rules over the accounts there are, after opening one more now and then."""
        accounts = work.accounts_of(np.array([customer]))
        if self.chance(2):
            self.open(work, customer, {f"pot{len(accounts)}": {"kind": "cash", "posted": "12.34"}})
            accounts = work.accounts_of(np.array([customer]))
        kinds = {one.handle: Kind(one.kind).name.lower() for one in accounts}
        drawn = Drawn(date_of(self.day), kinds, {one.handle: one.posted for one in accounts})
        for _ in range(1 + self.source.randrange(4)):
            drawn.rules.append(rule(self.source.randrange, drawn))
        self.save(work, customer, drawn.rules)

    @contextmanager
    def spoilt(self, customer: int) -> Iterator[None]:
        """Counters that cannot be, so that the night puts the household into quarantine."""
        change = "UPDATE tally SET used = used {} 3000000000000000 WHERE customer_id = " + str(customer)
        for sign in "+-":
            with self.books.database.writing() as bulk:
                bulk.connection.exec_driver_sql(change.format(sign))
            if sign == "+":
                yield

    def night(self, patch: pytest.MonkeyPatch) -> None:
        """Run the night of today, and keep what it decided."""

        def remembering(*given: Any) -> Decided:
            self.decided[self.day] = decide(*given)
            return self.decided[self.day]

        with patch.context() as within:
            within.setattr(engine.night, "decide", remembering)
            run_night(self.books, 0, self.day, self.now)


def _new_account(customer: int, handle: str, account: dict[str, Any]) -> NewAccount:
    """An account that may hold nothing: the ledger's limits contain zero, the rules' floor is the case's."""
    kind = Kind[account["kind"].upper()]
    keeps = parse_money(account.get("floor", "0"), signed=True)
    floor = -MAX_AMOUNT if kind == Kind.BANK else min(keeps, 0)
    ceiling = parse_money(account["ceiling"], signed=True) if "ceiling" in account else MAX_AMOUNT
    return NewAccount(customer, handle, handle, kind, USD, floor, max(ceiling, 0), keeps)


def ints(column: npt.NDArray[np.integer[Any] | np.bool_]) -> list[int]:
    """A column as plain numbers, for comparing."""
    return [int(one) for one in column]
