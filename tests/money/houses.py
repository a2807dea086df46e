"""Households drawn from a seed: what they own, what their rules say, and what happens to them on each day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from ledger.money import format_money

Doc = dict[str, Any]

CHECKING, CASH, LINE, GROWTH, INCOME, ROTH, BANK = (
    "checking",
    "cash",
    "borrow",
    "invest.growth",
    "invest.income",
    "roth",
    "bank",
)
PIES = (
    '{name: a, slices: [{symbol: WIDE, weight: "60%"}, {symbol: BOND, weight: "40%"}]}',
    '{name: b, slices: [{symbol: WIDE, weight: "50%"}, {symbol: TINY, weight: "30%"}, {symbol: GOLD, weight: "20%"}]}',
    (
        '{name: c, slices: [{symbol: FAR, weight: "45%"}, {weight: "55%", pie: {name: core, slices: '
        '[{symbol: WIDE, weight: "50%"}, {symbol: TINY, weight: "50%"}]}}]}'
    ),
)


@dataclass(frozen=True, slots=True)
class Home:
    """A household: opening cents by handle, the pie of each invested account, its rules; whether cash pays charges.

    `answers` is what it does when a call has been open for `eager` days: pay, put in, sell, or nothing. `most_pay` is
    the most that a month's pay brings.
    """

    name: str
    opening: dict[str, int]
    pies: dict[str, str]
    rules: list[Doc]
    cash_pays: bool
    birth_year: int
    answers: str
    eager: int
    most_pay: int


def drawn(seed: int, number: int) -> Home:
    """The household of a number."""
    random = Random(f"{seed}:{number}")
    pies = {handle: random.choice(PIES) for handle in (GROWTH, INCOME, ROTH)}
    poor = random.random() < 0.3
    opening = {
        CHECKING: random.randrange(300_00, 1_500_00 if poor else 9_000_00),
        CASH: random.randrange(0, 500_00 if poor else 12_000_00),
        GROWTH: random.randrange(2_500_00, 5_000_00 if poor else 40_000_00),
        INCOME: random.choice((0, 0 if poor else random.randrange(500_00, 8_000_00))),
        ROTH: random.choice((0, 0 if poor else random.randrange(500_00, 6_000_00))),
        BANK: random.randrange(1_000_00, 3_000_00 if poor else 30_000_00),
    }
    rules = [one for one in _rules(random) if random.random() < 0.75]
    return Home(
        f"home-{number:05d}",
        opening,
        pies,
        rules,
        random.random() < 0.5,
        random.randrange(1950, 2000),
        random.choice(("pay", "put in", "sell", "nothing", "nothing")),
        random.randrange(1, 5),
        50_00 if poor else 6_000_00,
    )


def _money(random: Random, low: int, high: int) -> str:
    return format_money(random.randrange(low, high) * 100)


def _rules(random: Random) -> list[Doc]:
    """Rules of every kind in an order that never moves the same money round."""
    low = random.randrange(500, 1_200)
    return [*_daily(random, low), *_lent(random), *_idle(random, low)]


def _daily(random: Random, low: int) -> list[Doc]:
    """Checking is kept full; a little goes on from it."""
    line = {"account": LINE, "at_most": _money(random, 200, 1_500)}
    return [
        _rule(
            "top_up",
            {"kind": "refill", "account": CHECKING, "below": f"{low}.00", "up_to": f"{low + 300}.00"},
            ([{"account": CASH, "leave": "250.00"}, line], [{"account": CHECKING}]),
        ),
        _rule(
            "roth_monthly",
            {"kind": "fixed", "amount": _money(random, 50, 900)},
            ([{"account": CHECKING, "leave": f"{low}.00"}], [{"account": ROTH}]),
            schedule={"month_days": [1, 15]},
        ),
        _rule(
            "round_ups",
            {"kind": "fact", "fact": f"round_ups({CHECKING})", "times": 3},
            ([{"account": CHECKING, "leave": "300.00"}], [{"account": GROWTH}]),
        ),
    ]


def _lent(random: Random) -> list[Doc]:
    """Draws to invest and for cash; a payment where too much is owed."""
    return [
        _rule(
            "borrow_to_invest",
            {"kind": "fixed", "amount": _money(random, 300, 4_000)},
            ([{"account": LINE}], [{"account": random.choice((GROWTH, INCOME))}]),
            schedule={"month_days": [random.randrange(1, 29)]},
            when=[{"fact": f"room({LINE})", "above": "500.00"}],
        ),
        _rule(
            "draw_for_cash",
            {"kind": "fixed", "amount": _money(random, 100, 2_500)},
            ([{"account": LINE}], [{"account": CASH}]),
            schedule={"weekdays": ["fri"]},
            caps=[{"per": "month", "amount": "5000.00"}],
        ),
        _rule(
            "guard_the_loan",
            {"kind": "payoff", "account": LINE},
            ([{"account": CASH, "leave": "1000.00"}, {"account": GROWTH}], [{"account": LINE}]),
            when=[{"fact": f"ltv({LINE})", "above": f"{random.randrange(36, 60)}%"}],
            max_transfer="2000.00",
        ),
    ]


def _idle(random: Random, low: int) -> list[Doc]:
    """What is too much somewhere goes on; cash that is not invested comes back."""
    return [
        _rule(
            "bank_in",
            {"kind": "excess", "account": BANK, "above": _money(random, 1_000, 20_000)},
            ([{"account": BANK}], [{"account": CASH}]),
            max_transfer="1500.00",
        ),
        _rule(
            "sweep",
            {"kind": "excess", "account": CHECKING, "above": f"{low + 2_500}.00"},
            ([{"account": CHECKING}], [{"account": random.choice((CASH, CASH, GROWTH))}]),
            min_transfer="25.00",
        ),
        _rule(
            "cash_to_income",
            {"kind": "excess", "account": CASH, "above": _money(random, 8_000, 11_000)},
            ([{"account": CASH}], [{"account": INCOME}]),
            caps=[{"per": "month", "amount": "800.00"}],
        ),
        _rule(
            "cash_out",
            {"kind": "percent_of", "fact": f"balance({GROWTH})", "percent": "50%"},
            ([{"account": GROWTH}], [{"account": CASH}]),
            schedule={"weekdays": ["wed"]},
            min_transfer="10.00",
        ),
    ]


def _rule(name: str, amount: Doc, sides: tuple[list[Doc], list[Doc]], **more: Any) -> Doc:
    return {"id": name, "mode": "auto", "amount": amount, "from": sides[0], "to": sides[1], **more}


@dataclass(frozen=True, slots=True)
class Event:
    """Something of a day: a word, cents above zero, and the two accounts of a transfer that is asked for."""

    word: str
    cents: int
    sides: tuple[str, str] = ("", "")


_ASKED: tuple[tuple[str, str, int], ...] = (
    (BANK, CHECKING, 3_000_00),
    (BANK, CASH, 6_000_00),
    (BANK, GROWTH, 4_000_00),
    (CHECKING, BANK, 1_000_00),
    (CASH, CHECKING, 800_00),
    (LINE, CHECKING, 6_000_00),
    (LINE, BANK, 4_000_00),
    (CHECKING, LINE, 1_500_00),
    (GROWTH, CASH, 500_00),
    (CHECKING, ROTH, 700_00),
)


def events(home: Home, random: Random, month_day: int, busy: float) -> list[Event]:
    """What happens to a household on a day: pay, cards, transfers that people ask for, returns; `busy` is their share.

    The same numbers are drawn whatever becomes of them.
    """
    found = []
    if month_day == 1 + int(home.name[-2:]) % 27:
        found.append(Event("pay", random.randrange(home.most_pay // 4, home.most_pay)))
    chances: Callable[[], float] = random.random
    if chances() < 0.25:
        found.append(Event("card", random.randrange(1_01, 140_00)))
    if chances() < busy:
        source, to, most = random.choice(_ASKED)
        found.append(Event("ask", random.randrange(10_00, most), (source, to)))
    if chances() < busy / 8:
        found.append(Event("return", 0))
    return found
