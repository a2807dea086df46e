"""Lines against dates: the highest amount owed within one, and which accrued ones a line recorded late changes."""

from dataclasses import dataclass

import numpy as np

from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Changes:
    """By how many cents the balance at the end of dates changed: (n,) each, sorted by and once for (account, day)."""

    account: Int64s
    day: Int64s
    cents: Int64s


def highest(opening: Int64s, position: Int64s, change: Int64s) -> Int64s:
    """Give the highest amount of a date of each of n accounts: at its start, or after any of its lines (ruling 2).

    `opening` (n,) is what was owed when the date began; line i of m, in order of sequence, adds `change[i]` cents to
    account `position[i]`. Amounts are at most 10**15 cents at every moment.
    """
    found = opening.copy()
    if not len(position):
        return found
    order = np.argsort(position, kind="stable")
    account, moved = position[order], change[order]
    starts = np.flatnonzero(np.concatenate([[True], account[1:] != account[:-1]]))
    running = np.cumsum(moved)  # may wrap around over many accounts; the difference below wraps back
    before = np.repeat(running[starts] - moved[starts], np.diff(np.append(starts, len(account))))
    after = opening[account] + (running - before)
    found[account[starts]] = np.maximum(opening[account[starts]], np.maximum.reduceat(after, starts))
    return found


def touched(lines: Changes, accrued_until: int) -> Changes:
    """Give the accrued dates whose end balance lines recorded late change, and by how much.

    `lines` (in any order, repeated as they come) are account, effective day and signed cents; each changes every date
    from its own until `accrued_until`. With the balances of those dates, `engine.interest.accrue.correct` gives the
    cent-days. A change that adds to zero stays out.
    """
    count = np.maximum(accrued_until - lines.day + 1, 0)
    line = np.repeat(np.arange(len(count)), count)
    day = lines.day[line] + np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    account = lines.account[line]
    keys, place = np.unique(np.stack([account, day]), axis=1, return_inverse=True)
    cents = np.zeros(keys.shape[1], np.int64)
    np.add.at(cents, place.reshape(-1), lines.cents[line])
    kept = cents != 0
    return Changes(keys[0][kept], keys[1][kept], cents[kept])
