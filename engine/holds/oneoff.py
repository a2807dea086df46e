"""One transfer that somebody asks for, bounded by holds: how much may go there now, and how much more when."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.desk import AccountRecord
from engine.difference import day_words
from engine.holds.ahead import Availability, availability
from engine.holds.layers import Funds, Goal
from engine.holds.purse import Purse, goal_of, moved, purse_of
from engine.holds.tonight import keep
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.batch import Transfers, no_transfers
from ledger.money import format_money
from rules.wording_when import listed

_TOLD: Final = 3  # days to come that a refusal names


@dataclass(frozen=True, slots=True)
class Sides:
    """From where money is to go, to where, and on which business day."""

    source: AccountRecord
    destination: AccountRecord
    day: int


def purse_now(work: BookWork, customer: int, day: int) -> Purse | None:
    """What a household's accounts have, with the money under holds among it; None where no hold is open."""
    ids = np.array([customer], np.int64)
    layers = work.layers(ids)
    if len(layers) == 0:
        return None
    population = work.population(ids)
    return purse_of(layers, (population.accounts, population.kind), no_transfers(), day)


def withheld(purse: Purse, sides: Sides, amount: int) -> str:
    """The refusal of an amount that may not go there yet, empty where it may."""
    if sides.source.kind in {Kind.BANK, Kind.BORROW} or sides.source.account == sides.destination.account:
        return ""
    ready = ready_days(purse, sides)
    now = int(ready.amount[ready.day == sides.day].sum())
    if amount <= now:
        return ""
    later = [
        f"{format_money(cents, grouped=True)} more on {day_words(day)}"
        for day, cents in zip(ready.day.tolist(), ready.amount.tolist(), strict=True)
        if day > sides.day
    ]
    most, names = format_money(now, grouped=True), f"{sides.source.handle} can give {sides.destination.handle}"
    when = listed(later[:_TOLD])
    return f"{names} at most {most} now; other money in it is still under a hold: {when}. A new try needs a new key."


def ready_days(purse: Purse, sides: Sides) -> Availability:
    """How much of the source may go to the destination from which day on, above the floor that it keeps."""
    place = int(np.searchsorted(purse.account, sides.source.account))
    funds = Funds(purse.account[place : place + 1], purse.balance[place : place + 1])
    goal: Goal = goal_of(sides.destination.kind, sides.destination.account, sides.day)
    return availability(purse.layers, funds, goal, max(sides.source.floor, sides.source.rule_floor))


def spent(work: BookWork, purse: Purse, batch: Transfers, day: int) -> None:
    """Take a transfer that was just written out of the layers."""
    keep(work, moved(purse, batch, work.dated(), day), day)
