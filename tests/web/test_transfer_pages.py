"""Transfers as people make them: recurring ones in the short form, one-off ones with a review, once for their key."""

import re
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from store.verify import verify
from tests.web.site import DATABASE, Site, make_app, send
from web.transferform import blank, chosen, document_fields, field_of

LIST = "/h/home/transfers"
MONTHLY = {
    "do": "save", "form": "monthly", "from": "checking", "to": "cash", "amount": "250.00", "mode": "auto",
    "if_short": "nothing", "schedule.monthly.0": "1", "schedule.business_days": "before", "name": "Rainy day",
}  # fmt: skip


def text(page: str) -> str:
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def seen(site: Site, path: str = LIST) -> str:
    answer = site.app.test_client().get(path)
    assert answer.status_code == 200, answer.text
    return text(answer.text)


def add(site: Site, **fields: str) -> str:
    """Save a transfer, on the newest version of the rules; what is refused is given back."""
    with site.books.read(0) as work:
        version = str(work.customers()[0].version)
    answer = send(site, f"{LIST}/new", **{**MONTHLY, "version": version, **fields})
    if answer.status_code == 303:
        return ""
    assert answer.status_code == 422
    return text(answer.text)


def change(site: Site, do: str, name: str = "transfer_rainy_day") -> int:
    return send(site, f"{LIST}/{name}/change", do=do).status_code


def test_a_transfer_is_made_skipped_paused_and_removed(site: Site) -> None:
    assert add(site) == ""
    page = seen(site)
    words = "On the 1st of the month (or the business day before), move 250.00 from Checking to High-yield cash"
    assert words in page.replace(" ,", ",")
    assert "Next Tue 1 Dec 2026 Fri 1 Jan 2027" not in page  # New Year's Day: the bank day before
    assert "Next Tue 1 Dec 2026 Thu 31 Dec 2026 Mon 1 Feb 2027" in page
    assert change(site, "skip:2026-12-01") == 303
    assert "Next Thu 31 Dec 2026" in seen(site)
    assert "Do not skip Tue 1 Dec 2026" in seen(site)
    assert change(site, "keep:2026-12-01") == 303
    assert "Next Tue 1 Dec 2026" in seen(site)
    assert change(site, "pause") == 303
    assert "paused Resume" in seen(site)
    assert change(site, "resume") == 303
    assert "paused Resume" not in seen(site)
    assert change(site, "remove") == 303
    assert "250.00" not in seen(site)
    assert change(site, "pause") == 404
    assert send(site, f"{LIST}/sweep/change", do="pause").status_code == 404  # a rule, but no recurring transfer


def test_it_stands_among_the_rules_and_keeps_its_place_when_edited(site: Site) -> None:
    add(site, mode="watch")
    add(site, name="Second")
    assert "Rainy day" in seen(site, "/h/home/rules")
    page = site.app.test_client().get(f"{LIST}/transfer_rainy_day/edit").text
    fields = dict(re.findall(r'<input id="[^"]*" name="([^"]+)" value="([^"]*)"', page))
    assert (fields["amount"], fields["name"]) == ("250.00", "Rainy day")
    assert '<option value="before" selected>' in page
    assert (
        send(site, f"{LIST}/transfer_rainy_day/edit", **{**MONTHLY, "version": "3", "amount": "99.00"}).status_code
        == 303
    )
    with site.books.read(0) as work:
        documents = work.versions(work.customers()[0].customer)[-1].documents
    assert documents.index("99.00") < documents.index("Second")
    assert change(site, "turn_on") == 303
    assert change(site, "jump") == 422
    assert change(site, "skip:soon") == 422


WAYS = [
    ({"form": "daily"}, "Every night, move 250.00"),
    ({"form": "weekly", "schedule.weekly.4": "fri"}, "Every Friday"),
    ({"form": "every", "schedule.every.weeks": "2", "schedule.every.from": "2026-11-27"}, "Every 2 weeks counted from"),
    ({"form": "once", "schedule.once": "2026-12-24"}, "On 2026-12-24"),
    ({"form": "quarterly", "schedule.quarterly": "15", "times": "2"}, "Every three months on the 15th"),
    ({"form": "quarterly", "schedule.quarterly": "last", "times": "2"}, "Every three months on the last day"),
    (
        {
            "form": "nth_weekday",
            "schedule.nth_weekday.nth": "first",
            "schedule.nth_weekday.weekday": "fri",
            "times": "2",
        },
        "On the first Friday of each month",
    ),
    ({"form": "dates", "dates": "2026-12-24, 2027-01-08"}, "On 2026-12-24 and 2027-01-08"),
    (
        {"form": "weekly", "schedule.weekly.4": "fri", "also.monthly": "on the 1st of the month"},
        "On the 1st of the month and every Friday, move 250.00",
    ),
    (
        {"form": "dates", "dates": "2026-12-24, 2027-01-08", "also.monthly": "the 1st", "also.every": "2 weeks",
         "schedule.every.weeks": "2", "schedule.every.from": "2026-11-27"},
        "On the 1st of the month, every 2 weeks counted from 2026-11-27 and on 2026-12-24 and 2027-01-08, move",
    ),
    (
        {"form": "monthly", "also.quarterly": "on the 15th", "schedule.quarterly": "15", "start": "2026-12-01",
         "end": "2027-12-31"},
        "On the 1st of the month and every three months on the 15th, move 250.00",
    ),
]  # fmt: skip


