"""One transfer held against a secured borrow line: what may leave the accounts behind it, or be drawn (ruling 14)."""

from __future__ import annotations

import numpy as np

from engine.borrow.guard import most_out
from engine.desk import AccountRecord
from engine.invest.market import Market
from engine.invest.nights.steps import Steps
from engine.once import Answered, refused
from engine.overnight.marginwindow import measured_at
from engine.overnight.sight import night_sight
from engine.ports import BookWork
from ledger.money import format_money


def most_leaving(
    work: BookWork, market: Market | None, source: AccountRecord, destination: AccountRecord, day: int
) -> int | None:
    """Most cents that may go from one account to another at the last closes of a day; None where no line binds.

    Money between two accounts that count for one line leaves its excess as it is.
    """
    found = measured_at(night_sight(work, market, Steps(day)), np.array([source.customer], np.int64))
    if found is None:
        return None
    counts = set(found.counts().tolist())
    if source.account not in counts or destination.account in counts:
        return None
    return int(most_out(found.measures.excess)[0])


def margin_refusal(
    work: BookWork, market: Market | None, sides: tuple[AccountRecord, AccountRecord], amount: int, day: int
) -> Answered | None:
    """What a refused transfer answers; None where the margin bears it.

    `sides` are source and destination.
    """
    most = most_leaving(work, market, *sides, day)
    if most is None or amount <= most:
        return None
    words = format_money(most, grouped=True)
    sentence = f"More than {words} out of {sides[0].handle} would start a margin call; move no more, or pay in first."
    return Answered(409, refused("margin_short", sentence, "amount"))
