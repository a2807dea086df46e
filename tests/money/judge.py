"""A judge of margin in plain Python: what the books hold after a night, measured and stepped from rulings 12 to 15.

Nothing of `engine.borrow` or `engine.overnight` is used: balances, units and last closes alone, in fractions.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

import numpy as np
from sqlalchemy import select

from engine.ports import NEVER
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.days import format_day
from ledger.seal import asset_code
from market.feed import Feed
from store.books import Work
from store.tables import table
from tests.market.exchange import CALENDAR
from tests.money.exchange import REQUIREMENTS

OK, WATCH, CALL, CURED, LIQUIDATION = range(5)
"""States of a line as they are stored."""

TO_CURE = 3
WATCH_BELOW = Fraction(15, 100)
CENT = 10**13
"""Billionths of a unit times millionths of a dollar that make a cent."""


@dataclass(slots=True)
class Backed:
    """What stands behind a household's line, in cents: values by symbol, cash, what is owed."""

    values: list[tuple[str, int]] = field(default_factory=list)
    cash: int = 0
    owed: int = 0

    def excess(self) -> Fraction:
        """Equity less what is demanded."""
        return self.free() + self.cash - self.owed

    def free(self) -> Fraction:
        """What of the holdings is not demanded."""
        return sum((value * Fraction(100 - REQUIREMENTS[symbol], 100) for symbol, value in self.values), Fraction(0))

    def most(self) -> int:
        """The limit, the least equity aside: 40% of the holdings, and what their initial requirements leave."""
        worth = sum(value for _, value in self.values)
        initial = {symbol: 50 if percent == 25 else percent + 20 for symbol, percent in REQUIREMENTS.items()}
        lent = sum((value * Fraction(100 - initial[symbol], 100) for symbol, value in self.values), Fraction(0))
        return floor(min(worth * Fraction(40, 100), lent))

    def endangered(self) -> bool:
        """Whether a fall of less than the watch percent would open a call."""
        need = self.owed - self.cash
        return need > 0 and 1 - need / self.free() < WATCH_BELOW if need > 0 and self.free() else need > 0


@dataclass(slots=True)
class Stands:
    """A line as it is stored."""

    state: int
    opened: int
    deadline: int


