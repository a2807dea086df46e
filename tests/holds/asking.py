"""Transfers that tests ask for, and what they look up of a household."""

import json
from typing import Any

import numpy as np

from engine.holds.inflight import OnItsWay, on_its_way
from engine.holds.returning import TakenBack, take_back
from engine.holds.work import ReturnRow
from engine.once import Answered
from engine.request import TransferRequest, transfer
from ledger.days import format_day
from tests.engine.households import Home
from tests.holds.moving import day


def ask(home: Home, sides: str, cents: int, on: str, **more: Any) -> Answered:
    """Ask for a transfer such as `chase>cash`; each has a key of its own."""
    source, to = sides.split(">")
    with home.work() as work:
        request = TransferRequest(home.ids["ann"], source, to, cents, f"k{home.now()}", day(on), **more)
        return transfer(work, request, home.now())


def body(answered: Answered) -> dict[str, Any]:
    """The answer's body."""
    told: dict[str, Any] = json.loads(answered.body)
    return told


def nights(home: Home, first: str, last: str) -> None:
    """Every night from one day to another."""
    for one in range(day(first), day(last) + 1):
        home.night(format_day(one))


def way(home: Home, on: str) -> OnItsWay:
    """What is on its way and under holds."""
    with home.books.read(0) as work:
        return on_its_way(work, home.ids["ann"], day(on))


def take(home: Home, transfer_id: str, on: str, reason: str = "R01") -> ReturnRow:
    """The bank takes a deposit back."""
    with home.work() as work:
        return take_back(work, TakenBack(home.ids["ann"], transfer_id, reason), (day(on), home.now()))


def account(home: Home, handle: str) -> Any:
    """The record of an account."""
    with home.books.read(0) as work:
        return next(one for one in work.accounts_of(np.array([home.ids["ann"]])) if one.handle == handle)


def layers(home: Home) -> list[tuple[str, int]]:
    """The money under holds: handle and cents, the oldest first."""
    with home.books.read(0) as work:
        names = {one.account: one.handle for one in work.accounts_of()}
        found = work.layers()
        return [(names[one], cents) for one, cents in zip(found.account.tolist(), found.amount.tolist(), strict=True)]
