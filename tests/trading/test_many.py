"""Many households in one window: their number changes how long statements are, not how many there are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, event

from engine.desk import NewAccount, NewCustomer
from engine.invest.orderrecords import IntentKind
from engine.invest.pies.terms import PieTerms
from ledger.accounts import Kind
from tests.trading.books import assert_in_order
from tests.trading.world import LIMIT, MONDAY, NESTED, USD, World, feed, prices, world


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block asks of databases."""
    found: list[str] = []

    def listen(*said: object) -> None:
        found.append(str(said[2]))

    event.listen(Engine, "before_cursor_execute", listen)
    yield found
    event.remove(Engine, "before_cursor_execute", listen)


def neighbours(made: World, count: int, terms: PieTerms) -> list[World]:
    """So many households with 900.00 each and a pie."""
    found = []
    for at in range(count):
        with made.books.lock(0) as work:
            customer = int(work.open_customers([NewCustomer(f"h{at}", f"H {at}")], MONDAY - 7, 1)[0])
            account = NewAccount(customer, "invest.growth", "g", Kind.INVEST, USD, 0, LIMIT, 0)
            work.open_accounts([account], MONDAY - 7, 1)
        other = replace(made, customer=customer)
        other.pay_in(900_00, f"h{at}")
        other.save(NESTED, terms)
        found.append(other)
    return found


def statements(folder: Path, count: int, terms: PieTerms) -> tuple[int, int]:
    """How many statements a window of so many households takes that invest, and one in which all sell and move."""
    folder.mkdir()
    with world(f"sqlite:///{folder}/books.db", feed(prices(VTI="100.33", BND="50", VXUS="60")), 0) as made:
        homes = neighbours(made, count, terms)
        with counted() as first:
            made.run()
        for at, home in enumerate(homes):
            home.pay_in(100_00, f"more {at}")
            home.order(IntentKind.SELL, "BND", 50_00)
            home.order(IntentKind.REBALANCE)
            home.order(IntentKind.RAISE, "", 30_00)
        with counted() as second:
            assert made.run(MONDAY + 1).filled > 0
        assert assert_in_order(made, {0: count * 1_000_00}) == 0
        return len(first), len(second)


def test_the_number_of_households_does_not_change_the_number_of_statements(tmp_path: Path) -> None:
    terms = PieTerms(minimum_cash=10_00, every="month")
    assert statements(tmp_path / "few", 3, terms) == statements(tmp_path / "more", 12, terms)
