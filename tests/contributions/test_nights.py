"""Rules that fill retirement accounts stop at the person's room, and what they move takes it."""

import pytest

from engine.household import Setup, furnish
from engine.keptguards import seen_guards
from engine.night import run_night
from engine.past import snapshot_of_past
from engine.tonight import plan_tonight
from rules.load import load_yaml
from tests.contributions.family import DAY, NOW, Family


def rule(name: str, to: str, amount: str) -> str:
    fixed = f'mode: auto, if_short: partial, amount: {{kind: fixed, amount: "{amount}"}}'
    return f"- {{id: {name}, {fixed}, from: [{{account: checking}}], to: [{{account: {to}}}]}}\n"


@pytest.fixture
def filling(everywhere: Family) -> Family:
    """Return a family whose rules fill its accounts every night."""
    moves = (("t", "traditional"), ("r", "roth"), ("s", "sep"), ("b", "bens"), ("o", "old"))
    loaded = load_yaml("".join(rule(name, to, "5000.00") for name, to in moves))
    assert loaded.problems == ()
    with everywhere.work() as work:
        furnish(work, [everywhere.customer], Setup((), loaded.rules), "USD", (DAY, NOW))
    return everywhere


def moved(family: Family, day: int) -> dict[str, int]:
    """Cents that each rule moved on a night."""
    names = ("traditional", "roth", "sep", "bens", "old")
    with family.books.read(0) as work:
        told = [one for one in work.past(family.customer).decisions if one.day == day]
    return {names[one.rank - 1]: one.amount for one in told if one.amount}


def test_rules_share_the_rooms_of_persons(filling: Family) -> None:
    for day in range(DAY, DAY + 3):
        assert run_night(filling.books, 0, day, lambda: NOW).quarantined == {}
    assert moved(filling, DAY) == dict.fromkeys(("traditional", "sep", "bens", "old"), 5_000_00) | {"roth": 3_600_00}
    assert moved(filling, DAY + 1) == {"sep": 5_000_00, "bens": 2_500_00, "old": 5_000_00}
    assert moved(filling, DAY + 2) == {"sep": 5_000_00, "old": 5_000_00}
    with filling.books.read(0) as work:
        made = work.contributions(filling.customer)
        seqs = set(work.past(filling.customer).seq.tolist())
    assert made.amount.tolist() == [5_000_00, 3_600_00, 5_000_00, 5_000_00, 5_000_00, 2_500_00, 5_000_00]
    assert set(made.seq.tolist()) <= seqs
    assert filling.ask(1, "checking>roth", DAY + 3)[1]["code"] == "contribution_above_room"
    assert filling.ask(8_000_00, "checking>roth", DAY + 3, "prior")[0] == 201


def test_an_account_that_names_nobody_alone_uses_up_the_households_own_number(filling: Family) -> None:
    """What goes into accounts of persons takes their rooms: in the night, its preview and its explanation."""
    with filling.work() as work:
        work.change_customer(filling.customer, paused=False, ira_room=12_000_00)
    own = []
    for day in range(DAY, DAY + 3):
        with filling.books.read(0) as work:
            before = plan_tonight(work, filling.customer, day).plan.snapshot
        assert run_night(filling.books, 0, day, lambda: NOW).quarantined == {}
        with filling.books.read(0) as work:
            record, accounts = work.customers(filling.column)[0], work.accounts_of(filling.column)
            past, paths = work.past(filling.customer), work.system_paths()
            night = snapshot_of_past(past, record, accounts, day, paths)
            after = night.with_guards(seen_guards(work, day, filling.customer)).snapshot
        assert after.ira_room.tolist() == before.ira_room.tolist()
        rooms = (one.bounds.room[one.bounds.room_of].tolist() for one in (after, before))
        assert next(rooms) == next(rooms)
        own.append(int(after.ira_room[0]))
    assert own == [12_000_00, 7_000_00, 2_000_00]
    assert [moved(filling, day)["old"] for day in range(DAY, DAY + 3)] == [5_000_00, 5_000_00, 2_000_00]