class Judge:
    """The judge of one book: `before` each night, `after` it, and after a window."""

    def __init__(self, market: Feed, book: int) -> None:
        """Know nothing yet."""
        self.market, self.book = market, book
        self.stands: dict[int, Stands] = {}
        self.next_seq = 0
        self.chart: dict[int, tuple[int, int, int]] = {}
        self.seen: Counter[str] = Counter()
        self.lowest = Fraction(0)

    def before(self, work: Work) -> None:
        """Remember where lines stand, and where the night's transfers begin."""
        self.stands = self._stands(work)
        self.next_seq = work.row.next_seq

    def _stands(self, work: Work) -> dict[int, Stands]:
        lines = work.lines()
        columns = (lines.customer, lines.state, lines.opened, lines.deadline)
        return {one: Stands(*rest) for one, *rest in zip(*(column.tolist() for column in columns), strict=True)}

    def after(self, work: Work, day: int) -> None:
        """Hold every line against what it must be after the night of a day."""
        found = self.backed(work, lambda symbol: self.market.closes(symbol, day - 9, day)[-1][1])
        drew = self._drew(work)
        before, self.stands = self.stands, self._stands(work)
        for customer, now in self.stands.items():
            backed, was = found[customer], before[customer]
            wanted = self._night(was, backed, day)
            told = (format_day(day), customer, was, now, backed)
            assert now == wanted, told
            assert backed.excess() >= 0 or now.state in (CALL, LIQUIDATION), told
            if drew[customer]:
                self.seen["nights with draws"] += 1
                assert backed.owed <= backed.most(), told
                assert now.state not in (CALL, LIQUIDATION), told
            self.seen[f"{was.state} to {now.state}"] += was.state != now.state

    def drawn(self, work: Work, customer: int, day: int) -> None:
        """No draw that people ask for makes the LTV exceed the limit at the last closes."""
        backed = self.backed(work, lambda symbol: self.market.closes(symbol, day - 9, day - 1)[-1][1])[customer]
        self.seen["draws asked for"] += 1
        assert backed.owed <= backed.most(), (format_day(day), customer, backed)

    def windowed(self, work: Work, instant: int) -> None:
        """After a window only cures happen, and only where its prices say so."""
        found = self.backed(work, lambda symbol: self.market.price(symbol, instant) or 0)
        before, self.stands = self.stands, self._stands(work)
        for customer, now in self.stands.items():
            was = before.get(customer, now)
            if was.state in (CALL, LIQUIDATION):
                cured = found[customer].excess() >= 0
                assert now == (Stands(CURED, NEVER, NEVER) if cured else was), (customer, was, now)
                self.seen["cured by a window"] += cured
            else:
                assert now.state not in (CALL, LIQUIDATION)

    def _night(self, was: Stands, backed: Backed, day: int) -> Stands:
        """One step from a night to the next."""
        if backed.excess() < 0:
            if was.state not in (CALL, LIQUIDATION):
                sessions = [one.day for one in CALENDAR.sessions(day + 1, day + 20)]
                return Stands(CALL, day, sessions[TO_CURE - 1])
            late = was.state == LIQUIDATION or day >= was.deadline
            return Stands(LIQUIDATION if late else CALL, was.opened, was.deadline)
        if was.state in (CALL, LIQUIDATION):
            return Stands(CURED, NEVER, NEVER)
        return Stands(WATCH if backed.endangered() else OK, NEVER, NEVER)

    def _drew(self, work: Work) -> Counter[int]:
        """What rules drew from each household's line this night."""
        of = table("transfer")
        names = ("customer_id", "credit", "amount")
        here = (of.c.book_id == self.book, of.c.seq >= self.next_seq, of.c.code == int(Code.RULE))
        rows = work.bulk.rows(select(*(of.c[name] for name in names)).where(*here))
        found: Counter[int] = Counter()
        for customer, source, amount in rows:
            if self.chart[source][0] == Kind.BORROW:
                found[customer] += amount
        return found

    def backed(self, work: Work, price: Callable[[str], int]) -> dict[int, Backed]:
        """What stands behind every household."""
        found: dict[int, Backed] = defaultdict(Backed)
        self._balances(work, found)
        slices, prices = work.slices(), dict[int, int]()
        columns = (slices.customer, slices.account, slices.asset, slices.units)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        for customer, account, asset, units in rows:
            if units and self.chart[account][0] == Kind.INVEST:
                prices[asset] = prices.get(asset) or price(asset_code(asset))
                found[customer].values.append((asset_code(asset), round(Fraction(units * prices[asset], CENT))))
        return found

    def _balances(self, work: Work, found: dict[int, Backed]) -> None:
        accounts = work.every_account()
        if len(accounts.account) != len(self.chart):
            self._chart(work)
        balance = accounts.debits_posted - accounts.credits_posted - accounts.credits_pending
        for account, customer, cents in zip(
            accounts.account.tolist(), accounts.customer.tolist(), balance.tolist(), strict=True
        ):
            kind, _, parent = self.chart[account]
            if kind in (Kind.BORROW, Kind.BORROW_DUE):
                found[customer].owed -= cents
            elif kind == Kind.INVEST or (
                kind in (Kind.UNSETTLED, Kind.EARMARKED) and self.chart[parent][0] == Kind.INVEST
            ):
                found[customer].cash += cents

    def _chart(self, work: Work) -> None:
        """Kind, customer and parent of every account."""
        of = table("account")
        rows = work.bulk.rows(
            select(of.c.account_id, of.c.kind, of.c.customer_id, of.c.parent).where(of.c.book_id == self.book)
        )
        self.chart = {account: (kind, customer, parent) for account, kind, customer, parent in rows}


def zero_by_asset(work: Work) -> None:
    """No cent and no unit is lost: all accounts of an asset together hold nothing."""
    accounts = work.every_account()
    posted = accounts.debits_posted - accounts.credits_posted
    pending = accounts.debits_pending - accounts.credits_pending
    for asset in np.unique(accounts.asset).tolist():
        mine = accounts.asset == asset
        assert (int(posted[mine].sum()), int(pending[mine].sum())) == (0, 0), asset_code(asset)
