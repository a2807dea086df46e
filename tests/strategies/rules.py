"""Rule documents that pass every check made when a rule set is saved (rules.md 7), the check for cycles apart."""

from dataclasses import dataclass, field
from datetime import date

from tests.strategies.drawing import (
    HIGHEST,
    Document,
    Pick,
    amount,
    choose,
    day,
    distinct,
    modest,
    percent,
    sometimes,
    text,
)
from tests.strategies.schedules import schedule

_MODES = (*("auto",) * 20, "watch", "ask", "ask", "off", None)
_PERIODS = ("month", "day", "week", "quarter", "year", "ever")
_COUNTERS = (None, None, "pot", "ira", "r1")
"""Names of counters; one is also a rule's, because the two name spaces are apart."""
_PERCENTS = (2_500, 10_000, 1, 5_000, 1_250, 3_333, 9_999)
_SHARES = {
    1: ((10_000,),),
    2: ((5_000, 5_000), (3_333, 6_667), (1, 9_999), (7_500, 2_500)),
    3: ((3_333, 3_333, 3_334), (2_500, 5_000, 2_500), (9_998, 1, 1), (3_334, 3_333, 3_333)),
    4: ((2_500, 2_500, 2_500, 2_500), (1, 1, 1, 9_997), (1_111, 2_222, 3_333, 3_334), (1_250, 1_250, 1_250, 6_250)),
}
_WINDOWS = (30, 1, 366)


@dataclass
class Drawn:
    """What is known while a case's rules are drawn: its date, its accounts by handle, and the facts rules asked for."""

    on: date
    kinds: dict[str, str]
    posted: dict[str, int]
    facts: list[str] = field(default_factory=list)
    rules: list[Document] = field(default_factory=list)

    @property
    def handles(self) -> list[str]:
        """Every account."""
        return list(self.kinds)


def rule(pick: Pick, drawn: Drawn) -> Document:
    """One more rule, which may read what the earlier ones moved."""
    sources, destinations = _ends(pick, drawn)
    document: Document = {"id": f"r{len(drawn.rules) + 1}"}
    mode = choose(pick, _MODES)
    if mode is not None:
        document["mode"] = mode
    if mode == "auto" and sometimes(pick, 10):
        document["ask_above"] = text(modest(pick))
    if sometimes(pick, 3):
        document["schedule"] = schedule(pick, drawn.on)
    _add_period(pick, drawn.on, document)
    if sometimes(pick, 3):
        document["when"] = [_condition(pick, drawn) for _ in range(choose(pick, (1, 1, 2, 3)))]
    document["amount"] = _amount(pick, drawn, choose(pick, sources), choose(pick, destinations))
    document["from"] = [_source(pick, drawn, handle) for handle in sources]
    document["to"] = _destinations(pick, destinations)
    _add_bounds(pick, document)
    return document


def _ends(pick: Pick, drawn: Drawn) -> tuple[list[str], list[str]]:
    """One to four sources, none an IRA, and one to four other accounts as destinations."""
    may_give = [handle for handle, kind in drawn.kinds.items() if kind != "ira"]
    most = 4 if len(may_give) < len(drawn.kinds) else min(4, len(may_give) - 1)
    sources = distinct(pick, may_give, most if sometimes(pick, 3) else min(2, most))
    others = [handle for handle in drawn.kinds if handle not in sources]
    return sources, distinct(pick, others, 4)


def _add_period(pick: Pick, on: date, document: Document) -> None:
    starts = None
    if sometimes(pick, 16):
        starts = choose(pick, (-40, -3, -1, 0, 1))
        document["starts"] = day(on, starts)
    if sometimes(pick, 16):
        ends = choose(pick, (0, 30, 1, -1, -2, -6))
        document["ends"] = day(on, ends if starts is None else max(starts, ends))
    if sometimes(pick, 16):
        periods = []
        for _ in range(1 + pick(2)):
            first = choose(pick, (1, -3, -1, 0, -6))
            periods.append({"first": day(on, first), "last": day(on, first + pick(8))})
        document["blackout"] = periods
    if sometimes(pick, 6):
        document["cool_down_days"] = choose(pick, (7, 1, 2, 30))


def _condition(pick: Pick, drawn: Drawn) -> Document:
    form = pick(6)
    if form == 4:
        return {"not": _leaf(pick, drawn)}
    if form == 5:
        parts = [_leaf(pick, drawn) for _ in range(1 + pick(2))]
        return {"any": [{"not": part} if sometimes(pick, 4) else part for part in parts]}
    return _leaf(pick, drawn)


def _leaf(pick: Pick, drawn: Drawn) -> Document:
    fact = _fact(pick, drawn)
    shape = pick(5)
    if shape == 0 and fact.startswith("moved"):
        return {"fact": fact, "below": "0.01"}
    if shape <= 1:
        return {"fact": fact, "above": text(_bound(pick))}
    if shape == 2:
        return {"fact": fact, "below": text(_bound(pick))}
    low, high = sorted((_bound(pick), _bound(pick)))
    return {"fact": fact, "between": [text(low), text(high)]}


def _bound(pick: Pick) -> int:
    sign = choose(pick, (1, 1, 1, 1, 0, -1))
    return sign * amount(pick)


