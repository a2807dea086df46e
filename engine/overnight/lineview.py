"""A borrow line as its page shows it: what is owed and costs, where margin stands, and what falls in prices would do.

Everything is worked out at the sight's prices and nothing is stored; the percents are those of `engine.borrow`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.borrow.cost import cost
from engine.borrow.measure import STRESS_BP, stress
from engine.borrow.states import OPEN_CALLS, MarginState
from engine.dated.kinds import WHOLE_RATE
from engine.desk import AccountRecord
from engine.marketfacts import percent_words
from engine.overnight.collateral import Sight, ground
from engine.overnight.margin import Measured, limits_of, measured_lines, pick, secured, still_open, terms_on
from engine.overnight.marginorders import Proposal, proposals
from engine.overnight.marginwindow import promised
from engine.proportion import Rate
from ledger.days import day_number, format_day
from ledger.faults import SluiceError
from ledger.money import format_money
from ledger.seal import asset_code
from rules.amounts import Fixed
from rules.document import Rule

MONTH: Final = 30
"""Days of the month that a month's cost is told for."""

LONGEST: Final = 1200
"""Months beyond which no payoff is projected."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A security that stands behind a line: cents, requirements in basis points; without a price it counts nothing."""

    symbol: str
    value: int
    initial_bp: int
    maintenance_bp: int
    priced: bool


@dataclass(frozen=True, slots=True)
class StressRow:
    """What a fall of all prices by `fall_bp` leaves: cents, LTV in half steps (None: owed on nothing), and a call."""

    fall_bp: int
    value: int
    equity: int
    limit: int
    excess: int
    ltv: int | None
    call: bool


@dataclass(frozen=True, slots=True)
class MarginView:
    """Where a secured line stands. `fall` is what would start a call in half steps, None where no fall does.

    `promised` are cents of the excess that raises under way will take away. `holdings` come from the highest
    requirement down; `sales` are what would end a call that is open, levies paid.
    """

    value: int
    cash: int
    equity: int
    excess: int
    promised: int
    ltv: int | None
    fall: int | None
    state: MarginState
    deadline: int
    sentence: str
    holdings: tuple[Behind, ...]
    stress: tuple[StressRow, ...]
    sales: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class LineView:
    """A borrow line in cents; `accrued` is this month's interest so far, which is not owed before it is posted.

    `cost_day` and `cost_month` are of the principal: interest due costs nothing.
    `room` is what the limit leaves; `drawable` of it can be drawn now, so that no raise and no call stands against it.
    `margin` is None for a line whose limit is fixed; `payoff` months until it is paid off, None where not projected.
    """

    account: int
    handle: str
    owed: int
    principal: int
    due: int
    accrued: int
    limit: int
    room: int
    drawable: int
    cost_day: int
    cost_month: int
    margin: MarginView | None
    payoff: int | None


def line_view(sight: Sight, line: AccountRecord, accrued: int, rules: Sequence[Rule] = ()) -> LineView:
    """Look at a line on the books as they are; `rules` are those of the household, for its payoff.

    Raises SluiceError `account_unknown` for an account that is no open borrow line, `config_missing`.
    """
    found, at = _measured(sight, line)
    secured_line = bool(found.lines.secured[at])
    limit = int(limits_of(found)[at]) if secured_line else -line.rule_floor
    owed = int(found.owed[at])
    apr = Rate.of(sight.work.dated().number_on("borrow_apr", sight.day), WHOLE_RATE)
    paid = monthly(rules, line.handle, sight.day)
    day, month = (int(cost(found.principal[at : at + 1], apr, days)[0]) for days in (1, MONTH))
    margin, room = _margin(sight, found, at) if secured_line else None, max(limit - owed, 0)
    return LineView(
        account=line.account,
        handle=line.handle,
        owed=owed,
        principal=int(found.principal[at]),
        due=int(found.due[at]),
        accrued=accrued,
        limit=limit,
        room=room,
        drawable=_drawable(line, room, margin),
        cost_day=day,
        cost_month=month,
        margin=margin,
        payoff=None if paid is None else payoff_months(owed, paid, apr),
    )


def _drawable(line: AccountRecord, room: int, margin: MarginView | None) -> int:
    """What can be drawn: within the limit of the last night and today's, without a call, and promised to no raise."""
    if margin is None:
        return max(min(line.free, room), 0)
    return 0 if margin.state in OPEN_CALLS else max(min(line.free, room, margin.excess - margin.promised), 0)


def _measured(sight: Sight, line: AccountRecord) -> tuple[Measured, int]:
    """The household's secured lines with the place of this one among them; one with a fixed limit by itself."""
    ids = np.array([line.customer], np.int64)
    population = sight.work.population(ids)
    lines = still_open(sight.work.lines(ids), population)
    mine = lines.account == line.account
    if not mine.any():
        raise SluiceError("account_unknown", f"{line.handle} is no open borrow line; name one.", "account")
    lines = secured(lines) if lines.secured[mine].any() else pick(lines, mine)
    found = measured_lines(sight, ground(population, population.accounts, population.dues), lines)
    return found, int(np.flatnonzero(lines.account == line.account)[0])


