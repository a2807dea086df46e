"""Why less can be drawn of a borrow line than somebody asks for, said in words (rulings 13 and 14).

The books keep the limit that the last night set. A draw is also held against what stands behind the line now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.borrow.guard import most_drawn
from engine.borrow.states import OPEN_CALLS
from engine.desk import AccountRecord
from engine.invest.market import Market
from engine.invest.nights.steps import Steps
from engine.once import Answered, refused
from engine.overnight.collateral import Sight
from engine.overnight.margin import Measured, limits_of, secured, terms_on
from engine.overnight.marginwindow import measured_at, promised
from engine.overnight.sight import night_sight
from engine.overnight.work import Lines
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.money import format_money


@dataclass(frozen=True, slots=True)
class _Draw:
    """A draw from a secured line, in cents: what the last night's limit leaves, what today's does, what prices bear.

    `raises` is what raises under way will pay away.
    """

    line: AccountRecord
    to_bank: bool
    stored: int
    room: int
    bears: int
    raises: int


def draw_refusal(
    work: BookWork, market: Market | None, sides: tuple[AccountRecord, AccountRecord], amount: int, day: int
) -> Answered | None:
    """What a draw that cannot be answers, None where it can; see `engine.overnight.marginmoves.margin_refusal`.

    While a call is open nothing is drawn, even if nothing is missing any more: a night or window has to end it first,
    as a night does before its rules draw. Without a market nothing else than the limit of the last night bounds it.
    """
    line, destination = sides
    stored, customers = max(line.free, 0), np.array([line.customer], np.int64)
    sight = night_sight(work, market, Steps(day))
    found = measured_at(sight, customers) if market else None
    at = np.flatnonzero(found.lines.account == line.account) if found else np.zeros(0, np.int64)
    if found is None or len(at) == 0:
        if _called(secured(work.lines(customers)), line):
            sentence = f"A margin call is open behind {line.handle}. Draw after the night or window that ends it."
            return Answered(409, refused("margin_call", sentence, "amount"))
        return None if amount <= stored else Answered(409, _above_limit(line, stored))
    room, raises = (limits_of(found) - found.owed)[at], promised(sight, found)
    leaves = destination.account not in found.counts()
    bears = most_drawn(room, found.measures.excess - raises) if leaves else np.maximum(room, 0)
    most = stored, int(max(room[0], 0)), int(bears[0])
    draw = _Draw(line, destination.kind == Kind.BANK, *most, int(raises[0]))
    stopped = _stopped(found, draw)
    if not stopped and amount <= min(stored, draw.bears):
        return None
    return Answered(409, stopped or _unbacked(sight, found, draw) or _bounded(draw))


def _called(lines: Lines, line: AccountRecord) -> bool:
    """Whether the call of a line is open, as the last night or window left it."""
    return bool(np.isin(lines.state[lines.account == line.account], OPEN_CALLS).any())


def _stopped(found: Measured, draw: _Draw) -> str:
    """A call is open, or money is missing behind the line: nothing is drawn, wherever it would go; empty otherwise."""
    excess, called = int(found.measures.excess[0]), _called(found.lines, draw.line)
    missing, handle = format_money(-excess, grouped=True), draw.line.handle
    if excess >= 0:
        ended = "Nothing is missing any more, so the next night or window ends it: draw after that."
        return refused("margin_call", f"A margin call is open behind {handle}. {ended}", "amount") if called else ""
    if called:
        sentence = f"A margin call is open: {missing} is missing behind {handle}. Pay so much in, or sell; "
        return refused("margin_call", f"{sentence}nothing is drawn until then.", "amount")
    sentence = f"{missing} is missing behind {handle}: pay so much in, or sell; nothing is drawn until then."
    return refused("margin_short", sentence, "amount")


def _unbacked(sight: Sight, found: Measured, draw: _Draw) -> str:
    """Nothing is lent: no holdings, none whose price is known, or too little equity; empty where that is not why."""
    handle, held = draw.line.handle, found.backed.missing
    if len(held) == 0:
        sentence = f"Nothing stands behind {handle}: it lends on what invest accounts hold. Buy some first, and draw "
        return refused("line_unbacked", f"{sentence}after the night that follows.", "amount")
    if held.all():
        sentence = f"No price is known of what stands behind {handle}, so it lends nothing; draw once there is one."
        return refused("line_unbacked", sentence, "amount")
    least, equity = terms_on(sight).minimum_equity, int(found.measures.equity[0])
    if equity >= least:
        return ""
    has, needs, missing = (format_money(cents, grouped=True) for cents in (equity, least, least - equity))
    sentence = f"The equity behind {handle} is {has}, and a line lends from {needs} on: {missing} is missing. "
    return refused("margin_equity", f"{sentence}Pay so much in, or draw no more.", "amount")


def _bounded(draw: _Draw) -> str:
    """It is more than the limit of the last night, than today's, or than the excess bears."""
    handle, bears = draw.line.handle, draw.bears
    if draw.stored < bears:
        most, then = (format_money(cents, grouped=True) for cents in (draw.stored, bears))
        sentence = f"{handle} lends at most {most} now: the limit is the last night's. At today's prices the next "
        return refused(
            "limit_tonight", f"{sentence}night lets it lend {then}; draw after it, or no more than {most}.", "amount"
        )
    if bears < min(draw.room, draw.stored):
        return would_call(handle, bears, draw.raises, to_bank=draw.to_bank)
    sentence = f"{handle} lends at most {format_money(bears, grouped=True)} on what stands behind it now"
    return refused("margin_short", f"{sentence}; draw no more, or pay in first.", "amount")


def would_call(handle: str, most: int, raises: int, *, to_bank: bool) -> str:
    """More than the margin bears is to leave an account; `raises` is what raises under way will pay away."""
    fees = ", fees included," if to_bank else ""
    later = " once what is being raised is paid" if raises else ""
    sentence = f"More than {format_money(most, grouped=True)} out of {handle}{fees} would start a margin call"
    return refused("margin_short", f"{sentence}{later}; move no more, or pay in first.", "amount")


def _above_limit(line: AccountRecord, free: int) -> str:
    owed = max(-line.posted + line.pending_out, 0)
    limit, most, now = (format_money(cents, grouped=True) for cents in (-max(line.floor, line.rule_floor), free, owed))
    sentence = f"{line.handle} lends at most {most} more: {now} of its limit of {limit} is owed. Draw no more than that"
    return refused("above_limit", f"{sentence}, or pay it down first.", "amount")
