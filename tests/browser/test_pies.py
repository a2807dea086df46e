"""The pages of pies in a real browser: quiet and accessible in every look; edits and trades without script too."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.test_pages import LOOKS, assert_accessible, opened, served
from tests.web.invested import make_invested

PIE = "/h/home/pies/invest.growth"
PLACES = {
    "pies": "/h/home/pies",
    "pie": PIE,
    "inner": f"{PIE}/in/classic_three_fund",
    "slice": f"{PIE}/in/abroad/VXUS",
    "stale": "/h/home/pies/invest.old",
    "trade": f"{PIE}/trade?kind=sell&path=VTI&amount=100",
    "refused": f"{PIE}/trade?kind=sell&path=VTI&amount=lots",
    "holdings": f"{PIE}/holdings",
    "value": f"{PIE}/value",
    "edit": f"{PIE}/edit",
    "orders": "/h/home/orders",
    "models": "/h/home/models",
    "model": "/h/home/models/classic_three_fund",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a served site with a household that invests."""
    with served(make_invested(Path(tmp_path_factory.mktemp("invested")))) as where:
        yield where


@pytest.mark.parametrize("look", LOOKS)
def test_pies_are_quiet_and_accessible(browser: Browser, address: str, look: str) -> None:
    complaints: list[str] = []
    page = opened(browser, look, complaints)
    for name, path in PLACES.items():
        page.goto(address + path)
        assert_accessible(page, name)
    assert [one for one in complaints if "422" not in one] == []
    page.context.close()


def test_the_ring_says_the_slice_that_is_focused(browser: Browser, address: str) -> None:
    complaints: list[str] = []
    page = opened(browser, "light", complaints)
    page.goto(address + PIE)
    centre = page.locator("[data-ring-name]")
    assert centre.inner_text() == "Growth"
    page.locator("[data-ring] svg a").nth(1).focus()
    assert centre.inner_text() == "Abroad"
    page.locator("[data-ring] svg a").nth(1).press("Enter")
    page.wait_for_url(re.compile(r"/in/abroad$"))
    assert not complaints
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_pie_is_edited_and_reviewed(browser: Browser, address: str, *, script: bool) -> None:
    page = browser.new_context(java_script_enabled=script).new_page()
    page.goto(f"{address}{PIE}/edit")
    page.locator("[name='slices.0.weight']").fill("35")
    page.locator("form#pie-form").get_by_role("button", name="Add a slice").last.click()
    page.locator("[name='slices.4.symbol']").fill("REAL")
    page.get_by_role("button", name="Spread the rest").last.click()
    expect(page.locator("[name='slices.4.weight']")).to_have_value("5")
    page.get_by_text("100%, all given").last.wait_for()
    page.get_by_role("button", name="Review the changes").last.click()
    page.get_by_role("heading", name="Review what changes").wait_for()
    assert "+5.00%" in page.locator("main").inner_text()
    page.get_by_role("link", name="Leave").click()
    page.wait_for_url(re.compile(r"/pies/invest\.growth$"))
    page.context.close()


def test_the_total_line_follows_what_is_typed(browser: Browser, address: str) -> None:
    complaints: list[str] = []
    page = opened(browser, "light", complaints)
    page.goto(f"{address}{PIE}/edit")
    page.locator("[name='slices.0.weight']").fill("37")
    page.get_by_text("3% left to give").wait_for()
    assert page.evaluate("document.activeElement.name") == "slices.0.weight"
    assert not complaints
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_an_order_is_previewed_placed_and_cancelled(browser: Browser, address: str, *, script: bool) -> None:
    page = browser.new_context(java_script_enabled=script).new_page()
    page.goto(f"{address}{PIE}/in/VTI")
    page.get_by_role("link", name="Sell VTI").click()
    page.locator("[name='amount']").first.fill("50.00")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("heading", name="Lots that would be sold").wait_for()
    page.get_by_role("button", name="Place this order").click()
    page.wait_for_url(re.compile(r"/h/home/orders$"))
    first = page.locator(".orders > li").first
    assert "Sell 50.00 of VTI" in first.inner_text()
    first.get_by_role("button", name="Cancel").click()
    page.wait_for_url(re.compile(r"/h/home/orders$"))
    assert "cancelled" in page.locator(".orders > li").first.inner_text()
    page.context.close()
