"""Trades: previewed without a trace, refused at the field, placed once for each key, cancelled; holdings moved."""

import re

import pytest
from flask.testing import FlaskClient

from engine.invest.orderrecords import IntentState
from tests.web.site import Site, post

PIE = "/h/home/pies/invest.growth"
TRADE = f"{PIE}/trade"


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def orders(site: Site) -> list[tuple[str, int, IntentState]]:
    with site.books.read(0) as work:
        return [(one.path, one.amount, one.state) for one in work.intents(None)]


@pytest.mark.parametrize(
    "query, expected",
    [
        ("kind=rebalance&path=&new_cash=0.00", ["Drift before and after", "Place this order"]),
        ("kind=rebalance&path=abroad", ["Place this order"]),
        ("kind=rebalance&path=&new_cash=5000", ["5,321.50", "new cash counted", "Buy VTI"]),
        ("kind=invest&new_cash=0", ["auto-invest does this by itself", "271.50"]),
        ("kind=sell&path=VTI&amount=100", ["Lots that would be sold", "Estimated tax", "your sale", "100.00"]),
        ("kind=sell&path=abroad/VWO&amount=", ["Sell VWO"]),
        ("kind=buy&path=VTI&amount=20.00", ["your buy", "20.00"]),
        ("kind=sell&path=abroad/VXUS&amount=50.00", ["50.00 of your order is settled inside the account"]),
        ("kind=remove&path=BND", ["removal", "Sell BND"]),
        ("kind=raise&amount=700&destination=checking", ["Set aside for a raise", "700.00"]),
    ],
)
def test_every_trade_is_previewed_and_leaves_nothing_behind(
    invested_site: Site, query: str, expected: list[str]
) -> None:
    before = orders(invested_site)
    client = invested_site.app.test_client()
    versions = client.get("/api/v1/customers/home/pies/invest.growth").get_json()["version"]
    told = client.get(f"{TRADE}?{query}")
    assert told.status_code == 200
    said = words(told.get_data(as_text=True))
    for one in expected:
        assert one in said
    assert orders(invested_site) == before
    assert client.get("/api/v1/customers/home/pies/invest.growth").get_json()["version"] == versions


@pytest.mark.parametrize(
    "query, field",
    [
        ("kind=sell&path=VTI&amount=10000000", "amount"),
        ("kind=sell&path=VTI&amount=lots", "amount"),
        ("kind=sell&path=NOPE&amount=10", "path"),
        ("kind=buy&path=VTI&amount=0.50", "amount"),
        ("kind=buy&path=VTI&amount=100000", "amount"),
        ("kind=raise&amount=10&destination=nowhere", "destination"),
        ("kind=rebalance&path=VTI", "path"),
        ("kind=rebalance&path=&new_cash=-5", "new_cash"),
        ("kind=buy&path=VTI&amount=20&slot=7", "slot"),
        ("kind=steal", "kind"),
        ("kind=remove&path=classic_three_fund/VTI", "path"),
    ],
)
def test_mistakes_are_told_at_their_field(invested_site: Site, query: str, field: str) -> None:
    before = orders(invested_site)
    told = invested_site.app.test_client().get(f"{TRADE}?{query}")
    page = told.get_data(as_text=True)
    assert told.status_code == 422
    assert f'href="#f-{field}"' in page
    assert f'id="e-{field}"' in page
    assert "Nothing was ordered" in page
    assert orders(invested_site) == before


