"""The pages of cash, the borrow line, fees and money on its way: what they say, link to, and refuse."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from engine.dated.document import DatedRow
from engine.night import Means, run_night
from tests.web.exchange import feed
from tests.web.site import NOW, Site, make_app, post
from web.moneyview import grouped

PAGES = ("/h/home/cash", "/h/home/borrow", "/h/home/fees", "/h/home/transfers", "/h/home/", "/h/home/tonight")


def told(client: FlaskClient, path: str) -> str:
    """The words of a page."""
    page = client.get(path)
    assert page.status_code == 200
    return words(page.get_data(as_text=True))


def words(text: str) -> str:
    """The words of HTML."""
    main = re.sub(r"<[^>]+>", " ", text.partition("<main")[2])
    return re.sub(r"(?<=\d) (?=\.\d\d\b)", "", re.sub(r"\s+", " ", unescape(main)))


@pytest.mark.parametrize("path", PAGES)
def test_pages_keep_their_budget_and_link_each_other(borrower: FlaskClient, path: str) -> None:
    page = borrower.get(path).get_data(as_text=True)
    assert len(page.encode()) < 60 * 1024
    for place in ("cash", "borrow", "transfers", "fees"):
        assert f'href="/h/home/{place}"' in page
    assert " style=" not in page


def test_cash_says_what_it_earns(borrower: FlaskClient) -> None:
    page = told(borrower, "/h/home/cash")
    for part in (
        "On Fri 20 Nov 2026 cash earns an APY of 3.10% . Every night",
        "Accrued in November 2026 2.48 exactly 2.4791",
        "Posted this year 19.26",
        "November 2026 at this balance 3.88",
        "The same after tonight's plan 4.34",
        "October 2026 +4.75",
        "Tue 1 Dec 2026 3.10% up to 5,000.00 and 3.35% above 5,000.00 to come",
        "Thu 10 Sep 2026 4.00% up to 1,000.00 and 4.50% above 1,000.00 promotion",
        "Holiday pot 0.00 posted",
        "No interest was posted yet.",
    ):
        assert part in page
    assert "Tiers today" not in page


def test_interest_months_lead_to_their_entries(borrower: FlaskClient) -> None:
    page = borrower.get("/h/home/cash").get_data(as_text=True)
    address, anchor = re.findall(r'href="(/h/home/accounts/cash\?before_seq=\d+)#(seq-\d+)">October 2026', page)[0]
    register = borrower.get(address).get_data(as_text=True)
    row = words("<main" + register.partition(f'id="{anchor}"')[2].partition("</tr>")[0])
    assert "Sat 31 Oct 2026 Interest earned interest of October 2026 posted +4.75" in row


def test_a_promotion_and_its_tiers_are_told(lending_site: Site) -> None:
    rows = [DatedRow("cash_apy_promotion", lending_site.day, "0.00: 4.00%, 1000.00: 5.00%", "an offer")]
    lending_site.books.add_dated(rows, NOW)
    client = lending_site.app.test_client()
    page = told(client, "/h/home/cash")
    assert "a promotion; without it 3.10%" in page
    assert "Tiers today" in page
    assert "0.00 to 1,000.00 4.00% above 1,000.00 5.00%" in page
    assert "Earns 4.00% to 5.00% APY" in told(client, "/h/home/")


def test_the_line_says_what_it_costs_and_how_safe_it_is(borrower: FlaskClient) -> None:
    page = told(borrower, "/h/home/borrow")
    for part in (
        "No margin call is near.",
        "1,031.35 owed",
        "A fall of all prices by 87.89% would start a call.",
        "Cost a day 0.16",
        "Cost a month 4.86",
        "5.65% APR",
        "LTV 8.47%",
        "−60% 4,867.96",
        "BND 40% 50%",
        "Rule 1 auto On the 5th of the month, move 400.00 from Checking to Borrow line",
        "Rule 2 watch",
        "Paid off in about 3 months, in February 2027: if rules pay all of their 400.00 every month, nothing more ",
        "is drawn and the rate stays what it is today.",
        "Amount, at most 3,834.86",
        "Amount, at most 1,031.35",
    ):
        assert part in page
    assert page.index("BND 40%") < page.index("REAL 25%")


def form(client: FlaskClient, verb: str) -> dict[str, str]:
    """The hidden fields of a form of the borrow page."""
    page = client.get("/h/home/borrow").get_data(as_text=True)
    inside = page.partition(f"<legend>{verb}</legend>")[2].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([a-z]+)" value="([^"]+)"', inside))


def test_drawing_is_reviewed_and_then_done(lending_site: Site) -> None:
    client = lending_site.app.test_client()
    fields = form(client, "Draw") | {"to": "checking", "amount": "200.00"}
    review = client.get("/h/home/transfers/once", query_string=fields)
    assert (review.status_code, "Move 200.00 now" in unescape(review.get_data(as_text=True))) == (200, True)
    done = post(client, "/h/home/transfers/once", **fields)
    assert done.status_code == 303
    assert "1,231.35 owed" in told(client, "/h/home/borrow")


@pytest.mark.parametrize(
    "verb,other,amount,said",
    [
        ("Draw", {"to": "checking"}, "3834.87", "borrow lends at most 3,834.86 now"),
        ("Repay", {"from": "checking"}, "1031.36", "borrow owes 1,031.35; pay no more than that"),
    ],
)
def test_too_much_is_refused_with_the_field_and_the_most(
    borrower: FlaskClient, verb: str, other: dict[str, str], amount: str, said: str
) -> None:
    fields = form(borrower, verb) | other | {"amount": amount}
    page = borrower.get("/h/home/transfers/once", query_string=fields)
    text = page.get_data(as_text=True)
    assert page.status_code == 422
    assert 'href="#f-amount"' in text
    assert said in words(text)
    assert f'value="{amount}"' in text


def called(site: Site, requirement: str) -> FlaskClient:
    """The site after a night on which everything held demanded so much."""
    rows = [DatedRow(f"maintenance_requirement({name})", site.day, requirement, "a test") for name in ("REAL", "BND")]
    site.books.add_dated(rows, NOW)
    run_night(site.books, 0, site.day, lambda: NOW, Means(feed()))
    return make_app(site.books, site.day + 1).test_client()


def test_a_call_stands_on_the_first_page_with_its_deadline(lending_site: Site) -> None:
    client = called(lending_site, "100%")
    page = told(client, "/h/home/borrow")
    assert "Margin call: 99" in page
    assert "by the close of Wed 25 Nov 2026" in page
    assert "Sales that would end the call" in page
    assert "Fall in prices that starts a call passed" in page
    assert "−10%" in page
    assert "margin call" in page
    needs = told(client, "/h/home/").partition("Needs you")[2]
    assert "Borrow line: Margin call: 99" in needs.partition("Tonight")[0]
    assert "Can be drawn now 0.00" in page
    assert "Nothing can be drawn now." in page
    assert "call below" not in page
    fields = {"from": "borrow", "to": "checking", "amount": "20.00", "key": "k"}
    assert client.get("/h/home/transfers/once", query_string=fields).status_code == 422


def test_a_watch_asks_for_a_look(lending_site: Site) -> None:
    client = called(lending_site, "90.5%")
    needs = told(client, "/h/home/").partition("Needs you")[2].partition("Tonight")[0]
    assert "Borrow line: Careful: a fall of all prices by" in needs


def test_money_out_of_collateral_is_refused_while_it_would_start_a_call(lending_site: Site) -> None:
    client = called(lending_site, "91.6%")
    asked = {"from": "invest.growth", "to": "checking", "amount": "35.00", "key": "k"}
    page = client.get("/h/home/transfers/once", query_string=asked)
    assert page.status_code == 422
    assert "would start a margin call" in words(page.get_data(as_text=True))


def test_a_household_without_a_line_reads_what_it_is(invested_site: Site) -> None:
    page = told(invested_site.app.test_client(), "/h/home/borrow")
    assert "There is no borrow line" in page
    assert "at 5.65% APR today" in page


def test_a_line_with_a_fixed_limit_has_no_margin(client: FlaskClient) -> None:
    page = told(client, "/h/home/borrow")
    assert "the limit is 5,000.00." in page
    assert "If all prices fell" not in page
    assert "LTV" not in page
    assert "Nothing is owed." in page
    assert "Repay From" not in page


def test_a_household_without_cash_reads_how_to_have_it(client: FlaskClient) -> None:
    page = told(client, "/h/other/cash")
    assert "There is no high-yield cash account yet." in page
    fees = told(client, "/h/other/fees")
    assert "No platform fee is taken from this household." in fees
    assert "No fee was charged or waived yet." in fees


def test_fees_have_reasons_and_the_month_that_runs(borrower: FlaskClient) -> None:
    page = told(borrower, "/h/home/fees")
    for part in (
        "No platform fee for this month: a night of it saw 10,000.00 or more.",
        "This month Sun 15 Nov 2026 to Mon 14 Dec 2026",
        "First month that may cost ends Thu 14 Jan 2027",
        "Sat 14 Nov 2026 platform fee No platform fee: on one day of the month your accounts held 10,000.00",
        "Fri 14 Aug 2026 platform fee No platform fee: the first one comes 90 days after registration. none waived",
    ):
        assert part in page


def test_a_fee_leads_to_the_entry_that_paid_it(lending_site: Site) -> None:
    client = lending_site.app.test_client()
    fields = {"from": "checking", "to": "bank", "amount": "100.00", "rail": "wire", "key": "wire"}
    assert post(client, "/h/home/transfers/once", **fields).status_code == 303
    page = client.get("/h/home/fees").get_data(as_text=True)
    assert "wire Wire sent on Fri 20 Nov 2026: 25.00. Checking −25.00" in words("<main" + page)
    address, anchor = re.findall(r'href="(/h/home/accounts/checking\?before_seq=\d+)#(seq-\d+)"', page)[0]
    register = client.get(address).get_data(as_text=True)
    row = words("<main" + register.partition(f'id="{anchor}"')[2].partition("</tr>")[0])
    assert "Fees Wire sent on Fri 20 Nov 2026: 25.00. posted −25.00" in row


def test_the_plan_of_tonight_says_when_it_costs_the_waiver(lending_site: Site) -> None:
    client = lending_site.app.test_client()
    post(client, "/h/home/pause", do="resume")
    lending_site.books.add_dated([DatedRow("platform_fee_waiver", lending_site.day, "15000.00", "a test")], NOW)
    assert "platform fee" not in told(client, "/h/home/tonight")
    amount = {"kind": "fixed", "amount": "3000.00"}
    out = {
        "id": "out",
        "mode": "auto",
        "amount": amount,
        "from": [{"account": "checking"}],
        "to": [{"account": "bank"}],
    }
    assert client.put("/api/v1/customers/home/rules", json={"rules": [out]}).status_code == 200
    page = told(client, "/h/home/tonight")
    assert "Tonight's moves leave 13,0" in page
    assert "less than the 15,000.00 that waive the platform fee" in page
    assert "ends on Thu 14 Jan 2027 would cost 3.00" in page
    lost = client.get("/api/v1/customers/home/fees").get_json()["tonight"]
    assert lost in page


def test_what_is_on_its_way_says_when_and_where_it_may_go(borrower: FlaskClient) -> None:
    for path in ("/h/home/", "/h/home/transfers"):
        page = told(borrower, path)
        assert (
            "Fri 20 Nov 2026 Outside bank to High-yield cash ach Thu 19 Nov 2026 from Wed 25 Nov 2026 to cash" in page
        )
        assert "from Tue 19 Jan 2027 to other banks 500.00" in page


def test_each_dollar_has_its_day(lending_site: Site) -> None:
    run_night(lending_site.books, 0, lending_site.day, lambda: NOW, Means(feed()))
    page = told(make_app(lending_site.books, lending_site.day + 1).test_client(), "/h/home/transfers")
    assert "High-yield cash investing 1,519.26 now 500.00 on Wed 25 Nov 2026" in page
    assert "On its way" not in page


def test_classes_of_one_day_are_told_together() -> None:
    assert grouped((("cash", 5), ("other banks", 9), ("investing", 5))) == [
        (5, "cash and investing"),
        (9, "other banks"),
    ]


def test_a_returned_deposit_that_paused_the_rules_is_told(lending_site: Site) -> None:
    client = lending_site.app.test_client()
    sentence = "Outside bank took back 250.00 from High-yield cash on Thu 19 Nov 2026 (R01, not enough money): 250.00"
    page = told(client, "/h/home/")
    assert sentence in page
    assert "Your rules are paused since then" in page
    post(client, "/h/home/pause", do="resume")
    assert sentence not in told(client, "/h/home/")


def test_the_register_of_a_line_is_that_of_all_that_is_owed(borrower: FlaskClient) -> None:
    page = told(borrower, "/h/home/accounts/borrow")
    for part in (
        "Sat 31 Oct 2026 Cost of the line interest of October 2026 posted −7.41 −1,438.76",
        "Wed 4 Nov 2026 Growth interest charged posted +7.41 −1,431.35",
        "Wed 9 Sep 2026 Borrow line interest charged posted 0.00 −2,231.35",
        "Tue 16 Jun 2026 Checking asked for posted −3,000.00 −3,000.00",
    ):
        assert part in page


def test_every_register_of_every_household_opens(borrower: FlaskClient, investor: FlaskClient) -> None:
    for client in (borrower, investor):
        home = client.get("/h/home/").get_data(as_text=True)
        for path in sorted(set(re.findall(r'href="(/h/home/accounts/[^"#?]+)"', home))):
            assert client.get(path).status_code == 200, path
