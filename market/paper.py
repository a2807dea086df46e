"""A broker on paper: fills, delays, rejections and silence decided by a seed and the order's client id alone.

It is a system of its own with a file of its own, so that it outlives our crashes: an order it has stored stays stored.
Prices come from the function given; a buy pays `spread_bp` above them, a sell gets as much below.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Final

from engine.invest.lots.worth import cents_of, half_even, units_for
from engine.invest.market import BlockOrder, BrokerFill, BrokerSilentError, OrderState, Side
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT
from ledger.rounding import WHOLE_BP
from market.bars import MAX_PRICE
from market.paperbook import Outcome, PaperBook

WHOLE_PPM: Final = 1_000_000

_MAX_UNITS: Final = 2**63 - 1
_LEAST_SHARE: Final = 100_000  # a partial fill is a tenth of the order at least
_REJECTED: Final = "The paper broker rejected the order, as its settings ask of some."

Prices = Callable[[str, int], int | None]
"""(symbol, instant) to a price in millionths, or None where there is none."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the broker behaves. Shares of orders are in millionths, spread and fee in basis points.

    `delay` is the time in microseconds until an order is final. `silent_ppm`: the first submission of an order gets no
    answer, half of the time before it was stored, half after. `silent_later_ppm`: the same of the first status and of
    the first cancel.
    """

    spread_bp: int = 0
    fee_bp: int = 0
    delay: int = 0
    partial_ppm: int = 0
    reject_ppm: int = 0
    silent_ppm: int = 0
    silent_later_ppm: int = 0

    def __post_init__(self) -> None:
        """Refuse what is out of range: SluiceError `paper_behaviour`."""
        limits = {"spread_bp": WHOLE_BP - 1, "fee_bp": WHOLE_BP, "delay": _MAX_UNITS}
        for name in (field.name for field in fields(self)):
            if not 0 <= getattr(self, name) <= limits.get(name, WHOLE_PPM):
                sentence = f"{name} is out of range; give 0 to {limits.get(name, WHOLE_PPM)}."
                raise SluiceError("paper_behaviour", sentence, name)


class PaperBroker:
    """A `Broker` that trades on paper, in one file that several threads and processes may share."""

    def __init__(self, seed: int, prices: Prices, path: Path | str, behaviour: Behaviour | None = None) -> None:
        """Open or make the file; `:memory:` lives as long as the broker. Raises SluiceError `paper_file`."""
        self._seed = seed
        self._prices = prices
        self._behaviour = behaviour or Behaviour()
        self._book = PaperBook(path)

    def close(self) -> None:
        """Close the file; what is in it stays."""
        self._book.close()

    def submit(self, order: BlockOrder, instant: int) -> BrokerFill:
        """Take an order once; the same client id again gives what became of it, with other terms a rejection."""
        after = self._silence(order.client_id, "submit", self._behaviour.silent_ppm)
        stored, outcome = self._book.keep(order, self._outcome(order, instant))
        if after:
            raise BrokerSilentError(f"no answer to the order {order.client_id}")
        if stored != order:
            return BrokerFill(OrderState.REJECTED, reason="This client id stands for an order with other terms.")
        return _seen(outcome, instant)

    def status(self, client_id: str, instant: int) -> BrokerFill | None:
        """What became of an order; None where it never arrived."""
        after = self._silence(client_id, "status", self._behaviour.silent_later_ppm)
        outcome = self._book.outcome(client_id)
        if after:
            raise BrokerSilentError(f"no answer about the order {client_id}")
        return None if outcome is None else _seen(outcome, instant)

    def cancel(self, client_id: str, instant: int) -> BrokerFill | None:
        """Take the rest off an order that is not final, and give its state; None where it never arrived."""
        after = self._silence(client_id, "cancel", self._behaviour.silent_later_ppm)
        outcome = self._book.change(client_id, lambda found: _cancelled(found, instant))
        if after:
            raise BrokerSilentError(f"no answer to the cancellation of {client_id}")
        return None if outcome is None else _seen(outcome, instant)

    def deliver(self, key: str, broker_account: str, symbol: str, units: int, cash: int = 0) -> None:
        """Book once under the key what changes an account without an order: a split, a dividend, a transfer."""
        self._book.deliver(key, broker_account, symbol, units, cash)

    def positions(self) -> dict[tuple[str, str], int]:
        """Units by (broker account, symbol) from all fills, due ones included, and deliveries; zeros left out."""
        return self._book.positions()

    def cash(self) -> dict[str, int]:
        """Cents by broker account: proceeds less costs and fees, and deliveries; an account begins at zero."""
        return self._book.cash()

    def _draw(self, client_id: str, purpose: str) -> int:
        """A number below a million that the seed, the order and the purpose decide."""
        text = f"{self._seed}:{purpose}:{client_id}"
        return int.from_bytes(sha256(text.encode()).digest()[:8], "big") % WHOLE_PPM

    def _silence(self, client_id: str, call: str, share: int) -> bool:
        """Raise where the first call of this kind is lost on its way; tell whether its answer will be."""
        if self._draw(client_id, f"{call} silent") >= share or not self._book.first_silence(client_id, call):
            return False
        if self._draw(client_id, f"{call} lost") % 2:
            raise BrokerSilentError(f"no answer: the {call} of {client_id} never arrived")
        return True

    def _outcome(self, order: BlockOrder, instant: int) -> Outcome:
        """What will become of an order that arrives now."""
        asked = (order.units, order.amount) if order.side is Side.SELL else (order.amount, order.units)
        if asked[0] <= 0 or asked[1] != 0:
            return Outcome.rejected(instant, "A sell names its units alone, a buy its amount alone, above zero.")
        if self._draw(order.client_id, "reject") < self._behaviour.reject_ppm:
            return Outcome.rejected(instant, _REJECTED)
        middle = self._prices(order.symbol, instant)
        if middle is None or not 0 < middle <= MAX_PRICE:
            return Outcome.rejected(instant, f"There is no price of {order.symbol}.")
        price = self._fill_price(order.side, middle)
        full = order.units if order.side is Side.SELL else units_for(order.amount, price, order.scale)
        if not 0 < full <= _MAX_UNITS or cents_of(full, price, order.scale) > MAX_AMOUNT:
            return Outcome.rejected(instant, f"The order of {order.symbol} is too small or too large to trade.")
        return self._filled(order, full, price, instant + self._behaviour.delay)

    def _fill_price(self, side: Side, middle: int) -> int:
        if side is Side.BUY:
            return -(-middle * (WHOLE_BP + self._behaviour.spread_bp) // WHOLE_BP)
        return max(middle * (WHOLE_BP - self._behaviour.spread_bp) // WHOLE_BP, 1)

    def _filled(self, order: BlockOrder, full: int, price: int, final_at: int) -> Outcome:
        state, units = OrderState.FILLED, full
        if self._draw(order.client_id, "partial") < self._behaviour.partial_ppm:
            share = _LEAST_SHARE + self._draw(order.client_id, "share") % (WHOLE_PPM - _LEAST_SHARE)
            units = full * share // WHOLE_PPM
            state = OrderState.PARTIAL if units else OrderState.CANCELLED
        worth = cents_of(units, price, order.scale)
        fee = half_even(worth * self._behaviour.fee_bp, WHOLE_BP)
        return Outcome(state, final_at, units, price if units else 0, worth, fee)


def _seen(outcome: Outcome, instant: int) -> BrokerFill:
    """The outcome as far as it shows at an instant: a partial fill comes at once, a whole one when it is final."""
    if instant >= outcome.final_at:
        return BrokerFill(outcome.state, outcome.units, outcome.price, outcome.fee, outcome.reason)
    if outcome.state is OrderState.PARTIAL:
        return BrokerFill(OrderState.SENT, outcome.units, outcome.price, outcome.fee)
    return BrokerFill(OrderState.SENT)


def _cancelled(outcome: Outcome, instant: int) -> Outcome:
    if instant >= outcome.final_at:
        return outcome
    if outcome.state is OrderState.PARTIAL:
        return Outcome(outcome.state, instant, outcome.units, outcome.price, outcome.worth, outcome.fee)
    return Outcome(OrderState.CANCELLED, instant)
