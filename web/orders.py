"""Orders of a household as people and programs see them: what was asked, how far it has come, its fills."""

from dataclasses import dataclass

from engine.dated.trading import settling
from engine.invest.orderrecords import Intent, IntentKind, IntentState, OrderRow, PartRow
from ledger.days import MICROSECONDS
from web.asking import Household


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a raise: its word, whether it is done, and the day where one is known."""

    word: str
    done: bool
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """One slice's part of an order at the broker; `path` names the slice."""

    order: OrderRow
    part: PartRow
    path: str
    scale: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the household with its fills; `steps` for a raise."""

    intent: Intent
    handle: str
    name: str
    made: int
    waiting: bool
    steps: tuple[Step, ...]
    fills: tuple[Fill, ...]


def fills_of(house: Household) -> list[Fill]:
    """Every part of the household's orders at the broker, newest window first."""
    slices = house.work.slices(house.account_ids)
    keys = zip(slices.account.tolist(), slices.slice.tolist(), strict=True)
    path = dict(zip(keys, slices.path, strict=True))
    scales = house.work.asset_scales()
    return [
        Fill(order, part, path.get((part.account, part.slice), order.symbol), scales[order.asset])
        for order, part in house.work.parts_of(house.customer)
    ]


def orders_of(house: Household) -> list[Order]:
    """Every order of the household, newest first."""
    fills: dict[int, list[Fill]] = {}
    for one in fills_of(house):
        fills.setdefault(one.part.intent, []).append(one)
    accounts = {one.account: one for one in house.accounts}
    return [
        Order(
            intent=one,
            handle=accounts[one.account].handle,
            name=accounts[one.account].name,
            made=one.made // MICROSECONDS,
            waiting=one.state == IntentState.WAITING and one.kind != IntentKind.REMOVE,
            steps=_steps(house, one, fills.get(one.intent, [])) if one.kind == IntentKind.RAISE else (),
            fills=tuple(fills.get(one.intent, ())),
        )
        for one in reversed(house.work.intents(None, house.customer))
    ]


def _steps(house: Household, intent: Intent, fills: list[Fill]) -> tuple[Step, ...]:
    """Sell, settle, transfer out, with their days where they are known."""
    sold = intent.state not in {IntentState.WAITING, IntentState.WORKING}
    ended = intent.state in {IntentState.DONE, IntentState.PARTLY}
    day = settling(house.work.dated(), house.services.market)
    settles = max((day(one.order.day) for one in fills), default=None)
    stopped = intent.state in {IntentState.CANCELLED, IntentState.REFUSED}
    if stopped:
        return ()
    return (
        Step("Sell", sold, intent.day or None),
        Step("Settle", ended, settles if sold else None),
        Step("Transfer out", ended),
    )
