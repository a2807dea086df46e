"""One trade window of one book: planned, sells sent, sells final, buys planned, buys sent, final (ruling 26).

Each phase is one commit, and nothing is locked while the window waits for a broker. Orders are stored before they are
sent, under ids that a rerun makes again, so a crash between any two steps loses and doubles nothing. An order whose
fate is unknown is asked for, never sent again under another id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from engine.dated.trading import order_minimum, settling
from engine.invest.market import (
    FINAL,
    OPEN,
    OrderState,
    Side,
    Window,
)
from engine.invest.nights.eve import apply_actions
from engine.invest.nights.news import News, news
from engine.invest.orderrecords import OrderRow, Phase, WindowRow
from engine.invest.windows.brokers import Trading, ask, send
from engine.invest.windows.closing import book_final, finish_intents
from engine.invest.windows.phases import plan_buys, plan_sells
from engine.invest.windows.viewing import Basis, kept, symbols_held
from engine.overnight.marginwindow import cure
from engine.ports import Books, BookWork
from ledger.accounts import Int64s
from ledger.faults import SluiceError

BEGUN_WITHIN: Final = 31
"""Days for which a window that was begun is still finished."""


@dataclass(frozen=True, slots=True)
class WindowResult:
    """What became of a book's window: how many orders, how many of them were filled whole, how many are still open."""

    book: int
    day: int
    slot: int
    status: Literal["done", "already_done", "partial"]
    orders: int
    filled: int
    open: int


def run_window(books: Books, book: int, window: Window, trading: Trading) -> WindowResult:
    """Run one window of a book, or what is left of it after a crash; others that were begun are finished first.

    Raises SluiceError `window_busy` where another runner is at work on it or on another one of the book, `window_over`
    where it was not begun before the close, `book_busy` as `books.lock` does.
    """
    reconcile(books, book, trading)
    with books.read(book) as work:
        begun = _others(work, window)
    for row in begun:
        _Runner(books, book, Window(row.day, row.slot, row.opens, row.ends), trading).run()
    return _Runner(books, book, window, trading).run()


def _others(work: BookWork, window: Window) -> list[WindowRow]:
    """Other windows that were begun and are not final, in order of time."""
    rows = [row for row in work.windows(window.day - BEGUN_WITHIN) if row.phase != Phase.FINAL]
    mine = (window.day, window.slot)
    return sorted((row for row in rows if (row.day, row.slot) != mine), key=lambda row: (row.opens, row.slot))


def reconcile(books: Books, book: int, trading: Trading) -> int:
    """Ask what became of orders of windows that are final, and book what came late; how many are still open."""
    with books.read(book) as work:
        open_orders = [one for one in work.orders_in(OPEN) if _final(work, one)]
    if not open_orders:
        return 0
    found = [ask(one, trading, 0) for one in open_orders]
    with books.lock(book) as work:
        work.set_orders(_changed(work, found))
        stamp = (max(one.day for one in open_orders), "window", trading.now())
        book_final(work, settling(work.dated(), trading.market), stamp)
        for day, slot in sorted({(one.day, one.slot) for one in open_orders}):
            finish_intents(work, (day, slot), order_minimum(work.dated(), day))
    return sum(one.state not in FINAL for one in found)


def _final(work: BookWork, order: OrderRow) -> bool:
    row = work.window(order.day, order.slot)
    return row is not None and row.phase == Phase.FINAL


def _changed(work: BookWork, found: Sequence[OrderRow]) -> list[OrderRow]:
    """Those of the orders that nobody has booked since they were read."""
    unbooked = {one.client_id for one in work.orders_in(tuple(OrderState))}
    return [one for one in found if one.client_id in unbooked]


