"""One invest account as pages and programs see it: pie, terms, slices at today's prices, money, lots, next window."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from engine.dated.trading import auto_invest_threshold, order_minimum
from engine.desk import AccountRecord
from engine.invest.market import Listing, Quotes, Window
from engine.invest.pies.editing import INVESTING
from engine.invest.pies.pie import Pie, stored_pie
from engine.invest.pies.terms import PieTerms, terms_of
from engine.invest.records import LotRow, PieVersion, Slices, SliceState
from engine.invest.windows.preview import basis_now, preview
from engine.invest.windows.previewed import Preview
from engine.invest.windows.reserving import is_reserved
from engine.invest.windows.valued import Valued, pick, pick_slices, valued
from engine.invest.windows.viewing import kept, unsettled_accounts
from ledger.accounts import Int64s, Kind
from ledger.faults import SluiceError
from ledger.seal import asset_code
from web.asking import Household

_TRIES: Final = 4  # windows looked at for one that an account takes part in


@dataclass(frozen=True)
class Invested:
    """An invest account inside one transaction; everything is read when it is asked for, and once."""

    house: Household
    account: AccountRecord

    @property
    def ids(self) -> Int64s:
        """The account as a column of one."""
        return np.array([self.account.account], np.int64)

    @cached_property
    def version(self) -> PieVersion | None:
        """The current version of its pie, None before the first."""
        return self.house.work.pies_now(self.ids).get(self.account.account)

    @cached_property
    def pie(self) -> Pie | None:
        """Its pie, None before the first."""
        return None if self.version is None else stored_pie(self.version.document)

    @cached_property
    def terms(self) -> PieTerms:
        """Its terms; the usual ones before its first pie."""
        return PieTerms().usual(self.threshold) if self.version is None else terms_of(self.version.terms)

    @property
    def threshold(self) -> int:
        """The configured threshold of auto-invest, for terms that name none."""
        return auto_invest_threshold(self.house.work.dated(), self.house.day)

    @cached_property
    def slices(self) -> Slices:
        """Slices that are part of the pie or still hold units."""
        stored = self.house.work.slices(self.ids)
        return pick_slices(stored, (stored.state == SliceState.HELD) | (stored.units > 0))

    @cached_property
    def symbols(self) -> tuple[str, ...]:
        """The symbol of each slice."""
        return tuple(asset_code(asset) for asset in self.slices.asset.tolist())

    @cached_property
    def listings(self) -> Mapping[str, Listing]:
        """What the market says of these securities."""
        return self.house.services.market.listings(sorted(set(self.symbols)))

    @cached_property
    def quotes(self) -> Quotes:
        """Prices now."""
        return self.house.services.market.quotes(sorted(set(self.symbols)), self.house.services.now())

    @cached_property
    def scales(self) -> Mapping[int, int]:
        """Decimals of units by asset."""
        return self.house.work.asset_scales()

    @cached_property
    def now(self) -> Valued:
        """Its slices with their prices and values."""
        accounts = self.house.work.invest_accounts(self.house.column)
        own = pick(accounts, accounts.account == self.account.account)
        return valued(own, self.slices, (kept(self.quotes).price, self.scales), {})

    @property
    def cash(self) -> int:
        """Settled cash that is not on its way out."""
        return self.account.posted - self.account.pending_out

    @cached_property
    def unsettled(self) -> tuple[tuple[int, int], ...]:
        """(settlement day, cents) of proceeds on their way."""
        return tuple((day, cents) for one, day, cents in self.house.work.settlements() if one == self.account.account)

    @cached_property
    def earmarks(self) -> tuple[tuple[str, int], ...]:
        """(path of an inner pie, cents) of money that waits to go back into the pie; "" is the whole."""
        rows = [(path, cents) for one, path, cents in self.house.work.earmarks() if one == self.account.account]
        return tuple((path, cents) for path, cents in rows if not is_reserved(path))

    @cached_property
    def reserved(self) -> int:
        """Cents that are set aside for orders and raises."""
        rows = [(path, cents) for one, path, cents in self.house.work.earmarks() if one == self.account.account]
        return sum(cents for path, cents in rows if is_reserved(path))

    @cached_property
    def lots(self) -> list[LotRow]:
        """Its open lots."""
        return self.house.work.lots(self.ids)

    @cached_property
    def value(self) -> int | None:
        """Cents of everything it holds with its money; None where a price is missing."""
        unknown = bool((self.now.blocked & (self.slices.units > 0)).any())
        away = sum(cents for _, cents in self.unsettled) + sum(cents for _, cents in self.earmarks) + self.reserved
        return None if unknown else int(self.now.value.sum()) + self.account.posted + away

    @cached_property
    def window(self) -> Window:
        """The next window that the account takes part in."""
        services, dated = self.house.services, self.house.work.dated()
        window = services.next_window(services.now(), dated)
        mask = int(self.now.accounts.slots[0]) if len(self.now.accounts) else 0
        for _ in range(_TRIES):
            if not mask or mask & (1 << (window.slot - 1)):
                break
            window = services.next_window(window.opens, dated)
        return window

    @cached_property
    def waits(self) -> bool:
        """Whether orders of an earlier window are still open, so that the account takes part in no other."""
        return self.account.account in unsettled_accounts(self.house.work, self.window)

    @cached_property
    def planned(self) -> Preview:
        """What the next window would do as things stand."""
        return self.preview()

    def preview(self, more_cash: int = 0) -> Preview:
        """What the next window would do, with cash that is not there yet."""
        return planned_for(self, more_cash)

    @property
    def synthetic(self) -> bool:
        """Whether a price it is valued at is made up."""
        return any(one.synthetic for one in self.listings.values())


def planned_for(own: Invested, more_cash: int = 0) -> Preview:
    """The preview of the household's next window, with more cash in the account."""
    services = own.house.services
    when = (services.now(), order_minimum(own.house.work.dated(), own.window.day))
    basis = basis_now(own.house.work, services.market, own.window, when, own.house.column)
    more = ((own.account.account, more_cash),) if more_cash else ()
    return preview(own.house.work, replace(basis, more_cash=more))


def invested(house: Household, handle: str) -> Invested:
    """One invest account. Raises SluiceError `account_unknown`, `no_pie_account`."""
    account = house.account(handle)
    if account.kind not in INVESTING:
        sentence = f"{account.name} holds money alone; a pie belongs to an invest account or an IRA."
        raise SluiceError("no_pie_account", sentence)
    return Invested(house, account)


def invest_accounts(house: Household) -> list[Invested]:
    """Every account of a household that can have a pie."""
    return [Invested(house, one) for one in house.accounts if one.kind in (Kind.INVEST, Kind.IRA)]
