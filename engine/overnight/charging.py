"""The interest due on borrow lines is charged: by the night of the third session of the next month (ruling 16).

Until then, and for what nobody can pay, it stays due. Each source pays what it can: cash of invest accounts, cash
accounts where the household allows it, the loan itself within its limit; the rest is to be raised by a sale.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from engine.borrow.charge import Due, plan_charge
from engine.interest.months import charge_day
from engine.lookup import placed_anyhow
from engine.opendays import bank_days
from engine.overnight.collateral import Flags
from engine.overnight.entries import Entries, about, all_of, entries, together
from engine.overnight.margin import Measured, limits_of, pick
from engine.overnight.purses import Purses, sources_of
from engine.overnight.work import Lines
from ledger.accounts import Int64s
from ledger.batch import Code
from ledger.days import period_start
from ledger.money import MAX_AMOUNT

AHEAD = 45
"""Days in which the sessions lie on which a month is charged."""


@dataclass(frozen=True, slots=True)
class Charged:
    """Entries of a charge, the lines that are charged up to a month now, and what each has to raise by a sale."""

    entries: Entries
    lines: Lines
    to_raise: Int64s


def month_due(day: int, sessions: Callable[[int, int], Int64s] | None, which: int) -> int:
    """The first day of the last month that is charged by the night of `day`; bank days count without an exchange."""
    month = period_start(period_start(day, "month") - 1, "month")
    first = period_start(day, "month")
    open_days = (sessions or bank_days)(first, first + AHEAD)
    due = charge_day(month, open_days, which)
    return month if due is not None and due <= day else period_start(month - 1, "month")


def to_charge(lines: Lines, month: int) -> Flags:
    """Whether (n,) each line has had interest due and is not charged up to `month`."""
    waiting: Flags = (lines.charged < month) & (lines.due != 0)
    return waiting


def charge(held: Purses, lines: Lines, month: int, found: Measured | None, stamp: tuple[int, Int64s]) -> Charged:
    """Charge every line that is to be charged up to `month`; the balances follow.

    `stamp` is the night's day, and what is on its way to each line's interest due (n,), which is left alone. Lines of
    one household are charged one after the other.
    """
    day, coming = stamp
    waiting = np.flatnonzero(to_charge(lines, month))
    turn = _turns(lines.customer[waiting])
    parts: list[Entries] = []
    to_raise = np.zeros(len(waiting), np.int64)
    for number in range(int(turn.max(initial=-1)) + 1):
        which = waiting[turn == number]
        made, rest = _charged(held, pick(lines, which), found, (day, coming[which]))
        held.book(made)
        parts.append(made)
        to_raise[turn == number] = rest
    after = replace(pick(lines, waiting), charged=np.full(len(waiting), month, np.int64))
    return Charged(all_of(*parts), after, to_raise)


def with_charges(lines: Lines, charged: Charged) -> Lines:
    """The lines with the month up to which this night charges them, so that what is stored of them later keeps it."""
    month = lines.charged.copy()
    month[np.isin(lines.account, charged.lines.account)] = charged.lines.charged[0]
    return replace(lines, charged=month)


def _turns(customer: Int64s) -> Int64s:
    """0 for the first line of each household, 1 for its second, and on; customers ascend."""
    starts = np.flatnonzero(np.diff(customer, prepend=-1))
    found: Int64s = np.arange(len(customer)) - np.repeat(starts, np.diff(np.append(starts, len(customer))))
    return found


def _charged(held: Purses, lines: Lines, found: Measured | None, stamp: tuple[int, Int64s]) -> tuple[Entries, Int64s]:
    day, coming = stamp
    count = len(lines.account)
    owing = np.maximum(-held.of(lines.due) - coming, 0)
    at = held.at(lines.account)
    principal = np.maximum(-held.balance[at], 0)
    limit, excess = -held.rule_floor[at], np.full(count, MAX_AMOUNT)
    if found is not None:
        place, secured = placed_anyhow(found.lines.account, lines.account)
        limit = np.where(secured, limits_of(found)[place], limit)
        excess = np.where(secured, found.measures.excess[found.owner[place]], excess)
    account, sources = sources_of(held, (lines.customer, held.asset[at]), lines.cash_pays)
    plan = plan_charge(Due(owing, principal, limit, excess), sources)
    owner = sources.owner
    journal = np.arange(count)
    of = about(lines.customer, held.asset[at], lines.account * 2 + 1, journal)
    paid = entries((lines.due[owner], account), plan.paid, Code.CHARGE, day, of.take(owner))
    grown = entries((lines.due, lines.account), plan.enlarged, Code.CHARGE, day, of)
    return together(paid, grown), plan.sell
