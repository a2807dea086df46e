"""The night of one book: lock, release, evaluate, book, apply, write, commit (design.md 2).

It acts, but only through the protocols in `engine.ports`: one database transaction a book, exactly once a date.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.booking import book_moves, release
from engine.codes import Outcome
from engine.plan import Plan
from engine.ports import BookRow, Books, BookWork, Population, Written
from engine.quarantine import decide
from engine.record import KEPT, night_rows
from ledger.accounts import Accounts
from ledger.apply import apply
from ledger.batch import Applied, BookState, Stored, Transfers, join, nothing_stored
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.seal import records, seal
from ledger.statuses import Status


@dataclass(frozen=True, slots=True)
class NightResult:
    """What became of a book's night. `counts` maps each stored outcome to how many rules had it."""

    book: int
    day: int
    status: Literal["done", "partial", "already_done"]
    customers: int
    transfers: int
    counts: dict[Outcome, int]
    quarantined: dict[int, str]


def run_night(books: Books, book: int, day: int, now: Callable[[], int], *, wait: bool = True) -> NightResult:
    """Run the night of `day` for one book; `now` gives the instant in microseconds.

    Raises SluiceError `night_out_of_order` where a later night is done, `book_busy` where another runner holds it.
    """
    started = now()
    with books.lock(book, wait=wait) as work:
        if work.row.last_night >= day:
            return _done_before(books, work, day)
        population = work.population()
        state = _state(work, population)
        released = release(book, population.holds, day)
        freed = apply(state, released)
        if (freed.status != Status.CREATED).any():
            raise SluiceError("books_broken", "An open hold cannot be posted: run `flask verify` before any night.")
        decided = decide(work, population, _in_order(freed.accounts, population), day)
        plan, quarantined = decided.plan, decided.quarantined
        batch, applied = _book(state, released, plan, quarantined)
        if len(batch):
            work.write(sealed_block(work.row, state.accounts, batch, applied, (day, "night", now())))
        moved = slice(len(released), None)
        journal = applied.journal[moved][np.diff(batch.journal[moved], prepend=-1) != 0]
        rows = night_rows(plan, population, journal, quarantined, (started, now()))
        work.finish_night(rows)
    counts = {kept: int((rows.decisions.outcome == kept).sum()) for kept in KEPT}
    status: Literal["done", "partial"] = "partial" if quarantined else "done"
    return NightResult(book, day, status, len(population.customer), len(applied.created), counts, quarantined)


def _done_before(books: Books, work: BookWork, day: int) -> NightResult:
    book = work.row.book
    if not books.done(book, day):
        last = format_day(work.row.last_night)
        sentence = f"The night of {last} is done in book {book}; nights go forward only: name a later date."
        raise SluiceError("night_out_of_order", sentence, "on")
    return NightResult(book, day, "already_done", 0, 0, dict.fromkeys(KEPT, 0), {})


def _state(work: BookWork, population: Population) -> BookState:
    """The book before the night; every open hold is a stored pending transfer that is not resolved."""
    accounts = population.accounts
    holds = population.holds
    unresolved = np.zeros(len(holds), np.int64)
    empty = nothing_stored()
    stored = Stored(holds, unresolved, unresolved, empty.refused_hi, empty.refused_lo, empty.refused_status)
    order = np.argsort(accounts.account)
    return BookState(work.row.book, work.row.next_seq, accounts.take(order), stored)


def _in_order(accounts: Accounts, population: Population) -> Accounts:
    """Balances back in the population's order: by customer, then account."""
    return accounts.take(accounts.positions(population.accounts.account))


def _book(state: BookState, released: Transfers, plan: Plan, quarantined: dict[int, str]) -> tuple[Transfers, Applied]:
    """Releases, then moves, as one batch. A customer with a refused move is quarantined and loses all moves."""
    moves, _ = book_moves(plan, state.book, len(released))
    while True:
        batch = join([released, moves])
        applied = apply(state, batch)
        refused = np.flatnonzero(applied.status != Status.CREATED)
        if len(refused) == 0:
            return batch, applied
        for line in refused:
            status = Status(int(applied.status[line]))
            quarantined.setdefault(int(batch.customer[line]), f"The books refused a move: {status.name.lower()}.")
        moves = moves.take(~np.isin(moves.customer, batch.customer[refused]))


def sealed_block(
    row: BookRow, before: Accounts, batch: Transfers, applied: Applied, stamp: tuple[int, str, int]
) -> Written:
    """The created lines of a batch as one sealed block; `stamp` is (effective day, source, instant)."""
    created = batch.take(applied.created)
    journal, seq = applied.journal[applied.created], applied.seq[applied.created]
    previous = row.head
    day, source, instant = stamp
    return Written(
        transfers=created,
        journal=journal,
        first_seq=row.next_seq,
        before=before,
        after=applied.accounts,
        previous=previous,
        seal=seal(previous, records(row.book, seq, created, journal)),
        day=day,
        source=source,
        recorded=instant,
    )
