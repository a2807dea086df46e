"""What the page of a borrow line says where no payoff is projected."""

from __future__ import annotations

import pytest

from tests.web.site import Site, open_household_on
from tests.web.test_money_pages import told

SETUP = """
accounts:
  - {handle: checking, kind: checking, opening: "900.00"}
  - {handle: borrow, kind: borrow, limit: "5000.00", opening: "-1200.00"}
rules:
  - {id: pay, mode: auto, schedule: {month_days: [5]}, amount: {kind: fixed, amount: "AMOUNT"}, from: [{account: checking}], to: [{account: borrow}]TERMS}
"""  # noqa: E501  a rule a line reads best

OTHER_KIND = (
    "No payoff is projected: for that every rule in mode auto that pays into the line pays it alone a fixed amount on "
    "days of the month, from now on, without conditions, caps or an end."
)


@pytest.mark.parametrize(
    "amount, terms, said",
    [
        ("1.00", "", "No payoff is projected: the 1.00 that rules pay every month does not cover what it costs."),
        ("400.00", ', when: [{fact: balance(checking), above: "10.00"}]', OTHER_KIND),
    ],
)
def test_a_payoff_that_is_not_projected_says_why(lending_site: Site, amount: str, terms: str, said: str) -> None:
    setup = SETUP.replace("AMOUNT", amount).replace("TERMS", terms)
    open_household_on(lending_site.books, ("watched", "Watts"), setup, lending_site.day - 1)
    assert said in told(lending_site.app.test_client(), "/h/watched/borrow")
