"""Blocks: the parts of many accounts in one order a security, side and broker account, and the way back (ruling 26).

A fill is shared by units, largest remainder, at one price for all; cents and fees follow the units (ruling 9).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from engine.invest.lots.splitting import split_by_units
from engine.invest.lots.worth import cents_of
from engine.invest.market import BlockOrder, OrderState, Side, Window
from engine.invest.orderrecords import OrderRow, PartRow
from ledger.seal import asset_code


@dataclass(frozen=True, slots=True)
class Part:
    """What a slice asks of the market: `units` of a sale with its lots, or `amount` cents of a buy."""

    broker: str
    account: int
    slice: int
    customer: int
    asset: int
    purpose: str
    intent: int
    units: int
    amount: int
    lots: tuple[tuple[int, int], ...] = ()


def client_id(book: int, window: Window, order: tuple[str, int, Side, int]) -> str:
    """The id of a block: hash of book, broker account, window, security, side and attempt, as 32 hexadecimal digits.

    `order` is (broker account, asset, side, attempt). The side is the phase: sells run first.
    """
    broker, asset, side, attempt = order
    text = f"{book}|{broker}|{window.day}|{window.slot}|{asset}|{int(side)}|{attempt}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def blocks(
    book: int, window: Window, side: Side, parts: Iterable[Part], instant: int
) -> tuple[list[OrderRow], list[PartRow]]:
    """One new order for each broker account and security, with its parts in their order."""
    grouped: dict[tuple[str, int], list[Part]] = {}
    for part in parts:
        grouped.setdefault((part.broker, part.asset), []).append(part)
    orders, rows = [], []
    for (broker, asset), own in sorted(grouped.items()):
        client = client_id(book, window, (broker, asset, side, 1))
        units, amount = sum(part.units for part in own), sum(part.amount for part in own)
        if side == Side.SELL:
            amount = 0
        orders.append(
            OrderRow(
                client_id=client,
                day=window.day,
                slot=window.slot,
                attempt=1,
                broker_account=broker,
                asset=asset,
                symbol=asset_code(asset),
                side=side,
                units=units,
                amount=amount,
                state=OrderState.NEW,
                changed=instant,
            )
        )
        rows += [_row(client, part) for part in own]
    return orders, rows


def _row(client: str, part: Part) -> PartRow:
    owner = (part.account, part.slice, part.purpose, part.intent, part.customer)
    return PartRow(client, *owner, part.units, part.amount, part.lots)


def to_broker(order: OrderRow, scale: int) -> BlockOrder:
    """The order as a broker is told of it."""
    return BlockOrder(
        order.client_id,
        order.broker_account,
        order.symbol,
        scale,
        order.side,
        order.units,
        order.amount,
    )


def shared(order: OrderRow, parts: Sequence[PartRow], scale: int) -> list[PartRow]:
    """The parts of a final block with what each of them got; ties go to the lower account, as the parts stand.

    Raises ValueError for a fill beyond the order: a broker that breaks its contract is for people to look at.
    """
    parts = sorted(parts, key=lambda one: (one.account, one.slice, one.purpose, one.intent))
    cents = cents_of(order.filled_units, order.price, scale)
    if order.side == Side.BUY and cents > order.amount:
        raise ValueError(f"order {order.client_id} was filled for {cents} cents, it asked for {order.amount}")
    if order.side == Side.SELL and order.filled_units > order.units:
        raise ValueError(f"order {order.client_id} sold {order.filled_units} units, it asked for {order.units}")
    wanted = [one.units if order.side == Side.SELL else one.amount for one in parts]
    units = split_by_units(order.filled_units, wanted)
    amounts, fees = split_by_units(cents, units), split_by_units(order.fee, units)
    if order.side == Side.BUY:
        amounts = no_more_than(amounts, units, wanted)
    return [
        replace(one, filled_units=own, filled=amount, fee=fee)
        for one, own, amount, fee in zip(parts, units, amounts, fees, strict=True)
    ]


def no_more_than(amounts: Sequence[int], units: Sequence[int], wanted: Sequence[int]) -> list[int]:
    """Costs of parts with no part's above what it may be: such cents go to the parts with the most room.

    Units are whole, so a dear security's part may get a unit that is worth more cents than it has left. Raises
    ValueError where a single unit is worth more than the parts may cost.
    """
    kept = [min(amount, most) for amount, most in zip(amounts, wanted, strict=True)]
    over = sum(amounts) - sum(kept)
    room = {at: wanted[at] - kept[at] for at in range(len(kept)) if units[at]}
    for at in sorted(room, key=lambda one: -room[one]):
        more = min(over, room[at])
        kept[at] += more
        over -= more
    if over:
        raise ValueError(f"{over} cents of a fill are more than the parts that got units asked for")
    return kept
