"""The pages of pies: what stands in them, drilling by links, what is unknown, the value over time, the gallery."""

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.web.site import Site, post
from web.performance import CHOICES

PIE = "/h/home/pies/invest.growth"
HTML_BUDGET = 60 * 1024
PAGES = [
    "/h/home/pies",
    PIE,
    f"{PIE}/in/abroad",
    f"{PIE}/in/abroad/VXUS",
    f"{PIE}/in/classic_three_fund",
    f"{PIE}/trade",
    f"{PIE}/trade?kind=rebalance&path=&new_cash=0.00",
    f"{PIE}/holdings",
    f"{PIE}/value",
    f"{PIE}/edit",
    "/h/home/pies/invest.old",
    "/h/home/pies/invest.old/in/GONE",
    "/h/home/pies/invest.old/holdings",
    "/h/home/pies/invest.old/value",
    "/h/home/pies/invest.spare",
    "/h/home/pies/invest.spare/trade?kind=buy&path=VTI&amount=5",
    "/h/home/pies/invest.spare/holdings",
    "/h/home/pies/invest.spare/value",
    "/h/home/pies/invest.spare/edit",
    "/h/home/orders",
    "/h/home/models",
    "/h/home/models/classic_three_fund",
]


def text(client: FlaskClient, path: str) -> str:
    """A page's text without its tags."""
    told = client.get(path)
    assert told.status_code == 200, path
    words = re.sub(r"<[^>]+>", "", told.get_data(as_text=True))
    return re.sub(r"\s+", " ", words)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_and_small(investor: FlaskClient, path: str) -> None:
    told = investor.get(path)
    assert told.status_code == 200
    assert len(told.data) <= HTML_BUDGET


def test_the_list_shows_every_invest_account(investor: FlaskClient) -> None:
    said = text(investor, "/h/home/pies")
    for name in ("Growth", "Old ideas", "Spare", "Roth IRA"):
        assert name in said
    assert "synthetic prices" in said
    assert "value unknown" in said
    assert "No pie yet: its cash stays cash." in said


def test_a_household_without_invest_accounts(client: FlaskClient) -> None:
    assert "No invest account yet" in text(client, "/h/other/pies")


def test_drilling_down_by_links(investor: FlaskClient) -> None:
    page = investor.get(PIE).get_data(as_text=True)
    assert f'href="{PIE}/in/abroad"' in page
    inner = investor.get(f"{PIE}/in/abroad").get_data(as_text=True)
    assert f'href="{PIE}/in/abroad/VXUS"' in inner
    assert f'<a href="{PIE}">Growth</a>' in inner
    leaf = text(investor, f"{PIE}/in/abroad/VXUS")
    assert "Vanguard Total International Stock ETF" in leaf
    assert "long from" in leaf
    assert investor.get(f"{PIE}/in/nothing").status_code == 422


def test_a_pie_says_terms_money_and_the_next_window(investor: FlaskClient) -> None:
    said = text(investor, PIE)
    for words in (
        "Minimum cash50.00",
        "3.00% of the whole, or 25.00% of the slice",
        "Mon 23 Nov 2026, morning",
        "321.50",
    ):
        assert words in said
    assert "buy 271.50" in said or said.count("buy ") >= 1


def test_a_stale_price_blocks_and_says_why(investor: FlaskClient) -> None:
    said = text(investor, "/h/home/pies/invest.old")
    assert "The last price of GONE is of 2026-11-11: too old on 2026-11-20. It is neither traded nor counted." in said
    assert "synthetic prices" not in said
    assert "a price is missing" in said


def test_accounts_that_hold_money_alone_have_no_pie(investor: FlaskClient) -> None:
    assert investor.get("/h/home/pies/checking").status_code == 404
    assert investor.get("/h/home/pies/nowhere").status_code == 404


@pytest.mark.parametrize("chosen", CHOICES)
def test_ranges_are_in_the_address(investor: FlaskClient, chosen: str) -> None:
    said = text(investor, f"{PIE}/value?range={chosen}")
    assert "Time-weighted return" in said
    assert "Money-weighted return" in said


def test_value_of_an_account_whose_price_is_gone(investor: FlaskClient) -> None:
    said = text(investor, "/h/home/pies/invest.old/value?range=all")
    assert "Wed 18 Nov 2026" in said
    assert "Sat 21 Nov 2026</time>" not in said
    assert investor.get("/h/home/pies/invest.old/value?range=week").status_code == 422


def test_models_by_category_and_one_of_them(investor: FlaskClient) -> None:
    said = text(investor, "/h/home/models")
    assert "Classic portfolios" in said
    assert "Three-fund portfolio" in said
    page = investor.get("/h/home/models/classic_three_fund").get_data(as_text=True)
    assert f"{PIE}/edit?add=classic_three_fund" in page
    assert "Version 1." in page
    assert investor.get("/h/home/models/nothing").status_code == 404
    assert investor.get(f"/h/home/models/{quote('a<b')}").status_code == 404


def test_models_of_pies_inside_name_their_depth(investor: FlaskClient) -> None:
    nested = [
        name
        for name, one in investor.application.config["SERVICES"].models().items()
        if any(s.pie for s in one.pie.slices)
    ]
    assert "of its pie" in text(investor, f"/h/home/models/{nested[0]}")


def test_a_model_that_moved_on_is_shown_before_it_is_taken(moved_on: Site) -> None:
    client = moved_on.app.test_client()
    assert "has a new version 2" in text(client, PIE)
    said = text(client, f"{PIE}/follow")
    assert "classic three fund: version 1 becomes 2" in said
    assert "classic_three_fund/VTI12.80%10.00%−2.80%" in said.replace(" ", "")
    told = post(client, f"{PIE}/follow")
    assert (told.status_code, told.headers["Location"]) == (303, PIE)
    assert "has a new version" not in text(client, PIE)
    assert client.get(f"{PIE}/follow").status_code == 422


def test_orders_and_fills(investor: FlaskClient) -> None:
    said = text(investor, "/h/home/orders")
    assert "Raise 500.00 for Checking" in said
    for step in ("Sell done, Thu 19 Nov 2026", "Settle to come, Fri 20 Nov 2026", "Transfer out to come"):
        assert step in said
    assert "Buy the whole pie for 900.00" in said
    assert "auto-invest" in said
    assert "asked on" in text(investor, "/h/home/orders?before=1000")
    assert "No order yet" in text(investor, "/h/home/orders?before=1")
