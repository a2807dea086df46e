"""What the pages' examples run against: a served database of two households."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.site import make_site


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Return a client on this machine, as the gate demands it."""
    client = make_site(tmp_path).app.test_client()
    client.environ_base |= {"HTTP_HOST": "localhost:8321"}
    return client
