"""What may leave the accounts behind a secured borrow line, money and holdings, and what may be drawn (ruling 14)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.borrow.guard import most_out
from engine.borrow.measure import measure
from engine.desk import AccountRecord
from engine.invest.market import Market
from engine.invest.nights.steps import Steps
from engine.once import Answered
from engine.overnight.collateral import Sight, positioned, values
from engine.overnight.drawing import draw_refusal, would_call
from engine.overnight.margin import Measured, terms_on
from engine.overnight.marginwindow import measured_at, promised
from engine.overnight.sight import night_sight
from engine.ports import BookWork
from ledger.accounts import Kind


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


def _most(found: Measured, sides: tuple[AccountRecord, AccountRecord], raises: int) -> int | None:
    """Most cents that may go from one account to the other; None where no line binds.

    Money between two accounts that count for one line leaves its excess as it is. What goes to `raises` is not there
    for anything else.
    """
    source, destination = sides
    counts = set(found.counts().tolist())
    if source.account not in counts or destination.account in counts:
        return None
    return int(most_out(found.measures.excess - raises)[0])


def margin_refusal(
    work: BookWork, market: Market | None, sides: tuple[AccountRecord, AccountRecord], amount: int, day: int
) -> Answered | None:
    """What a refused transfer answers; None where the margin, or the line that it draws on, bears it.

    `sides` are source and destination; `amount` is all that leaves the source, a fee with it. Without a market no
    margin bounds it.
    """
    source, destination = sides
    if source.kind == Kind.BORROW:
        return draw_refusal(work, market, sides, amount, day)
    if market is None:
        return None
    sight = night_sight(work, market, Steps(day))
    found = _measured(sight, source.customer)
    if found is None:
        return None
    raises = int(promised(sight, found)[0])
    most = _most(found, sides, raises)
    if most is None or amount <= most:
        return None
    return Answered(409, would_call(source.handle, most, raises, to_bank=destination.kind == Kind.BANK))


def lacking(work: BookWork, market: Market | None, moved: Leaving, day: int) -> int:
    """Cents that would be missing behind the line once a holding has gone, at the last closes of a day.

    0 where the margin bears it: it then lowers the excess by units × price × (1 − maintenance), less what raises will
    still pay away, at most to zero.
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
    after = measure(positioned(sight, without, found.position.cash, found.position.owed), terms_on(sight)).excess[0]
    return max(int(promised(sight, found)[0]) - int(after), 0) if after < found.measures.excess[0] else 0
