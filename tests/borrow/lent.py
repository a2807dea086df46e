"""A household with a pie and a secured borrow line in real books, and its nights and windows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.borrow.states import MarginState
from engine.dated.document import DatedRow
from engine.desk import NewAccount
from engine.household import account_named, post, single
from engine.interest.accrue import merge
from engine.interest.post import Posted
from engine.invest.nights.steps import Steps
from engine.invest.pies.pie import Pie
from engine.invest.pies.terms import PieTerms
from engine.invest.windows.viewing import kept, symbols_held
from engine.night import Means, run_night
from engine.overnight.margin import Measured
from engine.overnight.marginmoves import margin_refusal
from engine.overnight.marginwindow import measured_at, window_sight
from engine.overnight.sight import night_sight
from engine.overnight.work import Lines
from engine.ports import NEVER
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.statuses import Status
from store.verify import verify
from tests.trading.world import HALVES, MONDAY, USD, World, feed, world


@dataclass
class Lent:
    """The household; `line` is its borrow line."""

    world: World
    line: int

    def configure(self, **values: str) -> None:
        """Rows of the dated configuration from the beginning on; `maintenance_requirement__VTI` is about VTI."""
        rows = []
        for name, value in values.items():
            plain, _, about = name.partition("__")
            rows.append(DatedRow(f"{plain}({about})" if about else plain, MONDAY - 30, value, "a test"))
        self.world.books.add_dated(rows, self.world.now)

    def draw(self, cents: int, to: str = "checking", key: str = "draw") -> Status:
        """Take money from the line, as the books alone allow it."""
        return self.move("borrow", to, cents, key)

    def move(self, source: str, to: str, cents: int, key: str) -> Status:
        """Move money as the books alone allow it."""
        desk = self.world
        with desk.books.lock(0) as work:
            giver, taker = (account_named(work, desk.customer, handle) for handle in (source, to))
            batch = single(0, giver, (taker.account, giver.account, cents), Code.ONE_OFF, (key, desk.today))
            return post(work, batch, (desk.today, "request", desk.now))

    def night(self, day: int) -> MarginState:
        """Run a night; the state of the line after it."""
        result = run_night(self.world.books, 0, day, lambda: self.world.now, Means(self.world.market))
        assert (result.status, result.quarantined) == ("done", {})
        return self.state()

    def state(self) -> MarginState:
        """Where the line stands."""
        return MarginState(int(self.lines().state[0]))

    def lines(self) -> Lines:
        """The line as it is stored."""
        with self.world.books.read(0) as work:
            return work.lines()

    def measured(self, day: int) -> Measured:
        """What the line measures at the closes of a day."""
        with self.world.books.read(0) as work:
            found = measured_at(night_sight(work, self.world.market, Steps(day)))
        assert found is not None
        return found

    def at_prices(self, prices: Mapping[int, int], day: int) -> Measured:
        """What it measures at some prices."""
        with self.world.books.read(0) as work:
            found = measured_at(window_sight(work, prices, day))
        assert found is not None
        return found

    def excess(self, day: int) -> int:
        """The excess at the closes of a day."""
        return only(self.measured(day).measures.excess)

    def refused(self, cents: int, day: int, source: str = "borrow", to: str = "checking") -> tuple[str, str] | None:
        """The code and sentence with which the margin refuses a transfer, None where it bears it."""
        sides = self.world.account(source), self.world.account(to)
        with self.world.books.read(0) as work:
            found = margin_refusal(work, self.world.market, sides, cents, day)
        if found is None:
            return None
        said = json.loads(found.body)
        return said["code"], said["detail"]

    def now(self, day: int) -> int:
        """The excess at the prices of a day's morning window."""
        desk = self.world
        with desk.books.read(0) as work:
            quotes = kept(desk.market.quotes(symbols_held(work), desk.window(day).opens))
        return only(self.at_prices(quotes.price, day).measures.excess)

    def owe(self, due: int, cents: int) -> None:
        """Interest is due on the line."""
        desk = self.world
        with desk.books.lock(0) as work:
            borrow = account_named(work, desk.customer, "borrow")
            cost = int(work.system_accounts(USD, ["expense:interest"])[0])
            batch = single(0, borrow, (cost, due, cents), Code.INTEREST, ("interest", desk.today))
            assert post(work, batch, (desk.today, "request", desk.now)) == Status.CREATED
            line, owed, left = (np.array([value], np.int64) for value in (borrow.account, cents, 0))
            work.keep_last_interest(desk.today, merge(), Posted(line, owed, left))


@contextmanager
def lent(
    path: Path, steps: Mapping[str, Mapping[int, int]], cash: int, pie: Pie = HALVES, terms: PieTerms | None = None
) -> Iterator[Lent]:
    """A new household that invests `cash` in the window of Monday morning, with a line that owes nothing yet.

    There are no fees on sales, and nothing is verified wrong at the end.
    """
    with world(f"sqlite:///{path}/books.db", feed(steps), cash) as made:
        with made.books.lock(0) as work:
            new = NewAccount(made.customer, "borrow", "borrow", Kind.BORROW, USD, 0, 0, 0, secured=True)
            (line,) = work.open_accounts([new], MONDAY - 7, 1).tolist()
        household = Lent(made, line)
        household.configure(sec_fee="0%", taf_per_unit="0", platform_fee="0.00")
        made.save(pie, terms or PieTerms())
        made.run()
        yield household
        assert list(verify(made.url)) == []


def never(lines: Lines) -> bool:
    """Whether no call is open."""
    return bool((lines.opened == NEVER).all() and (lines.deadline == NEVER).all())


def only(column: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    """The one entry of a column."""
    (value,) = column.tolist()
    return int(value)
