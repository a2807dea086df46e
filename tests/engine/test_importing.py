"""Importing statements: each line once, day ends checked, differences adjusted, whatever the order and the pieces."""

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from engine.desk import AccountEvent
from engine.household import post
from engine.importing import Importer, mirrored
from engine.importing_book import Difference
from engine.lines import Lines, Stamp, line_transfers
from engine.ports import BookWork
from ledger.accounts import Kind, Standing
from ledger.batch import Code
from ledger.days import parse_day
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT, format_money
from ledger.seal import asset_number
from ledger.statuses import Status
from store.books import Books
from store.verify import verify
from tests.birth import born
from tests.engine.households import FRIDAY, Home, held
from tests.engine.statements import bring, pieces, statement
from tests.naive.asking import fixed, rule

MONDAY, TUESDAY, WEDNESDAY = "2026-11-02", "2026-11-03", "2026-11-04"
LINES = (
    ("ann", MONDAY, "100.00", "100.00"),
    ("bob", MONDAY, "5.00", ""),
    ("ann", TUESDAY, "-20.00", "80.10"),
    ("ann", WEDNESDAY, "-10.00", "70.10"),
)


def head(home: Home) -> bytes:
    with home.books.read(0) as work:
        return work.row.head


def test_households_open_with_their_first_lines(home: Home) -> None:
    opened: list[tuple[list[int], int]] = []

    def joined(work: BookWork, customers: list[int], day: int) -> None:
        opened.append((customers, day))

    result = bring(home, statement(*LINES, ("eve", WEDNESDAY, "-1.00", "-1.00")), joined=joined)
    assert (result.lines, result.known, result.customers, result.account_days, result.problems) == (5, 0, 3, 4, [])
    assert result.differences == [Difference("ann", parse_day(TUESDAY), 80_10, 80_00)]
    assert result.differences[0].delta == 10
    assert [home.balance(name, "checking")[0] for name in ("ann", "bob", "eve")] == [70_10, 5_00, -1_00]
    ids = [home.ids[name] for name in ("ann", "bob", "eve")]
    assert opened == [(ids[:2], parse_day(MONDAY)), (ids[2:], parse_day(WEDNESDAY))]
    with home.work() as work:
        codes = work.past(ids[0]).transfers.code.tolist()
        paths = set(work.system_paths().values())
    assert codes == [Code.STATEMENT, Code.CARD, Code.ADJUSTMENT, Code.CARD]
    assert paths == {"income:salary", "expense:food", "equity:adjustment"}
    assert list(verify(home.url)) == []


def test_a_second_import_adds_nothing_and_seals_nothing(home: Home) -> None:
    bring(home, statement(*LINES))
    sealed = head(home)
    result = bring(home, statement(*LINES))
    assert (result.lines, result.known, result.customers, result.account_days, result.differences) == (0, 4, 0, 0, [])
    assert head(home) == sealed


def test_without_adjustments_differences_are_listed_and_go_on(home: Home) -> None:
    result = bring(home, statement(*LINES), adjust=False)
    assert [(one.expected, one.found) for one in result.differences] == [(80_10, 80_00), (70_10, 70_00)]
    assert home.balance("ann", "checking") == (70_00, 0, 0)


@pytest.mark.parametrize("seed", range(12))
def test_in_any_pieces_and_any_order_every_line_is_in_once(home: Home, seed: int) -> None:
    """Without stated balances the books are the sum of the lines, however they come; with them, the day ends agree."""
    source = Random(seed)
    start, running, entries = date(2026, 10, 1), {"ann": 0, "bob": 0}, []
    for _ in range(60):
        name, cents = source.choice(("ann", "bob")), source.choice((-1, 1)) * source.randrange(1, 99_999)
        start += timedelta(days=source.choice((0, 0, 1, 2)))
        running[name] += cents
        stated = format_money(running[name]) if source.random() < 0.7 else ""
        entries.append((name, start.isoformat(), format_money(cents), stated))
    whole = statement(*entries)
    places = list(range(60))
    source.shuffle(places)
    while places:
        some = places[: source.randrange(1, 20)]
        del places[: len(some)]
        result = bring(home, pieces(whole, sorted(some)), adjust=False)
        assert (result.lines, result.known, result.problems) == (len(some), 0, [])
    assert {name: home.balance(name, "checking")[0] for name in running} == running
    again = bring(home, whole)
    assert (again.lines, again.known) == (0, 60)
    assert list(verify(home.url)) == []


