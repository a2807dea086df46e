"""What a household holds now: units, cost, value and gain of each slice, with its lots."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from engine.invest.orderrecords import KeptQuotes
from engine.invest.records import LotRow, SliceState
from engine.invest.windows.valued import valued
from engine.ports import BookWork
from ledger.seal import asset_code


@dataclass(frozen=True, slots=True)
class Held:
    """One slice that holds units, or is part of its pie. `price` (millionths) and `value` (cents) are 0 without price.

    `reason` is the market's own sentence where it has no price; `lots` are open ones, the oldest first.
    """

    account: int
    path: str
    symbol: str
    scale: int
    state: SliceState
    units: int
    price: int
    value: int
    cost: int
    reason: str
    lots: tuple[LotRow, ...]

    @property
    def gain(self) -> int:
        """What selling all of it would realise, in cents; 0 without a price."""
        return self.value - self.cost if self.price else 0


def holdings(work: BookWork, customer: int, quotes: KeptQuotes) -> list[Held]:
    """Every slice of a household's pies that is held or holds, in display order."""
    accounts = work.invest_accounts(np.array([customer], np.int64))
    slices = work.slices(accounts.account)
    now = valued(accounts, slices, (quotes.price, work.asset_scales()), {})
    lots: defaultdict[tuple[int, int], list[LotRow]] = defaultdict(list)
    for row in work.lots(accounts.account):
        lots[row.account, row.slice].append(row)
    found = []
    for at in range(len(slices)):
        if slices.units[at] == 0 and slices.state[at] != SliceState.HELD:
            continue
        account, asset = int(slices.account[at]), int(slices.asset[at])
        own = sorted(lots[account, int(slices.slice[at])], key=lambda row: (row.day, row.lot))
        found.append(
            Held(
                account,
                slices.path[at],
                asset_code(asset),
                int(now.scale[at]),
                SliceState(int(slices.state[at])),
                int(slices.units[at]),
                int(now.price[at]),
                int(now.value[at]),
                sum(row.cost for row in own),
                quotes.missing.get(asset, ""),
                tuple(own),
            )
        )
    return found
