"""What accounts hold while a night works out its own money: each step sees the balances after the ones before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.contributions.rights import RIGHTS
from engine.lookup import placed
from engine.overnight.collateral import Ground
from engine.overnight.entries import Entries
from engine.ports import BookWork, Population
from engine.waterfall import CASH_ACCOUNT, INVEST_CASH, Sources
from ledger.accounts import Accounts, Int64s, Kind, Standing

Flags = npt.NDArray[np.bool_]

_BARRED: Final = np.array([int(kind) for kind, rights in RIGHTS.items() if not rights.source], np.int64)
"""Ownerships whose money is not the household's to pay with."""


@dataclass(slots=True)
class Purses:
    """Accounts of households, interest due included, ascending by id; `balance` is posted less pending out.

    `pending_in` is what is on its way; `pays` says whose money may pay what the household is charged (ruling 17).
    Entries change the balances; nothing else does.
    """

    account: Int64s
    customer: Int64s
    kind: Int64s
    asset: Int64s
    open: Flags
    floor: Int64s
    rule_floor: Int64s
    pending_in: Int64s
    balance: Int64s
    pays: Flags

    def at(self, account: Int64s) -> Int64s:
        """The places of accounts that are here."""
        return np.searchsorted(self.account, account)

    def of(self, account: Int64s) -> Int64s:
        """Their balances."""
        return self.balance[self.at(account)]

    def book(self, given: Entries) -> None:
        """Let the balances follow entries; accounts of the system are not here."""
        for side, sign in ((given.debit, 1), (given.credit, -1)):
            at, ours = placed(self.account, side)
            np.add.at(self.balance, at[ours], sign * given.amount[ours])

    def ground(self) -> Ground:
        """The same as margin measures it."""
        limits = (self.floor, self.rule_floor)
        return Ground(self.account, self.customer, self.kind, self.asset, self.balance.copy(), *limits)

    def add_dues(self, accounts: Accounts) -> None:
        """Take in accounts of interest due that were opened just now."""
        count = len(accounts.account)
        kind = np.full(count, Kind.BORROW_DUE, np.int64)
        zero, opened = np.zeros(count, np.int64), np.ones(count, np.bool_)
        amounts = (accounts.floor, zero, zero, zero)
        new = (accounts.account, accounts.customer, kind, accounts.asset, opened, *amounts, ~opened)
        names = self.__dataclass_fields__
        columns = [np.concatenate([getattr(self, name), column]) for name, column in zip(names, new, strict=True)]
        order = np.argsort(columns[0])
        for name, column in zip(names, columns, strict=True):
            setattr(self, name, column[order])


def purses(work: BookWork, population: Population) -> Purses:
    """The accounts of a population of this book as they are."""
    parts = [population.accounts, population.dues]
    due = len(population.dues.account)
    account = np.concatenate([one.account for one in parts])
    order = np.argsort(account)
    stated = work.stated_ownerships(population.customer if len(population.customer) == 1 else None)
    barred = stated.account[np.isin(stated.kind, _BARRED)]

    def column(name: str) -> Int64s:
        found: Int64s = np.concatenate([getattr(one, name) for one in parts])[order]
        return found

    return Purses(
        account=account[order],
        customer=column("customer"),
        kind=np.concatenate([population.kind, np.full(due, Kind.BORROW_DUE, np.int64)])[order],
        asset=column("asset"),
        open=column("standing") == Standing.OPEN,
        floor=column("floor"),
        rule_floor=np.concatenate([population.rule_floor, population.dues.floor])[order],
        pending_in=column("debits_pending"),
        balance=(column("debits_posted") - column("credits_posted") - column("credits_pending")),
        pays=~np.isin(account[order], barred),
    )


def sources_of(held: Purses, owner: tuple[Int64s, Int64s], cash_pays: Int64s) -> tuple[Int64s, Sources]:
    """Accounts that may pay for n owners: their ids, and what each may give, invest cash first, then cash accounts.

    `owner` are customers (ascending) and the asset each pays in; cash accounts pay where `cash_pays` (n,) is not 0.
    Retirement accounts and those that are barred, such as custodial ones, never pay.
    """
    customer, asset = owner
    at, ours = placed(customer, held.customer)
    may = np.flatnonzero(ours & held.open & held.pays)
    at, kind = at[may], held.kind[may]
    pays = (kind == Kind.INVEST) | ((kind == Kind.CASH) & (cash_pays[at] != 0))
    pays &= asset[at] == held.asset[may]
    which, at = may[pays], at[pays]
    free = held.balance[which] - np.maximum(held.floor[which], 0)
    rank = np.where(held.kind[which] == Kind.INVEST, INVEST_CASH, CASH_ACCOUNT)
    return held.account[which], Sources(at, rank, free)
