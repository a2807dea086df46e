"""Buys of a window: granted money into the pies it is for, solved with what the sales really brought (D9). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.invest.windows.flows import bought
from engine.invest.windows.grants import Grant
from engine.invest.windows.valued import Valued
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Purchase:
    """Cents of one slice (its place in `Valued`) to be bought with the money of a grant (its place in the list)."""

    at: int
    grant: int
    amount: int


def purchases(now: Valued, money: Sequence[tuple[Grant, int]], minimum: int) -> list[Purchase]:
    """Spend each grant's cents (zero or less buys nothing); the grants of one account one after the other.

    Ascending (grant, slice). What is not spent stays with the caller: below the minimum order, or without a price.
    """
    number = {account: at for at, account in enumerate(now.accounts.account.tolist())}
    value = now.value.copy()
    found: list[Purchase] = []
    for turn in _turns([number[grant.account] for grant, _ in money]):
        trade = _turn(now, value, [(number[money[at][0].account], *money[at]) for at in turn], minimum)
        owner = {number[money[at][0].account]: at for at in turn}
        places = np.flatnonzero(trade)
        found += [Purchase(at, owner[int(now.index[at])], int(trade[at])) for at in places.tolist()]
        value += trade
    return sorted(found, key=lambda one: (one.grant, one.at))


def _turns(accounts: Sequence[int]) -> list[list[int]]:
    """Places of grants in turns: the first of every account, then the second, and so on."""
    turns: list[list[int]] = []
    seen: dict[int, int] = {}
    for at, account in enumerate(accounts):
        turn = seen.get(account, 0)
        seen[account] = turn + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(at)
    return turns


def _turn(now: Valued, value: Int64s, grants: Sequence[tuple[int, Grant, int]], minimum: int) -> Int64s:
    """Buys (m,) of at most one grant an account; the grants as (index of the account, grant, cents)."""
    cash = np.zeros(len(now.accounts), np.int64)
    inside = np.ones(len(value), np.bool_)
    single: list[tuple[int, int]] = []
    for account, grant, cents in grants:
        own = now.own(account)
        at = _slice_at(now, own, grant.path)
        if at is not None:
            single.append((at, cents))
            continue
        cash[account] = max(cents, 0)
        if grant.path:
            inside[own] = now.within(account, grant.path)
    trade = bought(now, value, inside, cash, minimum)
    for at, cents in single:
        if cents >= max(minimum, 1) and not now.blocked[at]:
            trade[at] = cents
    return trade


def _slice_at(now: Valued, own: slice, path: str) -> int | None:
    """The place of the account's slice at exactly this path, None where it is a pie's."""
    paths = now.slices.path[own] if path else ()
    return own.start + paths.index(path) if path in paths else None
