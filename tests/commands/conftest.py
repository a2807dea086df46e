"""Databases with a clock that stands on a Saturday: the latest night that may run is Friday, 2026-11-20."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.commands.shell import Shell

SATURDAY = "2026-11-21 15:00:00+00:00"


@pytest.fixture(autouse=True)
def _saturday() -> Iterator[None]:
    with time_machine.travel(SATURDAY):
        yield


@pytest.fixture
def shell(sqlite_url: str, tmp_path: Path) -> Shell:
    """Return a command line on a database that does not exist yet."""
    return Shell(sqlite_url, tmp_path)


@pytest.fixture
def home(shell: Shell) -> Shell:
    """Return a command line on a database with the household ann, her checking and cash accounts, and no rules."""
    shell.ok("init")
    shell.ok("customer", "add", "ann", "--name", "Ann Smith")
    shell.ok("account", "add", "ann", "checking", "--kind", "checking", "--opening", "900.00")
    shell.ok("account", "add", "ann", "cash", "--kind", "cash", "--opening", "50.00", "--floor", "10.00")
    return shell