def test_late_lines_are_checked_against_the_sum_of_their_own_day(home: Home) -> None:
    bring(home, statement(("ann", MONDAY, "100.00", "100.00"), ("ann", WEDNESDAY, "1.00", "101.00")))
    late = bring(home, statement(("ann", TUESDAY, "7.00", "107.00"), keys=[9]))
    assert (late.account_days, late.differences) == (2, [Difference("ann", parse_day(WEDNESDAY), 101_00, 108_00)])
    later = bring(home, statement(("ann", TUESDAY, "1.00", "108.50"), keys=[10]))
    assert [(one.expected, one.found) for one in later.differences] == [(108_50, 108_00), (101_00, 102_50)]
    now = bring(home, statement(("ann", FRIDAY, "1.00", "102.00"), keys=[11]))
    assert now.differences == []
    assert home.balance("ann", "checking") == (102_00, 0, 0)
    assert list(verify(home.url)) == []


def test_the_same_difference_twice_on_one_day_is_adjusted_twice(home: Home) -> None:
    for key, amount in ((1, "900.00"), (2, "-0.10"), (3, "-0.10")):
        result = bring(home, statement(("ann", MONDAY, amount, "900.10"), keys=[key]))
        assert [(one.expected, one.found) for one in result.differences] == [(900_10, 900_00)]
    assert home.balance("ann", "checking") == (900_10, 0, 0)
    assert list(verify(home.url)) == []


def test_a_known_line_with_other_content_is_listed_and_stays(home: Home) -> None:
    bring(home, statement(*LINES))
    changed = statement(LINES[0], LINES[1], ("ann", TUESDAY, "-21.00", "80.10"), ("ann", "2026-11-05", "-10.00", ""))
    result = bring(home, changed)
    assert [(problem.path, problem.code) for problem in result.problems] == [
        ("line 4", "line_changed"),
        ("line 5", "line_changed"),
    ]
    assert (result.lines, result.known) == (0, 4)
    assert home.balance("ann", "checking") == (70_10, 0, 0)


def test_lines_of_a_closed_account_are_listed_and_the_others_are_in(home: Home) -> None:
    bring(home, statement(*LINES))
    with home.work() as work:
        (account,) = work.accounts_of(np.array([home.ids["bob"]]))
        event = AccountEvent(account.account, 0, account.floor, account.ceiling, account.rule_floor, Standing.CLOSED)
        work.change_account(account.account, event)
    more = statement(("bob", FRIDAY, "1.00", ""), ("ann", FRIDAY, "2.00", ""), keys=[5, 6])
    result = bring(home, more)
    assert ([(one.path, one.code) for one in result.problems], result.lines) == ([("line 2", "account_closed")], 1)
    assert (home.balance("bob", "checking")[0], home.balance("ann", "checking")[0]) == (5_00, 72_10)


def test_a_file_of_one_account_goes_where_it_is_told(home: Home) -> None:
    lines = statement(("", MONDAY, "100.00", "100.00"))
    assert bring(home, lines, ("ann", "main")).customers == 1
    home.open("bob", [held("first", "0.00", "checking", mirrored=True), held("pot", "0.00")])
    assert bring(home, lines, ("bob", "first")).lines == 1
    assert (home.balance("ann", "main")[0], home.balance("bob", "first")[0]) == (100_00, 100_00)
    with pytest.raises(SluiceError, match="bob has no account second") as unknown:
        bring(home, lines, ("bob", "second"))
    assert unknown.value.code == "account_unknown"
    with pytest.raises(SluiceError, match="bob's account pot is not mirrored") as floored:
        bring(home, lines, ("bob", "pot"))
    assert floored.value.code == "account_not_mirrored"


def test_rules_move_money_without_making_a_difference(home: Home) -> None:
    home.open("ann", [held("checking", "0.00", "checking", mirrored=True), held("cash", "0.00")], rule(fixed("30.00")))
    bring(home, statement(("ann", MONDAY, "100.00", "100.00"), keys=[1]))
    home.night(MONDAY)
    result = bring(home, statement(("ann", TUESDAY, "-60.00", "40.00"), keys=[2]))
    assert (result.account_days, result.differences) == (1, [])
    late = bring(home, statement(("ann", MONDAY, "1.00", "101.00"), keys=[3]))
    assert (late.account_days, late.differences) == (2, [Difference("ann", parse_day(TUESDAY), 40_00, 41_00)])
    assert home.balance("ann", "checking")[0] == 10_00


def test_sums_beyond_the_largest_are_listed_and_the_rest_is_in(home: Home) -> None:
    most = format_money(MAX_AMOUNT)
    lines = statement(
        ("ann", MONDAY, most, ""),
        ("ann", TUESDAY, "0.01", ""),
        ("ann", TUESDAY, "-0.05", ""),
        ("ann", TUESDAY, "0.02", most),
        ("bob", TUESDAY, "-1.00", most),
        ("eve", TUESDAY, "-2.00", "-2.00"),
        ("eve", WEDNESDAY, most, ""),
        ("eve", WEDNESDAY, most, ""),
    )
    result = bring(home, lines)
    told = [(one.path, one.code) for one in result.problems]
    assert told == [("line 3", "amount_too_large"), ("line 6", "amount_too_large"), ("line 9", "amount_too_large")]
    assert [problem.sentence.split(" the account ")[0] for problem in result.problems[:2]] == [
        "With this line",
        "With the adjustment of 2026-11-03",
    ]
    assert (result.lines, len(result.differences)) == (6, 2)
    balances = [home.balance(name, "checking")[0] for name in ("ann", "bob", "eve")]
    assert balances == [MAX_AMOUNT, -1_00, MAX_AMOUNT - 2_00]
    again = bring(home, lines)
    assert (again.lines, again.known) == (0, 6)
    assert list(verify(home.url)) == []


