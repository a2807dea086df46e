"""What the API answers about pies, holdings, orders, models and performance; see `web.api.answers`.

Percents are text such as "12.5%", rates text such as "0.12345678" (of one), units text at the security's decimals.
"""

from typing import Any

from web.api.answers import Answer, Day, Money

Percent = str
Units = str
Rate = str


class SliceAnswer(Answer):
    """A security of a pie. `actual`, `drift` and `value` are null where a price is missing, with the reason."""

    path: str
    symbol: str
    weight: Percent
    actual: Percent | None
    drift: Percent | None
    value: Money | None
    units: Units
    state: str
    outside: bool
    synthetic: bool
    missing: str | None


class PieAnswer(Answer):
    """An account's pie as it is stored, and where its slices stand; `actual` and `drift` are of the pie around."""

    account: str
    version: int
    pie: dict[str, Any]
    terms: dict[str, Any]
    slices: list[SliceAnswer]
    value: Money | None
    cash: Money
    unsettled: Money
    earmarked: Money
    drift: Percent | None


class LotAnswer(Answer):
    """One open lot; `long_from` is its first long-term day."""

    lot: int
    bought: Day
    units: Units
    cost: Money
    value: Money | None
    gain: Money | None
    term: str
    long_from: Day


class HoldingAnswer(Answer):
    """Everything held of one slice."""

    account: str
    path: str
    symbol: str
    units: Units
    price: str | None
    cost: Money
    value: Money | None
    gain: Money | None
    synthetic: bool
    lots: list[LotAnswer]


class HoldingsAnswer(Answer):
    """Every holding of a household, by account and slice."""

    holdings: list[HoldingAnswer]


class FillAnswer(Answer):
    """A slice's part of an order at the broker."""

    on: Day
    slot: int
    side: str
    symbol: str
    path: str
    state: str
    units: Units
    price: str | None
    amount: Money
    fee: Money


class OrderAnswer(Answer):
    """An order and how far it has come; `done` counts what was bought, sold or paid out."""

    order: int
    account: str
    kind: str
    path: str
    amount: Money
    destination: str | None
    slot: int
    state: str
    done: Money
    reason: str
    fills: list[FillAnswer]


class OrdersAnswer(Answer):
    """A page of orders, newest first; `next` is the `before_order` of the next page."""

    orders: list[OrderAnswer]
    next: int | None


class SoldLotAnswer(Answer):
    """What a sale would take of a lot."""

    lot: int
    units: Units
    cost: Money
    proceeds: Money
    gain: Money
    term: str


class TradeAnswer(Answer):
    """A trade that the window would make; `lots` of sales, `target` of moves inside."""

    side: str
    path: str
    target: str | None
    symbol: str
    purpose: str
    units: Units
    amount: Money
    lots: list[SoldLotAnswer]


class LeafAnswer(Answer):
    """A security before and after; `why` says why it stays outside of its band."""

    path: str
    value: Money
    value_after: Money
    drift: Percent
    drift_after: Percent
    outside: bool
    outside_after: bool
    why: str
    missing: str


class PiePreviewAnswer(Answer):
    """What the next window would do for the account; nothing was ordered."""

    on: Day
    slot: int
    prices: str
    trades: list[TradeAnswer]
    leaves: list[LeafAnswer]
    cash: Money
    cash_after: Money
    tax: Money
    refused: list[str]


class ModelAnswer(Answer):
    """A model pie."""

    name: str
    title: str
    category: str
    description: str
    source: str
    version: int
    pie: dict[str, Any]


class ModelRowAnswer(Answer):
    """A model pie in the list."""

    name: str
    title: str
    category: str
    version: int


class ModelsAnswer(Answer):
    """Every model pie, by category."""

    models: list[ModelRowAnswer]


class ValueAnswer(Answer):
    """An account at the end of a day, and what was paid in and out since the row before."""

    on: Day
    value: Money
    paid_in: Money
    paid_out: Money


class PerformanceAnswer(Answer):
    """Value over time with its returns; null where there is none. `yearly` is the money-weighted rate a year."""

    account: str
    range: str
    time_weighted: Rate | None
    money_weighted: Rate | None
    yearly: Rate | None
    paid_in: Money
    earned: Money
    values: list[ValueAnswer]
