"""What cash earns and lines cost, as people and programs read it: rates, accrued so far, posted by month, projected.

Interest that is not posted yet is worked out anew each time from what accounts hold; nothing of it is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.dated.catalogue import entry_of
from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.dated.kinds import NONE, Tier, show_value
from engine.dated.kinds import Kind as ValueKind
from engine.desk import AccountRecord
from engine.interest.accrue import EndOfDays, ahead, merge
from engine.interest.exact import Exact
from engine.interest.months import month_after
from engine.interest.post import none_carried, post, year_to_date
from engine.interest.rates import BORROW_YEAR, CASH_YEAR, RATE_SCALE, Rates, cash_rates
from engine.overnight.balances import Now
from engine.overnight.earning import Month, months, since
from engine.overnight.own import Own
from engine.ports import BookWork
from ledger.accounts import Kind, Standing
from ledger.days import period_start

BASE: Final = "cash_apy"
PROMOTION: Final = "cash_apy_promotion"

_YEARS: Final[Mapping[int, int]] = {Kind.CASH: CASH_YEAR, Kind.BORROW: BORROW_YEAR}

Piece = tuple[int, Mapping[int, int]]
"""What accounts hold from a day on: cents by account, above zero; of a borrow line the principal owed."""


@dataclass(frozen=True, slots=True)
class RateTier:
    """Money from `start` cents up to `until` (None: and more) earns the rate, such as `3.10%`."""

    start: int
    until: int | None
    rate: str


@dataclass(frozen=True, slots=True)
class CashRate:
    """What holds on a day; `base` is what holds without the promotion, the same where there is none."""

    tiers: tuple[RateTier, ...]
    base: tuple[RateTier, ...]
    promotion: bool


@dataclass(frozen=True, slots=True)
class RateChange:
    """A row of the configuration: what holds from its day on; `holds` tells the rows that count on the day asked.

    `value` is its text; `tiers` are empty where a promotion ends.
    """

    day: int
    value: str
    tiers: tuple[RateTier, ...]
    promotion: bool
    source: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Unposted:
    """Interest of one account that is not posted: of the month that runs, and (first day, cents) of ended months."""

    running: Exact
    ended: tuple[tuple[int, int], ...]

    @property
    def cents(self) -> int:
        """All of it, as it would be posted."""
        return self.running.cents + sum(cents for _, cents in self.ended)


@dataclass(frozen=True, slots=True)
class CashInterest:
    """A cash account: `accrued` this month until the day before; `ended` months that the next night posts.

    `posted` are (first day of the month, cents), newest first; `year` the cents posted in the calendar year so far.
    `projected` are cents that the running month ends with if the balance stays, None of a closed account; `after` the
    same from tonight's plan's balance on, None where no plan was given too.
    """

    account: AccountRecord
    accrued: Exact
    ended: tuple[tuple[int, int], ...]
    posted: tuple[tuple[int, int], ...]
    year: int
    projected: int | None
    after: int | None

    @property
    def closed(self) -> bool:
        """Whether the account is closed: it earns no more."""
        return self.account.standing == Standing.CLOSED


@dataclass(frozen=True, slots=True)
class CashView:
    """Every cash account of a household, and the rate that is the same for all; `month` is the day of its first."""

    day: int
    month: int
    rate: CashRate
    history: tuple[RateChange, ...]
    accounts: tuple[CashInterest, ...]


def cash_view(work: BookWork, accounts: Sequence[AccountRecord], day: int, planned: Sequence[Piece] = ()) -> CashView:
    """The cash accounts among these, on a business day that has not ended.

    `planned` are their posted balances from the night of the day on, its own first, where there is a plan.
    """
    dated = work.dated()
    cash = sorted((one for one in accounts if one.kind == Kind.CASH), key=lambda one: one.account)
    unposted = unposted_of(work, cash, day)
    posted = _posted(work, cash)
    rows = [_interest(one, unposted[one.account], posted.get(one.account, ()), day) for one in cash]
    rates = cash_rates(dated)
    now = {one.account: one.posted + sum(cents for _, cents in unposted[one.account].ended) for one in cash}
    stays = projected_of(cash, unposted, [(day, now)], rates)
    moved = projected_of(cash, unposted, planned, rates) if planned else None
    made = tuple(
        CashInterest(*row, projected=stays.get(one.account), after=None if moved is None else moved.get(one.account))
        for one, row in sorted(zip(cash, rows, strict=True), key=lambda pair: pair[0].slot)
    )
    return CashView(day, period_start(day, "month"), cash_rate(dated, day), rate_history(dated, day), made)


def unposted_of(work: BookWork, accounts: Sequence[AccountRecord], day: int) -> dict[int, Unposted]:
    """Interest of these accounts that is not posted, cash and borrow lines, until the day before `day`.

    A closed account had its interest when it was closed.
    """
    earning = [one for one in accounts if one.standing != Standing.CLOSED and one.kind in _YEARS]
    kinds = {one.account: Kind(one.kind) for one in earning}
    ids = np.array(sorted(kinds), np.int64)
    own = Own(work, ids)
    begins = since(own)
    borrow = np.array([kinds[one] == Kind.BORROW for one in ids.tolist()], np.bool_)
    held = work.accounts(ids).posted()
    made = () if begins is None else months(own, Now(ids, held, borrow), begins, day - 1)
    before = {} if begins is None else _carried(own, begins.month)
    return {
        one: _unposted(one, made, (before.get(one, 0), day), _YEARS[kind] * RATE_SCALE) for one, kind in kinds.items()
    } | {one.account: Unposted(Exact(0, 1), ()) for one in accounts if one.account not in kinds}


def _carried(own: Own, month: int) -> dict[int, int]:
    account, remainder = own.carried(period_start(month - 1, "month"))
    return dict(zip(account.tolist(), remainder.tolist(), strict=True))


def _unposted(account: int, made: Sequence[Month], base: tuple[int, int], denominator: int) -> Unposted:
    """`base`: what the last posting carried, and the day."""
    carried, day = base
    cents, ended, running = 0, [], period_start(day, "month")
    for one in made:
        at = int(np.searchsorted(one.posted.account, account))
        if at == len(one.posted.account) or one.posted.account[at] != account:
            continue
        cents, carried = int(one.posted.cents[at]), int(one.posted.remainder[at])
        if one.month < running:
            ended += [(one.month, cents)] if cents else []
            cents = 0
    return Unposted(Exact(cents * denominator + carried, denominator), tuple(ended))


def _posted(work: BookWork, cash: Sequence[AccountRecord]) -> dict[int, tuple[tuple[int, int], ...]]:
    """(first day of the month, cents) of each account's postings, newest first; the last of a closed one included."""
    ids = np.array([one.account for one in cash], np.int64)
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    account, month, cents = work.posted_interest(ids)
    for one, first, amount in zip(account.tolist(), month.tolist(), cents.tolist(), strict=True):
        if amount:
            found[one] = ((period_start(first, "month"), amount), *found.get(one, ()))
    return found


