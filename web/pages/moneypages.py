"""What a household's money does by itself: the pages of cash, of the borrow line, and of fees."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.agreeing import line_terms
from engine.dated.history import BEGINNING
from engine.dated.kinds import Kind as ValueKind
from engine.dated.kinds import show_value
from engine.desk import AccountRecord
from engine.marketfacts import percent_words
from engine.overnight.feeview import FeeTold
from engine.overnight.lineview import LineView, monthly
from engine.services import Services
from ledger.accounts import Kind, Standing
from ledger.days import date_of
from ledger.money import format_money, format_percent
from rules.wording import sentence
from web.asking import Household, reading
from web.charts.gauge import Gauge, Loan, gauge
from web.moneyview import cash_of, fees_of, lines_of, names_of, postings
from web.pages.frame import framed

_YEAR: Final = 12
_PAYING: Final = (Kind.CHECKING, Kind.CASH, Kind.INVEST, Kind.BANK)


@dataclass(frozen=True, slots=True)
class PaydownRule:
    """A rule that pays into a line: its place in the list, its sentence and its mode."""

    id: str
    place: int
    sentence: str
    mode: str


@dataclass(frozen=True, slots=True)
class LinePage:
    """A borrow line with its picture and what its page says beside it.

    `others` are the accounts that it can be drawn to and repaid from; `charge_cash`: cash accounts pay interest too.
    """

    account: AccountRecord
    charge_cash: bool
    view: LineView
    gauge: Gauge
    rules: tuple[PaydownRule, ...]
    payoff: str
    others: tuple[AccountRecord, ...]
    key: tuple[str, str]


def cash(services: Services, reference: str) -> str:
    """GET /h/<reference>/cash."""
    with reading(services, reference) as house:
        tonight = house.tonight()
        return framed("cash.html", house, view=cash_of(house, tonight), entries=postings(house), **_words())


def _words() -> dict[str, object]:
    return {"month": month_words, "beginning": BEGINNING}


def month_words(day: int) -> str:
    """The month of a day, as `November 2026`."""
    return f"{date_of(day):%B %Y}"


def borrow(services: Services, reference: str) -> str:
    """GET /h/<reference>/borrow."""
    with reading(services, reference) as house:
        apr = house.work.dated().number_on("borrow_apr", house.day)
        return framed(
            "borrow.html",
            house,
            lines=[line_page(house, account, view) for account, view in lines_of(house)],
            apr=show_value(ValueKind.RATE, apr),
            percent=percent_words,
            bp=format_percent,
        )


def line_page(house: Household, account: AccountRecord, view: LineView) -> LinePage:
    """One line as its page shows it."""
    margin = view.margin
    fall = None if margin is None or margin.excess < 0 else margin.fall
    value, excess = (None, None) if margin is None else (margin.value, margin.excess)
    others = [one for one in house.accounts if one.kind in _PAYING and one.standing == Standing.OPEN]
    return LinePage(
        account=account,
        charge_cash=line_terms(house.work, account)[1],
        view=view,
        gauge=gauge(
            Loan(account.name, view.owed, view.limit, value, excess, "" if fall is None else percent_words(fall))
        ),
        rules=_paying(house, account.handle),
        payoff=_payoff(house, account.handle, view),
        others=tuple(others),
        key=(secrets.token_urlsafe(24), secrets.token_urlsafe(24)),
    )


def _paying(house: Household, handle: str) -> tuple[PaydownRule, ...]:
    return tuple(
        PaydownRule(rule.id, place, sentence(rule, house.names), rule.mode)
        for place, rule in enumerate(house.rules, start=1)
        if any(to.account == handle for to in rule.to)
    )


def _payoff(house: Household, handle: str, view: LineView) -> str:
    """When the line is paid off, in words, with what that assumes."""
    if view.owed <= 0:
        return "Nothing is owed."
    paid = monthly(house.rules, handle, house.day)
    if paid is None:
        return (
            "No payoff is projected: for that every rule in mode auto that pays into the line pays it alone a fixed "
            "amount on days of the month, from now on, without conditions, caps or an end."
        )
    each = format_money(paid, grouped=True)
    if view.payoff is None:
        return f"No payoff is projected: the {each} that rules pay every month does not cover what it costs."
    then = np.datetime64(house.day, "D").astype("datetime64[M]") + view.payoff
    years, months = divmod(view.payoff, _YEAR)
    parts = [f"{many} {word}{'' if many == 1 else 's'}" for many, word in ((years, "year"), (months, "month")) if many]
    first = int(then.astype("datetime64[D]").astype(np.int64))
    given = f"if rules pay all of their {each} every month, nothing more is drawn and the rate stays what it is today"
    return f"Paid off in about {' and '.join(parts)}, in {month_words(first)}: {given}."


def fees(services: Services, reference: str) -> str:
    """GET /h/<reference>/fees."""
    with reading(services, reference) as house:
        view = fees_of(house)
        return framed("fees.html", house, view=view, entries=_entries(house, view.fees), account_names=names_of(house))


def _entries(house: Household, told: Sequence[FeeTold]) -> dict[int, list[tuple[AccountRecord, int]]]:
    """The lines of each fee's journal, by its seq: the account that paid, and the line's own seq."""
    wanted = {one.row.seq for one in told if one.row.seq}
    past, by_id = house.past, {one.account: one for one in house.accounts}
    found: dict[int, list[tuple[AccountRecord, int]]] = {}
    for at in np.flatnonzero(np.isin(past.journal, sorted(wanted))).tolist():
        paying = by_id.get(int(past.transfers.credit[at]))
        if paying is not None:
            found.setdefault(int(past.journal[at]), []).append((paying, int(past.seq[at])))
    return found
