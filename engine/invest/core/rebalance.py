"""Deposits, withdrawals and full rebalances of many pies at once; one pie is a batch of one (investing.md D3 to D8).

Every function takes n pies with m slices (`Pies`), amounts in cents a pie (n,) and the terms of the minimum order, and
gives `Trades`. With flattened weights it is the whole tree at once; `engine/invest/core/nested.py` goes level by level.
Nothing raises: a pie that cannot be worked on has a `Refusal` and no trades, and the others go on.
"""

import numpy as np

from engine.invest.core import solve
from engine.invest.core.columns import Flags, Pies, Refusal, Trades, blocks, refusals
from engine.invest.core.guard import split
from engine.invest.core.minimum import Terms, solve_on_terms
from ledger.accounts import Int64s
from ledger.money import MAX_AMOUNT


def deposit(pies: Pies, cash: Int64s, terms: Terms) -> Trades:
    """Buy for all of `cash`: what is furthest below its weight first, nothing is sold (investing.md D3).

    Cash below the minimum order stays. So does all of it where no slice that may be bought has a weight.
    """
    refusal = refusals(pies, outside(cash, 0) | outside(terms.minimum, 0))
    money = np.where(cash < terms.minimum, 0, cash)
    trade = split_money(pies, money, (terms, solve.deposit), refusal == Refusal.NONE)
    return Trades(trade, cash - pies.sums(trade), refusal)


def withdraw(pies: Pies, amount: Int64s, cash: Int64s, terms: Terms) -> Trades:
    """Sell for what `amount` lacks after `cash`: removed slices, then what is furthest above (investing.md D4).

    Nothing is bought. The excess of whole sales stays in `left`, less than the minimum order (ruling 22).
    """
    wrong = outside(amount, 0) | outside(cash, -MAX_AMOUNT) | outside(terms.minimum, 0)
    refusal = refusals(pies, wrong)
    lacking = np.where(refusal == Refusal.NONE, np.maximum(amount - cash, 0), 0)
    held = pies.sums(np.where(pies.free(), pies.value, 0))
    refusal[(refusal == Refusal.NONE) & (lacking > held)] = Refusal.ABOVE_HOLDING
    good = refusal == Refusal.NONE
    trade = split_money(pies, -lacking, (terms, solve.withdraw), good)
    return Trades(trade, cash - np.where(good, amount, 0) - pies.sums(trade), refusal)


def rebalance(pies: Pies, cash: Int64s, reserve: Int64s, terms: Terms) -> Trades:
    """Bring every slice to its weight of all that is there, but for the cash kept as `reserve` (investing.md D5).

    Cash below the reserve is brought up to it by sales; cash may be negative. Twice is once: the second time nothing
    is traded.
    """
    wrong = outside(cash, -MAX_AMOUNT) | outside(reserve, 0) | outside(terms.minimum, 0)
    refusal = refusals(pies, wrong)
    money = np.where(refusal == Refusal.NONE, cash - reserve, 0)
    trade = split_money(pies, money, (terms, solve.full), refusal == Refusal.NONE)
    return Trades(trade, cash - pies.sums(trade), refusal)


def rebalance_within(pies: Pies, inside: Flags, terms: Terms) -> Trades:
    """Bring the slices `inside` (m,) one inner pie to their weights; its total stays, the others rest (D6)."""
    inner = Pies(pies.start, pies.weight, pies.value, ~(pies.free() & inside))
    none = np.zeros(len(pies), np.int64)
    return rebalance(inner, none, none, terms)


def outside(amount: Int64s, least: int) -> Flags:
    """Tell of each amount whether it lies outside of what may be asked: from `least` to 10**15 cents."""
    wrong: Flags = (amount < least) | (amount > MAX_AMOUNT)
    return wrong


def split_money(pies: Pies, money: Int64s, how: tuple[Terms, solve.Solve], good: Flags) -> Int64s:
    """Split the money of each good pie (n,) by a kernel, on terms; give the signed cents of every slice (m,)."""
    terms, kernel = how
    trade = np.zeros(len(pies.value), np.int64)
    for which, place, block in blocks(pies, good):
        for columns, part in split(block, money[which]):
            some = which[columns]
            trade[place[:, columns]] = solve_on_terms(part, money[some], terms.take(some), kernel)
    return trade
