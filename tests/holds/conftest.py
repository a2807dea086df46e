"""A household with a bank, cash, savings, an invest account and a second bank, in a real database of each engine."""

from collections.abc import Iterator

import pytest

from store.verify import verify
from tests.engine.households import Home, held


@pytest.fixture
def ann(database_url: str) -> Iterator[Home]:
    """Return the home of ann: 10,000.00 at Chase, 300.00 in cash; in order when the test is done."""
    home = Home(database_url)
    home.open(
        "ann",
        [
            held("chase", "10000.00", "bank"),
            held("ally", "0.00", "bank"),
            held("cash", "300.00"),
            held("savings", "0.00"),
            held("invest", "0.00", "invest"),
        ],
    )
    yield home
    home.books.close()
    assert list(verify(database_url)) == []
