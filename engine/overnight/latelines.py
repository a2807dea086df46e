"""Lines recorded since the last posting for dates that were posted: they correct those dates in the running month.

Each date is worked out with and without these lines, at its own rate (ruling 6). Accounts are taken in portions, those
with the oldest lines first, so that one line from long ago does not make everybody's dates begin there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from engine.interest.accrue import Accrued, EndOfDays, correct, merge
from engine.interest.rates import Rates
from engine.lookup import placed
from engine.overnight.balances import Dates, Now, counted, fitting, take_changes
from engine.overnight.work import DayChanges
from engine.ports import NEVER
from ledger.accounts import Int64s

if TYPE_CHECKING:
    from engine.overnight.earning import EarningWork, Since

_CELLS: Final = 4_000_000
"""Accounts times dates that are worked out at once."""


def corrections(
    work: EarningWork, books: tuple[Now, DayChanges], begins: Since, rates: tuple[Rates, Rates]
) -> tuple[Accrued, Int64s]:
    """Cent-days by which late lines change dates that were posted, and accounts for which that cannot be counted.

    `books` are the balances now, and the changes with those recorded since the night that posted last.
    """
    now, changes = books
    late = (changes.effective < begins.month) & (changes.recorded_after >= begins.night)
    late &= np.isin(changes.account, now.account)
    wild: list[Int64s] = [np.zeros(0, np.int64)]
    if begins.night == NEVER or not late.any():
        return merge(), wild[0]
    account, place = np.unique(changes.account[late], return_inverse=True)
    first = np.full(len(account), begins.month)
    np.minimum.at(first, place, np.maximum(changes.effective[late], begins.earliest))
    parts = []
    for which in _portions(first, begins.month):
        made, beyond = _corrected(work, now, account[which], (int(first[which].min()), begins), rates)
        parts.append(made)
        wild.append(beyond)
    return merge(*parts), np.concatenate(wild)


def _portions(first: Int64s, month: int) -> list[Int64s]:
    """Places of accounts that are worked out together, those with the earliest first day first."""
    order = np.argsort(first, kind="stable")
    found_: list[Int64s] = []
    start = 0
    while start < len(order):
        size = max(1, _CELLS // max(month - int(first[order[start]]), 1))
        found_.append(np.sort(order[start : start + size]))
        start += size
    return found_


def _corrected(
    work: EarningWork, now: Now, account: Int64s, dates: tuple[int, Since], rates: tuple[Rates, Rates]
) -> tuple[Accrued, Int64s]:
    first, begins = dates
    mine = now.take(np.isin(now.account, account))
    if first >= begins.month:
        return merge(), account[:0]
    whole = work.day_changes_of(mine.account, first)
    fresh = (whole.effective < begins.month) & (whole.recorded_after >= begins.night)
    net = np.zeros(len(mine.account), np.int64)
    np.add.at(net, placed(mine.account, whole.account)[0][fresh], whole.change[fresh])
    after = counted(mine, whole, first, begins.month - 1)
    before = counted(replace(mine, posted=mine.posted - net), take_changes(whole, ~fresh), first, begins.month - 1)
    fit = fitting(after) & fitting(before)
    parts = []
    for borrow, of in zip((False, True), rates, strict=True):
        which = np.flatnonzero((mine.borrow == borrow) & fit)
        new = Dates(first, after.cents[which]).rows(mine.account[which])
        old = before.cents[which].reshape(-1)
        changed = np.flatnonzero(new.cents != old)
        some = EndOfDays(new.account[changed], new.day[changed], new.cents[changed])
        parts.append(correct(some, old[changed], begins.month, of))
    return merge(*parts), mine.account[~fit]
