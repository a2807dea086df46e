"""Accounts that a night's own journals name: opened where it writes, pretended where a preview only looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from engine.ports import BookWork
from ledger.accounts import UNLIMITED, Accounts, Int64s
from ledger.money import MAX_AMOUNT


class Places(Protocol):
    """Ids of system accounts, and of the accounts of interest due on borrow lines."""

    def system(self, asset: int, path: str) -> int:
        """The system account of an asset."""

    def dues(self, lines: list[tuple[int, int]]) -> Int64s:
        """The accounts of interest due of these (customer, borrow account), which have none yet."""

    def accounts(self, ids: Int64s) -> Accounts:
        """Balance columns of these accounts, ascending."""


@dataclass(slots=True)
class Opened:
    """Places of a book that is written: what is not there is opened."""

    work: BookWork
    day: int

    def system(self, asset: int, path: str) -> int:
        """See `Places.system`."""
        return int(self.work.system_accounts(asset, [path])[0])

    def dues(self, lines: list[tuple[int, int]]) -> Int64s:
        """See `Places.dues`."""
        return self.work.open_due(lines, self.day)

    def accounts(self, ids: Int64s) -> Accounts:
        """See `Places.accounts`."""
        return self.work.accounts(ids)


@dataclass(slots=True)
class Pretended:
    """Places of a book that is only read: accounts that are not there have ids below zero, and nothing in them."""

    work: BookWork
    _ids: dict[tuple[int, str], int] = field(default_factory=dict)
    _made: dict[int, tuple[int, int]] = field(default_factory=dict)  # id: (customer, asset)

    def system(self, asset: int, path: str) -> int:
        """See `Places.system`."""
        found = self._ids.get((asset, path))
        if found is None:
            known = {name: one for one, name in self.work.system_paths().items() if name == path}
            of_asset = self.work.accounts(np.array(sorted(known.values()), np.int64))
            ids = of_asset.account[of_asset.asset == asset]
            found = int(ids[0]) if len(ids) else self._new(0, asset)
            self._ids[asset, path] = found
        return found

    def dues(self, lines: list[tuple[int, int]]) -> Int64s:
        """See `Places.dues`."""
        accounts = self.work.accounts(np.array([account for _, account in lines], np.int64))
        asset = dict(zip(accounts.account.tolist(), accounts.asset.tolist(), strict=True))
        return np.array([self._new(customer, asset[account]) for customer, account in lines], np.int64)

    def _new(self, customer: int, asset: int) -> int:
        number = -len(self._made) - 1
        self._made[number] = (customer, asset)
        return number

    def accounts(self, ids: Int64s) -> Accounts:
        """See `Places.accounts`."""
        there = self.work.accounts(ids[ids > 0])
        made = np.array(sorted(one for one in set(ids.tolist()) if one < 0), np.int64)
        return joined(pretended(made, [self._made[one] for one in made.tolist()]), there)


def pretended(ids: Int64s, owners: list[tuple[int, int]]) -> Accounts:
    """Accounts (ascending ids) of these (customer, asset) in which nothing is."""
    zero = np.zeros(len(ids), np.int64)
    customer, asset = (np.array([one[place] for one in owners], np.int64) for place in range(2))
    limit = np.where(customer > 0, MAX_AMOUNT, UNLIMITED)
    return Accounts(ids, customer, asset, zero, zero, zero, zero, zero, -limit, limit)


def joined(*parts: Accounts) -> Accounts:
    """Accounts of all parts, ascending; no account stands in two of them."""
    names = Accounts.__dataclass_fields__
    columns = {name: np.concatenate([getattr(one, name) for one in parts]) for name in names}
    return Accounts(**columns).take(np.argsort(columns["account"]))
