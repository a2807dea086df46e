"""Which lots of a slice a sale takes, and what each brings (investing.md 3.2, D10; ruling 29).

A sale names its units; an order of lots says which lots give them, whole lots first to last and the last one in part.
Costs are those of `engine/invest/lots/lots.py`; proceeds are an estimate until the fill is known (`settle_sale`).
Prices of the lots are compared as exact fractions, which is cross-multiplying. Wash sales are not looked at here.

M1: losses, then neither, then gains; short-term losses before long-term ones, short-term gains last; in each class the
least gain per unit, so the largest loss and the smallest gain, first (products.md 1.9). FIFO: the oldest. LIFO: the
newest. HIFO: the dearest per unit. LEAST_TAX: the least tax per unit at the customer's own rates, a loss saving its
rate. SPECIFIC: the lots that the sale lists. Ties go to the older lot: the earlier trade date, then the lower number.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from engine.invest.lots.lots import Lot, long_term, part_cost
from engine.invest.lots.splitting import split_by_units
from engine.invest.lots.worth import cents_of, parts_of_a_cent
from engine.invest.records import LotOrder
from ledger.faults import SluiceError

Picked = tuple[int, int]
"""The number of a lot, and units of it."""


@dataclass(frozen=True, slots=True)
class SaleTerms:
    """What an order of lots looks at.

    `day` is the trade date; `price` is in millionths, above zero; `scale` is the decimals of the units. The rates on
    short and on long term gains are basis points, read by LEAST_TAX; `specific` is read by SPECIFIC.
    """

    day: int
    price: int
    scale: int
    short_bp: int = 0
    long_bp: int = 0
    specific: tuple[Picked, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sale takes of one lot: its number, units, and cents of cost, proceeds and gain; whether it is long term.

    The gain is proceeds less cost and may be negative. `fee` is the lot's part of the fee, which is not taken off the
    gain: a fee is an expense of its own.
    """

    lot: int
    units: int
    cost: int
    proceeds: int
    gain: int
    long: bool
    fee: int = 0


Key = tuple[int | Fraction, ...]


def choose(lots: Sequence[Lot], units: int, order: LotOrder, terms: SaleTerms) -> list[Taken]:
    """Give what a sale of units, zero or more, takes of the lots of one slice in one security, in the order it does.

    Proceeds and gains are estimates at the price of the terms. Raises SluiceError `above_holding` at `units` for more
    than the lots hold or less than nothing, and `lots_specific` at `specific` where the lots that are listed do not
    match.
    """
    held = sum(lot.units for lot in lots)
    if not 0 <= units <= held:
        most, asked = _shown(held, terms.scale), _shown(units, terms.scale)
        sentence = f"The lots hold {most} units, not {asked}; sell between none and all of them."
        raise SluiceError("above_holding", sentence, "units")
    if order == LotOrder.SPECIFIC:
        picked = _listed(lots, units, terms)
    else:
        key = _KEYS[order]
        picked = _first(sorted(lots, key=lambda lot: key(lot, terms)), units)
    taken = [_taken(lot, count, terms) for lot, count in picked]
    return settle_sale(taken, cents_of(units, terms.price, terms.scale))


def settle_sale(taken: Sequence[Taken], proceeds: int, fee: int = 0) -> list[Taken]:
    """Split the proceeds and the fee of a sale, cents of zero or more, over what it took, and give it with its gains.

    By units, largest remainder, ties to the lot of the lower number (ruling 9).
    """
    ascending = sorted(taken, key=lambda one: one.lot)
    counts = [one.units for one in ascending]
    settled = {
        one.lot: replace(one, proceeds=brought, gain=brought - one.cost, fee=paid)
        for one, brought, paid in zip(
            ascending, split_by_units(proceeds, counts), split_by_units(fee, counts), strict=True
        )
    }
    return [settled[one.lot] for one in taken]


def first_units(picked: Sequence[Picked], units: int) -> tuple[Picked, ...]:
    """Give the part of a stored choice that a partial fill of these units takes: from its beginning."""
    found: list[Picked] = []
    for lot, count in picked:
        part = min(count, units)
        units -= part
        if part:
            found.append((lot, part))
    return tuple(found)


def _first(lots: Sequence[Lot], units: int) -> list[tuple[Lot, int]]:
    by_number = {lot.lot: lot for lot in lots}
    return [(by_number[lot], part) for lot, part in first_units([(lot.lot, lot.units) for lot in lots], units)]


def _taken(lot: Lot, units: int, terms: SaleTerms) -> Taken:
    cost = part_cost(lot, units)
    return Taken(lot.lot, units, cost, 0, -cost, long_term(lot.held_from, terms.day))


def _listed(lots: Sequence[Lot], units: int, terms: SaleTerms) -> list[tuple[Lot, int]]:
    by_number = {lot.lot: lot for lot in lots}
    found: dict[int, int] = {}
    for place, (lot, count) in enumerate(terms.specific):
        if lot not in by_number or lot in found:
            kind = "is listed twice" if lot in found else "is no lot of this holding"
            raise SluiceError("lots_specific", f"Lot {lot} {kind}; list open lots, each once.", f"specific.{place}.lot")
        if not 0 < count <= by_number[lot].units:
            has, asked = _shown(by_number[lot].units, terms.scale), _shown(count, terms.scale)
            sentence = f"Lot {lot} has {has} units left, not {asked}; take more than none and at most all of them."
            raise SluiceError("lots_specific", sentence, f"specific.{place}.units")
        found[lot] = count
    listed = sum(found.values())
    if listed != units:
        total, asked = _shown(listed, terms.scale), _shown(units, terms.scale)
        sentence = f"The lots listed give {total} units, but {asked} are sold; list exactly as many."
        raise SluiceError("lots_specific", sentence, "specific")
    return [(by_number[lot], count) for lot, count in found.items()]


def _shown(units: int, scale: int) -> str:
    sign, (whole, part) = "-" if units < 0 else "", divmod(abs(units), 10**scale)
    return f"{sign}{whole}" + (f".{part:0{scale}d}".rstrip("0") if part else "")


def _gain(lot: Lot, terms: SaleTerms) -> int:
    """The gain of the whole lot at the price of the terms, in parts of a cent."""
    return terms.price * lot.units - lot.cost * parts_of_a_cent(terms.scale)


def _gain_class(lot: Lot, terms: SaleTerms) -> int:
    gain, long = _gain(lot, terms), long_term(lot.held_from, terms.day)
    if gain > 0:
        return 4 if long else 5
    return (2 if gain == 0 else 0) + long


def _per_unit(number: int, lot: Lot) -> Fraction:
    return Fraction(number, max(lot.units, 1))  # a lot with nothing left gives nothing wherever it stands


def _m1(lot: Lot, terms: SaleTerms) -> Key:
    return _gain_class(lot, terms), _per_unit(_gain(lot, terms), lot), lot.day, lot.lot


def _least_tax(lot: Lot, terms: SaleTerms) -> Key:
    rate = terms.long_bp if long_term(lot.held_from, terms.day) else terms.short_bp
    return _per_unit(_gain(lot, terms) * rate, lot), lot.day, lot.lot


_KEYS: Final[Mapping[LotOrder, Callable[[Lot, SaleTerms], Key]]] = {
    LotOrder.M1: _m1,
    LotOrder.FIFO: lambda lot, _: (lot.day, lot.lot),
    LotOrder.LIFO: lambda lot, _: (-lot.day, -lot.lot),
    LotOrder.HIFO: lambda lot, _: (_per_unit(-lot.cost, lot), lot.day, lot.lot),
    LotOrder.LEAST_TAX: _least_tax,
}
