"""What sales of holdings behind secured lines bring at the prices of a sight, less what regulators take of them.

Each slice is a row, and its sale a block of its own (ruling 9): what is sold with others costs no more than that, but
for a cent of each levy that rounding may bring.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.borrow.columns import Position
from engine.borrow.liquidation import Selling
from engine.dated.trading import order_minimum
from engine.fees.trading import SaleTerms, sale_fees
from engine.invest.lots.worth import parts_of_a_cent, worth
from engine.invest.nights.after import slices_after
from engine.invest.windows.levies import sale_terms
from engine.lookup import placed_anyhow
from engine.overnight.collateral import Sight
from engine.overnight.margin import Measured
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Held:
    """m slices of some households: the household, account, slice and path of each, and what it may be sold as.

    `position` has the slices as its holdings, a household's by security in display order.
    """

    customer: Int64s
    account: Int64s
    slice: Int64s
    path: list[str]
    position: Position
    selling: Selling


def held(sight: Sight, found: Measured, which: Int64s) -> Held:
    """The slices of the households at these places."""
    part, households, all_rows = found.position.take(which), found.household[which], found.backed
    ours = np.flatnonzero(np.isin(all_rows.holdings.customer, households))
    owner = np.searchsorted(households, all_rows.holdings.customer[ours])
    security = _place(part.owner(), part.asset, (owner, all_rows.holdings.asset[ours]))
    order = np.argsort(security, kind="stable")
    rows, owner, security = ours[order], owner[order], security[order]
    account, slice_, asset = all_rows.slice_account[rows], all_rows.slice_number[rows], part.asset[security]
    position = Position(
        np.searchsorted(owner, np.arange(len(households) + 1)),
        asset,
        all_rows.holdings.value[rows],
        part.initial_bp[security],
        part.maintenance_bp[security],
        part.cash,
        part.owed,
    )
    slices = slices_after(sight.work.slices(np.unique(account)), sight.steps)
    at = _place(slices.account, slices.slice, (account, slice_))
    path = [slices.path[one] for one in at.tolist()]
    return Held(households[owner], account, slice_, path, position, _selling(sight, position, slices.units[at]))


def _place(first: Int64s, second: Int64s, wanted: tuple[Int64s, Int64s]) -> Int64s:
    """Where pairs stand among known ones, each of which is there once."""
    numbers = np.unique(second)
    known, asked = (one * len(numbers) + np.searchsorted(numbers, other) for one, other in ((first, second), wanted))
    at, _ = placed_anyhow(known, asked)
    return at


def _selling(sight: Sight, position: Position, units: Int64s) -> Selling:
    dated, scales = sight.work.dated(), sight.work.asset_scales()
    each, row = np.unique(position.asset, return_inverse=True)
    price = np.array([sight.price(one) for one in each.tolist()], np.int64)[row]
    scale = np.array([scales.get(one, 0) for one in each.tolist()], np.int64)[row]
    market = _Market(position.value.astype(np.int64), units, price, scale, sale_terms(dated, sight.day))
    return Selling(order_minimum(dated, sight.day), market.brings)


@dataclass(frozen=True, slots=True)
class _Market:
    """Rows (m,) that are sold: cents, units at `scale` decimals, price in millionths (0 where none is known)."""

    value: Int64s
    units: Int64s
    price: Int64s
    scale: Int64s
    terms: SaleTerms

    def brings(self, place: Int64s, cents: Int64s) -> tuple[Int64s, Int64s]:
        """See `Selling`: the least units that bring so many cents are sold, all of them where it is the whole."""
        held, price, scale = self.units[place], self.price[place], self.scale[place]
        parts = np.array([parts_of_a_cent(one) for one in scale.tolist()], np.object_)
        least = -(-cents.astype(np.object_) * parts // np.maximum(price, 1))
        units = np.where(cents >= self.value[place], held, np.minimum(least, held)).astype(np.int64)
        got, left = worth(units, price, scale)[0], worth(held - units, price, scale)[0]
        for one in np.unique(scale).tolist():
            mine = scale == one
            fees = sale_fees(got[mine], units[mine], one, self.terms)
            got[mine] -= fees.sec + fees.taf
        return self.value[place] - left, got
