"""What previews say of moves beyond their accounts: the month's interest, the waiver, a wire's fee; pages, programs."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from engine.dated.document import DatedRow
from ledger.days import format_day, parse_day
from tests.web.site import NOW, Site, make_app, opened_site, send

OPENED = parse_day("2026-06-15")
TODAY = parse_day("2026-11-20")
API = "/api/v1/customers/home"
SETUP = """
accounts:
  - {handle: checking, kind: checking, name: Checking}
  - {handle: cash, kind: cash, name: High-yield cash, opening: "10000.00"}
  - {handle: bank, kind: bank, name: Outside bank, opening: "9000.00"}
"""
OUT = {
    "id": "out", "mode": "auto", "amount": {"kind": "fixed", "amount": "5000.00"},
    "from": [{"account": "cash"}], "to": [{"account": "checking"}],
}  # fmt: skip
AWAY = {**OUT, "to": [{"account": "bank"}]}
FORM = {
    "mode": "auto", "amount.kind": "fixed", "amount.amount": "5000.00", "from.0.account": "cash",
    "to.0.account": "bank", "name": "out", "do": "preview",
}  # fmt: skip
LOSS = (
    "leaves 4,975.00, less than the 10,000.00 that waive the platform fee: the month that ends on Mon 14 Dec 2026 "
    "would cost 3.00, unless a night of it sees 10,000.00 again."
)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A household with just what waives the platform fee."""
    return opened_site(tmp_path, SETUP, OPENED, TODAY)


def text(page: str) -> str:
    """What the main part of a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).split())


def seen(site: Site, path: str) -> str:
    """A page's words."""
    answer = site.app.test_client().get(path)
    assert answer.status_code == 200
    return text(answer.text)


def drafted(site: Site, *rules: dict[str, Any]) -> dict[str, Any]:
    """What the API says of a draft."""
    answer = site.app.test_client().post(f"{API}/tonight", json={"rules": list(rules)})
    assert answer.status_code == 200
    told: dict[str, Any] = answer.get_json()
    return told


def saved(site: Site, *rules: dict[str, Any]) -> dict[str, Any]:
    """Save rules; what the API says of tonight."""
    client = site.app.test_client()
    assert client.put(f"{API}/rules", json={"rules": list(rules)}).status_code == 200
    told: dict[str, Any] = client.get(f"{API}/tonight").get_json()
    return told


def test_programs_are_told_what_a_plan_does_to_the_month(site: Site) -> None:
    told = site.app.test_client().get(f"{API}/tonight").get_json()
    assert (told["waiver"], told["interest"]["gain"], told["interest"]["cost"]) == (None, "0.00", None)
    assert told["interest"]["sentence"] == f"As projected, cash earns {told['interest']['earned']} this month."
    draft = drafted(site, OUT)
    assert draft["waiver"] is None
    assert (draft["interest"]["gain"], draft["set_aside"]) == ("-4.61", None)
    assert draft["interest"]["sentence"] == (
        "Tonight's moves make this month's interest 4.61 worse: as projected, "
        f"cash earns {draft['interest']['earned']}."
    )
    after = saved(site, OUT)
    assert (after["interest"], after["waiver"]) == (draft["interest"], None)
    (cash,) = site.app.test_client().get(f"{API}/interest").get_json()["accounts"]
    assert cash["projected_after_tonight"] == after["interest"]["earned"]


def test_programs_are_told_when_a_draft_loses_the_waiver(site: Site) -> None:
    draft = drafted(site, AWAY)
    assert draft["waiver"].startswith("Tonight's moves leave 5,")
    assert "would cost 3.00" in draft["waiver"]
    assert draft["interest"]["gain"].startswith("-")  # it earns until it is at the bank
    assert saved(site, AWAY)["waiver"] == draft["waiver"]
    assert site.app.test_client().get(f"{API}/fees").get_json()["tonight"] == draft["waiver"]


def test_the_page_of_tonight_says_the_same(site: Site) -> None:
    told = saved(site, AWAY)
    page = seen(site, "/h/home/tonight")
    assert f"{told['waiver']} Fees" in page
    assert f"{told['interest']['sentence']} Cash" in page
    calm = saved(site)
    page = seen(site, "/h/home/tonight")
    assert calm["interest"]["sentence"].startswith("As projected, cash earns ")
    assert calm["interest"]["sentence"] in page
    assert "waive" not in page


@pytest.mark.parametrize("mode", ["auto", "ask", "watch"])
def test_the_form_of_a_rule_says_what_its_move_would_do(site: Site, mode: str) -> None:
    """Also where the rule would not move by itself."""
    answer = send(site, "/h/home/rules/new", **{**FORM, "mode": mode})
    assert answer.status_code == 200
    page, told = text(answer.text), drafted(site, AWAY)
    first = "Tonight's moves" if mode == "auto" else "With this rule's move, tonight's moves"
    for sentence in (told["waiver"], told["interest"]["sentence"]):
        assert sentence.replace("Tonight's moves", first) in page


def test_a_rule_that_changes_nothing_of_both_says_nothing(site: Site) -> None:
    page = text(send(site, "/h/home/rules/new", **{**FORM, "from.0.account": "bank", "amount.amount": "1.00"}).text)
    assert "If it ran now" in page
    assert ("waive" in page, "As projected" in page, "interest" in page.partition("If it ran now")[2]) == (False,) * 3


def review(site: Site, **fields: str) -> str:
    """What a review of a one-off transfer says."""
    asked = {
        "from": "cash",
        "to": "bank",
        "amount": "5000.00",
        "tax_year": "",
        "rail": "wire",
        "key": "k" * 32,
        **fields,
    }
    answer = site.app.test_client().get("/h/home/transfers/once", query_string=asked)
    assert answer.status_code == 200
    return text(answer.text)


def test_a_review_says_the_fee_and_the_waiver(site: Site) -> None:
    page = review(site)
    assert "The fee for this wire is 25.00: High-yield cash pays it on top, at once." in page
    assert f"This transfer {LOSS}" in page
    assert "High-yield cash 10,000 .00 4,975 .00" in page
    plain = review(site, rail="")
    assert "The fee for" not in plain
    assert f"This transfer {LOSS.replace('4,975', '5,000')}" in plain
    assert "waive" not in review(site, to="checking", rail="")


def test_a_review_of_what_was_made_charges_nothing_again(site: Site) -> None:
    asked = {"from": "cash", "to": "bank", "amount": "5000.00", "tax_year": "", "rail": "wire", "key": "k" * 32}
    assert send(site, "/h/home/transfers/once", **asked).status_code == 303
    page = review(site)
    assert "made already" in page
    assert ("The fee for" in page, "waive" in page) == (False, False)


def test_a_fee_of_nothing_is_not_told(site: Site) -> None:
    site.books.add_dated([DatedRow("wire_out_fee", OPENED, "0.00", "a test")], NOW)
    assert "The fee for" not in review(site)


def test_the_month_says_the_same_on_the_next_night(site: Site) -> None:
    """The night does what was told."""
    told = saved(site, OUT)
    site.run()
    client = make_app(site.books, site.day + 1).test_client()
    assert client.put(f"{API}/rules", json={"rules": []}).status_code == 200
    after = client.get(f"{API}/tonight").get_json()
    assert (after["on"], after["interest"]["earned"]) == (format_day(TODAY + 1), told["interest"]["earned"])
