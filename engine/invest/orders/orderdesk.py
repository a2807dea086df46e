"""What an order is held against: the account, its pie and slices, the prices now, the cash that may be spent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from engine.desk import AccountRecord
from engine.invest.lots.worth import cents_of
from engine.invest.market import Market, Quotes
from engine.invest.orderrecords import IntentKind
from engine.invest.pies.editing import INVESTING
from engine.invest.pies.paths import inner_pies, within
from engine.invest.pies.pie import Pie, stored_pie
from engine.invest.records import Slices, SliceState
from engine.ports import BookWork
from ledger.accounts import Standing
from ledger.faults import SluiceError
from ledger.money import quoted
from ledger.seal import asset_code

ANY_SLOT: Final = 0
_SLOTS: Final = (ANY_SLOT, 1, 2)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as it is asked for.

    `account` and `destination` are handles. `path` is a slice or an inner pie, "" the whole pie. `amount` is cents; 0
    sells all. `lots` are (lot, units) of one slice to be sold, their amount is what these are worth. A buy may ask for
    more than the cash there is when it says so with `beyond_cash`: the window then buys for what it finds. `pie` is
    the document after a removal; without one the weights that are left are scaled.
    """

    customer: int
    account: str
    kind: IntentKind
    key: str
    path: str = ""
    amount: int = 0
    lots: tuple[tuple[int, int], ...] = ()
    destination: str = ""
    slot: int = ANY_SLOT
    beyond_cash: bool = False
    pie: Pie | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class OrderDesk:
    """What an order is held against: its account, pie and slices, the prices now, and the minimum order."""

    work: BookWork
    wanted: Wanted
    account: AccountRecord
    pie: Pie
    slices: Slices
    quotes: Quotes
    scales: dict[int, int]
    minimum: int

    @property
    def cash(self) -> int:
        """Settled cash that is not on its way out."""
        return max(self.account.posted - self.account.pending_out, 0)

    def alive(self) -> list[int]:
        """Places of slices that are part of the pie or hold units."""
        held = (self.slices.state == SliceState.HELD) | (self.slices.units > 0)
        return [int(at) for at in np.flatnonzero(held)]

    def inside(self) -> list[int]:
        """Places of the slices that the order is about. Raises SluiceError `slice_unknown`."""
        path = self.wanted.path
        found = [at for at in self.alive() if self.slices.path[at] == path or within(self.slices.path[at], path)]
        if not found:
            pies = [one for one, _ in inner_pies(self.pie) if one]
            choices = ", ".join([*pies, *(self.slices.path[at] for at in self.alive())]) or "none yet"
            sentence = f"There is no slice or inner pie {quoted(path)} in {self.account.handle}; choose of {choices}."
            raise SluiceError("slice_unknown", sentence, "path")
        return found

    def price(self, at: int) -> int | None:
        """The price of a slice's security, None where there is none."""
        return self.quotes.price.get(asset_code(int(self.slices.asset[at])))

    def value(self, places: list[int]) -> int:
        """What these slices are worth in cents, those without a price left out."""
        return sum(
            cents_of(int(self.slices.units[at]), self.price(at) or 0, self.scales[int(self.slices.asset[at])])
            for at in places
        )

    def prove_priced(self, places: list[int]) -> None:
        """Raise SluiceError `no_price` with the market's reason where none of these slices has a price."""
        if all(self.price(at) is None for at in places):
            symbol = asset_code(int(self.slices.asset[places[0]]))
            why = self.quotes.missing.get(symbol, f"{symbol} has no price.")
            raise SluiceError("no_price", f"{why} Nothing is ordered without a price; try again later.", "path")


def order_desk(work: BookWork, market: Market, account: AccountRecord, asked: tuple[Wanted, int, int]) -> OrderDesk:
    """Look at the account and its prices. Raises where it can have no orders at all."""
    wanted, instant, minimum = asked
    if account.kind not in INVESTING:
        sentence = f"{account.handle} holds money alone; orders are for an invest account or an IRA with a pie."
        raise SluiceError("no_pie_account", sentence, "account")
    if account.standing != Standing.OPEN:
        sentence = f"{account.handle} is {Standing(account.standing).name.lower()}; choose an open account."
        raise SluiceError("account_closed", sentence, "account")
    if wanted.slot not in _SLOTS:
        raise SluiceError("order_slot", "The windows are 1, the morning, and 2, the afternoon; 0 is any.", "slot")
    ids = np.array([account.account], np.int64)
    versions = work.pies_now(ids)
    if not versions:
        sentence = f"{account.handle} has no pie yet; save one with `flask pie set` first."
        raise SluiceError("no_pie", sentence, "account")
    slices = work.slices(ids)
    symbols = [asset_code(asset) for asset in dict.fromkeys(slices.asset.tolist())]
    quotes = market.quotes(symbols, instant)
    pie = stored_pie(versions[account.account].document)
    return OrderDesk(work, wanted, account, pie, slices, quotes, work.asset_scales(), minimum)
