"""A window planned: what sells go to market with which lots, what moves inside, what the buys may spend. Pure.

A window's first phase and a preview are this one call (investing.md D9). The buys shown here are what they would be if
every sale filled at the snapshot's prices; the window solves them again with the money that really came.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.fees.trading import SaleTerms as Levies
from engine.invest.lots.choose import SaleTerms, Taken, choose
from engine.invest.lots.lots import Lot
from engine.invest.lots.worth import cents_of, units_for, units_to_raise
from engine.invest.market import Window
from engine.invest.orderrecords import Intent
from engine.invest.pies.pie import Pie
from engine.invest.records import LotOrder
from engine.invest.windows.asking import Asked, Sale, ask
from engine.invest.windows.blocks import Part
from engine.invest.windows.buying import Purchase, purchases
from engine.invest.windows.grants import Grant
from engine.invest.windows.known import Known, Purse
from engine.invest.windows.lending import MARGIN_SHORT, NO_BACKING, Backing, after_sales, bearable, cut
from engine.invest.windows.levies import NO_LEVY
from engine.invest.windows.netting import Inside, netted
from engine.invest.windows.valued import Valued
from ledger.faults import SluiceError


@dataclass(frozen=True, slots=True)
class View:
    """Everything a window is planned on. `lots` are open lots by (account id, slice); `documents` pies by index.

    `minimum` is the minimum order in cents, `backing` what secured borrow lines leave to buys and raises, `levies` what
    regulators take of sales.
    """

    now: Valued
    purse: Purse
    intents: Sequence[Intent]
    lots: Mapping[tuple[int, int], Sequence[Lot]]
    documents: dict[int, Pie]
    minimum: int
    backing: Backing = NO_BACKING
    levies: Levies = NO_LEVY


@dataclass(frozen=True, slots=True)
class Moved:
    """Units that change slices inside of an account: from `source` to `target` (places), lot by lot."""

    source: int
    target: int
    taken: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class SellPart:
    """One slice's sale as it goes to market, with what it takes of its lots at the snapshot's price."""

    at: int
    part: Part
    taken: tuple[Taken, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan. `credited` are cents an intent got from moves inside; `buys` what the market would be asked to buy.

    `refused` says of an intent (by number) why nothing could be planned for it. `released` are cents of earmarks, by
    (account, path), that bought inside and so become cash of the account.
    """

    asked: Asked
    sells: tuple[SellPart, ...]
    moves: tuple[Moved, ...]
    grants: tuple[Grant, ...]
    buys: tuple[Purchase, ...]
    credited: Mapping[int, int]
    spent: Mapping[int, int]
    refused: Mapping[int, SluiceError] = field(default_factory=dict)
    released: Mapping[tuple[int, str], int] = field(default_factory=dict)


def plan(view: View, window: Window) -> Planned:
    """Plan one window for the accounts of a view."""
    asked = ask(
        view.now, view.purse, view.intents, window, Known(view.documents, view.minimum, view.backing, view.levies)
    )
    asked, wanted = _borne(view, asked)
    named = {one.intent for one in view.intents if one.lots}
    market, inside = netted(view.now, asked.sales, wanted, named)
    lots = _Lots(view, window)
    moves = tuple(one for one in (lots.move(each) for each in inside) if one is not None)
    sells, refused = _sells(view, market, lots)
    buys = _left(wanted, inside)
    credited: dict[int, int] = defaultdict(int)
    spent: dict[int, int] = defaultdict(int)
    for each in inside:
        credited[each.intent] += each.amount if each.intent else 0
        intent = asked.grants[each.grant].intent
        spent[intent] += each.amount if intent else 0
    grants, released = _regranted(view.now, asked.grants, inside)
    return Planned(asked, sells, moves, grants, buys, dict(credited), dict(spent), refused, released)


def _borne(view: View, asked: Asked) -> tuple[Asked, list[Purchase]]:
    """The purchases that the margin bears; buys that people asked for say where it did not."""
    now = _after(view.now, asked.sales)
    wanted = purchases(now, _expected(view, asked), view.minimum)
    sold = after_sales(asked.backing, view.now, ((one.at, one.amount) for one in asked.sales))
    kept = bearable(sold, now, wanted, view.minimum)
    short = {asked.grants[at].intent for at in cut(wanted, kept) if asked.grants[at].purpose == "buy"}
    intents = tuple(replace(one, reason=MARGIN_SHORT) if one.intent in short else one for one in asked.intents)
    return replace(asked, intents=intents), kept


def _expected(view: View, asked: Asked) -> list[tuple[Grant, int]]:
    """The money of each grant if every sale brought its amount."""
    brought: dict[tuple[int, str, int, int], int] = defaultdict(int)
    for sale in asked.sales:
        number, slice_ = int(view.now.slices.account[sale.at]), int(view.now.slices.slice[sale.at])
        brought[number, sale.purpose, sale.intent, slice_] += sale.amount
    return [
        (
            one,
            one.cash + one.earmarked + sum(brought[one.account, one.purpose, one.intent, each] for each in one.slices),
        )
        for one in asked.grants
    ]


def _after(now: Valued, sales: Sequence[Sale]) -> Valued:
    """The accounts once these sales are done."""
    value = now.value.copy()
    for sale in sales:
        value[sale.at] -= sale.amount
    return replace(now, value=value)


