"""Orders that a borrow line makes by itself: sales past a call's deadline, and money raised for a charge (15, 16).

Both are ordinary intents for the next window, under keys of their own: a night that runs again makes none twice. A sale
is made only where `liquidation_automatic` is yes; else the proposal is shown and people decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.borrow.liquidation import liquidate
from engine.borrow.states import MarginState
from engine.dated.trading import order_minimum
from engine.invest.orderrecords import OPEN_STATES, Intent, IntentKind
from engine.overnight.collateral import Sight
from engine.overnight.margin import Measured
from engine.overnight.selling import held
from engine.ports import BookWork

LIQUIDATION: Final = "liquidation:"
CHARGE: Final = "charge:"
"""How the keys of these intents begin."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be sold of one slice to end a call: cents, of what it is worth."""

    customer: int
    account: int
    slice: int
    path: str
    asset: int
    amount: int
    value: int


def proposals(sight: Sight, found: Measured | None) -> list[Proposal]:
    """What would have to be sold of households whose excess is below zero, highest requirement first (ruling 15).

    It cures at the sight's prices once the levies on it are paid, and is no order that is too small. A security that
    several slices hold is taken of them in display order. What has no price is not proposed.
    """
    short = np.zeros(0, np.int64) if found is None else np.flatnonzero(found.measures.excess < 0)
    if found is None or len(short) == 0:
        return []
    rows = held(sight, found, short)
    position = rows.position
    sell = liquidate(position, rows.selling).sell
    order = np.lexsort((-position.maintenance_bp, position.owner()))
    return [
        Proposal(
            int(rows.customer[at]),
            int(rows.account[at]),
            int(rows.slice[at]),
            rows.path[at],
            int(position.asset[at]),
            int(sell[at]),
            int(position.value[at]),
        )
        for at in order[sell[order] > 0].tolist()
    ]


def sales_past_deadline(sight: Sight, found: Measured | None, instant: int) -> list[Intent]:
    """The sales that a night makes of the proposals of lines in state LIQUIDATION; none unless configured.

    `found` holds the lines with the states that this night gave them. A household whose sales of before still wait for
    their window gets no more, nor one with a holding whose price nobody knows.
    """
    if found is None or not sight.work.dated().flag_on("liquidation_automatic", sight.day):
        return []
    late = found.lines.customer[(found.lines.state == MarginState.LIQUIDATION) & found.backed.priced[found.owner]]
    if len(late) == 0:
        return []
    open_now = [one for one in sight.work.intents(OPEN_STATES) if one.key.startswith(LIQUIDATION)]
    busy = {one.customer for one in open_now}
    due = set(late.tolist()) - busy
    return [
        Intent(
            0,
            one.customer,
            one.account,
            IntentKind.SELL,
            one.path,
            0 if one.amount == one.value else one.amount,
            instant,
            f"{LIQUIDATION}{sight.day}:{one.account}:{one.slice}",
        )
        for one in proposals(sight, found)
        if one.customer in due
    ]


@dataclass(frozen=True, slots=True)
class Unpaid:
    """What a charge left to be raised by a sale: the line, the first day of the month charged, cents above zero."""

    customer: int
    account: int
    month: int
    cents: int


def raise_for_charge(sight: Sight, found: Measured, unpaid: Sequence[Unpaid], instant: int) -> list[Intent]:
    """Raises of invest accounts that count, in display order, each up to what it holds; they pay into the line.

    What no account has a price for is asked of the first that holds something. No raise is smaller than the minimum
    order: what is paid beyond the interest pays principal, and never more than is owed (`engine.invest.nights`).
    """
    made: list[Intent] = []
    minimum = order_minimum(sight.work.dated(), sight.day)
    for one in unpaid:
        for account, cents in _shared(found, one, minimum):
            key = f"{CHARGE}{one.account}:{one.month}:{account}"
            raised = Intent(0, one.customer, account, IntentKind.RAISE, "", cents, instant, key, one.account)
            made.append(raised)
    return made


def _shared(found: Measured, unpaid: Unpaid, minimum: int) -> list[tuple[int, int]]:
    """How much each account raises."""
    mine = found.backed.holdings.customer == unpaid.customer
    accounts, values = found.backed.slice_account[mine], found.backed.holdings.value[mine]
    parts: dict[int, int] = {}
    left = unpaid.cents
    for account in np.unique(accounts).tolist():
        part = min(left, int(values[accounts == account].sum()))
        left -= part
        if part:
            parts[account] = max(part, minimum)
    if left and len(accounts):
        first = int(accounts[0])
        parts[first] = max(parts.get(first, 0) + left, minimum)
    return sorted(parts.items())


def keep_orders(work: BookWork, intents: Sequence[Intent]) -> None:
    """Store intents; those whose keys are known stay as they are."""
    for one in intents:
        work.keep_intent(one)
