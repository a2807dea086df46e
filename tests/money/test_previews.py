"""A preview is the night, and its explanation is the night again, with interest, charges, fees, holds and margin."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from engine.answer import DecisionWords, decisions_of
from engine.codes import Outcome
from engine.desk import Past
from engine.evaluate import evaluate
from engine.invest.nights.kept import seen_market
from engine.keptguards import seen_guards
from engine.past import snapshot_of_past
from engine.record import KEPT
from engine.tonight import plan_tonight
from ledger.batch import Code
from ledger.days import parse_day
from ledger.money import format_money
from store.books import Work
from tests.money.exchange import Crash
from tests.money.lives import folder
from tests.money.people import Household
from tests.money.test_years import steps
from tests.money.years import Span, Years

FIRST = parse_day("2024-08-20")
CRASHES = (Crash(FIRST + 9, 45, 5), Crash(FIRST + 15, 60, 4))


class Previewed(Years):
    """Every night is previewed household by household, and explained when it is done."""

    compared = 0

    def night(self, day: int) -> None:
        """Preview it, run it, and hold both and the explanation against each other."""
        with self.books.read(0) as work:
            told = {one.customer: plan_tonight(work, one.customer, day, None, self.market) for one in self.homes}
        super().night(day)
        with self.books.read(0) as work:
            for one in self.homes:
                preview = told[one.customer]
                assert preview.set_aside == ""
                self._compare(work, one, day, preview.decisions())

    def _compare(self, work: Work, one: Household, day: int, previewed: list[DecisionWords]) -> None:
        past = work.past(one.customer)
        assert explained(work, past, one.customer, day) == previewed, (day, one.home.name)
        kept = {told.rank: told for told in past.decisions if told.day == day}
        names = {outcome.name.lower() for outcome in KEPT}
        assert {rank for rank, words in enumerate(previewed, 1) if words["outcome"] in names} == kept.keys()
        legs = moved(work, past, one, day)
        for rank, words in enumerate(previewed, 1):
            if rank in kept:
                assert words["outcome"] == Outcome(kept[rank].outcome).name.lower()
                assert (words["wanted"], words["amount"]) == tuple(
                    format_money(cents) for cents in (kept[rank].wanted, kept[rank].amount)
                )
            wanted = [(leg["from"], leg["to"], leg["amount"]) for leg in words["legs"]]
            assert legs.get(rank, []) == (wanted if words["outcome"] == "moved" else []), (day, one.home.name, words)
            self.compared += words["outcome"] == "moved"


def explained(work: Work, past: Past, customer: int, day: int) -> list[DecisionWords]:
    """Every decision of a past night, as pages explain it."""
    (record,) = work.customers(np.array([customer], np.int64))
    accounts = work.accounts_of(np.array([customer], np.int64))
    night = snapshot_of_past(past, record, accounts, day, work.system_paths())
    night = night.with_market(seen_market(work, day, customer)).with_guards(seen_guards(work, day, customer))
    return decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)


def moved(work: Work, past: Past, one: Household, day: int) -> dict[int, list[tuple[str, str, str]]]:
    """Legs by rank as the books have them; what pays interest due and principal of a line is one leg."""
    records = work.accounts_of(np.array([one.customer], np.int64), inner=True)
    names = {record.account: record.handle.partition(":")[0] for record in records}
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    due = {record.account for record in records if record.handle.endswith(":due")}
    lines, before = past.transfers, 0
    for at in np.flatnonzero((lines.run == day) & (lines.code == Code.RULE) & (lines.rank > 0)).tolist():
        debit, credit, cents = int(lines.debit[at]), int(lines.credit[at]), int(lines.amount[at]) + before
        sides = (names[credit], names[debit])
        whole = debit in due and _goes_on(lines.debit, lines.rank, at, names)
        before = cents if whole else 0
        if not whole:
            found[int(lines.rank[at])].append((*sides, format_money(cents)))
    return found


def _goes_on(debit: np.ndarray[tuple[int], np.dtype[np.int64]], rank: object, at: int, names: dict[int, str]) -> bool:
    """Whether the next transfer pays the principal of the same line, of the same leg."""
    ranks = np.asarray(rank)
    if at + 1 == len(debit) or ranks[at + 1] != ranks[at]:
        return False
    return names.get(int(debit[at + 1]), "") == names[int(debit[at])]


def test_previews_nights_and_explanations_are_one() -> None:
    with folder() as where:
        years = Previewed(f"sqlite:///{where}/books.db", Span(FIRST, FIRST + 31, CRASHES, busy=0.3, seed=3), 3)
        years.live()
        assert years.compared > 30
        assert sum(steps(years.judges[0].seen, to) for to in ("2", "3")) > 0
        with years.books.read(0) as work:
            charged = [fee for one in years.homes for fee in work.fees_of(one.customer) if fee.amount]
        assert charged
        years.close()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20, 32))
def test_previews_nights_and_explanations_of_many_are_one(seed: int) -> None:
    first = FIRST + 37 * (seed - 20)
    crashes = (Crash(first + 10, 45, 5), Crash(first + 50, 60, 6))
    with folder() as where:
        years = Previewed(f"sqlite:///{where}/books.db", Span(first, first + 120, crashes, busy=0.25, seed=seed), 6)
        years.live()
        years.close()
