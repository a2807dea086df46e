"""Whole preview cases (rulings.md 59): accounts, facts, counters and one to twelve rules of one customer.

`random_case` and `random_book` are quick and draw from `random.Random`; `cases()` is the hypothesis strategy over the
same space.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from random import Random

from hypothesis import strategies as st

from tests.strategies.drawing import (
    HIGHEST,
    Document,
    Pick,
    amount,
    choose,
    day,
    distinct,
    modest,
    percent,
    sometimes,
    text,
)
from tests.strategies.rules import MARKET_PERCENTS, Drawn, rule

_ACCOUNTS = {
    "checking": "checking",
    "cash": "cash",
    "borrow": "borrow",
    "bank": "bank",
    "roth": "ira",
    "invest.growth": "invest",
    "vacation": "cash",
    "tax": "checking",
    "sep": "ira",
    "joint_bank": "bank",
    "heloc": "borrow",
    "invest.income": "invest",
}
_NOT_IRAS = [handle for handle, kind in _ACCOUNTS.items() if kind != "ira"]
_PROBLEMS = ("frozen", "account_closed", "link_broken", "stale_balance")
_NIGHTS = tuple(
    date.fromisoformat(night)
    for night in (
        *("2026-11-20", "2026-11-30", "2027-02-28", "2028-02-29", "2026-11-26", "2026-12-25", "2027-01-01"),
        *("2026-07-03", "2026-07-06", "2027-07-05", "2026-12-31", "2027-01-18", "2028-01-03", "2026-10-12"),
        *("2026-05-31", "2026-04-30", "2027-06-20", "2026-11-14", "2027-03-01", "2026-09-08", "2026-08-16"),
    )
)
"""Plain nights, the ends of months, holidays and weekends, and the nights beside them."""


def random_case(source: Random) -> Document:
    """One case drawn quickly, for runs over very many customers."""
    return random_book(source, 1)[0]


def random_book(source: Random, size: int) -> list[Document]:
    """So many cases of one night, drawn quickly."""
    rand = source.random

    def pick(n: int) -> int:
        return int(rand() * n)

    on = choose(pick, _NIGHTS)
    return [_case(pick, on) for _ in range(size)]


@st.composite
def cases(draw: Callable[[st.SearchStrategy[int]], int]) -> Document:
    """The same space for hypothesis, shrinking towards few rules, plain choices and round amounts."""

    def pick(n: int) -> int:
        return 0 if n == 1 else draw(_below(n))

    return _case(pick, choose(pick, _NIGHTS))


@cache
def _below(n: int) -> st.SearchStrategy[int]:
    return st.integers(0, n - 1)


def _case(pick: Pick, on: date) -> Document:
    missed = choose(pick, (2, 3, 5, 10, 40)) if sometimes(pick, 4) else 1
    kinds = _kinds(pick)
    drawn = Drawn(on, kinds, {handle: _posted(pick, kind) for handle, kind in kinds.items()})
    accounts = {handle: _account(pick, kind, drawn.posted[handle]) for handle, kind in kinds.items()}
    for _ in range(7 + pick(6) if sometimes(pick, 25) else 1 + pick(6)):
        drawn.rules.append(rule(pick, drawn))
    case: Document = {"on": on.isoformat(), "since": day(on, -missed), "accounts": accounts}
    case["facts"] = _facts(pick, drawn)
    case["used"] = _used(pick, drawn.rules)
    case["last_moved"] = {str(r["id"]): _last_moved(pick, on, r) for r in drawn.rules if not sometimes(pick, 3)}
    if sometimes(pick, 4):
        case["saved"] = {str(r["id"]): day(on, -pick(6)) for r in drawn.rules if sometimes(pick, 2)}
    if sometimes(pick, 3):
        case["ira_room"] = text(0 if sometimes(pick, 8) else modest(pick))
    if sometimes(pick, 50):
        case["paused"] = True
    case["rules"] = drawn.rules
    return case


def _kinds(pick: Pick) -> dict[str, str]:
    """Two to seven accounts, at least one of which may be a source."""
    first = choose(pick, _NOT_IRAS)
    others = distinct(pick, [handle for handle in _ACCOUNTS if handle != first], 6)
    return {handle: _ACCOUNTS[handle] for handle in (first, *others)}


def _account(pick: Pick, kind: str, posted: int) -> Document:
    """An account's numbers; keys at their default are mostly left out."""
    document: Document = {"kind": kind, "posted": text(posted)}
    floor = 0
    if kind == "borrow":
        limit = amount(pick) if sometimes(pick, 10) else max(amount(pick), -posted)
        document |= {"floor": text(-limit), "ceiling": "0.00"}
    elif sometimes(pick, 6):
        floor = -modest(pick) if sometimes(pick, 5) else modest(pick)
        document["floor"] = text(floor)
    if kind != "borrow" and sometimes(pick, 8):
        document["ceiling"] = text(max(floor, amount(pick)))
    if sometimes(pick, 8):
        document["pending_in"] = text(modest(pick))
    if sometimes(pick, 8):
        document["pending_out"] = text(modest(pick))
    if sometimes(pick, 80):
        document["problem"] = choose(pick, _PROBLEMS)
    return document


