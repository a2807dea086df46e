"""A served database for tests: two households with accounts, rules and a few nights, on a fixed clock."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import web
from engine import ports
from engine.desk import NewCustomer
from engine.household import furnish, read_setup
from engine.night import run_night
from engine.services import Services
from ledger.days import parse_day
from rules.yamltext import decode_yaml
from store.books import Books
from tests.birth import born
from tests.web.exchange import exchange, feed, models, next_one, opened

FIRST = parse_day("2026-11-16")
NIGHTS = 4
DATABASE = "sluice.db"
NOW = 1_795_300_000_000_000

HOME = """
persons:
  - {name: Ann, birth_year: 1980}
accounts:
  - {handle: checking, kind: checking, name: Checking, opening: "9200.00"}
  - {handle: cash, kind: cash, name: High-yield cash, opening: "4100.00", floor: "0.00", ceiling: "50000.00"}
  - {handle: borrow, kind: borrow, name: Borrow line, limit: "5000.00", opening: "-1200.00"}
  - {handle: invest.growth, kind: invest, name: Growth, opening: "100.00"}
  - {handle: roth, kind: ira, name: Roth IRA, ownership: roth, owners: [1]}
  - {handle: bank, kind: bank, name: Outside bank, opening: "850.00"}
rules:
  - {id: keep_checking_full, mode: auto, amount: {kind: refill, account: checking, below: "1000.00", up_to: "1500.00"}, from: [{account: cash, leave: "500.00"}, {account: borrow, at_most: "2000.00"}], to: [{account: checking}], caps: [{per: month, amount: "4000.00"}]}
  - {id: pay_down_borrow, mode: auto, when: [{fact: owed(borrow), above: "0.00"}], amount: {kind: excess, account: checking, above: "3000.00"}, from: [{account: checking}], to: [{account: borrow}], max_transfer: "500.00", min_transfer: "25.00"}
  - {id: sweep, name: Sweep spare money, mode: auto, amount: {kind: excess, account: checking, above: "4000.00", keep: "3000.00"}, from: [{account: checking}], to: [{account: cash}], caps: [{per: week, amount: "2500.00"}]}
  - {id: roth_twice_a_month, mode: ask, schedule: {month_days: [1, 15]}, amount: {kind: fixed, amount: "250.00"}, from: [{account: checking, leave: "2000.00"}], to: [{account: roth}]}
  - {id: empty_bank, mode: auto, schedule: {weekdays: [tue]}, amount: {kind: everything, account: bank, leave: "100.00"}, from: [{account: bank}], to: [{account: cash}]}
  - {id: watch_growth, mode: watch, when: [{any: [{fact: balance(cash), above: "100.00"}, {not: {fact: owed(borrow), below: "1.00"}}]}], amount: {kind: percent_of, fact: balance(cash), percent: "10%"}, from: [{account: cash}], to: [{account: invest.growth}], min_transfer: "10.00"}
"""  # noqa: E501  a rule a line reads best

OTHER = """
accounts:
  - {handle: checking, kind: checking, name: Checking, opening: "10.00"}
"""


@dataclass(frozen=True)
class Site:
    """An application and its books; `day` is the business date of the next night."""

    app: Flask
    books: Books
    day: int

    def run(self) -> None:
        """Run the next night."""
        for book in self.books.book_ids():
            run_night(self.books, book, self.day, lambda: NOW)


def make_site(folder: Path) -> Site:
    """Open the households `home` and `other` in a new file of the folder, and let `NIGHTS` nights pass."""
    return make_site_at(f"sqlite:///{folder / DATABASE}")


def make_site_at(url: str, nights: int = NIGHTS) -> Site:
    """The same in an empty database, with so many nights."""
    born(url, 1, NOW)
    books = Books(url)
    for reference, name, setup in (("home", "Rivers", HOME), ("other", "Brook", OTHER)):
        open_household(books, (reference, name), setup)
    for day in range(FIRST, FIRST + nights):
        run_night(books, 0, day, lambda: NOW)
    return Site(make_app(books, FIRST + nights), books, FIRST + nights)


def opened_site(folder: Path, setup: str, opened: int, today: int) -> Site:
    """The household `home` alone in a new file of the folder, opened on a day; the next night is that of `today`."""
    url = f"sqlite:///{folder / DATABASE}"
    born(url, 1, NOW)
    books = Books(url)
    open_household_on(books, ("home", "Rivers"), setup, opened)
    return Site(make_app(books, today), books, today)


def open_household(books: Books, called: tuple[str, str], setup: str, book: int = 0) -> None:
    """Open a household with its accounts and rules; `called` is (reference, name)."""
    open_household_on(books, called, setup, FIRST - 1, book)


def open_household_on(books: Books, called: tuple[str, str], setup: str, day: int, book: int = 0) -> int:
    """The same on a day of its own; the customer."""
    read = read_setup(decode_yaml(setup))
    assert read.problems == ()
    with books.lock(book) as work:
        customer: int = work.open_customers([NewCustomer(*called)], day, NOW).tolist()[0]
        furnish(work, [customer], read, "USD", (day, NOW))
    return customer


def make_app(books: ports.Books, day: int, now: int = NOW) -> Flask:
    """The application over these books, before the night of `day`, with the market of `tests.web.exchange`."""
    app = Flask("web")
    app.secret_key = "not a secret"
    web.register(app, make_services(books, day, now))
    return app


def make_services(books: ports.Books, day: int, now: int = NOW) -> Services:
    """What the application is handed."""
    return Services(
        books=books,
        zone=ZoneInfo("America/New_York"),
        now=lambda: now,
        today=lambda: day,
        market=feed(),
        trading=exchange(None, now).trading(),
        next_window=next_one,
        opened=opened,
        models=models,
    )


def send(site: Site, path: str, /, **fields: str) -> TestResponse:
    """Post a form as a browser does: with the token of a page it has just seen."""
    client = site.app.test_client()
    return post(client, path, **fields)


def post(client: FlaskClient, path: str, /, **fields: str) -> TestResponse:
    """The same with a client that goes on living."""
    page = client.get("/h/home/").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    return client.post(path, data={"csrf_token": token, **fields})
