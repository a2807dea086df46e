"""Words of investing: orders and their states, fills, purposes, reasons, windows, terms; the filters of templates."""

from typing import Final

from flask import Flask

from engine.invest.lots.worth import half_even
from engine.invest.market import PRICE_SCALE, OrderState, Side, Window
from engine.invest.orderrecords import Intent, IntentKind, IntentState
from engine.invest.windows.previewed import BELOW_MINIMUM, CASH, NO_PRICE, NOT_ASKED
from ledger.money import format_units
from web.charts.words import money, percent, signed_percent

KIND_WORDS: Final = {
    IntentKind.BUY: "buy",
    IntentKind.SELL: "sell",
    IntentKind.REBALANCE: "rebalance",
    IntentKind.REMOVE: "remove",
    IntentKind.RAISE: "raise",
}
STATE_WORDS: Final = {
    IntentState.WAITING: "waiting for its window",
    IntentState.WORKING: "in a window",
    IntentState.SETTLING: "sold, settling",
    IntentState.DONE: "done",
    IntentState.PARTLY: "done in part",
    IntentState.CANCELLED: "cancelled",
    IntentState.REFUSED: "refused",
}
ORDER_WORDS: Final = {
    OrderState.NEW: "not sent yet",
    OrderState.SENT: "at the broker",
    OrderState.FILLED: "filled",
    OrderState.PARTIAL: "filled in part",
    OrderState.REJECTED: "rejected",
    OrderState.CANCELLED: "cancelled",
    OrderState.UNKNOWN: "unknown, being asked for",
}
SIDE_WORDS: Final = {Side.SELL: "sell", Side.BUY: "buy"}
PURPOSE_WORDS: Final = {
    "deposit": "auto-invest",
    "rebalance": "rebalance",
    "remove": "removal",
    "sell": "your sale",
    "raise": "raise",
    "buy": "your buy",
    "earmark": "back into its pie",
    "dividend": "dividend",
}
REASON_WORDS: Final = {
    "no_price": "a slice has no price",
    "cash_short": "the cash did not reach",
    "nothing_to_trade": "there was nothing to trade",
    "cancelled": "you took it back",
    "slice_back": "the slice is part of the pie again",
    NO_PRICE: "it has no price",
    BELOW_MINIMUM: "its order would be below the smallest order",
    CASH: "the cash does not reach",
    NOT_ASKED: "no rebalance is asked for",
}
SLOT_WORDS: Final = {"0": "the next window", "1": "a morning window", "2": "an afternoon window"}
_SLOTS: Final = {1: "morning", 2: "afternoon"}
MODES: Final = {"flattened": "flattened to securities", "level_by_level": "level by level"}
LOT_WORDS: Final = {
    "m1": "losses first, long-term gains before short-term ones",
    "fifo": "oldest first",
    "lifo": "newest first",
    "hifo": "dearest first",
    "least_tax": "least tax first",
}
PAID_WORDS: Final = {"cash": "to cash", "reinvest": "back into the payer", "sweep": "to the high-yield account"}


def reason_words(code: str) -> str:
    """A reason for people; a broker's own words are said as they are."""
    return REASON_WORDS.get(code, code.replace("_", " ") if code.isidentifier() else code)


def window_words(window: Window) -> str:
    """A window's part of the day."""
    return _SLOTS.get(window.slot, f"window {window.slot}")


def units_words(units: int, scale: int) -> str:
    """Units with the decimals they have: `12.5`, `3`."""
    text = format_units(units, scale, grouped=True)
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def price_words(millionths: int) -> str:
    """A price: `101.25`, finer only where it needs to be."""
    whole, part = divmod(millionths, 10**PRICE_SCALE)
    fine = f"{part:0{PRICE_SCALE}d}".rstrip("0").ljust(2, "0")
    return f"{whole:,}.{fine}"


def rate_words(rate: int) -> str:
    """A rate at 10**-8 as a signed percent to 0.01%."""
    return signed_percent(half_even(rate, 10**4))


def about(intent: Intent, names: dict[int, str]) -> str:
    """What an order asks, in words; `names` are people's names of accounts."""
    where = intent.path or "the whole pie"
    amount = "everything" if not intent.amount else money(intent.amount)
    match intent.kind:
        case IntentKind.BUY:
            said = f"Buy {where} for {amount}"
        case IntentKind.SELL:
            said = f"Sell {amount} of {where}"
        case IntentKind.REBALANCE:
            said = f"Rebalance {where}"
        case IntentKind.REMOVE:
            said = f"Remove {where}"
        case _:
            said = f"Raise {amount} for {names.get(intent.destination, 'another account')}"
    return said


def register_invest_words(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        percent=percent,
        signed_percent=signed_percent,
        price=price_words,
        rate=rate_words,
        reason=reason_words,
    )
    app.jinja_env.globals.update(
        units_words=units_words,
        window_words=window_words,
        about=about,
        intent_kinds={int(kind): word for kind, word in KIND_WORDS.items()},
        intent_states={int(state): word for state, word in STATE_WORDS.items()},
        order_states={int(state): word for state, word in ORDER_WORDS.items()},
        sides={int(side): word for side, word in SIDE_WORDS.items()},
        purposes=PURPOSE_WORDS,
        slots=SLOT_WORDS,
        pie_modes=MODES,
        lot_words=LOT_WORDS,
        paid_words=PAID_WORDS,
    )
