"""Journeys through the pages with and without the fragment header: adopt, preview, switch on, a night, its trail."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from ledger.days import format_day
from tests.web.site import Site, make_app, open_household, post

FORM = {
    "version": "1",
    "name": "Rainy day",
    "mode": "auto",
    "amount.kind": "fixed",
    "amount.amount": "40.00",
    "from.0.account": "checking",
    "from.0.leave": "",
    "to.0.account": "cash",
    "caps.0.per": "month",
    "caps.0.amount": "100.00",
    "caps.0.counter": "",
}
NEW = "/h/home/rules/new"


def words(page: str) -> str:
    """The text of a page, tags and spaces gone."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def seen(client: FlaskClient, path: str) -> str:
    told = client.get(path)
    assert told.status_code == 200, path
    return words(told.get_data(as_text=True))


def test_adopt_switch_on_and_see_the_night(site: Site) -> None:
    client = site.app.test_client()
    assert post(client, "/h/home/starters/sweep_extra_to_cash").status_code == 303
    rules = seen(client, "/h/home/rules")
    assert "Only watching: when Checking is above 4,000.00" in rules
    assert post(client, "/h/home/rules/sweep/mode", mode="off").status_code == 303
    assert post(client, "/h/home/rules/sweep_extra_to_cash/mode", mode="auto").status_code == 303
    assert "Will move 2,500.00, in full" in seen(client, "/h/home/tonight")
    assert "2,500.00 planned to move" in seen(client, "/h/home/")
    site.run()
    night = seen(client, f"/h/home/nights/{format_day(site.day)}")
    assert "2,500.00 moved. 7 rules were decided, from version 4 of the list." in night
    assert "Moved 2,500.00, in full" in night
    assert "the rule is switched off" in night
    register = seen(client, "/h/home/accounts/checking")
    assert "by rule 7 posted −2,500.00 3,000.00" in register
    later = make_app(site.books, site.day + 1).test_client()
    assert "1 moved, 1 would have moved 2,500.00" in seen(later, "/h/home/")
    assert "Tonight Nothing to move" in seen(later, "/h/home/rules")


def test_write_a_rule_preview_it_and_save_it(site: Site) -> None:
    client = site.app.test_client()
    assert "Fill in the fields" in seen(client, NEW)
    for headers in ({}, {"X-Fragment": "preview"}, {"X-Fragment": "form"}):
        page = client.get("/h/home/").get_data(as_text=True)
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        told = client.post(NEW, data={**FORM, "csrf_token": token, "do": "preview"}, headers=headers)
        assert told.status_code == 200
        text = told.get_data(as_text=True)
        assert "Every night, move 40.00 from Checking to High-yield cash, at most 100.00 a month." in words(text)
        assert "Will move 40.00, in full" in words(text)
        assert text.startswith("<!doctype") != bool(headers)
        assert ('data-part="fields"' in text) == (headers != {"X-Fragment": "preview"})
    assert "rainy_day" not in client.get("/api/v1/customers/home/rules").get_data(as_text=True)
    saved = post(client, NEW, **FORM, do="save")
    assert (saved.status_code, saved.headers["Location"]) == (303, "/h/home/rules")
    rules = client.get("/api/v1/customers/home/rules").get_json()["rules"]
    assert rules[-1]["document"] == {
        "id": "rainy_day",
        "name": "Rainy day",
        "mode": "auto",
        "amount": {"kind": "fixed", "amount": "40.00"},
        "from": [{"account": "checking"}],
        "to": [{"account": "cash"}],
        "caps": [{"per": "month", "amount": "100.00"}],
    }


def test_the_sentence_is_one_everywhere(client: FlaskClient) -> None:
    told = client.get("/api/v1/customers/home/rules").get_json()["rules"]
    for path in ("/h/home/rules", "/h/home/tonight", "/h/home/nights/2026-11-17"):
        text = seen(client, path)
        assert all(one["sentence"] in text for one in told), path
    for one in told:
        assert one["sentence"] in seen(client, f"/h/home/rules/{one['id']}/edit")


def test_mistakes_are_listed_and_what_was_typed_is_kept(client: FlaskClient) -> None:
    told = post(client, NEW, **{**FORM, "amount.amount": "lots", "to.0.account": "nowhere", "name": "<b>"}, do="save")
    assert told.status_code == 422
    page = told.get_data(as_text=True)
    assert 'href="#f-amount.amount"' in page
    assert 'value="lots"' in page
    assert 'aria-invalid="true" aria-describedby="e-amount.amount"' in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page.replace('<b class="num">', "")
    told = post(client, NEW, **{**FORM, "to.0.account": "nowhere"}, do="save")
    assert 'href="#f-to.0.account"' in told.get_data(as_text=True)
    assert "There is no account nowhere" in words(told.get_data(as_text=True))
    preview = post(client, NEW, **{**FORM, "to.0.account": "nowhere"}, do="preview")
    assert "The rule cannot run yet" in words(preview.get_data(as_text=True))


def test_a_form_that_is_out_of_date_is_not_saved(client: FlaskClient) -> None:
    assert post(client, "/h/home/rules/sweep/mode", mode="watch").status_code == 303
    told = post(client, NEW, **FORM, do="save")
    assert told.status_code == 422
    page = told.get_data(as_text=True)
    assert "The rules were changed since this form was drawn" in page
    assert '<input type="hidden" name="version" value="2">' in page
    assert post(client, NEW, **{**FORM, "version": "2"}, do="save").status_code == 303


