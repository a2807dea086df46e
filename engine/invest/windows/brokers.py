"""The talk with brokers: what a window works with, and its orders sent, asked for and taken off.

Nothing here touches the books: an order comes in as it is stored and goes out as its broker has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from engine.invest.market import Broker, BrokerFill, BrokerSilentError, Market, OrderState
from engine.invest.orderrecords import OrderRow
from engine.invest.windows.blocks import to_broker
from ledger.faults import SluiceError

MINUTE: Final = 60_000_000
NEVER_SENT: Final = "never_sent"
NO_BROKER: Final = "broker_unknown"
NOT_LISTED: Final = "symbol_unknown"
"""Why an order is off: its broker had not seen it when it was too late for it, or it cannot be sent at all."""


@dataclass(frozen=True, slots=True)
class Trading:
    """What a window works with: the market, brokers by the accounts they hold, the clock and how to wait.

    `pause` waits until it is worth asking the broker again. `patience` is how long sells may take, in microseconds.
    """

    market: Market
    brokers: Mapping[str, Broker]
    now: Callable[[], int]
    pause: Callable[[], None]
    patience: int = 10 * MINUTE


def ask(order: OrderRow, trading: Trading, ends: int, *, cancel: bool = False) -> OrderRow:
    """The order as its broker has it; one it surely never saw is sent under its one id, or off once it is too late.

    After the instant `ends`, the close of the session, nothing is sent any more: what is left is planned again.
    """
    broker, now = trading.brokers.get(order.broker_account), trading.now()
    if broker is None:
        return order if order.state != OrderState.NEW else _off(order, NO_BROKER, now)
    try:
        fill = broker.cancel(order.client_id, now) if cancel else broker.status(order.client_id, now)
    except (BrokerSilentError, SluiceError) as fault:
        return _unknown(order, fault, now)
    if fill is not None:
        return _filled(order, fill, now)
    if cancel or now >= ends:
        return _off(order, NEVER_SENT, now)
    return send(order, trading)


def _unknown(order: OrderRow, fault: BrokerSilentError | SluiceError, now: int) -> OrderRow:
    """No answer, or a broker that cannot be asked, such as for its key: other accounts' orders go on meanwhile."""
    reason = fault.sentence if isinstance(fault, SluiceError) else order.reason
    return replace(order, state=OrderState.UNKNOWN, changed=now, reason=reason)


def _off(order: OrderRow, reason: str, now: int) -> OrderRow:
    return replace(order, state=OrderState.CANCELLED, reason=reason, changed=now)


def send(order: OrderRow, trading: Trading) -> OrderRow:
    """Send an order; one for a broker that is not set up is off, so that other accounts' orders go on."""
    broker, now = trading.brokers.get(order.broker_account), trading.now()
    listing = trading.market.listings([order.symbol]).get(order.symbol)
    if broker is None or listing is None:
        return _off(order, NO_BROKER if broker is None else NOT_LISTED, now)
    try:
        fill = broker.submit(to_broker(order, listing.scale), now)
    except (BrokerSilentError, SluiceError) as fault:
        return _unknown(order, fault, now)
    return _filled(order, fill, now)


def _filled(order: OrderRow, fill: BrokerFill, now: int) -> OrderRow:
    return replace(
        order,
        state=fill.state,
        filled_units=fill.units,
        price=fill.price,
        fee=fill.fee,
        reason=fill.reason,
        changed=now,
    )
