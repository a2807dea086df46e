"""The real bank data lived through: a slice of it, books as strangers would compare them, and previews kept."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from bank.profile import load_profile
from bank.statement import Statement, read_statement
from engine.answer import DecisionWords, decisions_of
from engine.codes import Outcome, Reason, limited_by
from engine.desk import DecisionRecord, Past
from engine.evaluate import evaluate
from engine.history import HistoryDay, Life
from engine.history import live as live_days
from engine.household import AccountSetup, Setup, read_setup
from engine.past import snapshot_of_past
from engine.ports import Books as Ports
from engine.ports import BookWork
from engine.record import KEPT
from engine.rulebook import from_text
from engine.tonight import plan_tonight
from ledger.batch import Code
from ledger.days import parse_day
from ledger.money import format_money
from rules.yamltext import decode_yaml
from store.books import Books
from store.verify import verify
from tests.birth import born

SETUP = Path(__file__).parent / "berka_setup.yaml"
FILE = Path("data") / "berka" / "trans.asc.gz"
FIRST = parse_day("1993-01-01")

Preview = dict[tuple[str, int], list[DecisionWords]]
"""What was previewed, by reference and day."""


def slice_of(shared: Path, folder: Path, accounts: int = 60) -> Path:
    """A file with the lines of the first accounts alone."""
    header, *lines = gzip.decompress((shared / FILE).read_bytes()).splitlines(keepends=True)
    owner = [line.split(b";")[1] for line in lines]
    chosen = set(list(dict.fromkeys(owner))[:accounts])
    path = folder / "slice.asc"
    path.write_bytes(header + b"".join(line for line, name in zip(lines, owner, strict=True) if name in chosen))
    return path


def berka(path: Path) -> Statement:
    """The file as it is read."""
    return read_statement(path, load_profile("berka"))


def berka_setup() -> Setup:
    """The set-up of every household."""
    setup = read_setup(decode_yaml(SETUP.read_bytes()), [AccountSetup(handle="checking", kind="checking")])
    assert setup.problems == ()
    return setup


@contextmanager
def new_books(url: str, count_: int = 1) -> Iterator[Books]:
    """A new database with so many books."""
    born(url, count_, 0)
    books = Books(url)
    try:
        yield books
    finally:
        books.close()


def live(books: Books, statement: Statement, nights: int) -> list[HistoryDay]:
    """Live through so many nights from the first date on; each instant is new."""
    ticks = count(1)
    return list(live_days(books, statement, berka_setup(), Life((FIRST, FIRST + nights - 1), lambda: next(ticks))))


def heads(books: Books) -> list[bytes]:
    """The seal that each book ends with."""
    found = []
    for book in books.book_ids():
        with books.read(book) as work:
            found.append(work.row.head)
    return found


def told(books: Books) -> dict[str, dict[str, object]]:
    """Everything that is in the books by reference and handle: what is equal whatever the number of books."""
    households: dict[str, dict[str, object]] = {}
    for book in books.book_ids():
        with books.read(book) as work:
            paths = work.system_paths()
            for customer in work.customers():
                accounts = work.accounts_of(np.array([customer.customer]))
                names = paths | {one.account: one.handle for one in accounts}
                past = work.past(customer.customer)
                households[customer.reference] = {
                    "balances": {one.handle: (one.posted, one.pending_in, one.pending_out) for one in accounts},
                    "transfers": _transfers(past, names),
                    "decisions": [_decision(one) for one in past.decisions],
                }
    return households


def _transfers(past: Past, names: dict[int, str]) -> list[tuple[object, ...]]:
    lines = past.transfers
    numbers = (lines.kind, lines.amount, lines.code, lines.day, lines.run, lines.rank)
    sides = [[names[one] for one in column.tolist()] for column in (lines.debit, lines.credit)]
    return sorted(zip(*(column.tolist() for column in numbers), *sides, strict=True))


def _decision(one: DecisionRecord) -> tuple[int, ...]:
    return (one.day, one.rank, one.outcome, one.reason, one.wanted, one.amount, one.limited_by)


def findings(url: str) -> list[Any]:
    """What `verify` finds."""
    return list(verify(url))


def preview_of(books: Ports, book: int, day: int) -> Preview:
    """The plan of every household of a book for the night of a day, as the pages would show it right before."""
    with books.read(book) as work:
        return {
            (customer.reference, day): plan_tonight(work, customer.customer, day).decisions()
            for customer in work.customers()
        }


def assert_previews_came_true(work: BookWork, reference: str, customer: int, previews: Preview) -> int:
    """Hold every preview of a household against what its nights stored and moved; gives the number of nights."""
    past = work.past(customer)
    handles = {one.account: one.handle for one in work.accounts_of(np.array([customer]))}
    rules = {one.version: from_text(one.documents) for one in past.versions}
    stored: dict[int, list[DecisionRecord]] = {}
    for one in past.decisions:
        stored.setdefault(one.day, []).append(one)
    legs = _legs(past, handles)
    silent = {outcome.name.lower() for outcome in Outcome if outcome not in KEPT}
    nights = 0
    for (name, day), words in previews.items():
        if name != reference:
            continue
        nights += 1
        kept = {one.rank: one for one in stored.get(day, [])}
        for rank, previewed in enumerate(words, start=1):
            if rank not in kept:
                assert previewed["outcome"] in silent, (name, day, previewed)
                continue
            one = kept.pop(rank)
            rule = rules[one.version][rank - 1]
            assert previewed["rule"] == rule.id
            assert previewed["outcome"] == Outcome(one.outcome).name.lower(), (name, day)
            assert previewed["reason"] == Reason(one.reason).name.lower(), (name, day)
            assert previewed["wanted"] == format_money(one.wanted), (name, day)
            assert previewed["amount"] == format_money(one.amount), (name, day)
            assert previewed["limited_by"] == limited_by(one.limited_by, rule.caps), (name, day)
            if one.outcome == Outcome.MOVED:
                moved = [(leg["from"], leg["to"], leg["amount"]) for leg in previewed["legs"]]
                assert moved == legs.pop((day, rank)), (name, day)
        assert kept == {}, (name, day)
        assert not [key for key in legs if key[0] == day], (name, day)
    return nights


def _legs(past: Past, handles: dict[int, str]) -> dict[tuple[int, int], list[tuple[str, str, str]]]:
    """What moved, by night and rank, in the order of the books."""
    lines = past.transfers
    found: dict[tuple[int, int], list[tuple[str, str, str]]] = {}
    moves = lines.take((lines.code == Code.RULE) & (lines.rank > 0))
    columns = (moves.run, moves.rank, moves.credit, moves.debit, moves.amount)
    for run, rank, credit, debit, amount in zip(*(column.tolist() for column in columns), strict=True):
        found.setdefault((run, rank), []).append((handles[credit], handles[debit], format_money(amount)))
    return found


def recomputed(work: BookWork, customer: int, day: int) -> list[DecisionWords]:
    """Every decision of a past night, silence included, from what was recorded."""
    (record,) = work.customers(np.array([customer]))
    accounts = work.accounts_of(np.array([customer]))
    night = snapshot_of_past(work.past(customer), record, accounts, day, work.system_paths())
    return decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)