def test_rows_come_and_go_without_script(client: FlaskClient) -> None:
    page = post(client, NEW, **FORM, do="add:when").get_data(as_text=True)
    assert 'name="when.0.fact"' in page
    page = post(client, NEW, **FORM, do="add_any:when").get_data(as_text=True)
    assert 'name="when.0.any.0.fact"' in page
    page = post(client, NEW, **FORM, do="add_not:when").get_data(as_text=True)
    assert 'name="when.0.not.fact"' in page
    page = post(client, NEW, **FORM, do="drop:caps.0").get_data(as_text=True)
    assert 'name="caps.0.amount"' not in page
    for path in ("from", "to", "caps", "blackout", "schedule.dates"):
        page = post(client, NEW, **FORM, do=f"add:{path}").get_data(as_text=True)
        assert f'name="{path}.' in page


def test_edit_a_rule_and_see_what_it_does_to_others(client: FlaskClient) -> None:
    page = client.get("/h/home/rules/watch_growth/edit").get_data(as_text=True)
    fields = dict(re.findall(r'<input id="[^"]*" name="([^"]*)" value="([^"]*)"', page))
    fields |= {"mode": "auto", "amount.kind": "percent_of", "version": "1"}
    fields |= {"from.0.account": "cash", "to.0.account": "invest.growth"}
    told = post(client, "/h/home/rules/watch_growth/edit", **fields, do="save")
    assert told.status_code == 303
    assert "Will move 735.00, in full" in seen(client, "/h/home/rules")
    change = {**FORM, "id": "keep_checking_full", "amount.amount": "4700.00", "version": "2"}
    told = post(client, "/h/home/rules/keep_checking_full/edit", **change, do="preview")
    assert "watch_growth: will move" in words(told.get_data(as_text=True))
    gone = post(client, "/h/home/rules/nix/edit", **FORM, do="save")
    assert gone.status_code == 404
    assert client.get("/h/home/rules/nix/edit").status_code == 404


def test_start_from_a_starter(client: FlaskClient) -> None:
    assert "every Friday" in seen(client, f"{NEW}?starter=vacation_goal")
    assert post(client, "/h/home/starters/nix").status_code == 404
    assert post(client, "/h/home/starters/vacation_goal").status_code == 422


def order(client: FlaskClient) -> list[str]:
    return [one["id"] for one in client.get("/api/v1/customers/home/rules").get_json()["rules"]]


def test_order_and_removal(client: FlaskClient) -> None:
    before = order(client)
    path = f"/h/home/rules/{before[1]}/place"
    assert post(client, path, do="up").headers["Location"] == f"/h/home/rules#rule-{before[1]}"
    assert order(client)[:2] == [before[1], before[0]]
    post(client, path, do="up")
    post(client, path, do="down")
    assert order(client) == before
    post(client, path, do="place", place="6")
    assert order(client)[5] == before[1]
    post(client, path, do="down")
    assert order(client)[5] == before[1]
    for bad in ("0", "x", "", "999", "٣"):
        assert post(client, path, do="place", place=bad).status_code == 422
    assert post(client, f"/h/home/rules/{before[1]}/remove").status_code == 303
    assert before[1] not in order(client)
    assert post(client, f"/h/home/rules/{before[1]}/remove").status_code == 404
    assert post(client, "/h/home/rules/sweep/mode", mode="fast").status_code == 422


def test_pause_and_resume(site: Site) -> None:
    client = site.app.test_client()
    assert post(client, "/h/home/pause", do="pause").status_code == 303
    assert "All rules paused" in seen(client, "/h/home/rules")
    assert "the customer's rules are paused" in seen(client, "/h/home/tonight")
    assert post(client, "/h/home/pause", do="resume").status_code == 303
    assert "Rules running" in seen(client, "/h/home/nights")


def test_a_household_without_rules(client: FlaskClient) -> None:
    home = seen(client, "/h/other/")
    assert "There are no rules yet" in home
    assert "There are no rules yet" in seen(client, "/h/other/tonight")
    assert "No rules yet" in seen(client, "/h/other/rules")
    assert client.get("/h/other/nights/2026-11-17").status_code == 404


def test_households_and_finding_one(site: Site) -> None:
    client = site.app.test_client()
    assert "Rivers home" in seen(client, "/")
    assert client.get("/find?reference=home").headers["Location"] == "/h/home/"
    for number in range(50):
        open_household(site.books, (f"h{number:02}", f"House {number}"), "{accounts: [], rules: []}")
    page = client.get("/").get_data(as_text=True)
    assert "More households" in page
    assert "House 49" in seen(client, "/?after=h47")
    assert "No transfer yet" in seen(client, "/h/home/accounts/roth")
    assert "No accounts yet" in seen(client, "/h/h00/")
    assert "No night has passed yet" in seen(client, "/h/h00/nights")


def test_nights_and_registers_have_older_pages(site: Site) -> None:
    client = site.app.test_client()
    for number in range(60):
        body = {"from": "checking", "to": "cash", "amount": "1.00"}
        headers = {"Idempotency-Key": f"k{number}"}
        assert client.post("/api/v1/customers/home/transfers", json=body, headers=headers).status_code == 201
    page = client.get("/h/home/accounts/cash").get_data(as_text=True)
    older = re.search(r'href="([^"]*before_seq=[0-9]+)"', page)
    assert older is not None
    assert "opening balance" in seen(client, unescape(older[1]))


@pytest.mark.parametrize("path", ["/", "/h/home/", "/h/home/rules", "/h/home/tonight", "/h/home/nights/2026-11-17"])
def test_pages_are_small(client: FlaskClient, path: str) -> None:
    assert len(client.get(path, follow_redirects=True).data) <= 60 * 1024
