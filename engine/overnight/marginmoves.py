"""What may leave the accounts behind a secured borrow line, money and holdings, and what may be drawn (ruling 14)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.borrow.guard import most_out
from engine.borrow.measure import measure
from engine.desk import AccountRecord
from engine.invest.market import Market
from engine.invest.nights.steps import Steps
from engine.once import Answered, refused
from engine.overnight.collateral import Sight, positioned, values
from engine.overnight.margin import Measured, limits_of, terms_on
from engine.overnight.marginwindow import measured_at
from engine.overnight.sight import night_sight
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.money import format_money


@dataclass(frozen=True, slots=True)
class Leaving:
    """A holding that goes from an account of a household to another one: of its slice `left` units stay."""

    customer: int
    account: int
    slice: int
    left: int
    destination: int


def _measured(sight: Sight, customer: int) -> Measured | None:
    return measured_at(sight, np.array([customer], np.int64))


def _most(found: Measured, source: AccountRecord, destination: AccountRecord) -> int | None:
    """Most cents that may go from one account to the other; None where no line binds.

    Money between two accounts that count for one line leaves its excess as it is; but while that is below zero
    nothing is drawn, wherever it goes.
    """
    counts = set(found.counts().tolist())
    if source.account not in counts or (destination.account in counts and not _stopped(found, source)):
        return None
    return int(most_out(found.measures.excess)[0])


def _room(found: Measured, source: AccountRecord) -> int | None:
    """What may still be drawn of a line at the prices of the day, sales since the last night included; else None."""
    drawn = np.flatnonzero(found.lines.account == source.account)
    return int(max((limits_of(found) - found.owed)[drawn[0]], 0)) if len(drawn) else None


def _stopped(found: Measured, source: AccountRecord) -> bool:
    """Whether this is a draw while money is missing behind the line."""
    return bool(found.measures.excess[0] < 0) and source.account in found.lines.account


def margin_refusal(
    work: BookWork, market: Market | None, sides: tuple[AccountRecord, AccountRecord], amount: int, day: int
) -> Answered | None:
    """What a refused transfer answers; None where the margin bears it.

    `sides` are source and destination; `amount` is all that leaves the source, a fee with it.
    """
    source, destination = sides
    found = _measured(night_sight(work, market, Steps(day)), source.customer)
    if found is None:
        return None
    most, room = _most(found, source, destination), _room(found, source)
    if all(one is None or amount <= one for one in (most, room)):
        return None
    if room is not None and amount > room and not _stopped(found, source):
        sentence = f"{source.handle} lends at most {format_money(room, grouped=True)} on what stands behind it now"
        return Answered(409, refused("margin_short", f"{sentence}; draw no more, or pay in first.", "amount"))
    if _stopped(found, source):
        missing = format_money(-int(found.measures.excess[0]), grouped=True)
        sentence = f"{missing} is missing behind {source.handle}: pay so much in, or sell; nothing is drawn until then."
    else:
        fees = ", fees included," if destination.kind == Kind.BANK else ""
        sentence = (
            f"More than {format_money(most or 0, grouped=True)} out of {source.handle}{fees} would start a margin call"
        )
        sentence = f"{sentence}; move no more, or pay in first."
    return Answered(409, refused("margin_short", sentence, "amount"))


def lacking(work: BookWork, market: Market | None, moved: Leaving, day: int) -> int:
    """Cents that would be missing behind the line once a holding has gone, at the last closes of a day.

    0 where the margin bears it: it then lowers the excess by units × price × (1 − maintenance) at most to zero.
    """
    sight = night_sight(work, market, Steps(day))
    found = _measured(sight, moved.customer)
    if found is None or moved.account not in found.backed.account or moved.destination in found.backed.account:
        return 0
    rows = found.backed
    mine = (rows.slice_account == moved.account) & (rows.slice_number == moved.slice)
    asset, value = rows.holdings.asset, rows.holdings.value.copy()
    value[mine], _ = values(sight, asset[mine], np.full(int(mine.sum()), moved.left))
    without = replace(rows, holdings=replace(rows.holdings, value=value))
    after = measure(positioned(sight, without, found.position.owed), terms_on(sight)).excess[0]
    return max(int(-after), 0) if after < found.measures.excess[0] else 0
