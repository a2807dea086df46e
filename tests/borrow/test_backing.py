"""What stands behind lines is read once a night: what was read holds to its end, and balances alone are taken anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.invest.nights.steps import Steps
from engine.overnight.collateral import Ground, Sight, ground
from engine.overnight.margin import measured_lines, pick, secured
from engine.overnight.sight import night_sight
from engine.overnight.work import Lines
from ledger.accounts import Int64s, Kind
from ledger.days import parse_day
from store.inner import Inner, InnerAccounts
from tests.borrow.lent import lent
from tests.borrow.test_books import IDLE, TUESDAY
from tests.borrow.test_ltv import GUARD, WHOLE
from tests.money.exchange import Crash
from tests.money.years import Span, Years
from tests.trading.test_facing import Ruled
from tests.trading.world import HALVES, MONDAY, prices

FIRST = parse_day("2024-01-24")
SPAN = Span(FIRST, FIRST + 9, (Crash(FIRST + 5, 50, 3),), busy=0.3)
HOMES = 6
LINE_KINDS = [Kind.BORROW, Kind.BORROW_DUE]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sight, Ground, Lines]]:
    """Households with pies, lines and open orders after some nights: the night to come, accounts and secured lines."""
    years = Years(f"sqlite:///{tmp_path_factory.mktemp('years')}/books.db", SPAN, HOMES, judged=False)
    years.live()
    with years.books.read(0) as work:
        population = work.population()
        base = ground(population, population.accounts, population.dues)
        yield night_sight(work, years.market, Steps(SPAN.last)), base, secured(work.lines())
    years.close()


def listed(found: object) -> object:
    """All that was measured as plain values."""
    if is_dataclass(found):
        return {one.name: listed(getattr(found, one.name)) for one in fields(found)}
    return found.tolist() if isinstance(found, np.ndarray) else found


def of(lines: Lines, which: list[bool]) -> Lines:
    return pick(lines, np.array(which, np.bool_))


def moved(base: Ground, cents: list[int]) -> Ground:
    """The accounts after moves that leave no line above zero."""
    changed = base.balance + np.resize(np.array(cents, np.int64), len(base.balance))
    lines = np.isin(base.kind, LINE_KINDS)
    return replace(base, balance=np.where(lines, np.minimum(changed, 0), changed))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.booleans(), min_size=HOMES, max_size=HOMES).filter(any),
    st.lists(st.booleans(), min_size=HOMES, max_size=HOMES).filter(any),
    st.lists(st.integers(-10_000_00, 10_000_00), min_size=1, max_size=30),
)
def test_what_was_read_before_measures_as_what_is_read_now(
    seen: tuple[Sight, Ground, Lines], before: list[bool], now: list[bool], cents: list[int]
) -> None:
    sight, base, lines = seen
    read = measured_lines(sight, base, of(lines, before))
    again = measured_lines(sight, moved(base, cents), of(lines, now), read)
    assert listed(again) == listed(measured_lines(sight, moved(base, cents), of(lines, now)))


def test_moves_are_seen(seen: tuple[Sight, Ground, Lines]) -> None:
    """A dollar more in every account that counts, and a dollar less owed."""
    sight, base, lines = seen
    read = measured_lines(sight, base, lines)
    again = measured_lines(sight, moved(base, [1_00]), lines, read)
    accounts = np.bincount(read.backed.owner, minlength=HOMES)
    assert (again.position.cash - read.position.cash).tolist() == (accounts * 1_00).tolist()
    assert (read.principal > 1_00).any()
    assert (read.principal - again.principal).tolist() == np.minimum(read.principal, 1_00).tolist()


def test_another_asset_is_read_anew(seen: tuple[Sight, Ground, Lines]) -> None:
    """Households and assets have to be those that were read; for others nothing is told."""
    sight, base, lines = seen
    read = measured_lines(sight, base, lines)
    backed = read.backed
    assert listed(backed.of((backed.household, backed.asset))) == listed(backed)
    assert backed.of((backed.household, backed.asset + 1)) is None
    assert backed.of((backed.household + 1_000_000, backed.asset)) is None
    elsewhere = replace(read, backed=replace(backed, asset=backed.asset + 1, apart=backed.apart + 5_00))
    assert listed(measured_lines(sight, base, lines, elsewhere)) == listed(read)


def test_a_night_reads_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits before the rules, the fact `ltv`, and the states after them: one look, and one of its preview."""
    looks: list[list[int]] = []
    read = InnerAccounts.inner_accounts

    def counted(work: InnerAccounts, parents: Int64s) -> dict[Inner, int]:
        looks.append(parents.tolist())
        return read(work, parents)

    with lent(tmp_path, prices(VTI="100", BND="50"), 10_000_00) as house:
        house.world.save(HALVES, IDLE)
        house.night(MONDAY)
        house.draw(4_000_00)
        ruled = Ruled(house.world)
        ruled.rule(GUARD, WHOLE)
        monkeypatch.setattr(InnerAccounts, "inner_accounts", counted)
        assert [one["outcome"] for one in ruled.night(TUESDAY, house.world.market)] == ["nothing", "moved"]
        behind = house.measured(TUESDAY).backed.account.tolist()
    assert looks[:-1] == [behind] * 2  # the preview's and the night's own, before what the test asks
