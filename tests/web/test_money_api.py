"""Interest, borrow lines, money on its way and fees for programs: exact text, codes, and the pages' own numbers."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from engine.dated.document import DatedRow
from engine.night import Means, run_night
from tests.web.exchange import feed
from tests.web.site import NOW, Site, make_app

API = "/api/v1/customers/home"


def answer(client: FlaskClient, what: str) -> Any:
    """What the API says of the household."""
    told = client.get(f"{API}/{what}")
    assert told.status_code == 200
    return told.get_json()


@pytest.mark.parametrize("what", ["interest", "borrow", "in-flight", "fees"])
def test_unknown_households_and_parameters_are_refused(borrower: FlaskClient, what: str) -> None:
    told = borrower.get(f"/api/v1/customers/nobody/{what}")
    assert (told.status_code, told.get_json()["code"]) == (404, "customer_unknown")
    told = borrower.get(f"{API}/{what}?on=2026-11-20")
    assert (told.status_code, told.get_json()["code"]) == (400, "parameter")


def test_interest(borrower: FlaskClient) -> None:
    told = answer(borrower, "interest")
    assert (told["on"], told["promotion"]) == ("2026-11-20", False)
    assert told["tiers"] == told["base"] == [{"above": "0.00", "until": None, "rate": "3.10%"}]
    assert told["history"][0] == {
        "from": "2026-12-01",
        "value": "0.00: 3.10%, 5000.00: 3.35%",
        "promotion": False,
        "source": "a letter",
        "holds": False,
    }
    cash, pot = told["accounts"]
    assert cash["accrued_exact"].startswith("2.4791525")
    assert len(cash["accrued_exact"]) == len("2.") + 12
    assert {name: cash[name] for name in ("account", "balance", "accrued", "year_to_date", "projected")} == {
        "account": "cash",
        "balance": "1519.26",
        "accrued": "2.48",
        "year_to_date": "19.26",
        "projected": "3.88",
    }
    assert (cash["projected_after_tonight"], cash["ended"]) == ("4.34", [])
    assert cash["posted"][0] == {"month": "2026-10-01", "amount": "4.75"}
    assert (pot["account"], pot["posted"], pot["projected"], pot["closed"]) == ("pot", [], "0.00", False)


def test_a_line_with_its_margin(borrower: FlaskClient) -> None:
    told = answer(borrower, "borrow")
    (line,) = told["lines"]
    margin = line.pop("margin")
    assert (told["on"], told["apr"]) == ("2026-11-20", "5.65%")
    assert line == {
        "account": "borrow",
        "charge_cash": False,
        "owed": "1031.35",
        "principal": "1031.35",
        "due": "0.00",
        "accrued": "3.76",
        "limit": "4867.96",
        "room": "3836.61",
        "drawable": "3834.86",
        "cost_day": "0.16",
        "cost_month": "4.86",
        "payoff_months": 3,
    }
    assert (margin["state"], margin["deadline"], margin["ltv"], margin["fall"]) == ("ok", None, "8.47%", "87.89%")
    assert margin["promised"] == "0.00"
    assert [one["fall"] for one in margin["stress"]] == ["10%", "20%", "30%", "40%", "50%", "60%"]
    assert margin["stress"][5] == {
        "fall": "60%",
        "value": "4867.96",
        "equity": "3874.71",
        "limit": "1947.18",
        "excess": "2287.52",
        "ltv": "21.18%",
        "call": False,
    }
    assert margin["holdings"][0] == {
        "symbol": "BND",
        "value": "6169.90",
        "initial": "50%",
        "maintenance": "40%",
        "priced": True,
    }


def test_a_call_names_its_deadline_and_sales(lending_site: Site) -> None:
    rows = [
        DatedRow(f"maintenance_requirement({name})", lending_site.day, "100%", "a test") for name in ("REAL", "BND")
    ]
    lending_site.books.add_dated(rows, NOW)
    run_night(lending_site.books, 0, lending_site.day, lambda: NOW, Means(feed()))
    client = make_app(lending_site.books, lending_site.day + 1).test_client()
    (line,) = answer(client, "borrow")["lines"]
    margin = line["margin"]
    assert (margin["state"], margin["deadline"], margin["fall"]) == ("call", "2026-11-25", "0.00%")
    assert margin["excess"].startswith("-99")
    assert {one["path"] for one in margin["sales"]} <= {"REAL", "BND"}
    assert margin["sales"][0]["account"] == "invest.growth"
    body = {"from": "borrow", "to": "checking", "amount": "20.00"}
    told = client.post(f"{API}/transfers", json=body, headers={"Idempotency-Key": "draw"})
    assert (told.status_code, told.get_json()["code"], told.get_json()["field"]) == (409, "margin_call", "amount")


def test_a_fixed_line_has_no_margin(client: FlaskClient) -> None:
    (line,) = answer(client, "borrow")["lines"]
    assert (line["margin"], line["limit"]) == (None, "5000.00")


def test_money_on_its_way(borrower: FlaskClient) -> None:
    told = answer(borrower, "in-flight")
    (one,) = told["in_flight"]
    assert len(one.pop("id")) == 32
    assert {"to": "other banks", "from": "2027-01-19"} in one.pop("held")
    assert one == {
        "rail": "ach",
        "from": "bank",
        "to": "cash",
        "amount": "500.00",
        "sent": "2026-11-19",
        "arrives": "2026-11-20",
    }
    (back,) = told["returned"]
    assert (back["from"], back["to"], back["amount"], back["reason"]) == ("bank", "cash", "250.00", "R01")
    assert (back["state"], back["on"], back["forced"]) == ("reversed", "2026-11-19", "0.00")
    assert back["sentence"].startswith("Outside bank took back 250.00")


def test_each_dollar_has_its_day(lending_site: Site) -> None:
    run_night(lending_site.books, 0, lending_site.day, lambda: NOW, Means(feed()))
    told = answer(make_app(lending_site.books, lending_site.day + 1).test_client(), "in-flight")
    assert told["in_flight"] == []
    ready = {(one["account"], one["to"]): one["available"] for one in told["available"]}
    days = [{"on": "2026-11-21", "amount": "1519.26"}, {"on": "2026-11-25", "amount": "500.00"}]
    assert ready["cash", "investing"] == days


def test_fees(borrower: FlaskClient) -> None:
    told = answer(borrower, "fees")
    assert (told["cycle"]["starts"], told["cycle"]["ends"]) == ("2026-11-15", "2026-12-14")
    assert (told["cycle"]["free"], told["cycle"]["next_charge"]) == (True, "2027-01-14")
    assert told["fees"][0] == {
        "on": "2026-11-14",
        "kind": "platform fee",
        "reason": "No platform fee: on one day of the month your accounts held 10,000.00 or more.",
        "account": told["fees"][0]["account"],
        "amount": "0.00",
        "forced": "0.00",
        "seq": None,
    }
    assert told["tonight"] is None
