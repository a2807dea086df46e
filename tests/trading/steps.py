"""What random walks are made of: pies, things people do, rounds of them with a window, drawn by hypothesis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hypothesis import strategies as st

from engine.invest.pies.terms import BandTerms, PieTerms
from ledger.money import MAX_AMOUNT
from market.paper import Behaviour
from tests.trading.world import MONDAY, NESTED, pie

SYMBOLS = ("VTI", "BND", "VXUS", "GLD")
DAYS = tuple(MONDAY + offset for offset in (0, 1, 2, 3, 4, 7, 8))
PIES = (
    NESTED,
    pie('{name: one, slices: [{symbol: VTI, weight: "100%"}]}'),
    pie(
        '{name: thirds, slices: [{symbol: VTI, weight: "33.33%"}, {symbol: BND, weight: "33.33%"}, '
        '{symbol: GLD, weight: "33.34%"}]}'
    ),
    pie(
        '{name: twice, slices: [{symbol: VTI, weight: "30%"}, {weight: "50%", pie: {name: core, slices: '
        '[{symbol: VTI, weight: "70%"}, {symbol: GLD, weight: "30%"}]}}, {weight: "20%", pie: {name: edge, slices: '
        '[{symbol: VTI, weight: "50%"}, {symbol: VXUS, weight: "50%"}]}}]}'
    ),
    pie(
        '{name: deep, slices: [{symbol: BND, weight: "10%"}, {weight: "90%", pie: {name: core, slices: '
        '[{symbol: VTI, weight: "40%"}, {weight: "60%", pie: {name: edge, slices: '
        '[{symbol: VXUS, weight: "50%"}, {symbol: VTI, weight: "25%"}, {symbol: BND, weight: "25%"}]}}]}}]}'
    ),
)
PATHS = ("", "VTI", "BND", "GLD", "core", "edge", "core/VTI", "core/VXUS", "core/GLD", "edge/VTI", "core/edge")
MOVES = (("VTI", "core/VTI"), ("core/VTI", "VTI"), ("edge/VTI", "VTI"), ("core/edge/VTI", "VTI"), ("BND", "core/BND"))


@dataclass(frozen=True)
class Act:
    """One thing somebody does: `who` is the number of an account."""

    what: str
    who: int
    path: str = ""
    cents: int = 0
    pie: int = 0
    terms: PieTerms = field(default_factory=PieTerms)
    removes: bool = False


@dataclass(frozen=True)
class Round:
    """What people do, then a window: without a price for `missing`, its runner gone at the `crash`th word to a broker.

    After a crash the window is run again `late` minutes later.
    """

    acts: tuple[Act, ...]
    missing: frozenset[str] = frozenset()
    crash: int = 0
    late: int = 10


@dataclass(frozen=True)
class Plan:
    """A whole walk: prices of every day, how the broker behaves, rounds."""

    prices: Mapping[str, tuple[int, ...]]
    behaviour: Behaviour
    rounds: tuple[Round, ...]


CENTS = st.one_of(st.integers(1, 300), st.integers(1_00, 5_000_00), st.sampled_from([25_00, 100_00, 1_000_00]))
PPM = st.sampled_from([0, 0, 0, 200_000, 700_000])
TERMS = st.builds(
    PieTerms.model_construct,
    auto_invest=st.booleans(),
    minimum_cash=st.sampled_from([0, 0, 50_00]),
    threshold=st.sampled_from([0, 25_00]),
    mode=st.sampled_from(["flattened", "level_by_level"]),
    small_orders=st.sampled_from(["re_solve", "leave_cash"]),
    bands=st.just(BandTerms.model_construct(absolute=500, relative=None)),
    rebalance_on=st.sampled_from(["request", "bands"]),
    every=st.sampled_from(["never", "never", "month", "quarter", "year"]),
    cooldown_days=st.sampled_from([0, 0, 2]),
    lots=st.sampled_from(["m1", "fifo", "lifo", "hifo", "least_tax"]),
)


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """Something somebody does."""
    what = draw(st.sampled_from(["pay", "pay", "buy", "sell", "sell", "rebalance", "raise", "save", "save"]))
    who = draw(st.integers(0, 2))
    if what == "save":
        return Act(what, who, pie=draw(st.integers(0, 4)), terms=draw(TERMS), removes=draw(st.booleans()))
    cents = draw(CENTS)
    whole = what == "sell" and draw(st.booleans())
    return Act(what, who, draw(st.sampled_from(PATHS)), 0 if whole else min(cents, MAX_AMOUNT))


@st.composite
def rounds(draw: st.DrawFn) -> Round:
    """Some acts and a window."""
    missing = draw(st.frozensets(st.sampled_from(SYMBOLS), max_size=1)) if draw(st.booleans()) else frozenset[str]()
    crash = draw(st.integers(1, 12)) if draw(st.booleans()) else 0
    return Round(tuple(draw(st.lists(acts(), max_size=4))), missing, crash, draw(st.sampled_from([10, 11, 400, 1500])))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A walk of two to five windows, the first one with money to invest."""
    prices = {
        symbol: tuple(draw(st.lists(st.integers(50, 400_00), min_size=len(DAYS), max_size=len(DAYS))))
        for symbol in SYMBOLS
    }
    behaviour = Behaviour(
        spread_bp=draw(st.sampled_from([0, 0, 5, 100])),
        fee_bp=draw(st.sampled_from([0, 0, 10])),
        delay=draw(st.sampled_from([0, 0, 90_000_000, 3600_000_000])),
        partial_ppm=draw(PPM),
        reject_ppm=draw(PPM),
        silent_ppm=draw(PPM),
        silent_later_ppm=draw(PPM),
    )
    opening = tuple(Act("pay", who, cents=draw(CENTS)) for who in range(3))
    first = Round(opening)
    return Plan(prices, behaviour, (first, *draw(st.lists(rounds(), min_size=2, max_size=5))))
