"""What the next window would do for some households, in words and numbers, before anything is ordered.

It is the window's own planning on the window's own view, with orders that are not kept yet among the others: the sales
and grants shown are those that the window stores if prices stay (investing.md D9, D10).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from engine.invest.core.bands import Bands, breached
from engine.invest.core.columns import Flags
from engine.invest.lots.choose import Taken
from engine.invest.lots.worth import half_even, units_for
from engine.invest.market import Market, Window
from engine.invest.orderrecords import IntentState
from engine.invest.records import SliceState
from engine.invest.windows.calendar import due_by_calendar
from engine.invest.windows.levies import foreseen
from engine.invest.windows.planning import Moved, Planned, SellPart, View, plan
from engine.invest.windows.previewed import (
    BELOW_MINIMUM,
    CASH,
    NO_PRICE,
    NOT_ASKED,
    BuyLine,
    LeafLine,
    MoveLine,
    Preview,
    PurseLine,
    SellLine,
)
from engine.invest.windows.valued import Valued
from engine.invest.windows.viewing import ONE_WINDOW_SLOTS, Basis, kept, symbols_held, view
from engine.ports import BookWork
from ledger.accounts import Int64s, Kind
from ledger.rounding import WHOLE_BP
from ledger.seal import asset_code


def basis_now(
    work: BookWork, market: Market, window: Window, when: tuple[int, int], customers: Int64s | None = None
) -> Basis:
    """The basis of a preview; `when` is (instant of the prices, minimum order in cents)."""
    instant, minimum = when
    return Basis(window, kept(market.quotes(symbols_held(work, customers), instant)), minimum, customers)


def preview(work: BookWork, basis: Basis) -> Preview:
    """Plan the window of the basis and say what it would do. Nothing is kept.

    `basis.extra` are orders that are not kept; their numbers are to be below zero, each another.
    """
    seen = view(work, basis)
    planned = plan(seen, basis.window)
    after = _after(seen.now, planned)
    sells = tuple(_sell_line(seen, one, _untaxed(work, seen.now)) for one in planned.sells)
    buys = tuple(_buy_lines(seen.now, planned))
    return Preview(
        basis.window,
        basis.quotes.snapshot,
        basis.quotes.source,
        tuple(_purses(seen, planned, sells, buys)),
        sells,
        buys,
        tuple(_move_line(seen.now, one) for one in planned.moves),
        tuple(_leaves(seen, planned, after, basis)),
        tuple((number, fault.code, fault.sentence) for number, fault in sorted(planned.refused.items())),
        planned,
    )


def _untaxed(work: BookWork, now: Valued) -> set[int]:
    customers = np.unique(now.accounts.customer)
    return {one.account for one in work.accounts_of(customers) if one.kind == Kind.IRA}


def _after(now: Valued, planned: Planned) -> Int64s:
    """What every slice is worth once all is filled at the snapshot's prices."""
    value = now.value.copy()
    for sold in planned.sells:
        value[sold.at] -= sold.part.amount
    for bought in planned.buys:
        value[bought.at] += bought.amount
    for moved in planned.moves:
        cents = _moved_cents(moved.taken)
        value[moved.source] -= cents
        value[moved.target] += cents
    return value


def _moved_cents(taken: Iterable[Taken]) -> int:
    return sum(one.proceeds for one in taken)


def _symbol(now: Valued, at: int) -> str:
    return asset_code(int(now.slices.asset[at]))


def _sell_line(seen: View, sold: SellPart, untaxed: set[int]) -> SellLine:
    now, at, part, owner = seen.now, sold.at, sold.part, int(seen.now.index[sold.at])
    long_gain = sum(one.gain for one in sold.taken if one.long)
    short_gain = sum(one.gain for one in sold.taken if not one.long)
    owed = short_gain * int(now.accounts.short_bp[owner]) + long_gain * int(now.accounts.long_bp[owner])
    tax = 0 if part.account in untaxed else half_even(owed, WHOLE_BP)
    return SellLine(
        part.account,
        now.slices.path[at],
        _symbol(now, at),
        part.purpose,
        part.intent,
        part.units,
        part.amount,
        sold.taken,
        short_gain,
        long_gain,
        tax,
        foreseen([part.amount], ([int(now.price[at])], [int(now.scale[at])], [part.units]), seen.levies),
    )


def _buy_lines(now: Valued, planned: Planned) -> Iterable[BuyLine]:
    for one in planned.buys:
        grant = planned.grants[one.grant]
        units = units_for(one.amount, int(now.price[one.at]), int(now.scale[one.at]))
        where = (grant.account, now.slices.path[one.at], _symbol(now, one.at))
        yield BuyLine(*where, grant.purpose, grant.intent, units, one.amount)