@pytest.mark.parametrize("fields,words", WAYS)
def test_every_way_to_say_when_is_saved_shown_and_edited(site: Site, fields: dict[str, str], words: str) -> None:
    assert add(site, **{"schedule.business_days": "", **fields}) == ""
    assert words in seen(site)
    edit = f"{LIST}/transfer_rainy_day/edit"
    page = site.app.test_client().get(edit).text
    typed = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"(?: checked)?', page))
    ticked = set(re.findall(r'<input type="checkbox" name="([^"]+)" value="[^"]*" checked', page))
    boxes = set(re.findall(r'<input type="checkbox" name="([^"]+)"', page))
    chosen_ = {
        name: value
        for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL)
        for value in re.findall(r'<option value="([^"]*)" selected', options)
    }
    again = {name: value for name, value in (typed | chosen_).items() if name not in boxes or name in ticked}
    again.pop("csrf_token")
    with site.books.read(0) as work:
        before = work.versions(work.customers()[0].customer)[-1]
    assert send(site, edit, **{**again, "do": "save"}).status_code == 303
    with site.books.read(0) as work:
        after = work.versions(work.customers()[0].customer)[-1]
    assert after == before  # the form gives back what it was drawn with


@pytest.mark.parametrize(
    "fields,told",
    [
        ({"amount": "lots"}, "amount"),
        ({"amount": "0"}, "Write an amount above zero"),
        ({"to": "checking"}, "Name two different accounts"),
        ({"from": "roth"}, "roth"),
        ({"schedule.monthly.0": ""}, "A transfer has one schedule"),
        ({"times": "0"}, "Write a whole number of times"),
        ({"start": "2027-01-01", "end": "2026-12-01"}, "It ends before it starts"),
        ({"version": "1000"}, "The rules were changed since this form was drawn"),
    ],
)
def test_what_cannot_be_is_told_and_not_saved(site: Site, fields: dict[str, str], told: str) -> None:
    page = add(site, **fields)
    assert "Not saved" in page
    assert told in page
    assert "None yet" in seen(site)


def test_showing_other_fields_saves_nothing(site: Site) -> None:
    answer = send(site, f"{LIST}/new", **{**MONTHLY, "do": "show", "version": "1"})
    assert answer.status_code == 200
    assert "Next Tue 1 Dec 2026" in text(answer.text)
    other = send(site, f"{LIST}/new", **{**MONTHLY, "do": "show", "form": "nth_weekday"})
    assert 'name="schedule.nth_weekday.nth"' in other.text
    assert "None yet" in seen(site)
    assert site.app.test_client().get(f"{LIST}/nothing/edit").status_code == 404


def test_a_skip_survives_an_edit(site: Site) -> None:
    add(site)
    change(site, "skip:2026-12-01")
    page = site.app.test_client().get(f"{LIST}/transfer_rainy_day/edit").text
    assert '<input type="hidden" name="skip.0" value="2026-12-01">' in page


ONCE = {"from": "checking", "to": "cash", "amount": "120.00", "tax_year": "", "rail": ""}


def review(client: FlaskClient, **fields: str) -> tuple[int, str]:
    answer = client.get(f"{LIST}/once", query_string={**ONCE, "key": "k", **fields})
    return answer.status_code, text(answer.text)


def balance(site: Site, handle: str) -> int:
    with site.books.read(0) as work:
        found = [one for one in work.accounts_of() if one.handle == handle]
        return int(found[0].posted)


