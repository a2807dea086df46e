"""Nights of households whose limits give way: each is previewed and explained, and the three agree."""

import numpy as np

from engine.answer import decisions_of
from engine.desk import AccountEvent, AccountRecord
from engine.evaluate import evaluate
from engine.holds.work import ForcedRow, Loosened
from engine.household import account_named
from engine.keptguards import seen_guards
from engine.night import run_night
from engine.past import snapshot_of_past
from engine.request import TransferRequest, transfer
from engine.tonight import plan_tonight
from ledger.days import parse_day
from tests.engine.households import Home, held
from tests.naive.asking import fixed, rule

WIDE = 10**15
FILL, DRAIN = rule(fixed("500.00"), "checking", "pot"), rule(fixed("100.00"), "pot", "checking", id="drain")
EXCEEDS_CEILING = EXCEEDS_FLOOR = 409


def pot_of(*, opening: str = "10000.00", ceiling: str = "10010.00") -> dict[str, object]:
    """An account that earns, with a ceiling."""
    return held("pot", opening, ceiling=ceiling)


def record(home: Home, handle: str, name: str = "ann") -> AccountRecord:
    """An account as it is decided on."""
    with home.books.read(0) as work:
        return account_named(work, home.ids[name], handle)


def limits(home: Home, handle: str, name: str = "ann") -> tuple[int, int]:
    """The account's own floor and ceiling."""
    one = record(home, handle, name)
    return one.floor, one.ceiling


def loosened(home: Home) -> Loosened:
    """What stands in for limits."""
    with home.books.read(0) as work:
        return work.loosened()


def standing_in(home: Home, handle: str, name: str = "ann") -> tuple[int, int]:
    """The floor and the ceiling that the database holds the account to."""
    one = record(home, handle, name)
    with home.books.read(0) as work:
        found = work.accounts_loosened(np.array([one.account]))
    return int(found.floor[0]), int(found.ceiling[0])


def forced(home: Home) -> list[ForcedRow]:
    """Forced entries in the order in which they were booked."""
    with home.books.read(0) as work:
        return sorted(work.forced(), key=lambda row: row.seq)


def set_limits(home: Home, handle: str, floor: int, ceiling: int, rule_floor: int | None = None) -> None:
    """Somebody changes the limits of an account by hand."""
    one = record(home, handle)
    with home.work() as work:
        keeps = one.rule_floor if rule_floor is None else rule_floor
        work.change_account(one.account, AccountEvent(one.account, 0, floor, ceiling, keeps, one.standing))


def ask(home: Home, sides: str, cents: int, day: str) -> int:
    """The HTTP status of a one-off transfer such as `checking>pot`."""
    source, to = sides.split(">")
    with home.work() as work:
        request = TransferRequest(home.ids["ann"], source, to, cents, f"key {home.now()}", parse_day(day))
        return transfer(work, request, home.now()).status


def agreed(home: Home, day: str, name: str = "ann") -> dict[str, int]:
    """Run the night of a day; its preview and its explanation are the same. Cents that each rule moved, by source."""
    on, customer = parse_day(day), home.ids[name]
    with home.books.read(0) as work:
        seen = plan_tonight(work, customer, on)
        assert seen.set_aside == ""
    assert run_night(home.books, 0, on, home.now).status == "done"
    with home.books.read(0) as work:
        past, (household,) = work.past(customer), work.customers(np.array([customer]))
        night = snapshot_of_past(past, household, work.accounts_of(np.array([customer])), on, work.system_paths())
        night = night.with_guards(seen_guards(work, on, customer))
    for column in ("posted", "pending_in", "pending_out", "floor", "ceiling"):
        previewed, explained = (getattr(one, column).tolist() for one in (seen.plan.snapshot, night.snapshot))
        assert previewed == explained, column
    told = decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)
    assert told == seen.decisions()
    stored = {one.rank: one.amount for one in past.decisions if one.day == on}
    moved: dict[str, int] = {}
    for rank, words in enumerate(told, 1):
        cents = sum(int(leg["amount"].replace(".", "")) for leg in words["legs"] if words["outcome"] == "moved")
        assert stored.get(rank, 0) == cents
        for leg in words["legs"] if cents else ():
            moved[leg["from"]] = moved.get(leg["from"], 0) + int(leg["amount"].replace(".", ""))
    return moved
