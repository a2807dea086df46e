"""`apply` equals the one-by-one model, whatever is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from ledger.batch import Applied
from tests.ledger.books import Books, as_accounts, counters
from tests.ledger.drawing import BOOK, Session, fresh_id, sessions
from tests.ledger.model import Account, Line, Model


def answers(applied: Applied) -> list[tuple[int, int, int]]:
    columns = (applied.status, applied.seq, applied.journal)
    return list(zip(*(c.tolist() for c in columns), strict=True))


@given(sessions())
@settings(max_examples=300)
def test_apply_equals_the_model_over_several_batches(session: Session) -> None:
    books = Books(BOOK, as_accounts(session.accounts))
    model = Model(BOOK, session.accounts)
    for batch in session.batches:
        expected = model.apply(batch)
        applied = books.ask(batch)
        assert answers(applied) == [(a.status, a.seq, a.journal) for a in expected]
        assert applied.created.tolist() == [at for at, a in enumerate(expected) if a.journal]
        assert counters(applied.accounts) == {n: account.counters() for n, account in model.accounts.items()}
        assert applied.next_seq == model.next_seq
        assert books.refused == model.refused


@given(sessions(most_batches=2))
@settings(max_examples=100)
def test_a_batch_equals_its_lines_one_by_one(session: Session) -> None:
    together, alone = (Books(BOOK, as_accounts(session.accounts)) for _ in range(2))
    for batch in session.batches:
        apart = [replace(line, journal=place) for place, line in enumerate(batch)]
        singly = [row for line in apart for row in answers(alone.ask([line]))]
        assert answers(together.ask(apart)) == singly
        assert counters(together.accounts) == counters(alone.accounts)


@given(sessions(most_batches=3))
@settings(max_examples=100)
def test_asking_again_changes_nothing(session: Session) -> None:
    books = Books(BOOK, as_accounts(session.accounts))
    for batch in session.batches:
        books.ask(batch)
    before, held = counters(books.accounts), dict(books.held)
    kept = [line for line, _ in sorted(books.held.values(), key=lambda row: row[1])]
    again = books.ask([replace(line, journal=place) for place, line in enumerate(kept)])
    assert again.seq.tolist() == list(range(1, len(kept) + 1))
    assert len(again.created) == 0
    assert counters(books.accounts) == before
    assert books.held == held


@pytest.mark.parametrize("seed", range(6))
def test_a_large_batch_equals_the_model(seed: int) -> None:
    """Sixty households with three tight accounts; most components are accepted whole, some are replayed."""
    draw = np.random.default_rng(seed)
    accounts = {n: Account(1 + (n - 1) // 3, floor=0, ceiling=120, debits_posted=60) for n in range(1, 181)}
    accounts[181] = Account()
    lines: list[Line] = []
    for n in range(600):
        customer = int(draw.integers(1, 61))
        own = [3 * customer - 2, 3 * customer - 1, 3 * customer, 181]
        debit, credit = (own[at] for at in draw.permutation(4)[:2].tolist())
        kind, amount = int(draw.integers(1, 3)), int(draw.integers(1, 30))
        journal = lines[-1].journal + int(draw.integers(0, 4) > 0) if lines else 1
        lines.append(Line(fresh_id(n), kind, 0, journal, customer, debit, credit, 1, amount, 1, 20_000))
    expected = Model(BOOK, accounts)
    books = Books(BOOK, as_accounts(accounts))
    for batch in (lines[:400], lines[300:]):
        assert answers(books.ask(batch)) == [(a.status, a.seq, a.journal) for a in expected.apply(batch)]
    assert counters(books.accounts) == {n: account.counters() for n, account in expected.accounts.items()}
    assert 0 < len(books.refused) < len(books.held)
