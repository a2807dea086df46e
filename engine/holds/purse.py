"""What the accounts of some households have, with the dollars under holds among it, while transfers go by (ruling 18).

A night and a request hand over their transfers in order: deposits that settle open layers, money that goes out spends
them, and between own accounts the restrictions travel. Only households with a layer, or that get one, are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.dated.history import Dated
from engine.holds.layers import Funds, Goal, Layers, carried, merged, packed, released, spend_open, trimmed
from engine.holds.settling import Flags, Kinds, rail_of
from engine.holds.table import KIND_WORDS, holds_on, longest, open_days
from engine.holds.terms import Arrival, Destination, Direction, Rail, until
from ledger.accounts import Accounts, Int64s, Kind
from ledger.batch import TransferKind, Transfers

_ANYWHERE: Final = -1
_BANK: Final = -2
_CLASS: Final[dict[int, int]] = {
    Kind.BANK: _BANK,
    Kind.CHECKING: Destination.CASH,
    Kind.CASH: Destination.CASH,
    Kind.INVEST: Destination.INVEST,
    Kind.IRA: Destination.RETIREMENT,
    Kind.BORROW: Destination.BORROW,
}
_CLASSES: Final = np.array([_CLASS.get(kind, _ANYWHERE) for kind in range(max(Kind) + 1)], np.int64)
"""The class of destination of each kind of account, from UNKNOWN on; a bank's depends on where the money came from."""

_PLAIN: Final = (Kind.CHECKING, Kind.CASH)
"""Accounts that are money alone: what they do not have any more has left. Invested money is still under its holds."""


@dataclass(frozen=True, slots=True)
class Purse:
    """Accounts of some households, ascending: id, customer, kind, and cents (posted less pending out); their layers.

    `stored` are the layers as the books have them.
    """

    stored: Layers
    layers: Layers
    account: Int64s
    customer: Int64s
    kind: Int64s
    balance: Int64s

    @property
    def kinds(self) -> Kinds:
        """The kinds by account."""
        return Kinds(self.account, self.kind)

    def take(self, which: Flags) -> Purse:
        """These accounts alone, with their layers."""
        account = self.account[which]
        layers = self.layers.take(np.isin(self.layers.account, account))
        columns = (self.customer[which], self.kind[which], self.balance[which])
        return Purse(self.stored, layers, account, *columns)


def purse_of(stored: Layers, before: tuple[Accounts, Int64s], booked: Transfers, day: int) -> Purse:
    """What there is on a day before transfers of it (`booked`).

    `stored` are the layers of the books, `before` the accounts with their balances, in any order, and the kind of each.
    Households of which nothing is under a hold and to which nothing comes are left out.
    """
    accounts, kind = before
    if len(stored) == 0 and not (booked.kind == TransferKind.POST).any():
        return Purse(stored, stored, *(np.zeros(0, np.int64) for _ in range(4)))
    order = np.argsort(accounts.account)
    accounts = accounts.take(order)
    whole = Purse(stored, stored, accounts.account, accounts.customer, kind[order], money_of(accounts))
    held = accounts.customer[np.isin(accounts.account, stored.account)]
    getting = booked.customer[opens(booked, whole.kinds)]
    purse = whole.take(np.isin(accounts.customer, np.concatenate([held, getting])))
    return squared(replace(purse, layers=released(purse.layers, day)))


def money_of(accounts: Accounts) -> Int64s:
    """Cents that accounts have: posted less pending out."""
    found: Int64s = accounts.posted() - accounts.credits_pending
    return found


def full_of(accounts: Accounts) -> Int64s:
    """Cents that accounts have once all that is pending has come: what a ceiling bounds."""
    found: Int64s = accounts.posted() + accounts.debits_pending
    return found


def opens(transfers: Transfers, kinds: Kinds) -> Flags:
    """Tell which transfers bring money from a bank that settles now into an account that can hold it back."""
    into = np.isin(kinds.of(transfers.debit), list(KIND_WORDS))
    mask: Flags = (transfers.kind == TransferKind.POST) & (kinds.of(transfers.credit) == Kind.BANK) & into
    return mask


def moved(purse: Purse, transfers: Transfers, dated: Dated, day: int) -> Purse:
    """The purse after transfers of a day, in their order. Raises SluiceError `config_missing`."""
    if len(purse.account) == 0:
        return purse
    mine = transfers.take(np.isin(transfers.customer, purse.customer))
    turn = _turns(mine.customer)
    for now in range(int(turn.max(initial=-1)) + 1):
        step = mine.take(turn == now)
        purse = _opened(_spent(purse, step, day), step, dated, day)
    return squared(purse)


