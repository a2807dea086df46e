"""What raises under way will take away is said where a line can be drawn on, and is not offered."""

from __future__ import annotations

from engine.household import account_named
from engine.invest.orderrecords import Intent, IntentKind, IntentState
from ledger.money import format_money, parse_money
from tests.web.site import NOW, Site
from tests.web.test_money_pages import form, told, words


def test_page_program_and_transfer_tell_one_figure(lending_site: Site) -> None:
    client, api = lending_site.app.test_client(), "/api/v1/customers/home/borrow"
    before = client.get(api).get_json()["lines"][0]
    assert (before["drawable"], before["margin"]["promised"]) == ("3834.86", "0.00")
    assert "Promised to raises" not in told(client, "/h/home/borrow")
    raised = parse_money(before["margin"]["excess"]) - 1_000_00
    with lending_site.books.lock(0) as work:
        customer = int(work.population().customer[0])
        source, there = (account_named(work, customer, handle).account for handle in ("invest.growth", "checking"))
        kind, state = IntentKind.RAISE, IntentState.SETTLING
        work.keep_intent(Intent(0, customer, source, kind, "", raised, NOW, "raise", there, state=state))
    after = client.get(api).get_json()["lines"][0]
    assert (after["drawable"], after["room"]) == ("1000.00", before["room"])
    assert after["margin"]["promised"] == format_money(raised)
    page = told(client, "/h/home/borrow")
    assert "Can be drawn now 1,000.00" in page
    assert f"Promised to raises under way {format_money(raised, grouped=True)}" in page
    fields = form(client, "Draw") | {"to": "checking"}
    for amount, status in (("1000.00", 200), ("1000.01", 422)):
        review = client.get("/h/home/transfers/once", query_string=fields | {"amount": amount})
        assert review.status_code == status, words(review.get_data(as_text=True))