def test_a_review_says_what_will_happen_and_moves_nothing(site: Site) -> None:
    client = site.app.test_client()
    before = balance(site, "checking")
    status, page = review(client)
    assert (status, "It arrives at once" in page, "Move 120.00 now" in page) == (200, True, True)
    status, page = review(client, to="bank", rail="wire")
    assert status == 200
    assert re.search(r"It arrives on (Fri 20|Sat 21|Sun 22|Mon 23|Tue 24) Nov 2026", page)
    assert "Until then it is pending" in page
    assert balance(site, "checking") == before


def test_a_transfer_is_made_once_for_its_key(site: Site, tmp_path: Path) -> None:
    page = site.app.test_client().get(LIST).text
    key = page.partition('name="key" value="')[2].partition('"')[0]
    assert len(key) > 20
    before = balance(site, "checking")
    for _ in range(2):
        answer = send(site, f"{LIST}/once", **ONCE, key=key)
        assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    assert balance(site, "checking") == before - 120_00
    _, page = review(site.app.test_client(), key=key)
    assert "was made already" in page
    assert "Move 120.00 now" not in page
    assert list(verify(f"sqlite:///{tmp_path / DATABASE}")) == []


@pytest.mark.parametrize(
    "fields,told",
    [
        ({"amount": "999999.00"}, "can give at most"),
        ({"amount": "0"}, "above zero"),
        ({"amount": "much"}, "Amount"),
        ({"to": "checking"}, "Name two different accounts"),
        ({"from": ""}, "Choose an account"),
        ({"tax_year": "2019"}, "The tax year is"),
        ({"key": ""}, "The form has lost its key"),
    ],
)
def test_what_is_refused_is_told_at_its_field(site: Site, fields: dict[str, str], told: str) -> None:
    status, page = review(site.app.test_client(), **fields)
    assert (status, told in page, "No money moved" in page) == (422, True, True)
    answer = send(site, f"{LIST}/once", **{**ONCE, "key": "k", **fields})
    assert (answer.status_code, told in text(answer.text)) == (422, True)


def test_unknown_households_are_not_found(client: FlaskClient) -> None:
    for path in ("/h/nobody/transfers", "/h/nobody/transfers/once?key=k", "/h/nobody/transfers/new"):
        assert client.get(path).status_code == 404


def test_a_missed_night_does_not_move_the_dates_back(site: Site) -> None:
    add(site, form="weekly", **{"schedule.weekly.4": "fri"})
    later = make_app(site.books, site.day + 30)
    assert "Next" in text(later.test_client().get(LIST).text)


def test_fields_of_other_ways_are_left_behind() -> None:
    assert chosen({"form": "never"}) == chosen(blank()) == "monthly"
    fields = {"form": "weekly", "schedule.weekly.4": "fri", "schedule.monthly.0": "1", "dates": "x", "skip.0": "d"}
    assert document_fields(fields) == {"schedule.weekly.4": "fri", "schedule.business_days": "", "skip.0": "d"}
    paths = {
        "schedule": "schedule", "schedule.monthly.3": "schedule.monthly", "schedule.dates.2": "dates",
        "schedule.every.weeks": "schedule.every.weeks", "skip.0": "skip", "amount": "amount",
        "schedule.business_days": "schedule.business_days",
    }  # fmt: skip
    assert {path: field_of(path) for path in paths} == paths


def test_a_rule_with_two_keys_is_listed_and_its_form_keeps_or_drops_each(site: Site) -> None:
    both = {"schedule.weekly.4": "fri", "also.monthly": "on the 1st of the month", "schedule.business_days": ""}
    add(site, **{"form": "weekly", **both})
    edit = f"{LIST}/transfer_rainy_day/edit"
    tick = '<input type="checkbox" name="also.monthly" value="on the 1st of the month" checked>'
    page = site.app.test_client().get(edit).text
    assert tick in page
    assert '<input type="hidden" name="schedule.monthly.0" value="1">' in page
    fields = {**MONTHLY, **both, "do": "show"}
    assert tick in send(site, edit, **{**fields, "form": "daily"}).text
    assert tick not in send(site, edit, **{**fields, "form": "monthly"}).text  # shown itself
    fields["form"] = "daily"
    with site.books.read(0) as work:
        version = str(work.customers()[0].version)
    refused = send(site, edit, **{**fields, "do": "save", "version": version})
    assert (refused.status_code, "has one schedule: daily alone" in text(refused.text)) == (422, True)
    dropped = {name: value for name, value in fields.items() if name != "also.monthly"}
    assert send(site, edit, **{**dropped, "form": "weekly", "do": "save", "version": version}).status_code == 303
    assert "Every Friday, move 250.00" in seen(site)
    assert 'name="also.' not in site.app.test_client().get(edit).text
