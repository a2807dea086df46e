"""Invest accounts at one moment: their slices with prices and values in cents, as a window and a preview see them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np

from engine.invest.core.columns import Flags, Pies
from engine.invest.lots.worth import worth
from engine.invest.pies.paths import reaches
from engine.invest.pies.pie import Pie
from engine.invest.records import InvestAccounts, PieMode, Slices, SliceState
from ledger.accounts import Int64s


@dataclass(frozen=True, slots=True)
class Valued:
    """n invest accounts and their m slices: `start` (n + 1), and of each slice price, scale, value and its pie.

    A slice is `blocked` where it has no usable price: it is neither traded nor counted. `index` is the account of each
    slice. `trees` holds the documents of accounts that work level by level, by index.
    """

    accounts: InvestAccounts
    slices: Slices
    start: Int64s
    index: Int64s
    price: Int64s
    scale: Int64s
    value: Int64s
    blocked: Flags
    trees: Mapping[int, Pie] = field(default_factory=dict)

    def pies(self, value: Int64s, inside: Flags) -> Pies:
        """The accounts as pies whose slices are worth `value`; those that are not `inside` are left alone."""
        return Pies(self.start, self.slices.weight, value, self.blocked | ~inside)

    def everything(self) -> Flags:
        """Every slice."""
        return np.ones(len(self.slices), np.bool_)

    def within(self, account: int, pie: str) -> Flags:
        """Of one account's slices (k,) those in the inner pie at a path, a single slice, or all for the empty path."""
        return np.array([reaches(pie, path) for path in self.slices.path[self.own(account)]], np.bool_)

    def own(self, account: int) -> slice:
        """Where the slices of an account (index) stand."""
        return slice(int(self.start[account]), int(self.start[account + 1]))

    def alone(self, account: int) -> "Valued":
        """One account (index) by itself."""
        own = self.own(account)
        return Valued(
            pick(self.accounts, slice(account, account + 1)),
            pick_slices(self.slices, own),
            self.start[account : account + 2] - own.start,
            np.zeros(own.stop - own.start, np.int64),
            self.price[own],
            self.scale[own],
            self.value[own],
            self.blocked[own],
            {0: self.trees[account]} if account in self.trees else {},
        )

    def part_of_pie(self) -> Flags:
        """The slices that their pies hold now: those that left or are being removed are not bought."""
        held: Flags = self.slices.state == SliceState.HELD
        return held

    def level_by_level(self) -> Flags:
        """Accounts (n,) that work level by level."""
        found: Flags = self.accounts.mode == PieMode.LEVEL_BY_LEVEL
        return found


Which = Int64s | Flags | slice


def pick(accounts: InvestAccounts, which: Which) -> InvestAccounts:
    """Some of the accounts (a mask, places or a slice)."""
    places = np.arange(len(accounts))[which].tolist()
    columns = {name: getattr(accounts, name)[which] for name in _ACCOUNTS}
    return InvestAccounts(**columns, broker=[accounts.broker[at] for at in places])


def pick_slices(slices: Slices, which: Which) -> Slices:
    """Some of the slices (a mask, places or a slice)."""
    places = np.arange(len(slices))[which].tolist()
    columns = {name: getattr(slices, name)[which] for name in _SLICES}
    return Slices(**columns, path=[slices.path[at] for at in places])


_ACCOUNTS = tuple(one.name for one in fields(InvestAccounts) if one.name != "broker")
_SLICES = tuple(one.name for one in fields(Slices) if one.name != "path")


def valued(
    accounts: InvestAccounts,
    slices: Slices,
    quoted: tuple[Mapping[int, int], Mapping[int, int]],
    trees: Mapping[int, Pie],
) -> Valued:
    """Put prices to the slices of these accounts (both ascending); `quoted` are prices and scales by asset.

    `trees` holds documents by account id, for accounts that work level by level.
    """
    prices, scales = quoted
    start = np.searchsorted(slices.account, np.append(accounts.account, np.iinfo(np.int64).max))
    price = np.array([prices.get(asset, 0) for asset in slices.asset.tolist()], np.int64)
    scale = np.array([scales.get(asset, 0) for asset in slices.asset.tolist()], np.int64)
    value, bad = worth(slices.units, price, scale)
    numbers = {account: at for at, account in enumerate(accounts.account.tolist())}
    return Valued(
        accounts,
        slices,
        start.astype(np.int64),
        np.repeat(np.arange(len(accounts)), np.diff(start)),
        price,
        scale,
        np.where(bad, 0, value),
        bad,
        {numbers[account]: pie for account, pie in trees.items() if account in numbers},
    )
