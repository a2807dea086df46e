"""An order taken back before its window opens (products.md 1.5)."""

from __future__ import annotations

from dataclasses import replace

from engine.invest.market import Window
from engine.invest.orderrecords import Intent, IntentKind, IntentState, Phase
from engine.invest.orders.orderdesk import ANY_SLOT
from engine.ports import BookWork
from ledger.faults import SluiceError


def cancel(work: BookWork, customer: int, number: int, now: int, opened: Window | None) -> Intent:
    """Take an order back that no window has taken; `opened` is the last window that opened at `now` or before.

    Raises SluiceError `order_unknown`, `order_taken` where a window has taken it, it is done or cancelled,
    `order_window` while the window that takes it is open, and `order_removal` for a removal: a slice that is saved
    into its pie again is not sold.
    """
    found = [one for one in work.intents(None, customer) if one.intent == number]
    if not found:
        raise SluiceError("order_unknown", f"There is no order {number}; list them with `flask order list`.", "order")
    intent = found[0]
    if intent.state != IntentState.WAITING:
        sentence = f"Order {number} is {intent.state.name.lower()}; only one that waits for its window is cancelled."
        raise SluiceError("order_taken", sentence, "order")
    if opened is not None and _takes(work, opened, intent, now):
        sentence = f"The window that takes order {number} is open; look again when it is over."
        raise SluiceError("order_window", sentence, "order")
    if intent.kind == IntentKind.REMOVE:
        sentence = "A removal is taken back by saving the pie with the slice in it again; do that before the window."
        raise SluiceError("order_removal", sentence, "order")
    cancelled = replace(intent, state=IntentState.CANCELLED, reason="cancelled")
    work.set_intents([cancelled])
    return cancelled


def _takes(work: BookWork, window: Window, intent: Intent, now: int) -> bool:
    """Whether the window that has opened is still to take the order."""
    row = work.window(window.day, window.slot)
    due = intent.made < window.opens and intent.slot_wanted in {ANY_SLOT, window.slot}
    return due and now < window.ends and (row is None or row.phase != Phase.FINAL)
