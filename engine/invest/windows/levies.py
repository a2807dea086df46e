"""What regulators take of a window's sales: worked out a block, shared over its parts by units (ruling 9). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.dated.history import Dated
from engine.dated.kinds import PRICE_DECIMALS, WHOLE_RATE
from engine.fees.reasons import Fee
from engine.fees.trading import SaleTerms, sale_fees
from engine.invest.lots.splitting import split_by_units
from engine.invest.lots.worth import units_to_raise
from engine.invest.orderrecords import PartRow
from engine.invest.windows.blocks import no_more_than
from engine.proportion import Rate
from ledger.money import SCALE

LEVY_PATHS: Final = {Fee.SEC: "expense:sec_fee", Fee.TAF: "expense:taf_fee"}
"""The system account of each levy."""

NO_LEVY: Final = SaleTerms(Rate(0, 1), Rate(0, 1), 0)


@dataclass(frozen=True, slots=True)
class Levied:
    """A part of a sale with its fee, of which `sec` and `taf` cents are the regulators'."""

    part: PartRow
    sec: int = 0
    taf: int = 0


def sale_terms(dated: Dated, day: int) -> SaleTerms:
    """The levies on sales of a day."""
    return SaleTerms(
        Rate.of(dated.number_on("sec_fee", day), WHOLE_RATE),
        Rate.of(dated.number_on("taf_per_unit", day) * SCALE, 10**PRICE_DECIMALS),
        dated.number_on("taf_maximum", day),
    )


def levied(parts: Sequence[PartRow], scale: int, terms: SaleTerms) -> list[Levied]:
    """The parts of a filled block of sales with the levies on all of it; no part pays more than it brought."""
    units = [one.filled_units for one in parts]
    room = [one.filled - one.fee for one in parts]
    if min(room, default=0) < 0:
        return [Levied(one) for one in parts]
    brought = np.array([sum(one.filled for one in parts)], np.int64)
    fees = sale_fees(brought, np.array([sum(units)], np.int64), scale, terms)
    left = sum(room)
    sec = min(int(fees.sec[0]), left)
    taf = min(int(fees.taf[0]), left - sec)
    secs = no_more_than(split_by_units(sec, units), units, room)
    tafs = no_more_than(split_by_units(taf, units), units, [most - one for most, one in zip(room, secs, strict=True)])
    return [
        Levied(replace(one, fee=one.fee + first + second), first, second)
        for one, first, second in zip(parts, secs, tafs, strict=True)
    ]


def foreseen(cents: Sequence[int], held: tuple[Sequence[int], Sequence[int], Sequence[int]], terms: SaleTerms) -> int:
    """What would be taken of sales of so many cents, each a block of its own; `held` are prices, scales and units."""
    total = 0
    for amount, price, scale, units in zip(cents, *held, strict=True):
        if amount > 0 and price > 0:
            sold = units_to_raise(amount, price, scale, units)
            fees = sale_fees(np.array([amount], np.int64), np.array([sold], np.int64), scale, terms)
            total += int(fees.sec[0] + fees.taf[0])
    return total
