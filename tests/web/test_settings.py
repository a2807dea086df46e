"""Rates, fees and limits: their pages, the form that adds a row, and the same for programs."""

from __future__ import annotations

from html import unescape
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from ledger.days import parse_day
from tests.web.site import Site, post, send

API = "/api/v1/config"
ROW = {"name": "cash_apy", "from": "2026-12-18", "value": "3.5%", "source": "a letter"}
EXACT = "hold_days(ach, in, cash, any)"


def text(client: FlaskClient, path: str) -> str:
    told = client.get(path)
    assert told.status_code == 200
    return unescape(told.get_data(as_text=True))


def test_every_name_is_listed_with_value_date_and_source(client: FlaskClient) -> None:
    page = text(client, "/settings")
    for part in ("cash_apy", "3.10%", "2026-01-01", "FAQ, 2026", EXACT, "none known", "Fri 20 Nov 2026"):
        assert part in page
    assert 'href="/settings"' in text(client, "/h/home/")


def test_a_change_to_come_is_told(site: Site, client: FlaskClient) -> None:
    assert send(site, "/settings", **ROW).status_code == 303
    assert "3.50% from <time" in text(client, "/settings")
    page = text(client, "/settings/cash_apy")
    assert "From Fri 18 Dec 2026: 3.50%." in page
    assert "to come" in page
    assert page.index("3.50%</b>") < page.index("4.00%</b>")


def test_a_name_with_parentheses_has_its_page(client: FlaskClient) -> None:
    assert "transfer timing" in text(client, f"/settings/{quote(EXACT)}")
    page = text(client, "/settings/maintenance_requirement(TQQQ)")
    assert "Nothing holds yet" in page
    assert 'href="/settings/maintenance_requirement"' in page
    told = client.get("/settings/nothing")
    assert (told.status_code, "is no name of the configuration" in told.get_data(as_text=True)) == (404, True)
    assert client.post("/settings/nothing").status_code == 400


def test_a_form_sent_twice_adds_one_row(site: Site) -> None:
    before = len(site.books.dated().rows)
    for _ in range(2):
        told = send(site, "/settings/cash_apy", **ROW)
        assert (told.status_code, told.location) == (303, f"/settings/cash_apy#from-{parse_day('2026-12-18')}")
    assert len(site.books.dated().rows) == before + 1


WRONG = [
    ({"from": ""}, "from", "from is missing"),
    ({"value": "101%"}, "value", "write a value from 0.00% to 100.00%"),
    ({"value": "0.00: 3%, 0.00: 4%"}, "value", "Two tiers overlap"),
    ({"name": "cash_ap"}, "name", "did you mean cash_apy?"),
    ({"source": " "}, "source", "source is missing"),
    ({"from": "2026-11-18"}, "from", "write a date from 2026-11-19"),
]


@pytest.mark.parametrize("change, field, said", WRONG)
def test_what_is_wrong_stands_at_its_field(site: Site, change: dict[str, str], field: str, said: str) -> None:
    before = site.books.dated().rows
    fields = ROW | change
    for path in ["/settings"] + ["/settings/cash_apy"] * (field != "name"):
        told = send(site, path, **fields)
        page = unescape(told.get_data(as_text=True))
        assert told.status_code == 422
        assert f'href="#f-{field}"' in page
        assert said in page.partition(f'id="e-{field}"')[2].partition("</p>")[0]
        assert f'value="{fields["value"]}"' in page
    assert site.books.dated().rows == before


def test_another_name_cannot_be_sent_to_the_page_of_one(site: Site, client: FlaskClient) -> None:
    post(client, "/settings/wire_out_fee", **ROW | {"value": "30.00"})
    assert site.books.dated().number_on("wire_out_fee", parse_day("2026-12-18")) == 30_00


def test_programs_read_what_holds_on_a_date(client: FlaskClient) -> None:
    told = client.get(f"{API}?on=2024-09-30").get_json()
    (apy,) = (one for one in told["values"] if one["name"] == "cash_apy")
    assert (told["on"], apy["holds"]["value"], apy["next"]["from"]) == ("2024-09-30", "5.00%", "2024-10-01")
    assert client.get(API).get_json()["on"] == "2026-11-20"
    assert client.get(f"{API}?on=yesterday").status_code == 400
    one = client.get(f"{API}/{quote(EXACT)}").get_json()
    assert (one["name"], one["kind"], [row["value"] for row in one["rows"]]) == (EXACT, "days", ["3"])
    told = client.get(f"{API}/nothing")
    assert (told.status_code, told.get_json()["code"]) == (404, "config_unknown")


def test_programs_add_rows_all_or_none(site: Site, client: FlaskClient) -> None:
    before = site.books.dated().rows
    fee = {"name": "wire_out_fee", "from": "2026-12-01", "value": "30.00", "source": "a letter"}
    late = ROW | {"from": "2026-11-18"}
    told = client.post(API, json={"rows": [fee, late]})
    assert (told.status_code, told.get_json()["code"], told.get_json()["field"]) == (409, "rate_accrued", "rows.1.from")
    number = client.post(API, json={"rows": [fee, ROW | {"value": 3.1}]})
    assert (number.status_code, number.get_json()["field"]) == (422, "rows.1.value")
    assert site.books.dated().rows == before
    for _ in range(2):
        told = client.post(API, json={"rows": [fee, ROW]})
        assert (told.status_code, told.get_json()["rows"]) == (201, [fee, ROW | {"value": "3.50%"}])
    assert len(site.books.dated().rows) == len(before) + 2
