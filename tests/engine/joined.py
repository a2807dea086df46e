"""Single cases of one day joined into one book, as the night's snapshot has them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.case import Case, read_case
from engine.guards import bounds, no_guards
from engine.marketfacts import SESSIONS, Spread, no_market_facts, spread
from engine.programs import Programs, unpack
from engine.snapshot import SPENT_DAYS, Facts, Snapshot
from ledger.accounts import Int64s
from rules.decode import Decoded
from rules.facts import SYMBOL_FACTS


def case_of(document: object) -> Case:
    """Read a case that has to be without problems."""
    read = read_case(Decoded(document))
    assert read.problems == ()
    assert read.case is not None
    return read.case


def join(cases: Sequence[Case]) -> Snapshot:
    """One snapshot of all cases, which are of one day; customer i + 1 is case i."""
    days = {case.snapshot.day for case in cases}
    assert len(days) == 1
    singles = [case.snapshot for case in cases]
    counts = np.array([len(single.account) for single in singles], np.int64)
    first = np.cumsum(counts) - counts

    def column(name: str) -> Int64s:
        parts: list[Int64s] = [getattr(single, name) for single in singles]
        return np.concatenate(parts)

    return Snapshot(
        day=days.pop(),
        customer=np.arange(1, len(cases) + 1),
        last_night=column("last_night"),
        paused=column("paused").astype(np.bool_),
        account_start=np.append(first, counts.sum()),
        account=np.arange(1, counts.sum() + 1),
        kind=column("kind"),
        asset=column("asset"),
        problem=column("problem"),
        posted=column("posted"),
        pending_in=column("pending_in"),
        pending_out=column("pending_out"),
        floor=column("floor"),
        ceiling=column("ceiling"),
        programs=_programs(singles),
        tally_since=column("tally_since"),
        tally_used=column("tally_used"),
        facts=_facts([single.facts for single in singles], first),
        bounds=bounds(
            no_guards(),
            np.arange(1, len(cases) + 1),
            np.arange(1, counts.sum() + 1),
            np.repeat(np.arange(len(cases)), counts),
            column("ira_room"),
        ),
    )


def _programs(singles: Sequence[Snapshot]) -> Programs:
    """The programs of all cases, one after another."""
    shapes: dict[int, str] = {}
    for single in singles:
        shapes |= {shape.number: shape.text for shape in single.programs.shapes()}
    words = np.array([len(single.programs.words) for single in singles], np.int64)
    return unpack(np.concatenate([single.programs.words for single in singles]), words, shapes)


def _facts(facts: Sequence[Facts], first: Int64s) -> Facts:
    def flags(parts: list[npt.NDArray[np.bool_]]) -> npt.NDArray[np.bool_]:
        return np.concatenate(parts)

    keys = [one.spent_key + start * SPENT_DAYS for one, start in zip(facts, first, strict=True)]
    market = [one.market for one in facts]
    return Facts(
        arrived=np.concatenate([one.arrived for one in facts]),
        arrived_known=flags([one.arrived_known for one in facts]),
        round_up=np.concatenate([one.round_up for one in facts]),
        round_up_known=flags([one.round_up_known for one in facts]),
        spent_key=np.concatenate(keys),
        spent=np.concatenate([one.spent for one in facts]),
        market=replace(
            _symbols(market),
            entry=np.concatenate([one.entry + start for one, start in zip(market, first, strict=True)]),
            holdings=np.concatenate([one.holdings for one in market]),
            holdings_known=flags([one.holdings_known for one in market]),
            drift=np.concatenate([one.drift for one in market]),
            drift_known=flags([one.drift_known for one in market]),
            invest_drift=np.concatenate([one.invest_drift for one in market]),
            invest_known=flags([one.invest_known for one in market]),
        ),
    )


def _symbols(market: Sequence[Spread]) -> Spread:
    """What all cases together know of securities, which stand where they stand for each of them."""
    rows = sorted({row for one in market for row in _rows(one)})
    kind, asset, sessions, value = (np.array([row[place] for row in rows], np.int64) for place in range(4))
    known = np.ones(len(rows), np.bool_)
    facts = replace(no_market_facts(), kind=kind, asset=asset, sessions=sessions, value=value, known=known)
    return spread(facts, np.zeros(0, np.int64))


def _rows(market: Spread) -> Iterator[tuple[int, int, int, int]]:
    for key, value in zip(market.key.tolist(), market.value.tolist(), strict=True):
        number, rest = divmod(key, len(SYMBOL_FACTS) * SESSIONS)
        yield rest // SESSIONS, int(market.asset[number]), rest % SESSIONS, value