def _margin(sight: Sight, found: Measured, at: int) -> MarginView:
    now = found.measures
    state = MarginState(int(found.lines.state[at]))
    excess, deadline = int(now.excess[0]), int(found.lines.deadline[at])
    return MarginView(
        value=int(now.value[0]),
        cash=int(found.position.cash[0]),
        equity=int(now.equity[0]),
        excess=excess,
        promised=int(promised(sight, found)[0]),
        ltv=int(now.ltv[0]) if now.ltv_known[0] else None,
        fall=int(now.fall[0]) if now.endangered[0] else None,
        state=state,
        deadline=deadline,
        sentence=sentence(state, excess, deadline, int(now.fall[0])),
        holdings=_behind(found),
        stress=_stressed(sight, found),
        sales=tuple(proposals(sight, found)),
    )


def sentence(state: MarginState, excess: int, deadline: int, fall: int) -> str:
    """Where the line stands, for people; `fall` in half steps."""
    missing = format_money(max(-excess, 0), grouped=True)
    if state in OPEN_CALLS:
        return _called(missing if excess < 0 else "", format_day(deadline), late=state == MarginState.LIQUIDATION)
    if excess < 0:
        return f"At today's prices {missing} is missing; if it still is tonight, a margin call opens."
    if state == MarginState.CURED:
        return "The margin call is over."
    if state == MarginState.WATCH:
        return f"Careful: a fall of all prices by {percent_words(fall)} would start a margin call."
    return "No margin call is near."


def _called(missing: str, deadline: str, *, late: bool) -> str:
    """A call that is open; nothing missing: the next night or window ends it (`engine.borrow.states.judge`)."""
    begins = f"The margin call was not met by {deadline}" if late else "Margin call"
    if not missing:
        enough = f"{', but' if late else ':'} nothing is missing any more at today's prices."
        return f"{begins}{enough} It ends with the next night or window; until then nothing is drawn."
    if late:
        return f"{begins}: {missing} is missing, and sales are proposed."
    by = f"Pay in {missing}, or sell, by the close of {deadline}"
    return f"{begins}: {missing} is missing. {by}; until then nothing is drawn or bought."


def _behind(found: Measured) -> tuple[Behind, ...]:
    """The household's securities, highest maintenance requirement first, ties in display order."""
    position, rows = found.position, found.backed
    priceless = set(rows.holdings.asset[rows.missing].tolist())
    order = np.argsort(-position.maintenance_bp, kind="stable").tolist()
    return tuple(
        Behind(
            asset_code(int(position.asset[one])),
            int(position.value[one]),
            int(position.initial_bp[one]),
            int(position.maintenance_bp[one]),
            int(position.asset[one]) not in priceless,
        )
        for one in order
    )


def _stressed(sight: Sight, found: Measured) -> tuple[StressRow, ...]:
    table = stress(found.position, terms_on(sight), STRESS_BP)
    return tuple(
        StressRow(
            fall,
            int(table.value[row, 0]),
            int(table.equity[row, 0]),
            int(table.limit[row, 0]),
            int(table.excess[row, 0]),
            int(table.ltv[row, 0]) if table.ltv_known[row, 0] else None,
            call=int(table.excess[row, 0]) < 0,
        )
        for row, fall in enumerate(table.fall_bp.tolist())
    )


def monthly(rules: Sequence[Rule], handle: str, day: int) -> int | None:
    """What rules in mode auto pay into a line every month, where all that pay into it are fixed and due by the month.

    None where there is none, or one that no simple figure tells, such as one that begins or ends after `day`.
    """
    total = 0
    for one in rules:
        over = one.ends is not None and day_number(one.ends) < day
        if one.mode != "auto" or over or not any(to.account == handle for to in one.to):
            continue
        days = 0 if one.ends or (one.starts and day_number(one.starts) > day) else _month_days(one)
        if not isinstance(one.amount, Fixed) or not days or len(one.to) > 1 or one.when or one.caps:
            return None
        each = one.amount.amount if one.max_transfer is None else min(one.amount.amount, one.max_transfer)
        total += each * days if each >= one.min_transfer else 0
    return total or None


def _month_days(rule: Rule) -> int:
    """How often a month a rule is due that names days of the month and nothing else; 0 for any other."""
    dates = rule.schedule
    if dates is None or dates.weekdays or dates.every or dates.dates or dates.business_days == "skip":
        return 0
    return len(set(dates.month_days or ()))


def payoff_months(owed: int, paid: int, apr: Rate) -> int | None:
    """Months until so much owed is paid off at this rate with so much a month; None where it is not within LONGEST."""
    left = owed
    for month in range(LONGEST):
        if left <= 0:
            return month
        left += int(cost(np.array([left], np.int64), apr, MONTH)[0]) - paid
        if left >= owed:
            return None
    return None