def _move_line(now: Valued, moved: Moved) -> MoveLine:
    account = int(now.slices.account[moved.source])
    paths = now.slices.path[moved.source], now.slices.path[moved.target]
    units = sum(one.units for one in moved.taken)
    return MoveLine(account, *paths, _symbol(now, moved.source), units, _moved_cents(moved.taken))


def _purses(seen: View, planned: Planned, sells: Sequence[SellLine], buys: Sequence[BuyLine]) -> Iterable[PurseLine]:
    sales, fees, spent, raised = (defaultdict[int, int](int) for _ in range(4))
    for sold in sells:
        sales[sold.account] += sold.amount
        fees[sold.account] += sold.fee
        raised[sold.account] += sold.amount - sold.fee if sold.purpose == "raise" else 0
    for bought in buys:
        spent[bought.account] += bought.amount
    accounts = seen.now.accounts.account.tolist()
    for index, _, cents in planned.asked.reserved:
        raised[accounts[index]] += cents
    for account, cash in zip(accounts, seen.purse.cash.tolist(), strict=True):
        after = cash + sales[account] - fees[account] - spent[account] - raised[account]
        yield PurseLine(account, cash, sales[account], spent[account], raised[account], after)


def _leaves(seen: View, planned: Planned, after: Int64s, basis: Basis) -> Iterable[LeafLine]:
    now = seen.now
    before_out, after_out = _outside(now, now.value), _outside(now, after)
    drift, drift_after = _drifts(now, now.value), _drifts(now, after)
    asked = {int(now.slices.account[at]) for at in _touched(planned)} | {one.account for one in planned.grants}
    for at, path in enumerate(now.slices.path):
        blocked = bool(now.blocked[at])
        why = NO_PRICE if blocked else ""
        if not blocked and after_out[at]:
            why = _why(seen, at, after, asked)
        yield LeafLine(
            int(now.slices.account[at]),
            path,
            _symbol(now, at),
            int(now.slices.units[at]),
            int(now.value[at]),
            int(after[at]),
            drift[at],
            drift_after[at],
            bool(before_out[at]),
            bool(after_out[at]),
            why,
            basis.quotes.missing.get(int(now.slices.asset[at]), "") if blocked else "",
        )


def _touched(planned: Planned) -> list[int]:
    return [*(one.at for one in planned.sells), *(one.at for one in planned.buys)]


def _why(seen: View, at: int, after: Int64s, asked: set[int]) -> str:
    """Why a leaf is still outside: its trade would be too small, the cash did not reach, or nobody asked."""
    now = seen.now
    own = now.index == now.index[at]
    total, weights = int(after[own].sum()), sum(now.slices.weight[own].tolist())
    gap = abs(int(after[at]) * weights - int(now.slices.weight[at]) * total)
    if gap < seen.minimum * weights:
        return BELOW_MINIMUM
    return CASH if int(now.slices.account[at]) in asked else NOT_ASKED


def _outside(now: Valued, value: Int64s) -> Flags:
    """The leaves outside of the bands of their accounts."""
    accounts = now.accounts
    flags, _ = breached(now.pies(value, now.everything()), Bands(accounts.absolute_bp, accounts.relative_bp))
    return flags


def _drifts(now: Valued, value: Int64s) -> list[int]:
    """Share of the pie's value less share of its weight, of every slice that has a price."""
    found = [0] * len(value)
    for account in range(len(now.accounts)):
        own = [at for at in range(int(now.start[account]), int(now.start[account + 1])) if not now.blocked[at]]
        total = sum(int(value[at]) for at in own)
        weights = sum(int(now.slices.weight[at]) for at in own)
        for at in own:
            held, weight = int(value[at]), int(now.slices.weight[at])
            apart = held * weights - weight * total
            found[at] = half_even(apart * WHOLE_BP, total * weights) if total and weights else 0
    return found


def is_idle(work: BookWork, basis: Basis) -> bool:
    """Whether the window would do nothing at all: no sale, buy, move, intent or money to be set aside."""
    planned = plan(view(work, basis), basis.window)
    return not (planned.sells or planned.buys or planned.moves or planned.asked.intents or planned.asked.reserved)


def is_quiet(work: BookWork, window: Window) -> bool:
    """Whether nothing could happen in a window whatever the prices are: nothing waits, is due or may be invested."""
    accounts = work.invest_accounts()
    balances = work.accounts(accounts.account)
    spare = balances.posted() - balances.credits_pending - accounts.minimum_cash
    invests = (accounts.auto != 0) & (spare >= accounts.threshold) & (spare > 0)
    able = invests | (accounts.on_bands != 0) | due_by_calendar(accounts, window.day)
    if window.slot <= ONE_WINDOW_SLOTS:
        able &= (accounts.slots & (1 << (window.slot - 1))) != 0
    slices = work.slices(accounts.account)
    removing = ((slices.state == SliceState.REMOVING) & (slices.units > 0)).any()
    return not (able.any() or removing or work.earmarks() or work.intents([IntentState.WAITING]))