class _Runner:
    """One runner of one window: it goes on where the stored phase says."""

    def __init__(self, books: Books, book: int, window: Window, trading: Trading) -> None:
        self._books, self._book, self._window, self._trading = books, book, window, trading

    def run(self) -> WindowResult:
        """All phases that are left."""
        row = self._begin()
        if row.phase == Phase.FINAL:
            return self._result("already_done")
        if row.phase == Phase.PLANNED:
            row = self._sent(row, Side.SELL, Phase.SELLS_SENT)
        if row.phase == Phase.SELLS_SENT:
            row = self._collected(row, Side.SELL, Phase.SELLS_FINAL)
        if row.phase == Phase.SELLS_FINAL:
            row = self._planned_buys(row)
        if row.phase == Phase.BUYS_PLANNED:
            row = self._sent(row, Side.BUY, Phase.BUYS_SENT)
        self._collected(row, Side.BUY, Phase.FINAL)
        return self._result("done")

    def _begin(self) -> WindowRow:
        """Plan the window, or take it over where another runner left it."""
        with self._books.read(self._book) as work:
            row, dated = work.window(self._window.day, self._window.slot), work.dated()
        told = news(self._trading.market, self._window.day, dated)
        customers = None if row else self._shares_changed(told)
        with self._books.read(self._book) as work:
            symbols = symbols_held(work)
        quotes = kept(self._trading.market.quotes([] if row else symbols, self._window.opens))
        with self._books.lock(self._book) as work:
            row = work.window(self._window.day, self._window.slot)
            now = self._trading.now()
            lease = now + self._trading.patience
            if row is None and not self._open():
                sentence = "The session of this window has closed; its orders wait for the next window."
                raise SluiceError("window_over", sentence)
            if row is not None and row.phase == Phase.FINAL:
                return row
            if any(one.lease > now for one in [*_others(work, self._window), *([row] if row else [])]):
                sentence = "Another runner is at work on a window of this book; try again when its time is over."
                raise SluiceError("window_busy", sentence)
            if row is None:
                basis = Basis(self._window, quotes, self._minimum(work), customers)
                return plan_sells(work, basis, now, lease)
            row = replace(row, fence=row.fence + 1, lease=lease)
            work.keep_window(row)
            return row

    def _shares_changed(self, told: News) -> Int64s | None:
        """Carry out splits and changes of symbol that hold from this day on; the households that may trade, or all."""
        if not told.changes:
            return None
        with self._books.lock(self._book) as work:
            faults = apply_actions(work, told, (self._window.day, "window", self._trading.now()))
            everyone = np.unique(work.invest_accounts().customer)
            return np.setdiff1d(everyone, np.array(sorted(faults), np.int64)) if faults else None

    def _advance(self, work: BookWork, row: WindowRow, phase: Phase) -> WindowRow:
        """Store the next phase. Raises SluiceError `window_taken` where another runner has taken over."""
        now = self._trading.now()
        finished = now if phase == Phase.FINAL else 0
        row = replace(row, phase=phase, finished=finished, lease=now + self._trading.patience)
        work.keep_window(row)
        return row

    def _minimum(self, work: BookWork) -> int:
        """The smallest order in cents on the window's day."""
        return order_minimum(work.dated(), self._window.day)

    def _open(self) -> bool:
        """Whether the session has not closed yet."""
        return self._trading.now() < self._window.ends

    def _ask(self, order: OrderRow, *, cancel: bool = False) -> OrderRow:
        return ask(order, self._trading, self._window.ends, cancel=cancel)

    def _orders(self, side: Side, states: Sequence[OrderState]) -> list[OrderRow]:
        with self._books.read(self._book) as work:
            orders = work.orders(self._window.day, self._window.slot)
        return [one for one in orders if one.side == side and one.state in states]

    def _sent(self, row: WindowRow, side: Side, phase: Phase) -> WindowRow:
        """Send what is stored; nothing is locked meanwhile. After the close only what became of it is asked."""
        orders = self._orders(side, (OrderState.NEW,))
        sent = [send(one, self._trading) if self._open() else self._ask(one, cancel=True) for one in orders]
        with self._books.lock(self._book) as work:
            row = self._advance(work, row, phase)
            work.set_orders(sent)
            return row

    def _collected(self, row: WindowRow, side: Side, phase: Phase) -> WindowRow:
        """Wait until all are final or patience ends, take the rest off, and book what came."""
        deadline = self._trading.now() + self._trading.patience
        orders = self._orders(side, OPEN)
        while orders and self._trading.now() < deadline:
            orders = [one if one.state in FINAL else self._ask(one) for one in orders]
            if all(one.state in FINAL for one in orders):
                break
            self._trading.pause()
        orders = [one if one.state in FINAL else self._ask(one, cancel=True) for one in orders]
        with self._books.lock(self._book) as work:
            row = self._advance(work, row, phase)
            work.set_orders(orders)
            stamp = (self._window.day, "window", self._trading.now())
            book_final(work, settling(work.dated(), self._trading.market), stamp)
            if phase == Phase.FINAL:
                finish_intents(work, (self._window.day, self._window.slot), self._minimum(work))
                cure(work, work.quotes(row.snapshot).price, self._window.day)
            return row

    def _planned_buys(self, row: WindowRow) -> WindowRow:
        """Solve the buys with what came; after the close nothing is bought any more."""
        with self._books.lock(self._book) as work:
            quotes = work.quotes(row.snapshot)
            if self._open():
                row = plan_buys(work, Basis(self._window, quotes, self._minimum(work)), row, self._trading.now())
            return self._advance(work, row, Phase.BUYS_PLANNED)

    def _result(self, status: Literal["done", "already_done"]) -> WindowResult:
        with self._books.read(self._book) as work:
            orders = work.orders(self._window.day, self._window.slot)
        filled = sum(one.state == OrderState.FILLED for one in orders)
        still = sum(not one.booked for one in orders)
        where = (self._book, self._window.day, self._window.slot)
        return WindowResult(*where, "partial" if still and status == "done" else status, len(orders), filled, still)