def test_an_order_is_placed_once_and_cancelled(invested_site: Site) -> None:
    client = invested_site.app.test_client()
    page = client.get(f"{TRADE}?kind=sell&path=VTI&amount=100").get_data(as_text=True)
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    before = len(orders(invested_site))
    for _ in range(2):
        told = post(client, TRADE, kind="sell", path="VTI", amount="100", key=key[1])
        assert (told.status_code, told.headers["Location"]) == (303, "/h/home/orders")
    assert len(orders(invested_site)) == before + 1
    assert orders(invested_site)[-1] == ("VTI", 100_00, IntentState.WAITING)
    other = post(client, TRADE, kind="sell", path="VTI", amount="200", key=key[1])
    assert other.status_code == 422
    listed = client.get("/h/home/orders").get_data(as_text=True)
    number = re.search(r"/orders/([0-9]+)/cancel", listed)
    assert number is not None
    assert post(client, f"/h/home/orders/{number[1]}/cancel").status_code == 303
    assert orders(invested_site)[-1][2] == IntentState.CANCELLED
    assert post(client, f"/h/home/orders/{number[1]}/cancel").status_code == 409
    assert post(client, "/h/home/orders/999999/cancel").status_code == 404


def test_placing_needs_the_forms_key_and_token(invested_site: Site) -> None:
    client = invested_site.app.test_client()
    before = orders(invested_site)
    assert post(client, TRADE, kind="sell", path="VTI", amount="100").status_code == 422
    assert client.post(TRADE, data={"kind": "sell", "path": "VTI", "amount": "100", "key": "k"}).status_code == 400
    assert orders(invested_site) == before
    assert post(client, "/h/home/pies/nowhere/trade", kind="sell", key="k").status_code == 404


def test_cash_only_is_an_order_where_auto_invest_is_off(invested_site: Site) -> None:
    client = invested_site.app.test_client()
    old = "/h/home/pies/invest.old/trade"
    page = client.get(f"{old}?kind=invest&new_cash=50").get_data(as_text=True)
    assert "Place this order" in page
    assert post(client, old, kind="invest", new_cash="50", key="cash-1").status_code == 303
    assert orders(invested_site)[-1] == ("", 150_00, IntentState.WAITING)


OLD = "/h/home/pies/invest.old"


def form(client: FlaskClient, **fields: str) -> tuple[int, str]:
    told = post(client, f"{OLD}/holdings/move", **fields)
    return told.status_code, told.get_data(as_text=True)


def held(client: FlaskClient) -> dict[tuple[str, str], str]:
    rows = client.get("/api/v1/customers/home/holdings").get_json()["holdings"]
    return {(one["account"], one["path"]): one["units"] for one in rows}


def test_a_holding_moves_after_a_review(invested_site: Site) -> None:
    client = invested_site.app.test_client()
    spare = {"pie": {"name": "spare", "slices": [{"symbol": "REAL", "weight": "100%"}]}}
    assert client.put("/api/v1/customers/home/pies/invest.spare", json=spare).status_code == 200
    fields = {"path": "REAL", "destination": "invest.spare|REAL", "units": "1.5"}
    status, page = form(client, do="review", **fields)
    assert status == 200, words(page)
    assert "nothing is sold" in page
    assert ("invest.spare", "REAL") not in held(client)
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    for _ in range(2):
        assert form(client, do="move", key=key[1], **fields)[0] == 303
    assert held(client)["invest.spare", "REAL"] == "1.500000000"
    assert held(client)["invest.old", "REAL"] == "3.900000000"


@pytest.mark.parametrize(
    "fields, told",
    [
        ({"path": "REAL", "destination": "invest.growth|BND"}, "same security"),
        ({"path": "REAL", "destination": "roth|REAL"}, "no slice"),
        ({"path": "REAL", "destination": ""}, "no account"),
        ({"path": "", "destination": "invest.growth|BND"}, "no slice"),
        ({"path": "REAL", "destination": "invest.growth|BND", "units": "-1"}, "number of units"),
        ({"path": "REAL", "destination": "invest.growth|BND", "units": "1.1234567891"}, "decimals"),
    ],
)
def test_what_cannot_move_is_refused(invested_site: Site, fields: dict[str, str], told: str) -> None:
    client = invested_site.app.test_client()
    for do in ("review", "move"):
        status, page = form(client, do=do, key="k", **fields)
        assert status == 422
        assert "Nothing was moved" in page
        assert told.lower() in page.lower()
    assert form(client, do="move", **fields)[0] == 422
