"""The checks find nothing in sound books and the right code in books that were tampered with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounts import Accounts, Int64s
from ledger.batch import Transfers
from ledger.invariants import LISTED, BookCheck, Finding
from ledger.seal import GENESIS, records, seal
from ledger.sealcheck import Block, SealCheck
from tests.ledger.books import Books, as_accounts, as_transfers, column
from tests.ledger.drawing import BOOK, Session, fresh_id, sessions
from tests.ledger.model import PENDING, POST, SINGLE, UNLIMITED, VOID, Account, Line


@dataclass
class Kept:
    """Stored books, as a disk would hold them."""

    lines: list[Line]
    journal: list[int]
    accounts: Accounts
    first: int = 1
    next_seq: int = 0

    def seq(self) -> Int64s:
        return np.arange(self.first, self.first + len(self.lines))

    def findings(self, *cuts: int) -> list[Finding]:
        """Check the books, reading them in chunks that end at `cuts`."""
        check = BookCheck(BOOK, self.accounts)
        seq, transfers, journal = self.seq(), as_transfers(self.lines), column(self.journal)
        edges = [0, *sorted(cuts), len(seq)]
        for start, end in pairwise(edges):
            part = np.arange(start, max(start, end))
            check.add(seq[part], transfers.take(part), journal[part])
        return check.findings(self.next_seq or self.first + len(self.lines))

    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings()]


MOVE = Line(fresh_id(1), SINGLE, 0, 1, 1, 1, 7, 1, 50, 1, 20_000)
HOLD = replace(MOVE, id=fresh_id(2), kind=PENDING, debit=2, credit=1, amount=20)
POSTED = replace(HOLD, id=fresh_id(3), kind=POST, pending=HOLD.id)
OPEN = replace(HOLD, id=fresh_id(4), amount=5)
LINES = [MOVE, HOLD, POSTED, OPEN]


def kept(lines: list[Line] | None = None) -> Kept:
    """Account 1 received 50 from the book, sent 20 to account 2, and holds 5 more for it; journals 1 1 3 4."""
    books = Books(
        BOOK, as_accounts({1: Account(1, floor=0), 2: Account(1, ceiling=30), 7: Account(), 8: Account(asset=2)})
    )
    asked = [replace(line, journal=max(1, at)) for at, line in enumerate(LINES if lines is None else lines)]
    answer = books.ask(asked)
    assert len(answer.created) == len(asked)
    return Kept(asked, answer.journal.tolist(), books.accounts)


def altered(books: Kept, at: int, **change: int) -> Kept:
    """The books with one stored transfer rewritten."""
    lines = list(books.lines)
    lines[at] = replace(lines[at], **change)
    return replace(books, lines=lines)


def rebalanced(books: Kept, at: int, **change: int) -> Kept:
    """The books with one balance row rewritten."""
    columns = {name: getattr(books.accounts, name).copy() for name in Accounts.__slots__}
    for name, amount in change.items():
        columns[name][at] += amount
    return replace(books, accounts=Accounts(**columns))


def test_sound_books_have_no_findings() -> None:
    assert kept().findings() == []
    assert kept().findings(0, 1, 2, 3) == []
    assert kept([]).findings() == []


@pytest.mark.parametrize(
    "broken,codes",
    [
        (altered(kept(), 0, amount=51), ["C01", "C01"]),
        (altered(kept(), 0, credit=2), ["C01", "C01"]),
        (altered(kept(), 0, debit=9), ["C01", "C01", "C01"]),
        (altered(kept(), 0, credit=1), ["C01", "C01", "C01"]),
        (altered(kept(), 3, kind=9), ["C01", "C02", "C02"]),
        (altered(kept(), 3, amount=0), ["C01", "C02", "C02"]),
        (altered(kept(), 3, amount=10**15 + 1), ["C01", "C02", "C02"]),
        (altered(kept(), 3, amount=6), ["C02", "C02"]),
        (rebalanced(kept(), 0, debits_posted=1), ["C01", "C03"]),
        (rebalanced(kept(), 0, credits_posted=1), ["C01", "C03"]),
        (rebalanced(kept(), 0, debits_pending=1), ["C02", "C03"]),
        (rebalanced(kept(), 0, credits_pending=1), ["C02", "C03"]),
        (altered(kept(), 0, asset=2), ["C03", "C03"]),
        (replace(kept(), next_seq=6), ["C05"]),
        (replace(kept(), first=2), ["C05"] * 4),
        (replace(kept(), journal=[1, 1, 3, 1]), ["C05"]),
        (altered(kept(), 0, id=1), ["C05"]),
        (rebalanced(kept(), 0, floor=26), ["C07"]),
        (rebalanced(kept(), 1, ceiling=-6), ["C07"]),
        (altered(kept(), 2, pending=fresh_id(9)), ["C02", "C02", "C08"]),
        (altered(kept(), 2, pending=OPEN.id), ["C02", "C02", "C08"]),
        (altered(altered(kept(), 2, day=1), 2, customer=2), ["C08"]),
        (altered(kept(), 3, kind=VOID, pending=HOLD.id), ["C02", "C02", "C08"]),
    ],
)
def test_each_broken_invariant_has_its_code(broken: Kept, codes: list[str]) -> None:
    assert broken.codes() == codes


def test_a_limit_counts_what_is_pending() -> None:
    assert rebalanced(kept(), 0, floor=25).codes() == []
    assert rebalanced(kept(), 1, ceiling=-5).codes() == []
    finding = rebalanced(kept(), 0, floor=26).findings()[0]
    assert finding == Finding("C07", BOOK, 0, f"account 1 counts from 25 to 30, its limits are 26 and {UNLIMITED}")


def test_findings_name_the_seq_and_many_are_counted() -> None:
    broken = altered(kept(), 2, pending=fresh_id(9)).findings()[-1]
    assert (broken.code, broken.seq) == ("C08", 3)
    lines = [replace(MOVE, id=fresh_id(n), journal=n) for n in range(LISTED + 150)]
    assert [f.seq for f in replace(kept(lines), journal=[0] * len(lines)).findings()] == [1]
    torn = replace(kept(lines), journal=[-2 - n for n in range(len(lines))]).findings(130)
    assert len(torn) == LISTED + 1
    assert torn[-1].sentence == "150 more findings of C05 are not listed"


def test_many_wrong_balances_are_counted() -> None:
    wrong = Books(BOOK, as_accounts({n: Account(debits_posted=1, credits_posted=1) for n in range(1, LISTED + 3)}))
    found = Kept([], [], wrong.accounts).findings()
    assert len(found) == LISTED + 1
    assert found[-1].sentence == f"{LISTED + 4} more findings of C01 are not listed"


@given(sessions(), st.lists(st.integers(0, 60)))
@settings(max_examples=100)
def test_whatever_apply_makes_passes_the_checks(session: Session, cuts: list[int]) -> None:
    fresh = {
        n: replace(a, debits_posted=0, credits_posted=0, floor=min(a.floor, 0)) for n, a in session.accounts.items()
    }
    books = Books(BOOK, as_accounts(fresh))
    journal: list[int] = []
    for batch in session.batches:
        answer = books.ask(batch)
        journal += answer.journal[answer.created].tolist()
    lines = [line for line, _ in sorted(books.held.values(), key=lambda row: row[1])]
    assert Kept(lines, journal, books.accounts).findings(*(min(c, len(lines)) for c in cuts)) == []


def sealed(books: Kept, *lasts: int) -> list[Block]:
    """Honest seals of blocks that end at `lasts`."""
    blocks: list[Block] = []
    transfers, journal = as_transfers(books.lines), column(books.journal)
    first, previous = 1, GENESIS
    for last in lasts:
        part = np.arange(first - 1, last)
        previous = seal(previous, records(BOOK, part + 1, transfers.take(part), journal[part]))
        blocks.append(Block(first, last, previous))
        first = last + 1
    return blocks


def broken_seals(books: Kept, blocks: list[Block], *cuts: int) -> list[tuple[int, str]]:
    check = SealCheck(BOOK, blocks)
    transfers, edges = as_transfers(books.lines), [0, *cuts, len(books.lines)]
    for start, end in pairwise(edges):
        part: Int64s = np.arange(start, end)
        check.add(books.seq()[part], transfers.take(part), column(books.journal)[part])
    found = check.findings()
    assert {f.code for f in found} <= {"C10"}
    return [(f.seq, f.sentence.split(" ")[0]) for f in found]


@pytest.mark.parametrize("cuts", [(), (1,), (2,), (1, 1, 3), (1, 2, 3)])
@pytest.mark.parametrize("lasts", [(4,), (2, 4), (0, 0, 1, 1, 3, 4, 4), (1, 2, 3, 4)])
def test_honest_seals_hold_however_the_books_are_read(lasts: tuple[int, ...], cuts: tuple[int, ...]) -> None:
    assert broken_seals(kept(), sealed(kept(), *lasts), *cuts) == []


@pytest.mark.parametrize(
    "name", ["id", "kind", "pending", "customer", "debit", "credit", "asset", "amount", "code", "day"]
)
def test_rewriting_any_field_breaks_its_block_alone(name: str) -> None:
    changed = altered(kept(), 1, **{name: 3 + getattr(kept().lines[1], name)})
    assert broken_seals(changed, sealed(kept(), 1, 3, 4)) == [(2, "the")]


def test_seals_tell_lost_added_and_reordered_transfers() -> None:
    books, blocks = kept(), sealed(kept(), 2, 4)
    assert broken_seals(replace(books, lines=books.lines[:3], journal=books.journal[:3]), blocks) == [(3, "the")]
    assert broken_seals(books, blocks[:1]) == [(3, "is"), (4, "is")]
    assert broken_seals(books, []) == [(n, "is") for n in (1, 2, 3, 4)]
    turned = replace(books, lines=[books.lines[n] for n in (1, 0, 2, 3)])
    assert broken_seals(turned, blocks) == [(1, "the")]
    assert broken_seals(books, [replace(blocks[0], first=0), blocks[1]]) == [(0, "a")]
    assert broken_seals(replace(books, journal=[1, 2, 3, 4]), blocks) == [(1, "the")]


def test_chunks_may_be_empty() -> None:
    check = SealCheck(BOOK, [])
    check.add(column([]), Transfers(*(getattr(as_transfers([]), n) for n in Transfers.__slots__)), column([]))
    assert check.findings() == []
