"""One purchase of a security as a lot: what is left of it, what that cost, and since when it counts as held.

A lot belongs to one slice of one invest account. Cost is whole cents and never appears or vanishes: what leaves a lot
in pieces and what is left of it sum to what it was opened with (ledger.md 4.13). Anything that changes the basis of a
lot, a split too, opens a new version of it (ruling 29).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from engine.invest.lots.splitting import convert_units
from engine.invest.lots.worth import half_even
from engine.invest.records import LotRow
from ledger.days import date_of, day_number
from ledger.faults import SluiceError


@dataclass(frozen=True, slots=True)
class Lot:
    """One version of a lot. Units are at the scale of the security; cost is in cents; days are day numbers.

    `units` and `cost` are what is left, `units_opened` and `cost_opened` what this version began with. `day` is the
    trade date. `held_from` is the date from which the holding period counts, the trade date unless a wash sale moved
    it back. Lots are numbered as they were opened, so the older of two lots of one day has the lower number.
    """

    lot: int
    slice: int
    asset: int
    units: int
    cost: int
    day: int
    held_from: int
    units_opened: int
    cost_opened: int

    def without(self, units: int) -> Self:
        """Give what is left after these units went. Raises as `part_cost`."""
        return replace(self, units=self.units - units, cost=self.cost - part_cost(self, units))

    def moved(self, units: int, lot: int, slice_: int) -> Self:
        """Give a lot of its own, under a new number, of these units in another slice; `without` gives the rest.

        Nothing is realised: its cost, trade date and holding period come along (investing.md D9). Raises as
        `part_cost`.
        """
        piece = replace(self, lot=lot, slice=slice_)
        return piece.version(units, part_cost(self, units))

    def version(self, units: int, cost: int) -> Self:
        """Open a new version with these units and this cost (ruling 29)."""
        return replace(self, units=units, cost=cost, units_opened=units, cost_opened=cost)


def part_cost(lot: Lot, units: int) -> int:
    """Give the cents of cost that go with so many units of a lot (ledger.md 4.13).

    Opening cost × all units gone so far / opening units, half-even, less what went before: each piece is within a cent
    of its proportion, and the last one takes what is left. Raises SluiceError `above_holding` at `units` for more than
    is left or less than nothing.
    """
    if not 0 <= units <= lot.units:
        sentence = f"Lot {lot.lot} has {lot.units} smallest units left, not {units}; take between none and all of them."
        raise SluiceError("above_holding", sentence, "units")
    if units == lot.units:
        return lot.cost
    gone = lot.units_opened - lot.units + units
    return half_even(lot.cost_opened * gone, lot.units_opened) - (lot.cost_opened - lot.cost)


def long_from(held_from: int) -> int:
    """Give the first day on which a sale is long term: the day after the anniversary (ruling 29).

    What began on the last day of a month is long term from the first day of the thirteenth month after, so 28 February
    2015 gives 1 March 2016.
    """
    since = date_of(held_from)
    following = since + timedelta(days=1)
    if following.day == 1:
        return day_number(following.replace(year=following.year + 1))
    return day_number(date(since.year + 1, since.month, since.day)) + 1


def long_term(held_from: int, day: int) -> bool:
    """Tell whether a sale on a trade date is long term (ruling 29, investing.md D14)."""
    return day >= long_from(held_from)


def split_lots(lots: Sequence[Lot], top: int, bottom: int) -> tuple[list[Lot], int]:
    """Give new versions of all lots of one account in one security after a split, and the fraction of a unit lost.

    Units as `convert_units` has them, in the order given; the cost stays with its lot (ruling 28). A lot too small for
    one new unit is left with none and with its cost, which is realised against the cash in lieu.
    """
    units, lost = convert_units([lot.units for lot in lots], top, bottom)
    return [lot.version(count, lot.cost) for lot, count in zip(lots, units, strict=True)], lost


def lot_of(row: LotRow) -> Lot:
    """A stored lot as the choice of lots takes it."""
    return Lot(
        row.lot, row.slice, row.asset, row.units, row.cost, row.day, row.held_from, row.units_opened, row.cost_opened
    )
