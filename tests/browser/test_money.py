"""Cash, the borrow line, fees and money on its way in a real browser: quiet, accessible, narrow enough; a draw."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_pages import LOOKS, assert_quiet, served
from tests.web.lending import make_lending

PLACES = {
    "cash": "/h/home/cash",
    "borrow": "/h/home/borrow",
    "fees": "/h/home/fees",
    "transfers": "/h/home/transfers",
    "home": "/h/home/",
    "register": "/h/home/accounts/borrow",
}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a served site of a household that borrows."""
    with served(make_lending(Path(tmp_path_factory.mktemp("lending")))) as where:
        yield where


@pytest.mark.parametrize("look", LOOKS)
def test_money_is_quiet_and_accessible(browser: Browser, address: str, look: str) -> None:
    assert_quiet(browser, look, address, PLACES)


def test_a_draw_is_corrected_reviewed_and_made_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/h/home/")
    page.get_by_role("link", name="5.65% APR").click()
    draw = page.get_by_role("group", name="Draw")
    draw.get_by_label("To").select_option("checking")
    draw.get_by_label("Amount").fill("9000.00")
    draw.get_by_role("button", name="Review").click()
    page.get_by_text("borrow lends at most").first.wait_for()
    page.get_by_label("Amount").fill("50.00")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Move 50.00 now").click()
    page.wait_for_url(re.compile(r"/h/home/transfers$"))
    page.get_by_label("Money").get_by_role("link", name="Borrow").click()
    page.get_by_text("1,081.35 owed").first.wait_for()
    context.close()
