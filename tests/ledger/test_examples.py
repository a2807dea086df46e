"""`apply` by example: what a reader should expect of the books."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ledger.accounts import Accounts
from ledger.apply import apply
from ledger.batch import BookState, join, no_transfers, nothing_stored
from ledger.statuses import Status
from tests.ledger.books import Books, as_accounts, as_transfers, column, counters
from tests.ledger.drawing import BOOK, fresh_id
from tests.ledger.model import LARGEST, PENDING, POST, SINGLE, UNLIMITED, VOID, Account, Line

OUT = Line(fresh_id(1), SINGLE, 0, 1, 1, 7, 1, 1, 6, 1, 20_000)  # 6 leave account 1
IN = replace(OUT, id=fresh_id(2), journal=2, debit=1, credit=7)  # 6 reach it
HOLD = replace(OUT, kind=PENDING)


def books(**first: int) -> Books:
    """Account 1 of customer 1 has 10 and the floor 0, unless said otherwise; account 7 is the book's own."""
    account = Account(1, floor=0, debits_posted=10)
    for name, number in first.items():
        setattr(account, name, number)
    return Books(BOOK, as_accounts({1: account, 2: Account(1, floor=0), 7: Account()}))


def names(books_: Books, *lines: Line) -> list[str]:
    return [Status(s).code for s in books_.ask(list(lines)).status.tolist()]


def test_a_line_sees_the_lines_before_it() -> None:
    again = replace(OUT, id=fresh_id(3), journal=3)
    assert names(books(), OUT, again) == ["created", "exceeds_floor"]
    assert names(books(), OUT, IN, again) == ["created", "created", "created"]
    assert names(books(), OUT, again, IN) == ["created", "exceeds_floor", "created"]


def test_a_refused_journal_leaves_no_trace() -> None:
    kept = books()
    second = replace(OUT, id=fresh_id(3))
    after = replace(OUT, id=fresh_id(4), journal=2, amount=10)
    answer = kept.ask([OUT, second, after])
    assert [Status(s).code for s in answer.status.tolist()] == ["group_failed", "exceeds_floor", "created"]
    assert answer.seq.tolist() == [0, 0, 1]
    assert answer.journal.tolist() == [0, 0, 1]
    assert counters(kept.accounts)[1] == (10, 10, 0, 0)


def test_journals_stand_whole_and_carry_the_seq_of_their_first_line() -> None:
    answer = books().ask(
        [OUT, replace(IN, journal=1), replace(OUT, id=fresh_id(3), journal=1), replace(IN, id=fresh_id(4))]
    )
    assert answer.seq.tolist() == [1, 2, 3, 4]
    assert answer.journal.tolist() == [1, 1, 1, 4]


def test_a_journal_half_of_which_exists_is_refused() -> None:
    kept = books()
    kept.ask([OUT])
    assert names(kept, OUT, replace(IN, journal=1)) == ["exists", "group_failed"]
    assert names(kept, OUT, IN) == ["exists", "created"]


def test_holds_count_against_the_floor_and_posting_never_fails() -> None:
    kept = books()
    late = replace(OUT, id=fresh_id(3), journal=2)
    assert names(kept, HOLD, late) == ["created", "exceeds_floor"]
    assert counters(kept.accounts)[1] == (10, 0, 0, 6)
    post = replace(HOLD, id=fresh_id(4), kind=POST, pending=HOLD.id)
    assert names(kept, post) == ["created"]
    assert counters(kept.accounts)[1] == (10, 6, 0, 0)
    assert counters(kept.accounts)[7] == (6, 0, 0, 0)


def test_a_void_gives_back_what_was_held() -> None:
    kept = books()
    void = replace(HOLD, id=fresh_id(4), kind=VOID, pending=HOLD.id, journal=2)
    other = replace(OUT, id=fresh_id(5), journal=3, amount=10)
    assert names(kept, HOLD, void, other) == ["created", "created", "created"]
    assert counters(kept.accounts)[1] == (10, 10, 0, 0)


def test_a_hold_on_a_closed_account_can_still_be_resolved() -> None:
    kept = books()
    kept.ask([HOLD])
    closed = kept.accounts.standing.copy()
    closed[0] = 2
    kept.accounts = Accounts(*(closed if n == "standing" else getattr(kept.accounts, n) for n in Accounts.__slots__))
    assert names(kept, IN) == ["account_closed"]
    assert names(kept, replace(HOLD, id=fresh_id(4), kind=VOID, pending=HOLD.id)) == ["created"]


def test_an_account_beyond_its_limit_may_improve() -> None:
    assert names(books(debits_posted=-20, floor=0), IN) == ["created"]
    assert names(books(debits_posted=20, ceiling=5), OUT) == ["created"]
    assert names(books(debits_posted=20, ceiling=5), IN) == ["exceeds_ceiling"]


def test_a_bad_line_fails_only_what_hangs_on_it() -> None:
    first = replace(OUT, amount=11)
    second = Line(fresh_id(5), SINGLE, 0, 5, 1, 2, 1, 1, 8, 1, 20_000)
    third = replace(OUT, id=fresh_id(6), journal=6, credit=2, amount=8)
    assert names(books(), first, second, third) == ["exceeds_floor", "created", "created"]


def test_counters_never_pass_what_int64_can_hold() -> None:
    nearly = UNLIMITED - 2
    kept = books(debits_posted=nearly, credits_posted=nearly - 10, floor=-UNLIMITED, ceiling=UNLIMITED)
    lines = [replace(OUT, id=fresh_id(n), journal=n, amount=6) for n in range(20, 23)]
    assert names(kept, *lines) == ["created", "created", "exceeds_floor"]
    more = [replace(IN, id=fresh_id(n), journal=n, amount=1) for n in range(30, 33)]
    assert names(kept, *more) == ["created", "created", "exceeds_ceiling"]


def test_many_largest_amounts_do_not_wrap_around() -> None:
    n = 10_000
    lines = [replace(IN, id=fresh_id(at), journal=at, amount=LARGEST) for at in range(n)]
    answer = books(ceiling=UNLIMITED).ask(lines)
    created = (answer.status == Status.CREATED).sum()
    assert created == UNLIMITED // LARGEST - 1  # account 1 has 10 already, so one less fits
    assert set(answer.status[created:].tolist()) == {Status.EXCEEDS_CEILING}


def test_hopeless_limits_do_not_wrap_around() -> None:
    assert names(books(credits_posted=UNLIMITED - 100, debits_posted=0, floor=UNLIMITED), OUT) == ["exceeds_floor"]


def test_nothing_asked_of_nothing() -> None:
    kept = books()
    answer = kept.ask([])
    assert (len(answer.status), answer.next_seq) == (0, 1)
    none = column([])
    empty = BookState(BOOK, 5, Accounts(*([none] * 10)), nothing_stored())
    assert apply(empty, as_transfers([OUT])).status.tolist() == [Status.DEBIT_ACCOUNT_NOT_FOUND]
    assert apply(empty, no_transfers()).next_seq == 5


def test_accounts_are_taken_by_position() -> None:
    accounts = books().accounts
    assert accounts.take(column([2, 0])).account.tolist() == [7, 1]
    assert accounts.positions(column([7, 1, 3, 9])).tolist() == [2, 0, -1, -1]


def test_batches_join_in_order() -> None:
    both = join([as_transfers([OUT]), as_transfers([IN]), no_transfers()])
    assert both.debit.tolist() == [7, 1]
    assert both.id_lo.dtype == np.uint64
