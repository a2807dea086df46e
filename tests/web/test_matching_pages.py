"""Matching rules on their pages and in the API: made, tried, ordered, edited, removed; categories moved when asked."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from engine.importing import Importer, mirrored
from ledger.seal import asset_number
from tests.engine.statements import statement
from tests.web.site import NOW, Site, send
from tests.web.test_transfer_pages import seen, text

LIST = "/h/home/matching"
API = "/api/v1/customers/home/matching"
LINES = (
    ("home", "2026-11-16", "2100.00", ""),
    ("home", "2026-11-17", "-43.10", ""),
    ("home", "2026-11-18", "-9.99", ""),
    ("home", "2026-11-18", "-1450.00", ""),
)
TEXTS = ["ACME Payroll", "Corner market 17", "Filmstream", "Rent Mr Low"]
MARKET = {"do": "save", "test": "contains", "words": "market\nbakery", "category": "groceries", "when.direction": "out"}
RENT = {"do": "save", "test": "starts", "words": "rent", "category": "housing", "card": "no", "name": "The rent"}


@pytest.fixture
def everyday(site: Site) -> Site:
    """Return the site after a statement of the account Everyday was imported."""
    book, customer = site.books.find("home") or pytest.fail("no household")
    with site.books.lock(book) as work:
        work.open_accounts([mirrored(customer, "everyday", asset_number("USD"))], site.day, NOW)
    lines = replace(statement(*LINES), text=TEXTS)
    assert Importer(site.books, lines, lambda: NOW, ("home", "everyday")).run().lines == len(LINES)
    return site


def save(site: Site, version: int, place: str = "new", **fields: str) -> str:
    """Save a rule; what is refused is given back."""
    answer = send(site, f"{LIST}/{place}", version=str(version), **fields)
    if answer.status_code == 303:
        return ""
    assert answer.status_code == 422
    return text(answer.text)


def sentences(site: Site) -> list[str]:
    """The rules in order."""
    return [one["sentence"] for one in site.app.test_client().get(API).get_json()["rules"]]


MARKET_WORDS = 'When the text contains "market" or "bakery" and money goes out: groceries.'
RENT_WORDS = 'When the text starts with "rent": housing, not counted as a card purchase.'


def test_rules_are_made_ordered_edited_and_removed(everyday: Site) -> None:
    assert "None yet" in seen(everyday, LIST)
    assert save(everyday, 0, **MARKET) == save(everyday, 1, **RENT) == ""
    assert sentences(everyday) == [MARKET_WORDS, RENT_WORDS]
    page = seen(everyday, LIST)
    assert page.count("Of the last 4 lines it holds for 1 and decides 1.") == 2
    assert "Corner market 17 −43.10 expense:food 1 expense:groceries" in page.replace(" .", ".")
    assert "Filmstream −9.99 expense:food none stays" in page.replace(" .", ".")
    moves = [("1", "down"), ("2", "up"), ("2", "up")]
    for version, (place, do) in enumerate(moves, start=2):
        assert send(everyday, f"{LIST}/{place}/change", do=do, version=str(version)).status_code == 303
    assert sentences(everyday) == [RENT_WORDS, MARKET_WORDS]
    assert send(everyday, f"{LIST}/1/change", do="place", place="2", version="5").status_code == 303
    assert save(everyday, 6, "2/edit", **{**RENT, "words": "RENT\n\n Lodging "}) == ""
    assert sentences(everyday)[1] == RENT_WORDS.replace('"rent"', '"RENT" or "Lodging"')
    assert send(everyday, f"{LIST}/1/change", do="remove", version="7").status_code == 303
    assert len(sentences(everyday)) == 1
    for path, status in ((f"{LIST}/2/change", 404), (f"{LIST}/x/change", 404)):
        assert send(everyday, path, do="up", version="8").status_code == status
    assert send(everyday, f"{LIST}/1/change", do="up", version="7").status_code == 412
    assert send(everyday, f"{LIST}/1/change", do="place", place="0", version="8").status_code == 422
    assert everyday.app.test_client().get(f"{LIST}/2/edit").status_code == 404


def test_the_form_gives_back_what_it_was_drawn_with_and_says_what_it_would_decide(everyday: Site) -> None:
    save(
        everyday, 0, **{**MARKET, "when.at_least": "5", "when.account": "everyday", "when.card": "yes", "name": "Food"}
    )
    page = everyday.app.test_client().get(f"{LIST}/1/edit").text
    assert ">market\nbakery</textarea>" in page
    assert 'value="everyday" selected' in page
    assert "Of the last 4 lines it holds for 1 and decides 1" in text(page)
    answer = send(everyday, f"{LIST}/new", **{**MARKET, "do": "show", "words": "market"})
    assert "it holds for 1 and decides 0" in text(answer.text)
    assert "Earlier rules decide all of them" in text(answer.text)
    answer = send(everyday, f"{LIST}/new", **{**MARKET, "do": "show", "words": "nothing like it"})
    assert "No line of those falls under it" in text(answer.text)
    assert len(sentences(everyday)) == 1


@pytest.mark.parametrize(
    "fields,told",
    [
        ({"words": "", "when.direction": ""}, "words : A matching rule needs a condition"),
        ({"category": ""}, "category : category is missing"),
        ({"category": "Food & Drink"}, "does not fit; write at most 30"),
        ({"when.at_least": "10", "when.at_most": "5"}, "at most : The least is more than the most"),
        ({"when.direction": "in", "card": "yes"}, "card : Only money that goes out"),
        ({"when.account": "gold"}, "account : There is no account gold"),
        ({"version": "3"}, "The matching rules were changed since this page was drawn"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(everyday: Site, fields: dict[str, str], told: str) -> None:
    version = int(fields.get("version", 0))
    page = save(everyday, version, **{**MARKET, **{name: value for name, value in fields.items() if name != "version"}})
    assert told in page
    assert sentences(everyday) == []


def test_categories_move_when_asked(everyday: Site) -> None:
    save(everyday, 0, **MARKET)
    save(everyday, 1, **RENT)
    page = seen(everyday, f"{LIST}?since=2026-11-18")
    assert "1 of 2 lines since Wed 18 Nov 2026 would move" in page
    assert "write year, month and day" in seen(everyday, f"{LIST}?since=soon")
    answer = send(everyday, f"{LIST}/apply", since="2026-11-01")
    assert answer.headers["Location"] == f"{LIST}?moved=2"
    assert "2 lines were moved to another category." in seen(everyday, f"{LIST}?moved=2")
    assert "0 of 4 lines" in seen(everyday, f"{LIST}?since=2026-11-01")
    assert send(everyday, f"{LIST}/apply", since="2026-11-01").headers["Location"] == f"{LIST}?moved=0"
    assert "1 line was moved" in seen(everyday, f"{LIST}?moved=1")
    assert "moved to another" not in seen(everyday, f"{LIST}?moved=-1")
    assert send(everyday, f"{LIST}/apply", since="soon").status_code == 422
    ledger = everyday.app.test_client().get("/api/v1/customers/home/transfers?limit=2").get_json()["transfers"]
    assert [(one["from"], one["to"]) for one in ledger] == [
        ("expense:food", "expense:groceries"),
        ("expense:food", "expense:housing"),
    ]


def test_programs_read_and_replace_the_list(everyday: Site) -> None:
    client = everyday.app.test_client()
    assert client.get(API).get_json() == {"version": 0, "rules": []}
    document = {"when": {"text": {"contains": ["market"]}}, "category": "groceries"}
    answer = client.put(API, json={"rules": [document]}, headers={"If-Match": '"0"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
    assert answer.get_json()["rules"] == [
        {"sentence": 'When the text contains "market": groceries.', "document": document}
    ]
    assert client.put(API, json={"rules": []}, headers={"If-Match": '"0"'}).status_code == 412
    assert client.put(API, json={"rules": [document]}).get_json()["version"] == 1
    wrong = client.put(API, json={"rules": [{"when": {"account": "gold"}, "category": "x"}]})
    assert (wrong.status_code, wrong.get_json()["field"]) == (422, "rules.0.when.account")
    wrong = client.put(API, json={"rules": [{**document, "card": True}]})
    assert (wrong.status_code, wrong.get_json()["field"]) == (422, "rules.0.card")


def test_the_list_is_not_endless(everyday: Site) -> None:
    document = {"when": {"text": {"contains": ["market"]}}, "category": "groceries"}
    everyday.app.test_client().put(API, json={"rules": [document] * 200})
    assert "at most 200 matching rules" in save(everyday, 1, **MARKET)


RECURRING = "/api/v1/customers/home/recurring"
RENT_DOCUMENT = {
    "id": "rent", "from": "checking", "to": "cash", "amount": "250.00", "schedule": {"monthly": [1]}, "mode": "auto",
}  # fmt: skip


def test_programs_add_list_and_remove_recurring_transfers(client: FlaskClient) -> None:
    assert client.get(RECURRING).get_json()["transfers"] == []
    made = client.post(RECURRING, json=RENT_DOCUMENT)
    assert made.status_code == 201
    assert made.get_json() == {
        "id": "rent",
        "rank": 7,
        "mode": "auto",
        "sentence": (
            "On the 1st of the month, move 250.00 from Checking to High-yield cash, the whole amount or nothing."
        ),
        "next": ["2026-12-01", "2027-01-01", "2027-02-01"],
        "document": RENT_DOCUMENT,
    }
    again = client.post(RECURRING, json=RENT_DOCUMENT)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    listed = client.get(RECURRING).get_json()
    assert (len(listed["transfers"]), listed["version"]) == (1, 2)
    other = client.post(RECURRING, json={**RENT_DOCUMENT, "amount": "1.00"})
    assert (other.status_code, other.get_json()["code"]) == (422, "duplicate_id")
    removed = client.delete(f"{RECURRING}/rent")
    assert (removed.status_code, removed.get_json()["transfers"]) == (200, [])
    gone = client.delete(f"{RECURRING}/rent")
    assert (gone.status_code, gone.get_json()["code"]) == (404, "recurring_unknown")
    assert client.delete(f"{RECURRING}/sweep").status_code == 404


@pytest.mark.parametrize(
    "change,field,code",
    [
        ({"id": None}, "id", "text_expected"),
        ({"amount": "0"}, "amount", "amount_not_positive"),
        ({"to": "gold"}, "to", "unknown_account"),
        ({"schedule": {}}, "schedule", "one_schedule"),
        ({"schedule": {"monthly": [32]}}, "schedule.monthly.0", "month_day"),
        ({"extra": 1}, "extra", "unknown_key"),
    ],
)
def test_a_recurring_transfer_that_cannot_be_is_refused(
    client: FlaskClient, change: dict[str, object], field: str, code: str
) -> None:
    answer = client.post(RECURRING, json=RENT_DOCUMENT | change)
    told = answer.get_json()
    assert (answer.status_code, told["field"], told["code"]) == (422, field, code)