def test_a_day_of_which_nothing_fits_writes_nothing(home: Home) -> None:
    bring(home, statement(("ann", MONDAY, format_money(MAX_AMOUNT), "")))
    sealed = head(home)
    result = bring(home, statement(("ann", TUESDAY, "1.00", ""), keys=[2]))
    assert (result.lines, [one.code for one in result.problems]) == (0, ["amount_too_large"])
    assert head(home) == sealed


def test_accounts_that_take_no_lines_are_listed_and_the_others_are_in(home: Home) -> None:
    home.open("bare", [held("cash", "0.00")])
    home.open("floored", [held("checking", "0.00", "checking")])
    euro = home.open("euro", [])
    with home.work() as work:
        work.open_accounts([mirrored(euro, "checking", asset_number("EUR"))], parse_day(MONDAY), home.now())
    names = ("bare", "floored", "euro", "a/b", "..", "ann")
    lines = statement(*((name, MONDAY, "1.00", "") for name in names))
    result = bring(home, lines)
    assert (result.lines, result.customers) == (1, 1)
    assert sorted((one.path, one.code) for one in result.problems) == [
        ("line 2", "account_unknown"),
        ("line 3", "account_not_mirrored"),
        ("line 4", "currency_differs"),
        ("line 5", "reference"),
        ("line 6", "reference"),
    ]
    with pytest.raises(SluiceError, match="A reference stands in the addresses"):
        bring(home, pieces(lines, [5]), ("a/b", "checking"))
    with pytest.raises(SluiceError, match="in another currency than the file, USD"):
        bring(home, pieces(lines, [5]), ("euro", "checking"))


def test_lines_that_the_books_refuse_for_another_reason_are_an_alarm(home: Home) -> None:
    first = statement(("ann", MONDAY, "1.00", ""))
    bring(home, first)
    with home.work() as work:
        (account,) = work.accounts_of(np.array([home.ids["ann"]]))
        income = int(work.system_accounts(account.asset, ["income:salary"])[0])
        one, key = np.array([account.account]), statement(("ann", TUESDAY, "9.00", ""), keys=[2]).key
        none, no = np.zeros(1, np.int64), np.zeros(1, np.bool_)
        posted = Lines(np.array([account.customer]), one, none + 9_00, no, none, none + income, no, key)
        batch = line_transfers(Stamp(0, parse_day(TUESDAY), account.asset), posted)
        assert post(work, batch, (parse_day(TUESDAY), "import", home.now())) == Status.CREATED
    with pytest.raises(SluiceError, match="The books refused an imported line") as refused:
        bring(home, statement(("ann", TUESDAY, "0.01", ""), keys=[2]))
    assert refused.value.code == "books_broken"
    assert home.balance("ann", "checking")[0] == 10_00


def test_new_households_spread_over_the_books(sqlite_url: str) -> None:
    born(sqlite_url, 3, 0)
    books = Books(sqlite_url)
    names = [f"h{number}" for number in range(7)]
    lines = statement(*((name, MONDAY, "1.00", "1.00") for name in names))
    assert Importer(books, lines, lambda: 0).run().customers == 7
    assert [books.find_many(names)[name][0] for name in names] == [0, 1, 2, 0, 1, 2, 0]
    more = statement(("h7", TUESDAY, "1.00", ""), ("h0", TUESDAY, "1.00", ""), keys=[8, 9])
    assert Importer(books, more, lambda: 0).run(first=parse_day(TUESDAY)).customers == 1
    assert books.find_many(["h7"])["h7"][0] == 1
    assert books.emptiest() == {0: 3, 1: 3, 2: 2}
    books.close()


def test_a_mirrored_account_has_no_floor_in_the_ledger() -> None:
    account = mirrored(7, "checking", asset_number("USD"))
    assert (account.kind, account.floor, account.ceiling, account.rule_floor) == (
        Kind.CHECKING,
        -MAX_AMOUNT,
        MAX_AMOUNT,
        0,
    )


def test_a_mirror_begins_with_its_opening_balance(home: Home) -> None:
    home.open("ann", [held("checking", "80.00", "checking", mirrored=True)])
    result = bring(home, statement(("ann", MONDAY, "20.00", "100.00"), ("ann", TUESDAY, "-1.00", "99.00")))
    assert (result.lines, result.account_days, result.differences) == (2, 2, [])
