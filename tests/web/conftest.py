"""A site of its own for every test: the database is built once and copied."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from store.books import Books
from tests.web.site import DATABASE, FIRST, NIGHTS, Site, make_app, make_site


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a database with two households and their nights."""
    folder = tmp_path_factory.mktemp("site")
    made = make_site(folder)
    made.books.close()
    return folder


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Iterator[Site]:
    """Return a site that the test may change."""
    copied = tmp_path / DATABASE
    shutil.copy(built / DATABASE, copied)
    books = Books(f"sqlite:///{copied}")
    yield Site(make_app(books, FIRST + NIGHTS), books, FIRST + NIGHTS)
    books.close()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    """Return a program or browser that talks to the site."""
    return site.app.test_client()
