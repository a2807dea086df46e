"""What regulators take of a sale: SEC by proceeds, TAF by units with a cap, each rounded up (products.md 1.15).

A sale is a block at the broker; its fee is shared over accounts by units (ruling 9), no account is rounded alone.
"""

from dataclasses import dataclass

import numpy as np

from engine.proportion import Rate, rounded_up
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """Dated configuration: `sec` in cents a cent of proceeds, `taf` in cents a whole unit, the most of TAF in cents."""

    sec: Rate
    taf: Rate
    taf_cap: int


@dataclass(frozen=True, slots=True)
class SaleFees:
    """Cents of each fee (n,)."""

    sec: Int64s
    taf: Int64s


def sale_fees(proceeds: Int64s, units: Int64s, scale: int, terms: SaleTerms) -> SaleFees:
    """The fees of sales (n,) of so many cents and units at `scale` decimals; together never above the proceeds."""
    sec = np.minimum(rounded_up(proceeds, terms.sec), proceeds)
    a_unit = Rate.of(terms.taf.top, terms.taf.bottom * 10**scale)
    taf = np.minimum(rounded_up(units, a_unit), terms.taf_cap)
    return SaleFees(sec, np.minimum(taf, proceeds - sec))
