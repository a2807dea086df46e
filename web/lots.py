"""Lots as people and programs see them: cost, value and gain, short or long term, and the day that turns it."""

from dataclasses import dataclass

from engine.invest.lots.lots import long_from
from engine.invest.lots.worth import cents_of
from engine.invest.records import LotRow
from web.investing import Invested


@dataclass(frozen=True, slots=True)
class LotLine:
    """One open lot. `value` and `gain` are cents, None without a price; `long_from` is its first long-term day."""

    lot: int
    path: str
    symbol: str
    day: int
    units: int
    scale: int
    cost: int
    value: int | None
    gain: int | None
    long: bool
    long_from: int


@dataclass(frozen=True, slots=True)
class HoldingLine:
    """Everything of one slice."""

    path: str
    symbol: str
    name: str
    synthetic: bool
    blocked: str
    price: int | None
    scale: int
    lots: tuple[LotLine, ...]

    @property
    def units(self) -> int:
        """Units of all lots."""
        return sum(one.units for one in self.lots)

    @property
    def cost(self) -> int:
        """Cost basis of all lots, cents."""
        return sum(one.cost for one in self.lots)

    @property
    def value(self) -> int | None:
        """What they are worth together, half-even once; None without a price."""
        return None if self.price is None else cents_of(self.units, self.price, self.scale)

    @property
    def gain(self) -> int | None:
        """Value less cost."""
        return None if self.value is None else self.value - self.cost


def lot_rows(own: Invested) -> list[LotLine]:
    """Every open lot, by slice in display order, the oldest first."""
    place = {int(number): at for at, number in enumerate(own.slices.slice.tolist())}
    found = [(place[row.slice], row) for row in own.lots]
    found.sort(key=lambda one: (one[0], one[1].day, one[1].lot))
    return [_lot(own, at, row) for at, row in found]


def _lot(own: Invested, at: int, row: LotRow) -> LotLine:
    symbol, scale = own.symbols[at], own.scales[row.asset]
    price = own.quotes.price.get(symbol)
    value = None if price is None else cents_of(row.units, price, scale)
    turns = long_from(row.held_from)
    return LotLine(
        lot=row.lot,
        path=own.slices.path[at],
        symbol=symbol,
        day=row.day,
        units=row.units,
        scale=scale,
        cost=row.cost,
        value=value,
        gain=None if value is None else value - row.cost,
        long=own.house.day >= turns,
        long_from=turns,
    )


def holding_rows(own: Invested) -> list[HoldingLine]:
    """Every slice that holds units, with its lots."""
    lots = lot_rows(own)
    found = []
    for at, path in enumerate(own.slices.path):
        inside = tuple(one for one in lots if one.path == path)
        if not inside:
            continue
        symbol = own.symbols[at]
        listing = own.listings.get(symbol)
        found.append(
            HoldingLine(
                path=path,
                symbol=symbol,
                name=symbol if listing is None else listing.name,
                synthetic=listing is not None and listing.synthetic,
                blocked=own.quotes.missing.get(symbol, ""),
                price=own.quotes.price.get(symbol),
                scale=own.scales[int(own.slices.asset[at])],
                lots=inside,
            )
        )
    return found