def _left(wanted: Sequence[Purchase], inside: Sequence[Inside]) -> tuple[Purchase, ...]:
    """The purchases less what moved inside."""
    moved: dict[tuple[int, int], int] = defaultdict(int)
    for one in inside:
        moved[one.target, one.grant] += one.amount
    rest = (replace(one, amount=one.amount - moved[one.at, one.grant]) for one in wanted)
    return tuple(one for one in rest if one.amount)


def _regranted(
    now: Valued, grants: Sequence[Grant], inside: Sequence[Inside]
) -> tuple[tuple[Grant, ...], dict[tuple[int, str], int]]:
    """Grants after moves inside, and cents by (account, path) of earmarks that became cash.

    The buyer's money pays the seller, whose own grant gets it where it has one.
    """
    fed = {
        (grant.account, grant.purpose, grant.intent, each): at
        for at, grant in enumerate(grants)
        for each in grant.slices
    }
    change, released = [0] * len(grants), [0] * len(grants)
    for one in inside:
        buyer = grants[one.grant]
        part = min(one.amount, buyer.earmarked - released[one.grant])
        released[one.grant] += part
        change[one.grant] -= one.amount - part
        seller = (buyer.account, one.purpose, one.intent, int(now.slices.slice[one.source]))
        if seller in fed:
            change[fed[seller]] += one.amount
    after = tuple(
        replace(grant, cash=grant.cash + more, earmarked=grant.earmarked - less)
        for grant, more, less in zip(grants, change, released, strict=True)
    )
    freed = {(grant.account, grant.path): less for grant, less in zip(grants, released, strict=True) if less}
    return after, freed


def _sells(view: View, market: Sequence[Sale], lots: "_Lots") -> tuple[tuple[SellPart, ...], dict[int, SluiceError]]:
    """Sales with units and lots; one below the minimum order is left for the next window unless it sells all."""
    found: list[SellPart] = []
    refused: dict[int, SluiceError] = {}
    for sale in market:
        if sale.amount < view.minimum and not sale.whole:
            continue
        try:
            part = lots.sell(sale)
        except SluiceError as fault:
            refused[sale.intent] = fault
            continue
        if part is not None:
            found.append(part)
    return tuple(found), refused


class _Lots:
    """The lots of the view as sales and moves use them up."""

    def __init__(self, view: View, window: Window) -> None:
        self._view, self._day = view, window.day
        self._left = {key: list(lots) for key, lots in view.lots.items()}
        self._intents = {one.intent: one for one in view.intents}

    def _take(self, at: int, units: int, specific: tuple[tuple[int, int], ...] = ()) -> tuple[Taken, ...]:
        """Take units of a slice by the account's order, or the lots that are named, and keep the rest."""
        now = self._view.now
        key = (int(now.slices.account[at]), int(now.slices.slice[at]))
        owner = int(now.index[at])
        order = LotOrder.SPECIFIC if specific else LotOrder(int(now.accounts.lot_order[owner]))
        rates = int(now.accounts.short_bp[owner]), int(now.accounts.long_bp[owner])
        terms = SaleTerms(self._day, int(now.price[at]), int(now.scale[at]), *rates, specific)
        lots = self._left.get(key, [])
        taken = tuple(choose(lots, units, order, terms))
        gone = {one.lot: one.units for one in taken}
        self._left[key] = [lot.without(gone[lot.lot]) if lot.lot in gone else lot for lot in lots]
        self._left[key] = [lot for lot in self._left[key] if lot.units]
        return taken

    def _held(self, at: int) -> int:
        slices = self._view.now.slices
        return sum(lot.units for lot in self._left.get((int(slices.account[at]), int(slices.slice[at])), ()))

    def move(self, inside: Inside) -> Moved | None:
        """Units that change slices; None within one slice."""
        if inside.source == inside.target:
            return None
        now = self._view.now
        price, scale = int(now.price[inside.source]), int(now.scale[inside.source])
        units = min(units_for(inside.amount, price, scale), self._held(inside.source))
        taken = self._take(inside.source, units)
        return Moved(inside.source, inside.target, taken) if taken else None

    def sell(self, sale: Sale) -> SellPart | None:
        """A sale with its units and lots; None where nothing is left to sell."""
        now, held = self._view.now, self._held(sale.at)
        price, scale = int(now.price[sale.at]), int(now.scale[sale.at])
        intent = self._intents.get(sale.intent)
        specific = intent.lots if intent is not None else ()
        units = held if sale.whole else units_to_raise(sale.amount, price, scale, held)
        if specific:
            units = sum(count for _, count in specific)
        if units == 0:
            return None
        taken = self._take(sale.at, units, specific)
        part = Part(
            broker=now.accounts.broker[int(now.index[sale.at])],
            account=int(now.slices.account[sale.at]),
            slice=int(now.slices.slice[sale.at]),
            customer=int(now.slices.customer[sale.at]),
            asset=int(now.slices.asset[sale.at]),
            purpose=sale.purpose,
            intent=sale.intent,
            units=units,
            amount=cents_of(units, price, scale),
            lots=tuple((one.lot, one.units) for one in taken),
        )
        return SellPart(sale.at, part, taken)
