"""What the pages' examples run against: a served database of two households, one of which has a person."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.site import make_site


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Return a client on this machine, as the gate demands it."""
    site = make_site(tmp_path)
    client = site.app.test_client()
    client.environ_base |= {"HTTP_HOST": "localhost:8321"}
    return client
