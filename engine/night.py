"""The night of one book: lock, pies, settled transfers and interest, rules, book, write, commit (design.md 2).

It acts, but only through the protocols in `engine.ports`: one database transaction a book, exactly once a date.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from engine.aftermath import settle_rules
from engine.booking import book_moves
from engine.codes import Outcome
from engine.invest.market import Market
from engine.invest.nights.eve import Steps, eve_steps, write_steps
from engine.invest.nights.facing import Facing
from engine.invest.nights.kept import kept_facts
from engine.keptguards import kept_guards
from engine.nightguards import night_guards
from engine.overnight.block import Overnight
from engine.overnight.collateral import Sight
from engine.overnight.places import Opened, joined
from engine.overnight.rescue import overnight_of_book
from engine.overnight.sight import night_sight
from engine.overnight.writing import write_overnight
from engine.plan import Plan
from engine.ports import Books, BookWork, DecisionRows, Population
from engine.quarantine import Basis, Decided, decide
from engine.record import KEPT, night_rows
from engine.sealing import sealed_block
from ledger.apply import apply
from ledger.batch import Applied, BookState, Transfers, nothing_stored
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.statuses import Status


@dataclass(frozen=True, slots=True)
class NightResult:
    """What became of a book's night. `counts` maps each stored outcome to how many rules had it.

    `transfers` counts what the night booked for rules, and before them for settled transfers, interest and fees.
    """

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

    What happens before the rules is booked in blocks of its own: pies (`engine.invest.nights.eve`), then money
    (`engine.overnight.block`). Without a market pies stand still, and facts that come from prices are unknown. Raises
    SluiceError `night_out_of_order` where a later night is done, `book_busy` where another runner holds it.
    """
    started, market = now(), means.market
    with books.lock(book, wait=means.wait) as work:
        if work.row.last_night >= day:
            return _done_before(books, work, day)
        steps = _stepped(work, market, (day, "night", now()))
        sight = night_sight(work, market, Steps(day))
        made, left_out = _passed(work, sight, market, (day, "night", now()))
        first_seq = work.row.next_seq
        guards = night_guards(sight, made)
        facts = Facing(sight, market, made.measured).facts
        decided = decide(Basis(work, made.population, guards, day, facts, {**left_out, **steps.faults}))
        plan, quarantined = decided.plan, decided.quarantined
        state = rules_state(work, made.population)
        batch, applied = book_night(state, made.population, plan, quarantined)
        if len(batch):
            work.write(sealed_block(work.row, state.accounts, batch, applied, (day, "night", now())))
        settle_rules(sight, market, made, (batch, applied), now())
        journal = applied.journal[np.diff(batch.journal, prepend=-1) != 0]
        rows = night_rows(plan, made.population, journal, quarantined, (first_seq, started, now()))
        _keep_seen(work, decided, made.population, day)
        work.finish_night(rows)
    counts = {kept: int((rows.decisions.outcome == kept).sum()) for kept in KEPT}
    status: Literal["done", "partial"] = "partial" if quarantined else "done"
    booked = (len(made.population.customer), len(made.batch) + len(applied.created))
    return NightResult(book, day, status, *booked, counts, quarantined, rows.decisions)


def _stepped(work: BookWork, market: Market | None, stamp: tuple[int, str, int]) -> Steps:
    """Write what happens to pies before the rules."""
    steps = eve_steps(work, market, stamp[0])
    write_steps(work, steps, stamp)
    return steps


def _passed(
    work: BookWork, sight: Sight, market: Market | None, stamp: tuple[int, str, int]
) -> tuple[Overnight, dict[int, str]]:
    """Write what time does to money before the rules; who had to be left out of it, with the reason."""
    made, faults = overnight_of_book(sight, work.population(), Opened(work, stamp[0]), market)
    write_overnight(work, sight, made, stamp)
    return made, faults


def _keep_seen(work: BookWork, decided: Decided, population: Population, day: int) -> None:
    """Keep what the rules saw of the market, where they asked, and what else bounded their moves."""
    for seen in (kept_facts(decided.market, population), kept_guards(decided.guards, population)):
        if len(seen.kind):
            work.keep_seen(day, seen)


def _done_before(books: Books, work: BookWork, day: int) -> NightResult:
    book = work.row.book
    if not books.done(book, day):
        last = format_day(work.row.last_night)
        sentence = f"The night of {last} is done in book {book}; nights go forward only: name a later date."
        raise SluiceError("night_out_of_order", sentence, "on")
    return NightResult(book, day, "already_done", 0, 0, dict.fromkeys(KEPT, 0), {})


def rules_state(work: BookWork, population: Population) -> BookState:
    """The state that the moves of rules are decided against: what was booked before them is written."""
    accounts = joined(population.accounts, population.dues)
    return BookState(work.row.book, work.row.next_seq, accounts, nothing_stored())


def book_night(
    state: BookState, population: Population, plan: Plan, quarantined: dict[int, str]
) -> tuple[Transfers, Applied]:
    """The moves of a plan as one batch that the books accept; nothing is written.

    A customer with a refused move loses all moves and is added to `quarantined` with the reason (ruling 56).
    """
    moves, _ = book_moves(plan, population, state.book)
    while True:
        applied = apply(state, moves)
        refused = np.flatnonzero(applied.status != Status.CREATED)
        if len(refused) == 0:
            return moves, applied
        for line in refused:
            status = Status(int(applied.status[line]))
            quarantined.setdefault(int(moves.customer[line]), f"The books refused a move: {status.name.lower()}.")
        moves = moves.take(~np.isin(moves.customer, moves.customer[refused]))