def _posted(pick: Pick, kind: str) -> int:
    """Mostly more than nothing, or for a borrow line less; some sums, so that what a move leaves meets a threshold."""
    if kind == "borrow":
        return 0 if sometimes(pick, 4) else -modest(pick)
    shape = choose(pick, ("sum", "sum", "sum", "amount", "amount", "nothing", "overdrawn"))
    if shape == "sum":
        return 500_000 + modest(pick) + modest(pick)
    if shape == "amount":
        return amount(pick)
    return 0 if shape == "nothing" or not sometimes(pick, 3) else -modest(pick)


def _facts(pick: Pick, drawn: Drawn) -> dict[str, str]:
    """What the case states of the facts that its rules ask for; now and then one stays unknown."""
    facts: dict[str, str] = {}
    for fact in drawn.facts:
        market = Random(f"{drawn.on} {fact}")  # a security stands where it stands for every customer of the night
        of_symbol = fact.startswith(("drawdown", "price_to_average"))
        if market.random() < 1 / 6 if of_symbol else sometimes(pick, 12):
            continue
        if of_symbol:
            facts[fact] = percent(market.choice(MARKET_PERCENTS))
        elif fact.startswith(("drift", "ltv")):
            facts[fact] = percent(choose(pick, MARKET_PERCENTS))
        elif fact.startswith("invest_drift") and sometimes(pick, 8):
            facts[fact] = "none"
        else:
            held = drawn.posted[fact[6:-1]] if fact.startswith("value") else 0
            facts[fact] = text(min(HIGHEST, held + _fact_value(pick)))
    return facts


def _fact_value(pick: Pick) -> int:
    return 0 if sometimes(pick, 6) else modest(pick)


def _used(pick: Pick, rules: list[Document]) -> list[Document]:
    """What some of the caps' counters have counted before tonight."""
    counted: dict[tuple[str, str, str], Document] = {}
    for document in rules:
        caps = document.get("caps", [])
        for cap in caps if isinstance(caps, list) else []:
            name_space = "counter" if "counter" in cap else "rule"
            name = str(cap.get("counter", document["id"]))
            if sometimes(pick, 2):
                entry = {name_space: name, "per": cap["per"], "amount": text(modest(pick))}
                counted[name_space, name, str(cap["per"])] = entry
    return list(counted.values())


def _last_moved(pick: Pick, on: date, document: Document) -> str:
    """Near the end of the cool-down, when there is one."""
    days = document.get("cool_down_days", 0)
    ago = int(str(days)) + choose(pick, (0, 1, -1))
    return (on - timedelta(days=max(0, ago))).isoformat()
