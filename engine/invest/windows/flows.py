"""Money into and out of the pies of valued accounts, flattened or level by level as each account wants (D3, D4, D6)."""

import numpy as np

from engine.invest.core.columns import Flags
from engine.invest.core.flatten import levels
from engine.invest.core.minimum import Terms
from engine.invest.core.nested import Nested, deposit_by_level, withdraw_by_level
from engine.invest.core.rebalance import deposit, withdraw
from engine.invest.pies.paths import inner_pies, within
from engine.invest.windows.valued import Valued
from ledger.accounts import Int64s


def bought(now: Valued, value: Int64s, inside: Flags, cash: Int64s, minimum: int) -> Int64s:
    """Cents to buy of every slice (m,) when each account (n,) puts `cash` into its slices `inside` (m,).

    Cash that buys nothing stays with the caller: below the minimum order, or where no slice can be bought.
    """
    trade = np.zeros(len(value), np.int64)
    flat = np.flatnonzero((cash > 0) & ~now.level_by_level())
    if len(flat):
        pies = now.pies(value, inside & now.part_of_pie()).take(flat)
        terms = Terms(np.full(len(flat), minimum, np.int64), now.accounts.leave_cash[flat] != 0)
        trade[places_of(now, flat)] = deposit(pies, cash[flat], terms).trade
    for account in np.flatnonzero((cash > 0) & now.level_by_level()).tolist():
        own = now.own(account)
        found = _by_level(now.alone(account), value[own], (inside & now.part_of_pie())[own])
        if found is not None:
            places, nested = found
            terms = Terms(np.full(1, minimum, np.int64), now.accounts.leave_cash[account : account + 1] != 0)
            trade[places + own.start] = deposit_by_level(nested, cash[account : account + 1], terms).trade
    return trade


def sold(one: Valued, value: Int64s, inside: Flags, cents: int, minimum: int) -> Int64s:
    """Cents to sell of every slice (k,), zero or more, when an account alone raises money from its slices `inside`.

    Slices that left the pie go first. More than the slices are worth sells them all.
    """
    trade = np.zeros(len(value), np.int64)
    free = inside & ~one.blocked
    cents = min(cents, int(value[free].sum()))
    if cents <= 0:
        return trade
    if not one.level_by_level()[0]:
        return -_withdrawn(one, value, free, cents, minimum)
    left = free & ~one.part_of_pie()
    first = min(cents, int(value[left].sum()))
    if first:
        trade -= _withdrawn(one, value, left, first, minimum)
    found = _by_level(one, value, free & ~left)
    rest = cents - int(trade.sum())
    if rest > 0 and found is not None:
        places, nested = found
        terms = Terms.alike(1, minimum)
        trade[places] -= withdraw_by_level(nested, np.array([rest], np.int64), terms).trade
    return trade


def _withdrawn(one: Valued, value: Int64s, inside: Flags, cents: int, minimum: int) -> Int64s:
    none = np.zeros(1, np.int64)
    return withdraw(one.pies(value, inside), np.array([cents], np.int64), none, Terms.alike(1, minimum)).trade


def places_of(now: Valued, accounts: Int64s) -> Int64s:
    """Where the slices of these accounts stand, one account after the other."""
    size = np.diff(now.start)[accounts]
    first = np.cumsum(size) - size
    return np.repeat(now.start[accounts] - first, size) + np.arange(int(size.sum()))


def _by_level(one: Valued, value: Int64s, inside: Flags) -> tuple[Int64s, Nested] | None:
    """The innermost pie that holds all slices `inside` (k,), as a tree with its leaves; None where none is inside."""
    if not inside.any():
        return None
    paths = [one.slices.path[at] for at in np.flatnonzero(inside).tolist()]
    pies = dict(inner_pies(one.trees[0]))
    pie = max((each for each in pies if all(within(path, each) for path in paths)), key=len)
    places = np.flatnonzero(one.within(0, pie) & one.part_of_pie())
    return places, Nested(levels([pies[pie]]), value[places], (one.blocked | ~inside)[places])
