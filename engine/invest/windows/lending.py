"""What a window leaves of the excess of households with a secured borrow line (rulings 14 and 15).

A sale leaves the equity and lowers the requirement; a buy leaves the equity and raises it by its cost times the
security's requirement; what is raised for another account lowers the equity. Buys and raises of a window together take
no excess below zero, and while a call is open nothing is bought and nothing is raised but for the line itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.borrow.guard import most_bought, most_out
from engine.invest.core.columns import Flags
from engine.invest.orderrecords import Intent, IntentKind
from engine.invest.records import InvestAccounts
from engine.invest.windows.buying import Purchase
from engine.invest.windows.valued import Valued
from ledger.accounts import Int64s
from ledger.rounding import WHOLE_BP

MARGIN_CALL: Final = "margin_call"
MARGIN_SHORT: Final = "margin_short"
"""Why an order waits or is done in part: a call is open, or the margin bears no more."""


@dataclass(frozen=True, slots=True)
class Backing:
    """Households with a secured line as a window begins: the excess in cents by household, at the window's prices.

    `called` are those whose call is open. `counts` are the accounts between which money moves without lowering an
    excess. `requirement` gives the maintenance requirement of a security in basis points.
    """

    excess: Mapping[int, int]
    called: Collection[int]
    counts: Collection[int]
    requirement: Callable[[int], int]

    def leaves(self, intent: Intent) -> bool:
        """Whether a raise takes money away from what stands behind a line."""
        raises = intent.kind == IntentKind.RAISE and intent.customer in self.excess
        return raises and intent.account in self.counts and intent.destination not in self.counts

    def bearable(self, customer: int) -> int:
        """Most that may leave the accounts of a household now."""
        return int(most_out(np.array([self.excess[customer]], np.int64))[0])


NO_BACKING: Final = Backing({}, (), (), int)
"""No household has a secured line, so nobody asks what a security demands."""


def after_sales(backing: Backing, now: Valued, sales: Iterable[tuple[int, int]]) -> Backing:
    """The backing once these sales, (place, cents), are done."""
    relief: dict[int, int] = {}
    for at, cents in sales:
        customer = int(now.slices.customer[at])
        if customer in backing.excess and int(now.slices.account[at]) in backing.counts:
            relief[customer] = relief.get(customer, 0) + cents * backing.requirement(int(now.slices.asset[at]))
    more = {customer: backing.excess[customer] + fine // WHOLE_BP for customer, fine in relief.items()}
    return replace(backing, excess={**backing.excess, **more})


def promised_away(backing: Backing, raises: Iterable[Intent]) -> Backing:
    """The backing once these raises are paid out."""
    excess = dict(backing.excess)
    for one in raises:
        if backing.leaves(one):
            excess[one.customer] -= one.amount
    return replace(backing, excess=excess)


def called(backing: Backing, accounts: InvestAccounts) -> Flags:
    """The accounts (n,) behind lines whose call is open."""
    some = np.array(sorted(backing.called), np.int64), np.array(sorted(backing.counts), np.int64)
    return np.isin(accounts.customer, some[0]) & np.isin(accounts.account, some[1])


def raised(backing: Backing, intent: Intent) -> tuple[int, str]:
    """How much of a raise the margin bears, and the reason where that is not all of it."""
    if not backing.leaves(intent) or intent.amount <= backing.bearable(intent.customer):
        return intent.amount, ""
    if intent.customer in backing.called:
        return 0, MARGIN_CALL
    return backing.bearable(intent.customer), MARGIN_SHORT


def bearable(backing: Backing, now: Valued, bought: Sequence[Purchase], minimum: int) -> list[Purchase]:
    """The buys that take no excess below zero.

    Where the buys of a household would, each is cut in the same proportion, and one that falls below the minimum order
    is left out.
    """
    wanted: dict[int, int] = {}
    for one in bought:
        wanted[_owner(now, one)] = wanted.get(_owner(now, one), 0) + _demand(backing, now, one)
    count = Counter(_owner(now, one) for one in bought)
    fine = {one: _fine(backing, one, count[one]) for one in wanted if one in backing.excess}
    short = {one for one, most in fine.items() if wanted[one] > most}
    kept = []
    for one in bought:
        owner, cents = _owner(now, one), one.amount
        if owner in short and _demand(backing, now, one):
            cents = one.amount * fine[owner] // wanted[owner]
        if cents == one.amount or cents >= max(minimum, 1):
            kept.append(replace(one, amount=cents))
    return kept


def cut(before: Sequence[Purchase], after: Sequence[Purchase]) -> set[int]:
    """The grants (by their places) of which something was left out."""
    change: dict[int, int] = {}
    for sign, some in ((1, before), (-1, after)):
        for one in some:
            change[one.grant] = change.get(one.grant, 0) + sign * one.amount
    return {grant for grant, cents in change.items() if cents}


def _owner(now: Valued, bought: Purchase) -> int:
    return int(now.slices.customer[bought.at])


def _demand(backing: Backing, now: Valued, bought: Purchase) -> int:
    """By how much a buy raises the requirement, in ten-thousandths of a cent."""
    if int(now.slices.account[bought.at]) not in backing.counts:
        return 0
    return bought.amount * backing.requirement(int(now.slices.asset[bought.at]))


def _fine(backing: Backing, customer: int, count: int) -> int:
    """What a household's requirement may rise by, in ten-thousandths of a cent; a cent is left for each rounding."""
    return 0 if customer in backing.called else max(backing.bearable(customer) - count, 0) * WHOLE_BP


def most_of(backing: Backing, customer: int, assets: Iterable[int]) -> int:
    """Most that may be bought of the least demanding of these securities."""
    demands = np.array([min(backing.requirement(asset) for asset in assets)], np.int64)
    excess: Int64s = np.array([0 if customer in backing.called else backing.excess[customer]], np.int64)
    return int(most_bought(excess, demands)[0])
