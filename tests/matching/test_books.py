"""Matching rules in the books: what is imported gets their categories, what is there is moved only when asked."""

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy.exc import DBAPIError

from bank.statement import Statement
from engine.desk import AccountEvent
from engine.matching.document import MatchRule, read_matching
from engine.matching.recategorise import Trial, recategorise, rules_of, save_matching, tried
from ledger.accounts import Standing
from ledger.batch import Code
from ledger.days import EVER, parse_day
from ledger.faults import SluiceError
from ledger.seal import asset_number
from rules.decode import decode_json
from store.verify import verify
from tests.engine.households import Home
from tests.engine.statements import bring, statement

DAY = parse_day("2026-11-21")
LINES = (
    ("ann", "2026-11-02", "2000.00", ""),
    ("ann", "2026-11-03", "-12.34", ""),
    ("ann", "2026-11-03", "-30.00", ""),
    ("bob", "2026-11-03", "-12.34", ""),
    ("ann", "2026-11-10", "-55.10", ""),
)
TEXTS = ["Payroll", "Corner market", "Cash machine", "Corner market", "MARKET hall"]
MARKET: dict[str, object] = {"when": {"text": {"contains": ["market"]}, "direction": "out"}, "category": "groceries"}
MACHINE: dict[str, object] = {"when": {"text": {"starts": ["cash"]}}, "category": "cash_out", "card": "no"}


def made(*documents: dict[str, object]) -> tuple[MatchRule, ...]:
    read = read_matching(decode_json(json.dumps(documents).encode()))
    assert read.document is not None, read.problems
    return read.document.rules


def texted(lines: Statement, texts: list[str]) -> Statement:
    return replace(lines, text=texts)


@pytest.fixture
def home(database_url: str) -> Iterator[Home]:
    found = Home(database_url)
    yield found
    found.books.close()
    assert list(verify(found.url)) == []


def keep(home: Home, *documents: dict[str, object], who: str = "ann") -> None:
    with home.work() as work:
        assert save_matching(work, home.ids[who], made(*documents), (DAY, home.now())) == ()


def paths(home: Home, who: str) -> dict[str, int]:
    """Signed balance of every category that a household's lines stand under, income as what came in."""
    found: dict[str, int] = {}
    with home.books.read(0) as work:
        names, lines = work.system_paths(), work.past(home.ids[who]).transfers
        sides = zip(lines.debit.tolist(), lines.credit.tolist(), lines.amount.tolist(), strict=True)
        for debit, credit, amount in sides:
            for account, cents in ((debit, amount), (credit, -amount)):
                if account in names:
                    found[names[account]] = found.get(names[account], 0) + cents
    return {path: cents for path, cents in found.items() if cents}


def opened(home: Home, *more: tuple[str, str, str, str], texts: list[str] | None = None) -> None:
    """Import the lines above, or others."""
    lines = statement(*(more or LINES), keys=[hash_of(one) for one in (more or LINES)])
    bring(home, texted(lines, texts or TEXTS))


def hash_of(entry: tuple[str, str, str, str]) -> int:
    return int.from_bytes("".join(entry).encode()[-16:], "big")


def trial(home: Home, since: int = EVER, at_most: int | None = None) -> Trial:
    with home.books.read(0) as work:
        return tried(work, home.ids["ann"], rules_of(work, home.ids["ann"]), since, at_most)


def apply(home: Home, since: str = "2026-11-01", who: str = "ann") -> int:
    with home.work() as work:
        return recategorise(work, home.ids[who], parse_day(since), (DAY, home.now()))


def test_rules_give_new_lines_their_categories_and_leave_others(home: Home) -> None:
    opened(home, LINES[0], LINES[3], texts=[TEXTS[0], TEXTS[3]])
    keep(home, MARKET, MACHINE)
    opened(home)
    assert paths(home, "ann") == {
        "income:salary": -2000_00, "expense:groceries": 67_44, "expense:cash_out": 30_00
    }  # fmt: skip
    assert paths(home, "bob") == {"expense:food": 12_34}
    with home.books.read(0) as work:
        assert work.match_versions(home.ids["bob"]) == []
        assert work.matching(np.array([home.ids["bob"]], np.int64)) == {}


