"""What a site meets seldom: several books, one household, a full list, a busy book, books that are broken."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine.dated.document import DatedRow
from engine.dated.history import Dated
from engine.ports import BookBusyError, BookWork
from rules.document import MAX_RULES
from store.books import Books
from tests.birth import born
from tests.web.site import FIRST, HOME, NOW, Site, make_app, make_site_at, open_household, post
from web.api.asked import Asked
from web.api.bodies import RulesBody

API = "/api/v1"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Books]:
    """Return three books without households."""
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    born(url, 3, NOW)
    books = Books(url)
    yield books
    books.close()


def test_households_are_listed_over_books(empty: Books) -> None:
    client = make_app(empty, FIRST).test_client()
    assert "No household yet" in client.get("/").get_data(as_text=True)
    for number in range(5):
        open_household(empty, (f"h{number}", "House"), "{accounts: [], rules: []}", book=number % 3)
    seen: list[str] = []
    after = ""
    while True:
        told = client.get(f"{API}/customers?limit=2{after}").get_json()
        seen += [one["reference"] for one in told["customers"]]
        if told["next"] is None:
            break
        after = f"&after={told['next']}"
    assert seen == ["h0", "h3", "h1", "h4", "h2"]


def test_the_only_household_is_home(empty: Books) -> None:
    open_household(empty, ("only", "Only"), HOME, book=1)
    client = make_app(empty, FIRST).test_client()
    assert client.get("/").headers["Location"] == "/h/only/"
    assert client.get(f"{API}/customers/only").get_json()["last_night"] is None
    assert client.get("/h/only/rules").status_code == 200
    assert client.get(f"{API}/customers/only/nights").get_json() == {"nights": [], "next": None}


def test_a_list_has_an_end(site: Site) -> None:
    client = site.app.test_client()
    rule = client.get(f"{API}/customers/home/rules").get_json()["rules"][0]["document"]
    many = [rule | {"id": f"r{number}"} for number in range(MAX_RULES)]
    assert client.put(f"{API}/customers/home/rules", json={"rules": many}).status_code == 200
    assert post(client, "/h/home/starters/sweep_extra_to_cash").status_code == 422
    over = client.put(f"{API}/customers/home/rules", json={"rules": [*many, rule]})
    assert (over.status_code, over.get_json()["field"]) == (422, "rules")


def test_a_version_that_is_none_is_refused(client: FlaskClient) -> None:
    told = client.put(f"{API}/customers/home/rules", json={"rules": []}, headers={"If-Match": "*"})
    assert (told.status_code, told.get_json()["field"]) == (400, "If-Match")


class Held:
    """Books of which every one is held by another run."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def book_ids(self) -> list[int]:
        return self._books.book_ids()

    def lock(self, book: int, *, wait: bool = True) -> AbstractContextManager[BookWork]:
        raise BookBusyError

    def read(self, book: int) -> AbstractContextManager[BookWork]:
        return self._books.read(book)

    def done(self, book: int, day: int) -> bool:
        return self._books.done(book, day)

    def find(self, reference: str) -> tuple[int, int] | None:
        return self._books.find(reference)

    def find_many(self, references: Sequence[str]) -> dict[str, tuple[int, int]]:
        return self._books.find_many(references)

    def emptiest(self) -> dict[int, int]:
        return self._books.emptiest()

    def dated(self) -> Dated:
        return self._books.dated()

    def add_dated(self, rows: Sequence[DatedRow], recorded: int) -> None:
        raise BookBusyError


def test_a_busy_book_answers_try_again(site: Site) -> None:
    client = make_app(Held(site.books), site.day).test_client()
    told = client.put(f"{API}/customers/home/rules", json={"rules": []})
    assert (told.status_code, told.get_json()["code"], told.headers["Retry-After"]) == (503, "book_busy", "5")
    row = {"name": "wire_out_fee", "from": "2026-12-01", "value": "30.00", "source": "a letter"}
    assert client.post(f"{API}/config", json={"rows": [row]}).status_code == 503
    page = post(client, "/h/home/pause", do="pause")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")


def test_a_handler_gets_the_body_it_declares(site: Site) -> None:
    asked = Asked(site.app.config["SERVICES"], {}, {}, {})
    with pytest.raises(TypeError, match="RulesBody"):
        asked.body_as(RulesBody)


def test_both_engines_serve_the_same(database_url: str) -> None:
    site = make_site_at(database_url, nights=2)
    client = site.app.test_client()
    pages = ("/h/home/", "/h/home/rules", "/h/home/rules/sweep/edit", "/h/home/tonight", "/h/home/nights")
    for path in (*pages, "/h/home/nights/2026-11-17", "/h/home/accounts/bank"):
        assert client.get(path).status_code == 200, path
    told = client.get(f"{API}/customers/home/nights/2026-11-17").get_json()
    assert [one["amount"] for one in told["decisions"]] == ["0.00", "500.00", "0.00", "0.00", "750.00", "660.00"]
    body = {"from": "checking", "to": "cash", "amount": "25.00"}
    for replayed in (None, "true"):
        made = client.post(f"{API}/customers/home/transfers", json=body, headers={"Idempotency-Key": "k"})
        assert (made.status_code, made.headers.get("Idempotent-Replayed")) == (201, replayed)
    for reference in ("a%00b", "%ED%A0%80", "x" * 190):
        assert client.get(f"{API}/customers/{reference}").status_code == 404
    assert post(client, "/h/home/rules/sweep/mode", mode="watch").status_code == 303
    site.books.close()
