"""What the API answers about interest, borrow lines, money on its way and fees.

Percents are text such as "8.47%", floored to 0.01%; rates are text such as "3.10%".
"""

from pydantic import Field

from web.api.answers import Answer, Day, Money


class TierAnswer(Answer):
    """Money from `above` up to `until` (null: and more) earns `rate` a year, compounding monthly."""

    above: Money
    until: Money | None
    rate: str


class RateChangeAnswer(Answer):
    """What holds from a day on: `value` is the row's text; `promotion` replaces the base rate until "none" ends it."""

    from_: Day = Field(alias="from")
    value: str
    promotion: bool
    source: str
    holds: bool


class PostedAnswer(Answer):
    """Interest of a month that was posted, or that the next night posts; `month` is its first day."""

    month: Day
    amount: Money


class CashInterestAnswer(Answer):
    """A cash account. `accrued` is this month's interest until yesterday, rounded half-even.

    `accrued_exact` is the same cut after 12 decimals, `ended` are months that are not posted yet. `projected` is what
    the month ends with at today's balance, `projected_after_tonight` at the balance after tonight's plan; both are null
    for a `closed` account, which earns no more.
    """

    account: str
    balance: Money
    accrued: Money
    accrued_exact: str
    posted: list[PostedAnswer]
    ended: list[PostedAnswer]
    year_to_date: Money
    projected: Money | None
    projected_after_tonight: Money | None
    closed: bool


class InterestAnswer(Answer):
    """What cash earns: the tiers of a day, whether they are a promotion's, and what holds without it."""

    on: Day
    promotion: bool
    tiers: list[TierAnswer]
    base: list[TierAnswer]
    history: list[RateChangeAnswer]
    accounts: list[CashInterestAnswer]


class BehindAnswer(Answer):
    """A security behind a line; one without a price counts nothing."""

    symbol: str
    value: Money
    initial: str
    maintenance: str
    priced: bool


class StressAnswer(Answer):
    """What a fall of all prices leaves; `ltv` is null where something is owed on nothing."""

    fall: str
    value: Money
    equity: Money
    limit: Money
    excess: Money
    ltv: str | None
    call: bool


class SaleAnswer(Answer):
    """A sale that would help to end a call: part of one slice of an invest account."""

    account: str
    path: str
    amount: Money
    value: Money


class MarginAnswer(Answer):
    """Where a secured line stands. `fall` is the fall in prices that starts a call, null where none does.

    `promised` of `excess` will be taken away by raises under way.
    `state` is ok, watch, call, cured or liquidation; `deadline` is null without a call.
    """

    state: str
    sentence: str
    deadline: Day | None
    value: Money
    cash: Money
    equity: Money
    excess: Money
    promised: Money
    ltv: str | None
    fall: str | None
    holdings: list[BehindAnswer]
    stress: list[StressAnswer]
    sales: list[SaleAnswer]


class LineAnswer(Answer):
    """A borrow line: `owed` is principal and interest due; `accrued` is interest that is not due yet.

    `room` is what the limit leaves, `drawable` what of it can be drawn now.
    `cost_month` is that of 30 days. `margin` is null where the limit is fixed. `payoff_months` is how long it takes if
    rules in mode auto pay all of their fixed monthly amounts, nothing more is drawn and the rate stays; null where a
    rule that pays into the line is of another kind, or nothing pays it off. `charge_cash`: its interest may be charged
    to cash accounts too.
    """

    account: str
    charge_cash: bool
    owed: Money
    principal: Money
    due: Money
    accrued: Money
    limit: Money
    room: Money
    drawable: Money
    cost_day: Money
    cost_month: Money
    payoff_months: int | None
    margin: MarginAnswer | None


class LinesAnswer(Answer):
    """The borrow lines of a household, and the rate of a day."""

    on: Day
    apr: str
    lines: list[LineAnswer]


class HeldAnswer(Answer):
    """Money may go to a class of destinations from a day on."""

    to: str
    from_: Day = Field(alias="from")


class InFlightAnswer(Answer):
    """A transfer that has not arrived; `held` says where the money may not go at once when it is there."""

    id: str
    rail: str
    from_: str = Field(alias="from")
    to: str
    amount: Money
    sent: Day
    arrives: Day
    held: list[HeldAnswer]


class PortionAnswer(Answer):
    """So much is available on a day."""

    on: Day
    amount: Money


class ReadyAnswer(Answer):
    """When money of an account may go to a destination: a class, or the handle of a bank."""

    account: str
    to: str
    available: list[PortionAnswer]


class ReturnedAnswer(Answer):
    """A deposit that a bank took back; `state` is voided while it was on its way, else reversed."""

    id: str
    from_: str = Field(alias="from")
    to: str
    amount: Money
    reason: str
    on: Day
    state: str
    forced: Money
    sentence: str


class OnItsWayAnswer(Answer):
    """Money on its way and under holds; destinations that are not listed have no hold."""

    on: Day
    in_flight: list[InFlightAnswer]
    available: list[ReadyAnswer]
    returned: list[ReturnedAnswer]


class FeeAnswer(Answer):
    """A fee that was charged, or waived: then `amount` is 0.00, and `seq` null.

    `seq` is that of the first transfer of its journal; `forced` is what no account could give: it was taken
    nevertheless, below the account's floor or although the margin had no room.
    """

    on: Day
    kind: str
    reason: str
    account: str | None
    amount: Money
    forced: Money
    seq: int | None


class CycleAnswer(Answer):
    """The platform fee's running month.

    `best` is the most that a night saw, null before the first and where the month is free anyway. `free` says whether
    it costs nothing as things stand; `next_charge` names the first night that may charge.
    """

    starts: Day
    ends: Day
    fee: Money
    waiver: Money
    best: Money | None
    now: Money
    free: bool
    next_charge: Day
    sentence: str


class FeesAnswer(Answer):
    """The fees of a household, newest first; `cycle` is null where no platform fee can be taken.

    `tonight` says when the moves of the next night cost a waiver, else it is null.
    """

    cycle: CycleAnswer | None
    fees: list[FeeAnswer]
    tonight: str | None
