"""The pages in a real browser: a quiet console, no policy violated, axe content, forms with and without script."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.web.site import Site, make_site

PLACES = {
    "home": "/h/home/",
    "rules": "/h/home/rules",
    "form": "/h/home/rules/watch_growth/edit",
    "new": "/h/home/rules/new",
    "tonight": "/h/home/tonight",
    "night": "/h/home/nights/2026-11-17",
    "account": "/h/home/accounts/checking",
    "transfers": "/h/home/transfers",
    "transfer": "/h/home/transfers/new",
    "matching": "/h/home/matching/new",
}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
}
WATCH = "addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective))"
SERIOUS = {"serious", "critical"}


@contextmanager
def served(made: Site) -> Iterator[str]:
    """A site that is served, by its address."""
    server = make_server("127.0.0.1", 0, made.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        made.books.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a served site."""
    with served(make_site(Path(tmp_path_factory.mktemp("served")))) as where:
        yield where


def opened(browser: Browser, look: str, complaints: list[str]) -> Page:
    """A page that writes down everything the console says."""
    page = browser.new_context(**LOOKS[look]).new_page()
    page.add_init_script(WATCH)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    return page


def assert_accessible(page: Page, name: str) -> None:
    """Everything opened, axe finds nothing serious and nothing is wider than the window."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = Axe().run(page).response["violations"]
    bad = [f"{name}: {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in SERIOUS]
    assert not bad
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"


def assert_quiet(browser: Browser, look: str, address: str, places: Mapping[str, str]) -> None:
    """Every place is accessible, and the console says nothing."""
    complaints: list[str] = []
    page = opened(browser, look, complaints)
    for name, path in places.items():
        page.goto(address + path)
        assert_accessible(page, name)
    assert not complaints
    page.context.close()


@pytest.mark.parametrize("look", LOOKS)
def test_pages_are_quiet_and_accessible(browser: Browser, address: str, look: str) -> None:
    assert_quiet(browser, look, address, PLACES)


def test_the_form_answers_while_it_is_filled_in(browser: Browser, address: str) -> None:
    complaints: list[str] = []
    page = opened(browser, "light", complaints)
    page.goto(f"{address}/h/home/rules/new")
    page.get_by_label("Amount", exact=True).fill("75.00")
    page.locator("[name='from.0.account']").select_option("checking")
    page.locator("[name='to.0.account']").select_option("cash")
    sentence = page.locator("h1")
    page.get_by_text("Only watching: every night, move 75.00 from Checking to High-yield cash.").wait_for()
    page.get_by_text("Would move 75.00, in full").first.wait_for()
    page.locator("[name='amount.kind']").select_option("excess")
    page.locator("[name='amount.above']").wait_for()
    assert page.locator("[name='amount.amount']").count() == 0
    page.get_by_role("button", name="Add a condition").click()
    page.locator("[name='when.0.fact']").wait_for()
    assert page.evaluate("document.activeElement.name") == "when.0.fact"
    page.get_by_role("button", name="Remove condition 1").click()
    page.locator("[name='when.0.fact']").wait_for(state="detached")
    assert page.locator("[name='from.0.account']").input_value() == "checking"
    assert "Fill in" in (sentence.text_content() or "")
    assert not complaints
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_rule_is_made_by_keyboard_and_mouse(browser: Browser, address: str, *, script: bool) -> None:
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    name = f"script_{script}".lower()
    page.goto(f"{address}/h/home/rules/new")
    page.get_by_role("button", name="Add a condition").click()
    page.locator("[name='when.0.fact']").fill("balance(checking)")
    page.locator("[name='when.0.above']").fill("10.00")
    page.locator("[name='amount.amount']").fill("5.00")
    page.locator("[name='from.0.account']").select_option("checking")
    page.locator("[name='to.0.account']").select_option("cash")
    page.locator("[name='id']").fill(name)
    page.get_by_role("button", name="Preview", exact=True).last.click()
    page.get_by_text("Would move 5.00, in full").first.wait_for()
    page.get_by_role("button", name="Save rule").click()
    page.wait_for_url(re.compile(r"/h/home/rules$"))
    row = page.locator(f"#rule-{name}")
    assert "move 5.00 from Checking to High-yield cash" in row.inner_text()
    row.get_by_role("button", name="Auto").click()
    page.wait_for_url(re.compile(rf"#rule-{name}$"))
    assert page.locator(f"#rule-{name} button[aria-pressed=true]").inner_text() == "Auto"
    row.get_by_text("Remove", exact=False).first.click()
    row.get_by_role("button", name=re.compile("Remove rule")).click()
    page.wait_for_url(re.compile(r"/h/home/rules$"))
    assert page.locator(f"#rule-{name}").count() == 0
    context.close()


def test_mistakes_are_reached_by_their_links(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{address}/h/home/rules/new")
    page.locator("[name='amount.amount']").fill("lots")
    page.get_by_role("button", name="Save rule").click()
    page.locator("#summary a[href='#f-amount.amount']").click()
    assert page.locator("[name='amount.amount']").input_value() == "lots"
    assert page.url.endswith("#f-amount.amount")
    page.context.close()
