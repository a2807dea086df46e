"""The night of one book: lock, pies, release, evaluate, book, apply, write, commit (design.md 2).

It acts, but only through the protocols in `engine.ports`: one database transaction a book, exactly once a date.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from engine.booking import book_moves, release
from engine.codes import Outcome
from engine.invest.market import Market
from engine.invest.nights.eve import Steps, eve_steps, write_steps
from engine.invest.nights.facing import Facing
from engine.invest.nights.kept import kept_facts
from engine.plan import Plan
from engine.ports import Books, BookWork, DecisionRows, Population
from engine.quarantine import Basis, Decided, decide
from engine.record import KEPT, night_rows
from engine.sealing import sealed_block
from ledger.accounts import Accounts
from ledger.apply import apply
from ledger.batch import Applied, BookState, Code, Stored, Transfers, join, nothing_stored
from ledger.days import format_day
from ledger.faults import SluiceError
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
    decisions: DecisionRows | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What a night may use: a market, without which pies stand still; and whether it waits for a busy book."""

    market: Market | None = None
    wait: bool = True


ALONE: Final = Means()


def run_night(books: Books, book: int, day: int, now: Callable[[], int], means: Means = ALONE) -> NightResult:
    """Run the night of `day` for one book; `now` gives the instant in microseconds.

    What happens to pies before the rules is a block of its own (`engine.invest.nights.eve`); without a market nothing
    does, and facts that come from prices are unknown. Raises SluiceError `night_out_of_order` where a later night is
    done, `book_busy` where another runner holds it.
    """
    started, market = now(), means.market
    with books.lock(book, wait=means.wait) as work:
        if work.row.last_night >= day:
            return _done_before(books, work, day)
        steps = _stepped(work, market, (day, "night", now()))
        first_seq = work.row.next_seq
        population = work.population()
        eve = freed(work, population, day)
        decided = decide(Basis(work, population, eve.accounts, day, _facing(work, market, day).facts, steps.faults))
        plan, quarantined = decided.plan, decided.quarantined
        batch, applied = book_night(eve, plan, quarantined)
        if len(batch):
            work.write(sealed_block(work.row, eve.state.accounts, batch, applied, (day, "night", now())))
        moved = slice(len(eve.released), None)
        journal = applied.journal[moved][np.diff(batch.journal[moved], prepend=-1) != 0]
        rows = night_rows(plan, population, journal, quarantined, (first_seq, started, now()))
        _keep_seen(work, decided, population, day)
        work.finish_night(rows)
    counts = {kept: int((rows.decisions.outcome == kept).sum()) for kept in KEPT}
    status: Literal["done", "partial"] = "partial" if quarantined else "done"
    made = (len(population.customer), len(applied.created))
    return NightResult(book, day, status, *made, counts, quarantined, rows.decisions)


def _stepped(work: BookWork, market: Market | None, stamp: tuple[int, str, int]) -> Steps:
    """Write what happens to pies before the rules."""
    steps = eve_steps(work, market, stamp[0])
    write_steps(work, steps, stamp)
    return steps


def _facing(work: BookWork, market: Market | None, day: int) -> Facing:
    """The facts of the books as they are, steps written."""
    return Facing(work, market, day, Steps(day))


def _keep_seen(work: BookWork, decided: Decided, population: Population, day: int) -> None:
    """Keep what the rules saw of the market, where they asked."""
    seen = kept_facts(decided.market, population)
    if len(seen.kind):
        work.keep_seen(day, seen)


def _done_before(books: Books, work: BookWork, day: int) -> NightResult:
    book = work.row.book
    if not books.done(book, day):
        last = format_day(work.row.last_night)
        sentence = f"The night of {last} is done in book {book}; nights go forward only: name a later date."
        raise SluiceError("night_out_of_order", sentence, "on")
    return NightResult(book, day, "already_done", 0, 0, dict.fromkeys(KEPT, 0), {})


@dataclass(frozen=True, slots=True)
class Eve:
    """A book on the eve of its night: its state, and the releases of settled holds.

    `accounts` are the balances after these, in the order of the population's accounts.
    """

    state: BookState
    released: Transfers
    accounts: Accounts


def freed(work: BookWork, population: Population, day: int) -> Eve:
    """Release what has settled: every open hold is posted (ruling 51). Nothing is written.

    Payments out of raises that this very night made are held until the next one.
    """
    accounts = population.accounts
    holds = population.holds.take((population.holds.code != Code.RAISED) | (population.holds.day < day))
    unresolved = np.zeros(len(holds), np.int64)
    empty = nothing_stored()
    stored = Stored(holds, unresolved, unresolved, empty.refused_hi, empty.refused_lo, empty.refused_status)
    in_order = accounts.take(np.argsort(accounts.account))
    state = BookState(work.row.book, work.row.next_seq, in_order, stored)
    released = release(work.row.book, holds, day)
    applied = apply(state, released)
    if (applied.status != Status.CREATED).any():
        raise SluiceError("books_broken", "An open hold cannot be posted: run `flask verify` before any night.")
    after = applied.accounts.take(applied.accounts.positions(accounts.account))
    return Eve(state, released, after)


def book_night(eve: Eve, plan: Plan, quarantined: dict[int, str]) -> tuple[Transfers, Applied]:
    """Releases, then moves, as one batch that the books accept; nothing is written.

    A customer with a refused move loses all moves and is added to `quarantined` with the reason (ruling 56).
    """
    moves, _ = book_moves(plan, eve.state.book, len(eve.released))
    while True:
        batch = join([eve.released, moves])
        applied = apply(eve.state, batch)
        refused = np.flatnonzero(applied.status != Status.CREATED)
        if len(refused) == 0:
            return batch, applied
        for line in refused:
            status = Status(int(applied.status[line]))
            quarantined.setdefault(int(batch.customer[line]), f"The books refused a move: {status.name.lower()}.")
        moves = moves.take(~np.isin(moves.customer, batch.customer[refused]))
