"""Recurring transfers drawn at random, every schedule among them, one key or several."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from engine.recurring.document import RecurringTransfer, When
from engine.recurring.patterns import NTHS, WEEKDAYS, NthWeekday
from rules.document import Every

DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))
MONTH_DAYS = st.one_of(st.integers(1, 31), st.just("last"))
SHIFTS = st.sampled_from([None, "before", "after", "skip"])


def whens(*, dated: bool) -> st.SearchStrategy[When]:
    """Schedules; `dated` ones are those that are written out as dates."""
    weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=7, unique=True).map(tuple)
    keys: dict[str, st.SearchStrategy[Any]] = {
        "weekly": weekdays,
        "every": st.builds(Every, weeks=st.integers(1, 9), from_=DATES),
        "monthly": st.lists(MONTH_DAYS, min_size=1, max_size=3).map(tuple),
    }
    if dated:
        pairs = st.builds(NthWeekday, nth=st.sampled_from(NTHS), weekday=st.sampled_from(WEEKDAYS))
        lists = st.lists(DATES, min_size=2, max_size=6).map(tuple)
        own = {"quarterly": MONTH_DAYS, "nth_weekday": pairs, "dates": lists}
        return st.one_of(*(_said({name: one}, keys) for name, one in own.items()))
    some = [_said({name: one}, keys | {"once": DATES}) for name, one in (keys | {"once": DATES}).items()]
    return st.one_of(st.just(When(daily=True)), *some)


def _said(one: dict[str, st.SearchStrategy[Any]], others: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[When]:
    """Schedules with this key, perhaps with others too."""
    rest = {name: st.none() | strategy for name, strategy in others.items() if name not in one}
    return st.builds(When, **one, **rest, business_days=SHIFTS)


@st.composite
def transfers(draw: st.DrawFn, *, dated: bool = False) -> RecurringTransfer:
    """A recurring transfer between two accounts, with an id."""
    start = draw(DATES) if dated else draw(st.none() | DATES)
    length = timedelta(days=draw(st.integers(100, 900)))
    end = (start + length) if start and (dated or draw(st.booleans())) else None
    return RecurringTransfer(
        id="transfer_rent",
        name=draw(st.sampled_from([None, "Rent"])),
        from_="checking",
        to="bank",
        amount=draw(st.integers(1, 10**6)),
        schedule=draw(whens(dated=dated)),
        start=start,
        end=end,
        skip=tuple(sorted(draw(st.sets(DATES, max_size=3)))),
        mode=draw(st.sampled_from(["off", "watch", "ask", "auto"])),
        if_short=draw(st.sampled_from(["nothing", "partial"])),
    )