def _fact(pick: Pick, drawn: Drawn) -> str:
    """A fact about one of the accounts, or what an earlier rule moved."""
    if drawn.rules and sometimes(pick, 5):
        return f"moved({choose(pick, drawn.rules)['id']})"
    handle = choose(pick, drawn.handles)
    if drawn.kinds[handle] == "borrow":
        return f"{choose(pick, ('balance', 'owed', 'room', 'expected', 'posted'))}({handle})"
    name = choose(pick, ("balance", "expected", "posted", "deposits", "spent", "round_ups"))
    if name in {"balance", "expected", "posted"}:
        return f"{name}({handle})"
    fact = f"spent({handle}, {choose(pick, _WINDOWS)})" if name == "spent" else f"{name}({handle})"
    if fact not in drawn.facts:
        drawn.facts.append(fact)
    return fact


def _amount(pick: Pick, drawn: Drawn, source: str, destination: str) -> Document:
    """What the rule wants: of an account at its own ends, mostly."""
    if sometimes(pick, 12):
        source = destination = choose(pick, drawn.handles)
    kind = choose(pick, ("fixed", "excess", "refill", "everything", "percent_of", "fact", "goal", "payoff"))
    if kind in {"percent_of", "fact"}:
        return _share_of_fact(pick, kind, _fact(pick, drawn))
    if kind in {"excess", "refill"}:
        threshold, handle = (_excess, source) if kind == "excess" else (_refill, destination)
        return threshold(pick, handle, drawn.posted[handle])
    if kind == "goal":
        by = day(drawn.on, choose(pick, (0, 1, 6, 31, 100, -1)))
        return {"kind": kind, "account": destination, "target": text(amount(pick)), "by": by}
    lines = [handle for handle in drawn.handles if drawn.kinds[handle] == "borrow"]
    if kind == "payoff" and lines:
        return {"kind": kind, "account": destination if destination in lines else choose(pick, lines)}
    if kind == "everything":
        return _everything(pick, source, may_leave=drawn.kinds[source] != "borrow")
    return {"kind": "fixed", "amount": text(amount(pick))}


def _share_of_fact(pick: Pick, kind: str, fact: str) -> Document:
    if kind == "percent_of":
        return {"kind": kind, "fact": fact, "percent": percent(choose(pick, _PERCENTS))}
    return {"kind": kind, "fact": fact} | ({} if sometimes(pick, 2) else {"times": 1 + pick(10)})


def _everything(pick: Pick, account: str, *, may_leave: bool) -> Document:
    document: Document = {"kind": "everything", "account": account}
    if may_leave and sometimes(pick, 2):
        document["leave"] = text(modest(pick))
    return document


def _excess(pick: Pick, account: str, posted: int) -> Document:
    """An excess whose threshold often lies just below, at, or just above what the account holds."""
    near = min(HIGHEST, max(0, posted - choose(pick, (1, 0, -1, modest(pick), modest(pick)))))
    above = near if sometimes(pick, 2) else modest(pick)
    document: Document = {"kind": "excess", "account": account, "above": text(above)}
    if sometimes(pick, 3):
        document["keep"] = text(min(above, modest(pick)) if sometimes(pick, 2) else 0)
    return document


def _refill(pick: Pick, account: str, posted: int) -> Document:
    """A refill whose threshold often lies just below, at, or just above what the account holds."""
    near = min(HIGHEST, max(1, posted + choose(pick, (1, 0, -1, modest(pick), modest(pick)))))
    below = near if sometimes(pick, 2) else modest(pick)
    document: Document = {"kind": "refill", "account": account, "below": text(below)}
    if sometimes(pick, 2):
        document["up_to"] = text(max(below, amount(pick)))
    return document


def _source(pick: Pick, drawn: Drawn, handle: str) -> Document:
    document: Document = {"account": handle}
    if drawn.kinds[handle] != "borrow" and sometimes(pick, 4):
        document["leave"] = text(0 if sometimes(pick, 6) else modest(pick))
    if sometimes(pick, 6):
        document["at_most"] = text(amount(pick))
    return document


def _destinations(pick: Pick, handles: list[str]) -> list[Document]:
    documents: list[Document] = [{"account": handle} for handle in handles]
    if sometimes(pick, 3):
        for document, share in zip(documents, choose(pick, _SHARES[len(handles)]), strict=True):
            document["share"] = percent(share)
    for document in documents:
        if sometimes(pick, 5):
            document["fill_to"] = text(amount(pick))
    return documents


def _add_bounds(pick: Pick, document: Document) -> None:
    if sometimes(pick, 5):
        document["max_transfer"] = text(amount(pick))
    if sometimes(pick, 6):
        least, most = sorted((modest(pick), modest(pick)))
        document["min_transfer"] = text(least)
        if "max_transfer" in document:
            document["max_transfer"] = text(most)
    if sometimes(pick, 3):
        document["caps"] = _caps(pick)
    if sometimes(pick, 5):
        document["if_short"] = choose(pick, ("nothing", "nothing", "partial"))
    if sometimes(pick, 10):
        document["then"] = choose(pick, ("stop", "stop", "continue"))


def _caps(pick: Pick) -> list[Document]:
    """One to three caps, no two with the same counter and period."""
    caps: dict[tuple[str, str | None], Document] = {}
    for _ in range(1 + pick(3)):
        per, counter = choose(pick, _PERIODS), choose(pick, _COUNTERS)
        cap: Document = {"per": per, "amount": text(amount(pick))}
        if counter is not None:
            cap["counter"] = counter
        caps[per, counter] = cap
    return list(caps.values())
