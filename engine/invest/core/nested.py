"""Deposits, withdrawals and full rebalances level by level: split among the children by their totals, then inside each.

The other way to treat inner pies (investing.md D6): each pie is worked on by itself, and what it is given or gives is
rounded to cents before the next level is looked at. The minimum order holds at every level, so no leaf trades less. An
inner pie that holds a blocked leaf is blocked as a whole, for nobody can say what it is worth.
"""

from dataclasses import dataclass

import numpy as np

from engine.invest.core import solve
from engine.invest.core.columns import Flags, Pies, Refusal, Trades, refusals
from engine.invest.core.flatten import Trees
from engine.invest.core.minimum import Terms
from engine.invest.core.rebalance import outside, split_money
from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT


@dataclass(frozen=True, slots=True)
class Nested:
    """A batch of n trees with the cents of every leaf (m,), and the leaves that are blocked (m,)."""

    trees: Trees
    value: Int64s
    blocked: Flags

    def leaves(self) -> Pies:
        """The leaves of each tree as one pie without weights."""
        return Pies(self.trees.start, np.zeros(len(self.value), np.int64), self.value, self.blocked)


def deposit_by_level(nested: Nested, cash: Int64s, terms: Terms) -> Trades:
    """Buy for all of `cash`, zero or more; as `deposit` of `engine/invest/core/rebalance.py` at each level."""
    leaves = nested.leaves()
    refusal = refusals(leaves, outside(cash, 0) | outside(terms.minimum, 0))
    money = np.where(cash < terms.minimum, 0, cash)
    trade = _downwards(nested, money, (terms, solve.deposit), refusal == Refusal.NONE)
    return Trades(trade, cash - leaves.sums(trade), refusal)


def withdraw_by_level(nested: Nested, amount: Int64s, terms: Terms) -> Trades:
    """Sell for `amount`; as `withdraw` at each level, so the excess in `left` may reach the minimum for each pie."""
    pies = _upwards(nested)
    leaves = nested.leaves()
    refusal = refusals(leaves, outside(amount, 0) | outside(terms.minimum, 0))
    held = pies[0].sums(np.where(pies[0].free(), pies[0].value, 0))
    refusal[(refusal == Refusal.NONE) & (amount > held)] = Refusal.ABOVE_HOLDING
    asked = np.where(refusal == Refusal.NONE, amount, 0)
    trade = _downwards(nested, -asked, (terms, solve.withdraw), refusal == Refusal.NONE)
    return Trades(trade, -asked - leaves.sums(trade), refusal)


def rebalance_by_level(nested: Nested, cash: Int64s) -> Trades:
    """Bring every pie's slices to their weights; within a cent a level of `rebalance`, which production uses."""
    leaves = nested.leaves()
    refusal = refusals(leaves, outside(cash, -MAX_AMOUNT))
    money = np.where(refusal == Refusal.NONE, cash, 0)
    how = (Terms.alike(len(cash)), solve.full)
    trade = _downwards(nested, money, how, refusal == Refusal.NONE)
    return Trades(trade, cash - leaves.sums(trade), refusal)


def _downwards(nested: Nested, money: Int64s, how: tuple[Terms, solve.Solve], good: Flags) -> Int64s:
    terms, kernel = how
    trade = np.zeros(len(nested.value), np.int64)
    for level, pies in zip(nested.trees.levels, _upwards(nested), strict=True):
        split = split_money(pies, money, (terms.take(level.owner), kernel), good[level.owner])
        is_leaf = level.child >= 0
        trade[level.child[is_leaf]] = split[is_leaf]
        money = split[~is_leaf]  # the pies of the level below stand in the order of their slices
    return trade


def _upwards(nested: Nested) -> list[Pies]:
    """Each level as pies whose slices are worth what lies below them, the outermost first."""
    found: list[Pies] = []
    value, blocked = np.zeros(0, np.int64), np.zeros(0, np.bool_)
    for level in reversed(nested.trees.levels):
        is_leaf = level.child >= 0
        worth, rests = np.zeros(len(is_leaf), np.int64), np.zeros(len(is_leaf), np.bool_)
        worth[is_leaf], rests[is_leaf] = nested.value[level.child[is_leaf]], nested.blocked[level.child[is_leaf]]
        worth[~is_leaf], rests[~is_leaf] = value, blocked
        pies = Pies(level.start, level.weight, worth, rests)
        value, blocked = pies.sums(worth), pies.sums(rests) > 0
        found.insert(0, pies)
    return found
