"""A family to test with, on both engines or on one, and in order when the test is done."""

from collections.abc import Iterator

import pytest

from store.verify import verify
from tests.contributions.family import Family, family


@pytest.fixture
def everywhere(database_url: str) -> Iterator[Family]:
    """Return a family in a database of each engine."""
    with family(database_url) as made:
        yield made
        assert list(verify(database_url)) == []


@pytest.fixture
def ann(sqlite_url: str) -> Iterator[Family]:
    """Return a family in a file."""
    with family(sqlite_url) as made:
        yield made
        assert list(verify(sqlite_url)) == []
