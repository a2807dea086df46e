"""Books of one household or several for each test of the money before the rules: in order when the test is done."""

from collections.abc import Iterator

import pytest

from store.verify import verify
from tests.engine.households import Home


@pytest.fixture
def home(database_url: str) -> Iterator[Home]:
    """One book on each engine."""
    made = Home(database_url)
    yield made
    assert list(verify(made.url)) == []
    made.books.close()


@pytest.fixture
def house(sqlite_url: str) -> Iterator[Home]:
    """One book on SQLite."""
    made = Home(sqlite_url)
    yield made
    assert list(verify(made.url)) == []
    made.books.close()
