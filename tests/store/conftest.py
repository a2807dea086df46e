"""A house to test with, on both engines, and in order when the test is done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store.verify import verify
from tests.store.households import Home, home


@pytest.fixture
def house(database_url: str) -> Iterator[Home]:
    with home(database_url) as made:
        yield made
        assert list(verify(database_url)) == []
