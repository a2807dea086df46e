"""Money on its way and money under holds as people read it: when each transfer arrives, and what may go where when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from engine.desk import AccountRecord
from engine.holds.layers import Layers
from engine.holds.oneoff import Sides, purse_now, ready_days
from engine.holds.purse import Purse, arriving, opens
from engine.holds.settling import Kinds, kinds_of, rail_of, settle_day
from engine.holds.table import KIND_WORDS, RAIL_WORDS
from engine.holds.terms import Destination, Rail
from engine.holds.work import ReturnRow
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.batch import TransferKind, Transfers
from ledger.ids import to_hex

CLASS_WORDS: Final = {
    Destination.CASH: "cash",
    Destination.INVEST: "investing",
    Destination.RETIREMENT: "retirement",
    Destination.BORROW: "the borrow line",
    Destination.OWN_BANK: "the bank it came from",
    Destination.OTHER_BANK: "other banks",
}


@dataclass(frozen=True, slots=True)
class InFlight:
    """A pending transfer: its id, rail (`ach`, `wire`), handles, cents, the days it was sent and settles.

    `until` says to which classes of destination (words of CLASS_WORDS) the money may not go at once when it is there,
    and the first day from which it may.
    """

    id: str
    rail: str
    source: str
    destination: str
    amount: int
    sent: int
    settles: int
    until: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """How many cents of an account become available for a destination on which day, today's first.

    `to` is a word of CLASS_WORDS, or the handle of a bank. Only destinations for which something is held back are told.
    """

    account: str
    to: str
    days: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Everything of one household: transfers in flight, what is under holds, and deposits that banks took back."""

    in_flight: tuple[InFlight, ...]
    ready: tuple[Ready, ...]
    returned: tuple[ReturnRow, ...]


def on_its_way(work: BookWork, customer: int, day: int) -> OnItsWay:
    """What there is on a business day. Raises SluiceError `config_missing`."""
    ids = np.array([customer], np.int64)
    accounts = {one.account: one for one in work.accounts_of(ids, inner=True)}
    purse = purse_now(work, customer, day)
    ready = _ready(purse, list(accounts.values()), day) if purse else ()
    return OnItsWay(_in_flight(work, customer, accounts), ready, tuple(work.returns_of(customer)))


def _in_flight(work: BookWork, customer: int, accounts: Mapping[int, AccountRecord]) -> tuple[InFlight, ...]:
    holds = work.population(np.array([customer], np.int64)).holds
    ids, kind = (np.array([getattr(one, name) for one in accounts.values()], np.int64) for name in ("account", "kind"))
    kinds, dated = kinds_of(ids, kind), work.dated()
    settles = settle_day(holds, kinds, dated) if len(holds) else holds.day
    rails = rail_of(holds)
    found: list[InFlight] = []
    for at in np.argsort(settles, kind="stable").tolist():
        identity = to_hex(int(holds.id_hi[at]), int(holds.id_lo[at]))
        rail = RAIL_WORDS[Rail(int(rails[at]))]
        sides = (accounts[int(holds.credit[at])].handle, accounts[int(holds.debit[at])].handle)
        days = (int(holds.day[at]), int(settles[at]))
        until = _until(_coming(work, holds.take(np.array([at])), kinds, days[1]))
        found.append(InFlight(identity, rail, *sides, int(holds.amount[at]), *days, until))
    return tuple(found)


def _coming(work: BookWork, hold: Transfers, kinds: Kinds, day: int) -> Layers:
    """The layer that a pending transfer will open when it settles, if any."""
    posted = replace(hold, kind=np.full(len(hold), TransferKind.POST, np.int64))
    return arriving(posted.take(opens(posted, kinds)), kinds, work.dated(), day)


def _until(layers: Layers) -> tuple[tuple[str, int], ...]:
    return tuple(
        (CLASS_WORDS[destination], int(first))
        for destination in Destination
        for first, arrived in zip(layers.until[destination].tolist(), layers.arrived.tolist(), strict=True)
        if first > arrived
    )


def _ready(purse: Purse, accounts: Sequence[AccountRecord], day: int) -> tuple[Ready, ...]:
    """Destinations of one class are alike: the first account of it stands for all, a bank for itself."""
    found: list[Ready] = []
    for source in accounts:
        if source.kind not in KIND_WORDS or source.account not in purse.layers.account:
            continue
        goals: dict[str, AccountRecord] = {}
        for one in accounts:
            word = one.handle if one.kind == Kind.BANK else _WORDS.get(one.kind, "")
            if word and one.account != source.account:
                goals.setdefault(word, one)
        for word, goal in goals.items():
            ready = ready_days(purse, Sides(source, goal, day))
            if (ready.day > day).any():
                days = tuple(zip(ready.day.tolist(), ready.amount.tolist(), strict=True))
                found.append(Ready(source.handle, word, days))
    return tuple(found)


_WORDS: Final[Mapping[int, str]] = {
    Kind.CHECKING: CLASS_WORDS[Destination.CASH],
    Kind.CASH: CLASS_WORDS[Destination.CASH],
    Kind.INVEST: CLASS_WORDS[Destination.INVEST],
    Kind.IRA: CLASS_WORDS[Destination.RETIREMENT],
    Kind.BORROW: CLASS_WORDS[Destination.BORROW],
}
