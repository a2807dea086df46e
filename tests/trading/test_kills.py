"""A window killed between any two steps and run again: nothing is lost, nothing is done twice (ruling 26)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from engine.invest.windows.brokers import MINUTE
from market.paper import PaperBroker
from store.books import Books
from store.verify import verify
from tests.conftest import ROOT
from tests.postgres_server import PostgresServer
from tests.trading.victim import DAY, market, prepare

LATER = 60 * MINUTE
"""How long after a kill the window is run again: every lease is over, the session is not."""


def child(url: str, paper: Path, now: int, kill_at: int) -> dict[str, object] | None:
    """The window in a process of its own; what it said, or None where it was killed."""
    command = [sys.executable, "-m", "tests.trading.victim", url, str(paper), str(now), str(kill_at)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    found: dict[str, object] | None = json.loads(done.stdout) if done.returncode == 0 else None
    return found


def told(url: str, paper: Path) -> tuple[object, ...]:
    """Everything the books and the broker hold, instants left out; in order and nothing open."""
    assert list(verify(url)) == []
    books = Books(url)
    broker = PaperBroker(1, market().price, paper)
    with books.read(0) as work:
        slices = work.slices()
        orders = [replace(one, changed=0) for one in work.orders(DAY, 1)]
        assert [one for one in orders if not one.booked] == []
        row = work.window(DAY, 1)
        assert row is not None
        owned = list(zip(slices.path, slices.state.tolist(), slices.units.tolist(), strict=True))
        customers = np.array([one.customer for one in work.customers()], np.int64)
        found = (
            (row.phase, row.snapshot, row.grants),
            orders,
            work.parts([one.client_id for one in orders]),
            work.intents(None),
            work.lots(closed=True),
            owned,
            [(one.handle, one.posted) for one in work.accounts_of(customers, inner=True)],
            work.settlements(),
            work.earmarks(),
            work.row.head,
            broker.positions(),
        )
    broker.close()
    books.close()
    return found


def assert_kills_change_nothing(fresh: Callable[[], tuple[str, Path]], points: Callable[[int], list[int]]) -> None:
    """Run undisturbed once, then killed at each of these points and run again: the same books, the same broker."""
    url, paper = fresh()
    now = prepare(url, paper)
    undisturbed = child(url, paper, now, 0)
    assert undisturbed is not None
    assert undisturbed["status"] == "done"
    expected = told(url, paper)
    chosen = points(int(str(undisturbed["steps"])))
    print("killed at steps", chosen, "of", undisturbed["steps"])
    for point in chosen:
        url, paper = fresh()
        now = prepare(url, paper)
        assert child(url, paper, now, point) is None
        again = child(url, paper, now + LATER, 0)
        assert again is not None
        assert again["status"] in {"done", "already_done"}
        assert told(url, paper) == expected, point


def new_files(folder: Path) -> Callable[[], tuple[str, Path]]:
    """New SQLite books and a new broker's file at every call."""
    numbers = iter(range(1_000))

    def fresh() -> tuple[str, Path]:
        number = next(numbers)
        return f"sqlite:///{folder}/books{number}.db", folder / f"paper{number}.db"

    return fresh


def spread(steps: int) -> list[int]:
    """A point early, in the middle and late."""
    return [steps // 5, steps // 2, steps - 3]


def many(steps: int) -> list[int]:
    """Twenty points."""
    return sorted(Random(steps).sample(range(1, steps + 1), min(20, steps)))


def test_three_kills_change_nothing(tmp_path: Path) -> None:
    assert_kills_change_nothing(new_files(tmp_path), spread)


@pytest.mark.long
def test_twenty_kills_change_nothing(tmp_path: Path) -> None:
    assert_kills_change_nothing(new_files(tmp_path), many)


@pytest.mark.long
def test_twenty_kills_change_nothing_on_postgresql(postgres_server: PostgresServer, tmp_path: Path) -> None:
    papers = new_files(tmp_path)

    def fresh() -> tuple[str, Path]:
        return postgres_server.url(postgres_server.fresh()), papers()[1]

    assert_kills_change_nothing(fresh, many)
