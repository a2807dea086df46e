"""What a household's money does by itself, as pages and programs see it: interest, lines, fees, money on its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.borrow.states import MarginState
from engine.dated.kinds import Kind as ValueKind
from engine.dated.kinds import show_value
from engine.desk import AccountRecord
from engine.foreseen import Foreseen, cash_ahead, foreseen, moves_of, waiver_loss
from engine.holds.inflight import OnItsWay, on_its_way
from engine.holds.wording import PAUSED, return_sentence
from engine.invest.nights.steps import Steps
from engine.overnight.cashview import CashView, cash_rate, cash_view, unposted_of
from engine.overnight.collateral import Sight
from engine.overnight.feeview import FeeView, fee_view
from engine.overnight.lineview import LineView, line_view
from engine.overnight.sight import night_sight
from engine.tonight import Tonight
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from ledger.days import period_start
from rules.wording_when import listed
from web.asking import Household

_TOLD: Final = 30
"""Days for which a returned deposit is told on the first page while the rules are paused."""

_CALM: Final = (MarginState.OK, MarginState.CURED)
_CALLED: Final = (MarginState.CALL, MarginState.LIQUIDATION)


@dataclass(frozen=True, slots=True)
class Need:
    """Something that asks for a person: one sentence, the endpoint of the page that helps, and what the link says."""

    sentence: str
    endpoint: str
    link: str
    alarm: bool


def sight_of(house: Household) -> Sight:
    """The household's book at the last closes."""
    return night_sight(house.work, house.services.market, Steps(house.day))


def cash_of(house: Household, tonight: Tonight | None = None) -> CashView:
    """What its cash earns, with what tonight's plan would make of it."""
    planned = () if tonight is None else cash_ahead(house.work, tonight)
    return cash_view(house.work, house.accounts, house.day, planned)


def lines_of(house: Household) -> list[tuple[AccountRecord, LineView]]:
    """Its borrow lines, in the order they were opened."""
    lines = [one for one in house.accounts if one.kind == Kind.BORROW and one.standing != Standing.CLOSED]
    if not lines:
        return []
    sight, unposted = sight_of(house), unposted_of(house.work, lines, house.day)
    return [(one, line_view(sight, one, unposted[one.account].cents, house.rules)) for one in lines]


def card_rates(house: Household) -> dict[int, str]:
    """What accounts earn or cost a year today, by account id, in words."""
    dated, kinds = house.work.dated(), {one.kind for one in house.accounts}
    words: dict[int, str] = {}
    if Kind.CASH in kinds:
        rates = [one.rate for one in cash_rate(dated, house.day).tiers]
        words[Kind.CASH] = f"{' to '.join(rates[:: max(len(rates) - 1, 1)])} APY" if rates else ""
    if Kind.BORROW in kinds:
        words[Kind.BORROW] = f"{show_value(ValueKind.RATE, dated.number_on('borrow_apr', house.day))} APR"
    return {one.account: words[one.kind] for one in house.accounts if words.get(one.kind)}


def fees_of(house: Household) -> FeeView:
    """Its fees, and the cycle that runs."""
    return fee_view(sight_of(house), house.customer)


def waiver_words(house: Household, tonight: Tonight) -> str:
    """What tonight's moves do to the waiver of the platform fee; empty where they cost nothing."""
    return waiver_loss(sight_of(house), tonight, moves_of(house.work, tonight))


def foreseen_of(house: Household, tonight: Tonight, rank: int = 0) -> Foreseen:
    """What tonight's moves do to the waiver and to this month's interest, that of the rule of `rank` in any case."""
    return foreseen(sight_of(house), tonight, rank)


def flying(house: Household) -> OnItsWay:
    """What is on its way to and from it, and what is under holds."""
    return on_its_way(house.work, house.customer, house.day)


def grouped(until: tuple[tuple[str, int], ...]) -> list[tuple[int, str]]:
    """From which day on money may go where: (day, classes of destinations in words), the earliest first."""
    days: dict[int, list[str]] = {}
    for to, day in until:
        days.setdefault(day, []).append(to)
    return [(day, listed(days[day])) for day in sorted(days)]


def needs(house: Household, lines: list[tuple[AccountRecord, LineView]], way: OnItsWay) -> list[Need]:
    """What asks for a person, the most pressing first."""
    found = []
    for account, line in lines:
        margin = line.margin
        if margin is None or (margin.state in _CALM and margin.excess >= 0):
            continue
        alarm = margin.excess < 0 or margin.state in _CALLED
        found.append(Need(f"{account.name}: {margin.sentence}", "pages.borrow", "See the line", alarm))
    names = names_of(house)
    if house.record.paused:
        found += [
            Need(f"{return_sentence(row, names)} {PAUSED}", "pages.transfers", "See transfers", alarm=True)
            for row in way.returned
            if row.day > house.day - _TOLD
        ]
    return sorted(found, key=lambda one: not one.alarm)


def names_of(house: Household) -> dict[int, str]:
    """People's names of its accounts by id."""
    return {one.account: one.name for one in house.accounts}


def postings(house: Household) -> Mapping[tuple[int, int], int]:
    """The seq of the entry that posted the interest of (account, first day of the month)."""
    lines, seq = house.past.transfers, house.past.seq
    return {
        (side, period_start(int(lines.day[at]), "month")): int(seq[at])
        for at in np.flatnonzero(lines.code == Code.INTEREST).tolist()
        for side in (int(lines.debit[at]), int(lines.credit[at]))
    }
