"""Orders held against a secured borrow line before they are kept: what the margin cannot bear is refused (14, 15)."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.invest.market import Market
from engine.invest.orderrecords import Intent, IntentKind
from engine.invest.orders.orderdesk import OrderDesk
from engine.invest.records import SliceState
from engine.invest.windows.lending import NO_BACKING, Backing, most_of
from engine.invest.windows.viewing import kept, symbols_held
from engine.overnight.marginwindow import backing
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.faults import SluiceError
from ledger.money import format_money

_BUYING: Final = (IntentKind.BUY, IntentKind.REBALANCE)


def backing_now(work: BookWork, market: Market, customer: int, when: tuple[int, int]) -> Backing:
    """What the prices of an instant leave to a household's orders; `when` is (business day, instant)."""
    ids = np.array([customer], np.int64)
    if not len(work.lines(ids).account):
        return NO_BACKING
    quotes = kept(market.quotes(symbols_held(work, ids), when[1]))
    return backing(work, quotes.price, when[0], ids)


def prove_borne(desk: OrderDesk, market: Market, intent: Intent, when: tuple[int, int]) -> None:
    """Raise SluiceError `margin_call` while a call stops the order, `margin_short` where it asks for too much.

    A buy that says so with `beyond_cash` is kept: the window buys what it may. `exceeds_owed`: a raise for a borrow
    line of more than is owed on it and not on its way.
    """
    _prove_owed(desk, intent)
    found = backing_now(desk.work, market, intent.customer, when)
    if intent.customer not in found.excess or intent.account not in found.counts:
        return
    leaves = found.leaves(intent)
    if intent.customer in found.called and (leaves or intent.kind in _BUYING):
        missing = format_money(-found.excess[intent.customer], grouped=True)
        sentence = f"A margin call is open: {missing} is missing. Pay so much in, or sell; until then nothing is "
        raise SluiceError("margin_call", f"{sentence}bought or moved out of what stands behind the line.", "kind")
    if leaves and intent.amount > found.bearable(intent.customer):
        most = format_money(found.bearable(intent.customer), grouped=True)
        sentence = f"More than {most} would start a margin call; raise no more, or pay the borrow line down first."
        raise SluiceError("margin_short", sentence, "amount")
    if intent.kind == IntentKind.BUY and not desk.wanted.beyond_cash:
        _prove_buy(desk, found, intent)


def _prove_owed(desk: OrderDesk, intent: Intent) -> None:
    records = desk.work.accounts_of(np.array([intent.customer], np.int64)) if intent.destination else []
    lines = [one for one in records if one.account == intent.destination and one.kind == Kind.BORROW]
    for line in lines:
        owed = max(-line.posted - line.pending_in, 0)
        if intent.amount > owed:
            sentence = f"{format_money(owed, grouped=True)} is owed on {line.handle}; raise no more than that."
            raise SluiceError("exceeds_owed", sentence, "amount")


def _prove_buy(desk: OrderDesk, found: Backing, intent: Intent) -> None:
    places = [at for at in desk.inside() if desk.slices.state[at] == SliceState.HELD]
    most = most_of(found, intent.customer, desk.slices.asset[places].tolist())
    if intent.amount > most:
        right = f"buy for no more than {format_money(most, grouped=True)}, or pay the borrow line down first."
        raise SluiceError("margin_short", f"This would start a margin call; {right}", "amount")
