"""Late lines: a mirror ends at the bank's figure, in whatever pieces and order the lines come."""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.importing_book import Difference
from ledger.days import format_day, parse_day
from ledger.money import format_money
from store.verify import verify
from tests.engine.households import FRIDAY, Home, held
from tests.engine.statements import bring, pieces, statement
from tests.engine.test_importing import LINES, MONDAY, TUESDAY, WEDNESDAY


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["ann", "bob"]), st.integers(0, 2), st.integers(-9, 9).filter(bool)),
        min_size=1,
        max_size=14,
    ),
    source=st.randoms(use_true_random=False),
    opened=st.booleans(),
)
def test_a_mirror_ends_at_the_banks_balance_in_any_pieces_and_any_order(
    tmp_path: Path, rows: list[tuple[str, int, int]], source: Random, *, opened: bool
) -> None:
    with TemporaryDirectory(dir=tmp_path) as folder:
        home = Home(f"sqlite:///{folder}/sluice.db")
        day, entries, running = parse_day(MONDAY), [], {"ann": 300 if opened else 0, "bob": 0}
        if opened:
            home.open("ann", [held("checking", "3.00", "checking", mirrored=True)])
        for name, later, amount in rows:
            day, running[name] = day + later, running[name] + amount
            entries.append((name, format_day(day), format_money(amount), format_money(running[name])))
        whole, places = statement(*entries), list(range(len(rows)))
        source.shuffle(places)
        while places:
            some = places[: source.randrange(1, 5)]
            del places[: len(some)]
            assert bring(home, pieces(whole, sorted(some))).problems == []
        assert {name: home.balance(name, "checking")[0] for name in home.ids} == {n: running[n] for n in home.ids}
        again = bring(home, whole)
        assert (again.lines, again.known, again.differences) == (0, len(rows), [])
        assert list(verify(home.url)) == []
        home.books.close()


def test_without_adjustments_a_late_line_lists_every_later_day(home: Home) -> None:
    bring(home, statement(LINES[0], LINES[3], ("ann", FRIDAY, "-1.00", "")), adjust=False)
    late = bring(
        home, statement(("ann", TUESDAY, "-20.00", ""), ("ann", FRIDAY, "-2.00", ""), keys=[8, 9]), adjust=False
    )
    assert late.differences == [Difference("ann", parse_day(WEDNESDAY), 70_10, 70_00)]
    assert home.balance("ann", "checking") == (67_00, 0, 0)
