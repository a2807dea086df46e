"""What the market tells a night of its companies: splits, changes of symbol and dividends that are due by its day.

Nothing of it depends on a book, and the night and the windows of a day read the same, so that it does not matter
which of them comes first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from engine.dated.history import Dated
from engine.dated.trading import dividend_minimum, settling
from engine.invest.lots.worth import half_even
from engine.invest.market import ActionKind, CorporateAction, Market

LOOK_BACK: Final = 60
"""Days for which news that came late is still acted on: by the day without the right, or that of payment."""

_CLOSE_WITHIN: Final = 14
"""Days in which the last close before a split is looked for."""

_WORDS: Final = {ActionKind.SPLIT: "split", ActionKind.RENAMED: "renamed", ActionKind.DIVIDEND: "paid"}


@dataclass(frozen=True, slots=True)
class News:
    """Corporate actions due by `day`, in the order in which they are to be carried out.

    Splits and changes of symbol come first, by the day from which they hold; then dividends by the day of payment.
    `price` gives by the id of a split the last close before it, as after it, in millionths; `settles` the day on which
    the trades of a session settle, `least` the cents from which a dividend paid on a day is reinvested or swept.
    """

    day: int
    actions: tuple[CorporateAction, ...]
    price: Mapping[str, int]
    settles: Callable[[int], int]
    least: Callable[[int], int]

    @property
    def changes(self) -> tuple[CorporateAction, ...]:
        """Splits and changes of symbol."""
        return tuple(one for one in self.actions if one.kind != ActionKind.DIVIDEND)


def news(market: Market, day: int, dated: Dated) -> News:
    """Ask the market what is due by a day, up to LOOK_BACK days late."""
    known = market.actions(day - LOOK_BACK, day)
    changes = [one for one in known if one.kind != ActionKind.DIVIDEND and one.ex_day <= day]
    paid = [one for one in known if one.kind == ActionKind.DIVIDEND and pays_on(one) <= day]
    changes.sort(key=lambda one: (one.ex_day, one.id))
    paid.sort(key=lambda one: (pays_on(one), one.id))
    price = {one.id: _close_before(market, one) for one in changes if one.kind == ActionKind.SPLIT}
    return News(day, (*changes, *paid), price, settling(dated, market), partial(dividend_minimum, dated))


def pays_on(action: CorporateAction) -> int:
    """The day on which a dividend is paid."""
    return action.pay_day or action.ex_day


def _close_before(market: Market, split: CorporateAction) -> int:
    """The last close before a split as it would be after it; 0 where there is none."""
    closes = market.closes(split.symbol, split.ex_day - _CLOSE_WITHIN, split.ex_day - 1)
    return half_even(closes[-1][1] * split.bottom, split.top) if closes else 0


def mark(action: CorporateAction, customer: int = 0) -> str:
    """The id under which a book keeps that an action was carried out, for everyone or for one household alone."""
    whole = f"{action.id}:{_WORDS[action.kind]}"
    return f"{whole}:{customer}" if customer else whole