def arriving(transfers: Transfers, kinds: Kinds, dated: Dated, day: int) -> Layers:
    """The layers of deposits from banks that arrive on a day; those that nothing forbids are left out."""
    kind, rails = kinds.of(transfers.debit), rail_of(transfers)
    free_on = np.zeros((len(Destination), len(transfers)), np.int64)
    for rail in np.unique(rails).tolist():
        which = np.flatnonzero(rails == rail)
        table = holds_on(dated, Rail(rail), day)
        arrival = Arrival(Rail(rail), Direction.IN, kind[which], np.full(len(which), day, np.int64))
        free_on[:, which] = until(table, arrival, open_days(day, day, longest(table)))
    arrived = np.full(len(transfers), day, np.int64)
    return released(Layers(transfers.debit, arrived, transfers.amount, transfers.credit, free_on), day)


def free_on(layers: Layers, destination: Int64s, kinds: Kinds) -> Int64s:
    """The first day from which each layer (m,) may go to an account (m,), by id."""
    place = np.arange(len(layers))
    to = _CLASSES[kinds.of(destination)]
    bank = np.where(layers.origin == destination, np.int64(Destination.OWN_BANK), np.int64(Destination.OTHER_BANK))
    found: Int64s = layers.until[np.where(to == _BANK, bank, np.maximum(to, 0)), place]
    return np.where(to == _ANYWHERE, layers.arrived, found)


def goal_of(kind: int, account: int, day: int) -> Goal:
    """Where money is to go when it goes to an account of that kind, no inner one and none of the system."""
    place = int(_CLASSES[kind])
    return Goal(Destination.OWN_BANK, day, account) if place == _BANK else Goal(Destination(place), day)


def squared(purse: Purse) -> Purse:
    """Put in order: accounts of money alone hold back no more than they have; layers that are alike are one."""
    plain = np.isin(purse.kind, _PLAIN)
    layers = trimmed(purse.layers, Funds(purse.account[plain], purse.balance[plain]))
    return replace(purse, layers=packed(layers))


def _turns(customer: Int64s) -> Int64s:
    """How many lines of its customer come before each."""
    order = np.argsort(customer, kind="stable")
    turn = np.zeros(len(customer), np.int64)
    turn[order] = np.arange(len(customer)) - np.searchsorted(customer[order], customer[order])
    return turn


def _spent(purse: Purse, step: Transfers, day: int) -> Purse:
    """After one transfer a customer: balances, and what went out of layers, with what another account got of it."""
    kinds, layers = purse.kinds, purse.layers
    leaves = (step.kind == TransferKind.SINGLE) | (step.kind == TransferKind.PENDING)
    out = step.take(leaves & np.isin(step.credit, layers.account))
    if len(out):
        out = out.take(np.argsort(out.credit))
        funds = Funds(out.credit, purse.balance[np.searchsorted(purse.account, out.credit)])
        at = np.minimum(np.searchsorted(out.credit, layers.account), len(out) - 1)
        may_go = free_on(layers, out.debit[at], kinds) <= day
        went = spend_open(layers, funds, out.amount, may_go)
        there = np.where(np.isin(kinds.of(out.debit[at]), list(KIND_WORDS)), out.debit[at], 0)
        layers = merged(went.layers, carried(layers, went.taken, there))
    return replace(purse, layers=layers, balance=purse.balance + _change(purse, step))


def _change(purse: Purse, transfers: Transfers) -> Int64s:
    """What transfers do to the balances, cents an account: a pending one takes from its source at once."""
    kind = transfers.kind
    given = (kind == TransferKind.SINGLE) | (kind == TransferKind.PENDING)
    got = (kind == TransferKind.SINGLE) | (kind == TransferKind.POST)
    sides = (
        (transfers.credit, (kind == TransferKind.VOID).astype(np.int64) - given),
        (transfers.debit, got.astype(np.int64)),
    )
    change = np.zeros(len(purse.account), np.int64)
    for side, sign in sides:
        ours = np.isin(side, purse.account)
        np.add.at(change, np.searchsorted(purse.account, side[ours]), (sign * transfers.amount)[ours])
    return change


def _opened(purse: Purse, step: Transfers, dated: Dated, day: int) -> Purse:
    new = step.take(opens(step, purse.kinds))
    if len(new) == 0:
        return purse
    return replace(purse, layers=merged(purse.layers, arriving(new, purse.kinds, dated, day)))
