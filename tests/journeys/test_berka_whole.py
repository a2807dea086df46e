"""The whole of the real data: the figures of the specification, both engines, sixteen books, and strangers' audits."""

import time
from itertools import count
from pathlib import Path
from random import Random

import numpy as np
import pytest

from engine.answer import decisions_of
from engine.desk import DecisionRecord
from engine.evaluate import evaluate
from engine.explain import explain_night
from engine.history import HistoryDay
from engine.importing import Importer
from engine.importing_book import Difference
from engine.past import PastNight, snapshot_of_past
from engine.record import KEPT
from ledger.export import Scope, export
from store.books import Books
from store.exported import exported
from tests.commands.shell import CLEAN, Shell
from tests.engine.explaining import assert_agrees
from tests.journeys.lives import FILE, FIRST, berka, findings, heads, live, new_books, told
from tests.journeys.test_strangers import STRANGERS, Altered, Stranger, accepted, flip_a_cent

NIGHTS = 455

pytestmark = pytest.mark.long


@pytest.fixture
def shell(sqlite_url: str, tmp_path: Path) -> Shell:
    return Shell(sqlite_url, tmp_path)


def assert_known(differences: list[Difference], account_days: int) -> None:
    """The figures that the file is known by."""
    deltas = [abs(apart.delta) for apart in differences]
    assert (account_days, len(deltas), deltas.count(10)) == (39_960, 2_257, 2_227)


def test_the_import_is_one_command(shared: Path, shell: Shell) -> None:
    words = ("import", shared / FILE, "--profile", "berka", "--json")
    began = time.perf_counter()
    said = shell.ok(*words).json
    print(f"import: {time.perf_counter() - began:.1f} s")
    assert (said["lines"], said["known"], said["customers"], said["problems"]) == (49_102, 0, 1_229, [])
    deltas = [apart["delta"].lstrip("-") for apart in said["differences"]]
    assert (said["account_days"], len(deltas), deltas.count("0.10")) == (39_960, 2_257, 2_227)
    again = shell.ok(*words).json
    assert (again["lines"], again["known"], again["customers"], again["differences"]) == (0, 49_102, 0, [])
    assert shell.ok("verify").out == CLEAN


def test_the_history_is_the_same_everywhere_and_every_rule_is_explained(
    shared: Path, tmp_path: Path, postgres_url: str
) -> None:
    statement = berka(shared / FILE)
    with new_books(f"sqlite:///{tmp_path / 'plain.db'}") as books:
        plain = Importer(books, statement, count().__next__).run()
    assert_known(plain.differences, plain.account_days)
    urls = {"sqlite": f"sqlite:///{tmp_path / 'one.db'}", "postgresql": postgres_url}
    urls["sixteen"] = f"sqlite:///{tmp_path / 'sixteen.db'}"
    lives = {}
    for name, url in urls.items():
        with new_books(url, 16 if name == "sixteen" else 1) as books:
            began = time.perf_counter()
            days = live(books, statement, NIGHTS)
            print(f"history, {name}: {time.perf_counter() - began:.1f} s")
            assert_lived(days, plain.differences)
            lives[name] = (told(books), heads(books))
            if name == "sqlite":
                assert_explained(books, Random(name))
        assert findings(url) == []
    assert lives["sqlite"] == lives["postgresql"]
    assert lives["sqlite"][0] == lives["sixteen"][0]


def assert_lived(days: list[HistoryDay], differences: list[Difference]) -> None:
    """Every night was done, every line is in, and the differences are those of the import alone."""
    assert [day.day for day in days] == list(range(FIRST, FIRST + NIGHTS))
    assert {night.status for day in days for night in day.nights} == {"done"}
    assert sum(day.imported.lines for day in days) == 49_102
    found = [one for day in days for one in day.imported.differences]
    assert sorted(map(str, found)) == sorted(map(str, differences))


def assert_explained(books: Books, source: Random) -> None:
    """The explanation of every rule of 20 random nights, for every household, equals what the night decided."""
    days = source.sample(range(FIRST, FIRST + NIGHTS), 20)
    told = 0
    with books.read(0) as work:
        paths = work.system_paths()
        for customer in work.customers():
            past = work.past(customer.customer)
            accounts = work.accounts_of(np.array([customer.customer]))
            for day in (day for day in days if day >= customer.opened):
                night = snapshot_of_past(past, customer, accounts, day, paths)
                stored = {one.rank: one for one in past.decisions if one.day == day}
                assert_told(night, stored)
                told += len(night.rules)
    assert told > 10_000


def assert_told(night: PastNight, stored: dict[int, DecisionRecord]) -> None:
    """Each explanation agrees with the decision as it is decided anew, and with what was stored."""
    words = decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)
    for rank, (said, decided) in enumerate(zip(explain_night(night), words, strict=True), start=1):
        assert_agrees(said, decided)
        one = stored.get(rank)
        kept = (one.outcome, one.reason, one.wanted, one.amount) if one else None
        assert kept == ((said.outcome, said.reason, said.wanted, said.amount) if said.outcome in KEPT else None)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_strangers_accept_the_books_and_refuse_a_flipped_cent(shared: Path, tmp_path: Path, stranger: Stranger) -> None:
    url = f"sqlite:///{tmp_path / 'one.db'}"
    with new_books(url) as books:
        live(books, berka(shared / FILE), NIGHTS)
        with exported(books, Scope()) as read:
            text = "".join(export(stranger, read.accounts, read.chunks, Scope()))
    assert accepted(stranger, text, tmp_path)
    altered = Altered(text.split("\n"))
    flip_a_cent(altered, Random(1))
    assert not accepted(stranger, "\n".join(altered.lines), tmp_path)
