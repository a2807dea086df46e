"""What the pages' examples run against: a served database of two households, one of which has a person."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine.contributions.rights import Ownership, Who
from engine.contributions.work import NewPerson, Owned
from engine.household import account_named
from tests.web.site import Site, make_site


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """Return a client on this machine, as the gate demands it."""
    site = make_site(tmp_path)
    name_a_person(site)
    client = site.app.test_client()
    client.environ_base |= {"HTTP_HOST": "localhost:8321"}
    return client


def name_a_person(site: Site) -> None:
    """Give the household `home` a person who owns its Roth IRA."""
    with site.books.lock(0) as work:
        (customer,) = (one.customer for one in work.customers() if one.reference == "home")
        (person,) = work.open_persons([NewPerson(customer, "Ann", 1980, Who.OWNER)])
        roth = account_named(work, customer, "roth").account
        work.own([Owned(roth, customer, Ownership.ROTH, agreed=False, owners=(person.person,))])
