"""What tests of the engine may ask for besides: a home, which is one book of households in a real database."""

from collections.abc import Iterator

import pytest

from tests.engine.households import Home


@pytest.fixture
def home(sqlite_url: str) -> Iterator[Home]:
    """Return an empty book."""
    made = Home(sqlite_url)
    yield made
    made.books.close()
