"""Pies, holdings, orders, previews, models and performance for programs."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.site import Site

API = "/api/v1"
HOME = f"{API}/customers/home"
PIE = f"{HOME}/pies/invest.growth"
SELL = {"account": "invest.growth", "kind": "sell", "path": "VTI", "amount": "100.00"}


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": text}


def test_a_pie_can_be_read_and_sent_back(investor: FlaskClient) -> None:
    told = investor.get(PIE)
    assert told.headers["ETag"] == '"1"'
    pie = told.get_json()
    assert (pie["account"], pie["version"], pie["cash"]) == ("invest.growth", 1, "321.50")
    vti = pie["slices"][0]
    assert (vti["path"], vti["weight"], vti["state"], vti["synthetic"]) == ("VTI", "40%", "held", True)
    assert pie["pie"]["slices"][2]["pie"]["model"] == {"name": "classic_three_fund", "version": 1}
    body = {"pie": pie["pie"], "terms": pie["terms"]}
    again = investor.put(PIE, json=body, headers={"If-Match": '"1"'})
    assert (again.status_code, again.get_json()["version"]) == (200, 2)
    assert again.get_json()["pie"] == pie["pie"]
    late = investor.put(PIE, json=body, headers={"If-Match": '"1"'})
    assert (late.status_code, late.get_json()["code"]) == (412, "version_changed")


def test_what_is_unknown_is_null(investor: FlaskClient) -> None:
    pie = investor.get(f"{HOME}/pies/invest.old").get_json()
    assert (pie["value"], pie["drift"]) == (None, None)
    gone = pie["slices"][1]
    assert (gone["value"], gone["actual"], gone["drift"]) == (None, None, None)
    assert "too old" in gone["missing"]
    assert investor.get(f"{HOME}/pies/invest.spare").get_json()["code"] == "no_pie"
    assert investor.get(f"{HOME}/pies/checking").status_code == 404
    assert investor.get(f"{HOME}/pies/nowhere").status_code == 404


def test_models_stand_in_documents_by_name(investor: FlaskClient) -> None:
    whole = {"pie": {"model": "classic_three_fund"}}
    told = investor.put(f"{HOME}/pies/invest.spare", json=whole)
    assert told.status_code == 200
    assert told.get_json()["pie"]["model"]["name"] == "classic_three_fund"
    half = {"name": "mix", "slices": [{"model": "classic_ivy", "weight": "50%"}, {"symbol": "VTI", "weight": "50%"}]}
    assert investor.put(f"{HOME}/pies/invest.spare", json={"pie": half}).status_code == 200


@pytest.mark.parametrize(
    "body, field",
    [
        ({"pie": {"name": "a", "slices": [{"symbol": "VTI", "weight": "99%"}]}}, "pie.slices"),
        ({"pie": {"name": "a", "slices": [{"symbol": "NOPE", "weight": "100%"}]}}, "pie.slices.0.symbol"),
        ({"pie": {"name": "a", "slices": [{"symbol": "VTI", "weight": "0%"}]}}, "pie.slices.0.weight"),
        ({"pie": {"name": "a", "slices": [{"model": "nope", "weight": "100%"}]}}, "pie.slices.0.model"),
        ({"pie": {"name": "a", "slices": [{"symbol": "VTI", "weight": "50%"}] * 2}}, "pie.slices.1"),
        ({"pie": {"name": "a", "slices": []}}, "pie.slices"),
        ({"pie": {"name": "a", "slices": [{"symbol": "VTI", "weight": "100%"}]}, "removed": ["X"]}, "removed.0"),
        ({"pie": {"name": "a", "slices": [{"symbol": "VTI", "weight": "100%"}]}, "moved": {"X": "VTI"}}, "moved.X"),
        (
            {"pie": {"name": "a", "slices": [{"symbol": "VTI", "weight": "100%"}]}, "terms": {"lots": "best"}},
            "terms.lots",
        ),
        ({"pie": {"name": "a", "slices": [{"symbol": "VTI", "weight": "100%"}]}, "surprise": 1}, "surprise"),
        ({}, "pie"),
    ],
)
def test_bad_pies_are_refused_by_path(investor: FlaskClient, body: dict[str, Any], field: str) -> None:
    told = investor.put(PIE, json=body)
    assert told.status_code == 422
    assert told.get_json()["field"] == field
    assert investor.get(PIE).get_json()["version"] == 1


def test_orders_are_placed_once_and_cancelled(investor: FlaskClient) -> None:
    first = investor.post(f"{HOME}/orders", json=SELL, headers=key("a"))
    assert first.status_code == 201
    order = first.get_json()
    assert (order["state"], order["kind"], order["amount"], order["fills"]) == ("waiting", "sell", "100.00", [])
    again = investor.post(f"{HOME}/orders", json=SELL, headers=key("a"))
    assert again.get_json() == order
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = investor.post(f"{HOME}/orders", json=SELL | {"amount": "5.00"}, headers=key("a"))
    assert (other.status_code, other.get_json()["code"]) == (409, "idempotency_key_reused")
    gone = investor.delete(f"{HOME}/orders/{order['order']}")
    assert (gone.status_code, gone.get_json()["state"]) == (200, "cancelled")
    assert investor.delete(f"{HOME}/orders/{order['order']}").status_code == 409
    assert investor.delete(f"{HOME}/orders/999999999").status_code == 404
    assert investor.delete(f"{HOME}/orders/x").status_code == 404


def test_orders_come_in_pages_with_their_fills(investor: FlaskClient) -> None:
    first = investor.get(f"{HOME}/orders?limit=1").get_json()
    (raised,) = first["orders"]
    assert (raised["kind"], raised["state"], raised["destination"]) == ("raise", "settling", "checking")
    fill = raised["fills"][0]
    assert (fill["side"], fill["state"], fill["fee"]) == ("sell", "filled", "0.03")
    second = investor.get(f"{HOME}/orders?before_order={first['next']}").get_json()
    assert [one["kind"] for one in second["orders"]] == ["sell", "sell", "buy"]
    assert second["next"] is None


@pytest.mark.parametrize(
    "change, code, field",
    [
        ({"path": "NOPE"}, "slice_unknown", "path"),
        ({"amount": "999999.00"}, "above_holding", "amount"),
        ({"amount": "0.10"}, "below_minimum", "amount"),
        ({"amount": "-5.00"}, "money", "amount"),
        ({"amount": 5}, "money", "amount"),
        ({"kind": "steal"}, "choice", "kind"),
        ({"kind": "buy", "amount": "99999.00"}, "exceeds_cash", "amount"),
        ({"kind": "raise", "path": "", "amount": "10.00"}, "order_destination", "destination"),
        ({"kind": "rebalance", "amount": "0.00", "path": "VTI"}, "pie_unknown", "path"),
        ({"slot": 3}, "whole_number", "slot"),
        ({"lots": [{"lot": 999999, "units": "1"}], "amount": "0.00"}, "lots_specific", "lots.0.lot"),
        ({"lots": [{"lot": 1, "units": "1.1234567891"}], "amount": "0.00"}, "units", "lots.0.units"),
        ({"account": "invest.spare"}, "no_pie", "account"),
    ],
)
def test_bad_orders_leave_nothing_behind(investor: FlaskClient, change: dict[str, Any], code: str, field: str) -> None:
    before = investor.get(f"{HOME}/orders").get_json()
    told = investor.post(f"{HOME}/orders", json=SELL | change, headers=key("bad"))
    assert told.status_code in {404, 422}
    assert (told.get_json()["code"], told.get_json()["field"]) == (code, field)
    assert investor.get(f"{HOME}/orders").get_json() == before


def test_lots_can_be_named(investor: FlaskClient) -> None:
    rows = investor.get(f"{HOME}/holdings").get_json()["holdings"]
    lot = next(one for one in rows if (one["account"], one["path"]) == ("invest.growth", "VTI"))["lots"][0]
    order = {"account": "invest.growth", "kind": "sell", "path": "VTI", "lots": [{"lot": lot["lot"], "units": "0.5"}]}
    told = investor.post(f"{HOME}/orders", json=order, headers=key("lots"))
    assert told.status_code == 201
    body = {"order": {name: order[name] for name in ("kind", "path", "lots")}}
    (sold,) = [one for one in investor.post(f"{PIE}/preview", json=body).get_json()["trades"] if one["side"] == "sell"][
        :1
    ]
    assert sold["lots"][0]["lot"] == lot["lot"]


def test_holdings_have_lots_that_add_up(investor: FlaskClient) -> None:
    rows = investor.get(f"{HOME}/holdings").get_json()["holdings"]
    assert {one["account"] for one in rows} == {"invest.growth", "invest.old"}
    vti = rows[0]
    assert sum(int(lot["units"].replace(".", "")) for lot in vti["lots"]) == int(vti["units"].replace(".", ""))
    assert {lot["term"] for lot in vti["lots"]} == {"short", "long"}
    gone = next(one for one in rows if one["path"] == "GONE")
    assert (gone["price"], gone["value"], gone["gain"]) == (None, None, None)


def test_transfers_of_a_household_that_trades_are_listed_with_their_asset(investor: FlaskClient) -> None:
    told = investor.get("/api/v1/customers/home/transfers").get_json()["transfers"]
    bought = [one for one in told if one["code"] == "buy"]
    assert {one["asset"] for one in bought} > {"USD"}
    assert all(len(one["amount"].partition(".")[2]) == (2 if one["asset"] == "USD" else 9) for one in bought)
    assert any(one["to"] == f"invest.growth:{one['asset']}" for one in bought)


def test_previews_order_nothing(invested_site: Site) -> None:
    client = invested_site.app.test_client()
    before = (client.get(PIE).get_json(), client.get(f"{HOME}/orders").get_json())
    plain = client.post(f"{PIE}/preview", json={}).get_json()
    assert (plain["on"], plain["slot"], plain["cash"], plain["cash_after"]) == ("2026-11-23", 1, "321.50", "50.00")
    assert sum(int(one["amount"].replace(".", "")) for one in plain["trades"]) == 271_50
    more = client.post(f"{PIE}/preview", json={"new_cash": "100.00", "cash_only": True}).get_json()
    assert more["cash"] == "421.50"
    sold = client.post(f"{PIE}/preview", json={"order": {"kind": "sell", "path": "VTI", "amount": "100.00"}}).get_json()
    sale = next(one for one in sold["trades"] if one["side"] == "sell")
    assert (sale["path"], sale["purpose"]) == ("VTI", "sell")
    assert sale["lots"]
    full = client.post(f"{PIE}/preview", json={"order": {"kind": "rebalance"}, "new_cash": "0.00"}).get_json()
    assert all(one["drift_after"] in {"0%", "0.01%", "-0.01%"} for one in full["leaves"])
    old = client.post(f"{HOME}/pies/invest.old/preview", json={"cash_only": True}).get_json()
    assert [one["path"] for one in old["trades"]] == ["REAL"]
    assert next(one for one in old["leaves"] if one["path"] == "GONE")["why"] == "no_price"
    assert (client.get(PIE).get_json(), client.get(f"{HOME}/orders").get_json()) == before


@pytest.mark.parametrize(
    "body, field",
    [
        ({"order": {"kind": "sell", "path": "NOPE", "amount": "5.00"}}, "order.path"),
        ({"order": {"kind": "sell"}, "cash_only": True}, "order"),
        ({"new_cash": "-1"}, "new_cash"),
        ({"order": {"kind": "raise", "amount": "5.00", "destination": "no such"}}, "order.destination"),
    ],
)
def test_bad_previews_are_refused_by_path(investor: FlaskClient, body: dict[str, Any], field: str) -> None:
    told = investor.post(f"{PIE}/preview", json=body)
    assert told.status_code == 422
    assert told.get_json()["field"] == field
    assert investor.post(f"{HOME}/pies/invest.spare/preview", json={}).get_json()["code"] == "no_pie"


def test_models(investor: FlaskClient) -> None:
    models = investor.get(f"{API}/models").get_json()["models"]
    assert len(models) >= 80
    one = investor.get(f"{API}/models/classic_three_fund").get_json()
    assert (one["title"], one["version"]) == ("Three-fund portfolio", 1)
    assert one["pie"]["slices"][0] == {"symbol": "VTI", "weight": "64%"}
    assert investor.get(f"{API}/models/nothing").status_code == 404


def test_performance(investor: FlaskClient) -> None:
    told = investor.get(f"{PIE}/performance?range=all").get_json()
    assert told["values"][0] == {"on": "2025-11-02", "value": "0.00", "paid_in": "0.00", "paid_out": "0.00"}
    assert told["values"][1]["paid_in"] == "12000.00"
    assert told["paid_in"] == "18921.50"
    for name in ("time_weighted", "money_weighted", "yearly"):
        assert told[name].lstrip("-").replace(".", "").isdecimal()
    nothing = investor.get(f"{HOME}/pies/roth/performance").get_json()
    assert (nothing["values"], nothing["time_weighted"], nothing["earned"]) == ([], None, "0.00")
    assert investor.get(f"{PIE}/performance?range=week").status_code == 400


def test_the_page_and_the_api_say_the_same(investor: FlaskClient) -> None:
    pie = investor.get(PIE).get_json()
    page = investor.get("/h/home/pies/invest.growth").get_data(as_text=True)
    whole, _, cents = pie["value"].partition(".")
    assert f"{int(whole):,}" in page
    assert cents in page