def test_what_is_there_is_moved_when_asked_and_once(home: Home) -> None:
    opened(home)
    assert apply(home) == 0  # no rules yet
    keep(home, MARKET)
    before = paths(home, "ann")
    assert before == {"income:salary": -2000_00, "expense:food": 97_44}
    told = trial(home)
    assert [told.standing.lines.text[at] for at in told.moving.tolist()] == ["MARKET hall", "Corner market"]
    assert (list(told.holds), list(told.decides)) == ([2], [2])
    assert paths(home, "ann") == before  # looking changes nothing
    flows, balance = flow_rows(home), home.balance("ann", "checking")
    assert apply(home, "2026-11-04") == 1
    assert paths(home, "ann") == before | {"expense:food": 42_34, "expense:groceries": 55_10}
    assert (apply(home), apply(home)) == (1, 0)
    assert paths(home, "ann") == before | {"expense:food": 30_00, "expense:groceries": 67_44}
    assert (flow_rows(home), home.balance("ann", "checking")) == (flows, balance)
    assert len(trial(home).moving) == 0


def flow_rows(home: Home) -> list[tuple[int, ...]]:
    """Everything kept of arrivals and spending."""
    with home.books.read(0) as work:
        flows = work.flows(-(2**62), -(2**62))
    columns = (flows.account, flows.effective, flows.arrived, flows.spent, flows.round_up)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_categories_move_again_and_back(home: Home) -> None:
    opened(home)
    for category, moved in (("groceries", 2), ("eating_out", 2), ("groceries", 2), ("groceries", 0)):
        keep(home, {**MARKET, "category": category})
        assert apply(home) == moved
        assert paths(home, "ann")[f"expense:{category}"] == 67_44
    keep(home, {"when": {"direction": "in"}, "category": "wages"})
    assert apply(home) == 1
    assert paths(home, "ann") == {"income:wages": -2000_00, "expense:groceries": 67_44, "expense:food": 30_00}
    assert trial(home, at_most=2).now == ["expense:groceries", "expense:groceries"]


def test_a_move_is_dated_as_its_line_and_says_what_it_is(home: Home) -> None:
    opened(home)
    keep(home, MARKET)
    apply(home)
    with home.books.read(0) as work:
        past = work.past(home.ids["ann"])
        names = work.system_paths()
        lines = past.transfers
        last = [
            (names[int(lines.debit[at])], names[int(lines.credit[at])], int(lines.amount[at]), int(lines.day[at]))
            for at in (-2, -1)
        ]
        assert lines.code[-2:].tolist() == [Code.ADJUSTMENT, Code.ADJUSTMENT]
        assert past.journal[-1] != past.journal[-2]
    assert last == [
        ("expense:groceries", "expense:food", 55_10, parse_day("2026-11-10")),
        ("expense:groceries", "expense:food", 12_34, parse_day("2026-11-03")),
    ]


def test_a_household_without_lines_has_nothing_to_move(home: Home) -> None:
    home.open("eve", [])
    keep(home, MARKET, who="eve")
    assert apply(home, who="eve") == 0


def test_a_category_that_takes_no_lines_stops_everything(home: Home) -> None:
    opened(home)
    keep(home, MARKET)
    before = paths(home, "ann")
    with home.work() as work:
        (food,) = work.system_accounts(asset_number("USD"), ["expense:groceries"]).tolist()
        work.change_account(food, AccountEvent(food, 0, -(10**15), 10**15, 0, Standing.CLOSED))
    with pytest.raises(SluiceError, match="account_closed") as raised:
        apply(home)
    assert (raised.value.code, paths(home, "ann")) == ("books_broken", before)


def test_versions_are_kept_and_the_same_list_makes_none(home: Home) -> None:
    opened(home)
    keep(home, MARKET)
    keep(home, MARKET)
    keep(home, MACHINE, MARKET)
    keep(home)
    with home.books.read(0) as work:
        versions = work.match_versions(home.ids["ann"])
        assert [(one.version, one.day, one.after_night) for one in versions] == [(n, DAY, EVER) for n in (1, 2, 3)]
        assert rules_of(work, home.ids["ann"]) == ()
    with home.work() as work:
        wrong: dict[str, object] = {"when": {"account": "gold"}, "category": "food"}
        assert [one.code for one in save_matching(work, home.ids["ann"], made(wrong), (DAY, 1))] == ["unknown_account"]
        assert len(work.match_versions(home.ids["ann"])) == 3


def test_a_version_cannot_be_changed(home: Home) -> None:
    opened(home)
    keep(home, MARKET)
    with pytest.raises(DBAPIError, match="match_list is refused"), home.books.database.writing() as bulk:
        bulk.connection.exec_driver_sql("UPDATE match_list SET version = 9")
    with home.books.read(0) as work, pytest.raises(SluiceError) as raised:
        work.save_matching(home.ids["ann"], "[]", DAY, 1)
    assert raised.value.code == "book_not_locked"
