"""Histories of trades: buys, sales with gain and fee, splits, dividends, new symbols, lots moved and parted.

Written from ledger.md 4.13 and rulings 28 and 29, without the product's own lots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ledger.accounts import Kind
from ledger.batch import Code
from ledger.export import ExportAccount
from ledger.ids import number
from ledger.lotcheck import Kept, LotCheck, Place
from ledger.lotfold import HeldLot, HeldSlice
from ledger.lotmoves import Change, LotChange
from ledger.seal import asset_number
from tests.ledger.books import as_transfers
from tests.ledger.exporting import NEW_YEAR, History
from tests.ledger.model import SINGLE, Line

SCALES = {"VTI": 9, "BRK.B": 9, "V": 9, "7203": 9, "BTC/USD": 8}
SYSTEM = {
    "conversion:trades": Kind.CONVERSION,
    "income:realised_gain": Kind.INCOME,
    "expense:realised_loss": Kind.EXPENSE,
    "expense:trade_fees": Kind.EXPENSE,
    "income:dividends": Kind.INCOME,
    "equity:opening": Kind.EQUITY,
}
Leg = tuple[int, int, int, Code]  # debit, credit, amount, why; both accounts of one asset


@dataclass
class Trader:
    """One household's trades in book 1: transfers go to `history`, changes of lots to `changes`."""

    customer: int
    history: History = field(default_factory=History)
    changes: list[LotChange] = field(default_factory=list)
    lots: dict[int, HeldLot] = field(default_factory=dict)
    slices: dict[tuple[int, int], str] = field(default_factory=dict)
    settlements: Counter[int] = field(default_factory=Counter)
    earmarks: Counter[int] = field(default_factory=Counter)
    day: int = NEW_YEAR
    _numbers: int = 1000

    def account(self, kind: Kind, handle: str, asset: str = "USD", parent: int = 0) -> int:
        """The household's account with this handle, opened where it lacks."""
        for account, one in self.history.accounts.items():
            if one.handle == handle and one.customer == self.customer:
                return account
        return self._open(ExportAccount(1, kind, asset, handle, self.customer, "ann", None, scale(asset), parent))

    def system(self, path: str, asset: str = "USD") -> int:
        """The book's system account at this path, opened where it lacks."""
        for account, one in self.history.accounts.items():
            if (one.handle, one.asset, one.customer) == (path, asset, 0):
                return account
        return self._open(ExportAccount(1, SYSTEM[path], asset, path, scale=scale(asset)))

    def _open(self, one: ExportAccount) -> int:
        self.history.rows.setdefault(1, [])
        account = self.number()
        self.history.accounts[account] = one
        return account

    def number(self) -> int:
        """A new number for an account or a lot."""
        self._numbers += 1
        return number(1, self._numbers)

    def invest(self, name: str = "growth") -> int:
        """An invest account."""
        return self.account(Kind.INVEST, f"invest.{name}")

    def inner(self, invest: int, word: str, kind: Kind = Kind.HOLDING) -> int:
        """An inner account of an invest account: a holding's word is its symbol."""
        handle = f"{self.history.accounts[invest].handle}:{word}"
        return self.account(kind, handle, word if kind == Kind.HOLDING else "USD", invest)

    def unsettled(self, invest: int) -> int:
        """Where proceeds go."""
        return self.inner(invest, "unsettled", Kind.UNSETTLED)

    def journal(self, legs: Sequence[Leg], day: int | None = None) -> int:
        """Write one journal; its seq, or the next one where it has no leg."""
        first = 0
        for debit, credit, amount, code in legs:
            asset = asset_number(self.history.accounts[debit].asset)
            line = Line(0, SINGLE, 0, first, self.customer, debit, credit, asset, amount, code, day or self.day)
            if amount:
                first = self.history.add(line).journal
        return first or len(self.history.rows[1]) + 1

    def slice(self, invest: int, symbol: str, place: int = 0) -> int:
        """A slice of a security: the first, or another of its slices."""
        return self.slot(invest, symbol, 10 * list(SCALES).index(symbol) + place + 1)

    def slot(self, invest: int, symbol: str, number: int) -> int:
        """Remember a slice."""
        self.slices[invest, number] = symbol
        return number

    def fund(self, cents: int, name: str = "growth") -> None:
        """Bring money from outside."""
        self.journal([(self.invest(name), self.system("equity:opening"), cents, Code.OPENING)])

    def change(self, at: tuple[int, int], kind: Change, units: int, cost: int, **more: int) -> None:
        """Keep a change of a lot that is there; `at` is (seq, lot)."""
        seq, lot = at
        old = self.lots[lot]
        place = (old.customer, old.account, more.get("slice", old.slice), old.asset)
        rest = (0, more.get("proceeds", 0), more.get("gain", 0), more.get("other", 0))
        self.changes.append(LotChange(seq, lot, *place, kind, units, cost, self.day, *rest))
        after = old._replace(slice=place[2], units=old.units + units, cost=old.cost + cost)
        if kind in (Change.SPLIT, Change.BASIS):
            after = after._replace(units_opened=after.units, cost_opened=after.cost)
        self.lots[lot] = after

    def open_lot(self, seq: int, kind: Change, opened: HeldLot, other: int = 0) -> int:
        """Keep a change that opens a lot."""
        lot = self.number()
        mine = (opened.customer, opened.account, opened.slice, opened.asset)
        self.changes.append(
            LotChange(seq, lot, *mine, kind, opened.units, opened.cost, opened.day, opened.held_from, 0, 0, other)
        )
        self.lots[lot] = opened._replace(units_opened=opened.units, cost_opened=opened.cost)
        return lot

    def buy(self, symbol: str, units: int, cost: int, fee: int = 0, where: tuple[str, int] = ("growth", 0)) -> int:
        """Buy a lot for cents of an invest account's cash, into one of its slices of the security."""
        invest = self.invest(where[0])
        legs = [
            (self.inner(invest, symbol), self.system("conversion:trades", symbol), units, Code.BUY),
            (self.system("conversion:trades"), invest, cost, Code.BUY),
            (self.system("expense:trade_fees"), invest, fee, Code.FEE),
        ]
        share = (self.customer, invest, self.slice(invest, symbol, where[1]), asset_number(symbol))
        return self.open_lot(
            self.journal(legs), Change.BUY, HeldLot(*share, units, cost, self.day, self.day, units, cost)
        )

    def sell(self, parts: dict[int, int], proceeds: int, fee: int = 0) -> None:
        """Sell units of lots of one holding; proceeds are shared by units, the last lot takes what is left."""
        one = self.lots[next(iter(parts))]
        symbol, invest, total = self.symbol(one), one.account, sum(parts.values())
        sales, left = [], proceeds
        for at, (lot, units) in enumerate(parts.items()):
            brought = left if at == len(parts) - 1 else proceeds * units // max(total, 1)
            left -= brought
            sales.append((lot, units, part_cost(self.lots[lot], units), brought))
        gain = sum(brought - cost for _, _, cost, brought in sales)
        dollars, unsettled = self.system("conversion:trades"), self.unsettled(invest)
        legs = [
            (self.system("conversion:trades", symbol), self.inner(invest, symbol), total, Code.SELL),
            (unsettled, dollars, proceeds, Code.SELL),
            (dollars, self.system("income:realised_gain"), max(gain, 0), Code.GAIN),
            (self.system("expense:realised_loss"), dollars, max(-gain, 0), Code.GAIN),
            (self.system("expense:trade_fees"), unsettled, fee, Code.FEE),
        ]
        seq = self.journal(legs)
        for lot, units, cost, brought in sales:
            self.change((seq, lot), Change.SELL, -units, -cost, proceeds=brought, gain=brought - cost)
        self.settlements[invest] += proceeds - fee

    def settle(self, invest: int) -> None:
        """Proceeds arrive."""
        cents = self.settlements.pop(invest, 0)
        self.journal([(invest, self.unsettled(invest), cents, Code.SETTLE)])

    def set_aside(self, invest: int, cents: int) -> None:
        """Money that waits for its pie."""
        earmarked = self.inner(invest, "earmarked", Kind.EARMARKED)
        self.journal([(earmarked, invest, cents, Code.EARMARK)])
        self.earmarks[invest] += cents

    def dividend(self, invest: int, cents: int) -> None:
        """A dividend in cash."""
        self.journal([(invest, self.system("income:dividends"), cents, Code.DIVIDEND)])

    def split(self, invest: int, symbol: str, top: int, bottom: int) -> None:
        """Split every lot of a holding, floored; a lot left without units is realised against nothing."""
        mine = self.open_lots(invest, symbol)
        more = {lot: self.lots[lot].units * top // bottom - self.lots[lot].units for lot in mine}
        change, holding = sum(more.values()), self.inner(invest, symbol)
        conversion = self.system("conversion:trades", symbol)
        sides = (holding, conversion) if change > 0 else (conversion, holding)
        seq = self.journal([(*sides, abs(change), Code.SPLIT)])
        for lot, units in more.items():
            self.change((seq, lot), Change.SPLIT, units, 0)
        for lot in mine:
            if not self.lots[lot].units:
                self.sell({lot: 0}, 1)

    def rename(self, invest: int, old: str, new: str) -> None:
        """Every lot of a holding becomes one of another symbol of the same scale."""
        mine = self.open_lots(invest, old)
        units = sum(self.lots[lot].units for lot in mine)
        seq = self.journal(
            [
                (self.system("conversion:trades", old), self.inner(invest, old), units, Code.RENAMED),
                (self.inner(invest, new), self.system("conversion:trades", new), units, Code.RENAMED),
            ]
        )
        for lot in mine:
            was = self.lots[lot]
            other = was._replace(slice=self.slice(invest, new), asset=asset_number(new))
            self.change((seq, lot), Change.RENAMED, -was.units, -was.cost)
            self.open_lot(seq, Change.RENAMED, other, lot)

    def move(self, lot: int, name: str) -> None:
        """A whole lot goes to another invest account of the household."""
        was = self.lots[lot]
        symbol, invest = self.symbol(was), self.invest(name)
        seq = self.journal([(self.inner(invest, symbol), self.inner(was.account, symbol), was.units, Code.HOLDING)])
        self.change((seq, lot), Change.ACCOUNT, -was.units, -was.cost)
        self.open_lot(seq, Change.ACCOUNT, was._replace(account=invest, slice=self.slice(invest, symbol)), lot)

    def part(self, lot: int, units: int, place: int) -> int:
        """Some units of a lot, or all of them, go to another slice of its security; the lot that is there then."""
        was, seq = self.lots[lot], len(self.history.rows[1]) + 1
        other = self.slice(was.account, self.symbol(was), place)
        if units == was.units:
            self.change((seq, lot), Change.SLICE, 0, 0, slice=other)
            return lot
        cost = part_cost(was, units)
        self.change((seq, lot), Change.SLICE, -units, -cost)
        return self.open_lot(seq, Change.SLICE, was._replace(slice=other, units=units, cost=cost), lot)

    def return_capital(self, lot: int, cents: int) -> None:
        """Cash that lowers what a lot cost."""
        invest = self.lots[lot].account
        seq = self.journal([(invest, self.system("conversion:trades"), cents, Code.RETURN_OF_CAPITAL)])
        self.change((seq, lot), Change.BASIS, 0, -cents)

    def symbol(self, lot: HeldLot) -> str:
        """What a lot is of."""
        return next(symbol for symbol in SCALES if asset_number(symbol) == lot.asset)

    def open_lots(self, invest: int, symbol: str) -> list[int]:
        """Lots with units."""
        wanted = (invest, asset_number(symbol))
        return [lot for lot, one in self.lots.items() if (one.account, one.asset) == wanted and one.units]

    def kept(self) -> Kept:
        """What a book would keep."""
        units = Counter[tuple[int, int]]()
        for lot in self.lots.values():
            units[lot.account, lot.slice] += lot.units
        slices = {
            slot: HeldSlice(self.customer, asset_number(symbol), units[slot]) for slot, symbol in self.slices.items()
        }
        return Kept(dict(self.lots), slices, dict(self.settlements), dict(self.earmarks))

    def places(self) -> dict[int, Place]:
        """What a book would know of its accounts."""
        held = self.history.balances()
        return {
            account: Place(one.kind, one.customer, asset_number(one.asset), one.parent, held.get(account, 0))
            for account, one in self.history.accounts.items()
        }

    def check(self, *, kept: Kept | None = None, places: dict[int, Place] | None = None) -> LotCheck:
        """The check of this book, everything taken."""
        check = LotCheck(1, self.places() if places is None else places, kept or self.kept())
        lines = [line for _, _, line in self.history.rows[1]]
        for at in range(0, len(lines), 7):
            check.add(as_transfers(lines[at : at + 7]))
        check.change(self.changes)
        return check


def scale(asset: str) -> int:
    """Decimals of an asset."""
    return SCALES.get(asset, 2)


def part_cost(lot: HeldLot, units: int) -> int:
    """Cost of units taken out of a lot: in proportion to all that went, half to even, less what went before."""
    if units == lot.units:
        return lot.cost
    gone = Fraction(lot.cost_opened * (lot.units_opened - lot.units + units), lot.units_opened)
    return round(gone) - (lot.cost_opened - lot.cost)