def _interest(
    account: AccountRecord, unposted: Unposted, posted: tuple[tuple[int, int], ...], day: int
) -> tuple[AccountRecord, Exact, tuple[tuple[int, int], ...], tuple[tuple[int, int], ...], int]:
    first = np.array([month for month, _ in posted], np.int64)
    cents = np.array([amount for _, amount in posted], np.int64)
    _, year = year_to_date(EndOfDays(np.full_like(first, account.account), first, cents), day)
    return account, unposted.running, unposted.ended, posted, int(year.sum())


def projected_of(
    accounts: Sequence[AccountRecord], unposted: Mapping[int, Unposted], pieces: Sequence[Piece], rates: Rates
) -> dict[int, int]:
    """Cents of the month that runs of each account that holds `pieces`, the first from the first day not accrued on.

    `rates` are those of the accounts' kind; days of `pieces` rise, those of one month. Closed accounts are left out.
    """
    some = [one.account for one in accounts if one.standing != Standing.CLOSED]
    ids = np.array(some, np.int64)
    ends = [*(day - 1 for day, _ in pieces[1:]), month_after(pieces[0][0]) - 1]
    parts = []
    for (day, balance), end in zip(pieces, ends, strict=True):
        held = np.array([balance[one] for one in some], np.int64)
        parts.append(ahead(EndOfDays(ids, np.full(len(ids), day, np.int64), held), end, rates))
    more = post(merge(*parts), none_carried(), rates)
    added = {
        one: Exact(cents * rates.denominator + rest, rates.denominator)
        for one, cents, rest in zip(more.account.tolist(), more.cents.tolist(), more.remainder.tolist(), strict=True)
    }
    nothing = Exact(0, rates.denominator)
    return {one: (unposted[one].running + added.get(one, nothing)).cents for one in some}


def cash_rate(dated: Dated, day: int) -> CashRate:
    """What cash earns on a day, by tier; nothing where no rate is configured."""
    base, promoted = dated.value_on(BASE, day), dated.value_on(PROMOTION, day)
    plain = tiers_told(base if isinstance(base, tuple) else ())
    if isinstance(promoted, tuple):
        return CashRate(tiers_told(promoted), plain, promotion=True)
    return CashRate(plain, plain, promotion=False)


def tiers_told(tiers: tuple[Tier, ...]) -> tuple[RateTier, ...]:
    """Tiers with their ends and their rates as text."""
    ends = [*(one.start for one in tiers[1:]), None]
    return (
        tuple(
            RateTier(one.start, end, show_value(ValueKind.RATE, one.rate)) for one, end in zip(tiers, ends, strict=True)
        )
        if tiers
        else ()
    )


def rate_history(dated: Dated, day: int) -> tuple[RateChange, ...]:
    """Every row of the rate and its promotions, newest first, rows to come included; ends of no promotion left out."""
    promoted = [row.day for row in dated.rows if row.name == PROMOTION and row.value != NONE]
    first = min(promoted, default=None)
    rows = [row for row in dated.rows if row.name == BASE or _since(row, first)]
    holding = {name: _holding(rows, name, day) for name in (BASE, PROMOTION)}
    return tuple(
        RateChange(row.day, row.value, _tiers_of(row), row.name == PROMOTION, row.source, row == holding[row.name])
        for row in sorted(rows, key=lambda row: (-row.day, row.name))
    )


def _since(row: DatedRow, first: int | None) -> bool:
    """Whether a row of promotions is not before the first one."""
    return row.name == PROMOTION and first is not None and row.day >= first


def _tiers_of(row: DatedRow) -> tuple[RateTier, ...]:
    value = entry_of(row.name).read(row.value)
    return tiers_told(value) if isinstance(value, tuple) else ()


def _holding(rows: Sequence[DatedRow], name: str, day: int) -> DatedRow | None:
    held = [row for row in rows if row.name == name and row.day <= day]
    return max(held, key=lambda row: row.day, default=None)
