"""Money that several give in turn until an amount is met: sources of a charge, dollars under holds, shared room."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from ledger.accounts import Int64s

INVEST_CASH: Final = 0
CASH_ACCOUNT: Final = 1


@dataclass(frozen=True, slots=True)
class Sources:
    """m accounts that may pay for n customers, in any order.

    `owner` is the customer's place (0 to n − 1), `rank` tells whose turn it is (lower first), `available` is in cents;
    below zero counts as nothing. Rows of one rank pay in the order in which they stand: display order.
    """

    owner: Int64s
    rank: Int64s
    available: Int64s


def pour(amount: Int64s, group: Int64s, most: Int64s) -> Int64s:
    """What each row gives (m,) when the rows of a group give up to `most` in turn until its `amount` (n,) is met.

    `group` (m,) is the place of the amount that a row serves; rows serve in the order in which they stand. An amount
    or a `most` below zero counts as nothing.
    """
    order = np.argsort(group, kind="stable")
    mine = group[order]
    wanted = np.maximum(amount, 0)[mine]
    capped = np.minimum(np.maximum(most[order], 0), wanted)
    before = np.cumsum(capped) - capped
    before -= before[np.searchsorted(mine, mine)] if len(mine) else 0
    given = np.zeros(len(group), np.int64)
    given[order] = np.minimum(capped, np.maximum(wanted - before, 0))
    return given


def drawn(amount: Int64s, sources: Sources) -> Int64s:
    """What each source pays (m,) of its owner's amount (n,): lower ranks first, display order within a rank."""
    turn = np.argsort(sources.rank, kind="stable")
    paid = np.zeros(len(turn), np.int64)
    paid[turn] = pour(amount, sources.owner[turn], sources.available[turn])
    return paid


def summed(amount: Int64s, group: Int64s, count: int) -> Int64s:
    """The sums (count,) of the amounts (m,) of each group."""
    total = np.zeros(count, np.int64)
    np.add.at(total, group, amount)
    return total
