"""A site of its own for every test: the database is built once and copied."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store.books import Books
from tests.web.exchange import models
from tests.web.invested import TODAY, make_invested
from tests.web.lending import TODAY as LENDING_DAY
from tests.web.lending import make_lending
from tests.web.site import DATABASE, FIRST, NIGHTS, Site, make_app, make_site
from web import register


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


@pytest.fixture(scope="session")
def invested_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a database with a household that invests."""
    folder = tmp_path_factory.mktemp("invested")
    make_invested(folder).books.close()
    return folder


@pytest.fixture
def invested_site(invested_built: Path, tmp_path: Path) -> Iterator[Site]:
    """Return the site of that household, which the test may change."""
    copied = tmp_path / "invested.db"
    shutil.copy(invested_built / DATABASE, copied)
    books = Books(f"sqlite:///{copied}")
    yield Site(make_app(books, TODAY + 1), books, TODAY + 1)
    books.close()


@pytest.fixture
def moved_on(invested_site: Site) -> Site:
    """Return the same site after the three-fund model got a second version."""
    services = invested_site.app.config["SERVICES"]
    old = models()["classic_three_fund"]
    weights = (5000, 3000, 2000)
    slices = tuple(
        one.model_copy(update={"weight": weight}) for one, weight in zip(old.pie.slices, weights, strict=True)
    )
    new = replace(old, version=2, pie=old.pie.model_copy(update={"slices": slices}))
    found = {**models(), old.name: new}
    app = Flask("web")
    app.secret_key = "not a secret"
    register(app, replace(services, models=lambda: found))
    return Site(app, invested_site.books, invested_site.day)


@pytest.fixture(scope="session")
def lending_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a database with a household that borrows."""
    folder = tmp_path_factory.mktemp("lending")
    make_lending(folder).books.close()
    return folder


@pytest.fixture
def lending_site(lending_built: Path, tmp_path: Path) -> Iterator[Site]:
    """Return the site of that household, which the test may change."""
    copied = tmp_path / "lending.db"
    shutil.copy(lending_built / DATABASE, copied)
    books = Books(f"sqlite:///{copied}")
    yield Site(make_app(books, LENDING_DAY), books, LENDING_DAY)
    books.close()


@pytest.fixture
def borrower(lending_site: Site) -> FlaskClient:
    """Return a program or browser that talks to that site."""
    return lending_site.app.test_client()


@pytest.fixture
def investor(invested_site: Site) -> FlaskClient:
    """Return a program or browser that talks to that site."""
    return invested_site.app.test_client()


@pytest.fixture
def client(site: Site) -> FlaskClient:
    """Return a program or browser that talks to the site."""
    return site.app.test_client()
