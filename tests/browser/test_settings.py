"""Rates, fees and limits in a real browser: quiet, accessible, narrow enough, and a row added without script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_pages import LOOKS, assert_quiet, served
from tests.web.site import make_site

PLACES = {"settings": "/settings", "setting": "/settings/cash_apy"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a served site."""
    with served(make_site(Path(tmp_path_factory.mktemp("settings")))) as where:
        yield where


@pytest.mark.parametrize("look", LOOKS)
def test_settings_are_quiet_and_accessible(browser: Browser, address: str, look: str) -> None:
    assert_quiet(browser, look, address, PLACES)


def test_a_row_is_corrected_and_added_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/h/home/")
    page.get_by_role("link", name="Rates, fees and limits").click()
    page.get_by_role("link", name="wire_out_fee").click()
    page.get_by_label("From").fill("2026-12-01")
    page.get_by_label("Value").fill("free")
    page.get_by_label("Source").fill("a letter")
    page.get_by_role("button", name="Add the row").click()
    page.locator("#e-value").wait_for()
    page.get_by_label("Value").fill("30.00")
    page.get_by_role("button", name="Add the row").click()
    page.get_by_text("From Tue 1 Dec 2026: 30.00.").wait_for()
    context.close()
