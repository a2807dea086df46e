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
    signed_percent,
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
_SYMBOL_FACTS = (
    "drawdown(VTI, 252)",
    "price_to_average(VTI,200)",
    "drawdown(BRK.B,1)",
    "price_to_average(BRK.B, 1260)",
)
INVESTED = ("invest", "ira")
PERCENT_FACTS = ("ltv", "drift", "drawdown", "price_to_average")
MARKET_PERCENTS = (500, 0, 1, 499, 501, 1_500, 9_999, 10_000, 10_001)
"""Percents in basis points, few, each with its neighbours."""


@dataclass
class Drawn:
    """What is known while a case's rules are drawn: its date, its accounts by handle, and the facts rules asked for."""

    on: date
    kinds: dict[str, str]
    posted: dict[str, int]
    facts: list[str] = field(default_factory=list)
    """Facts that the case states, `invest_drift` of an account among them."""
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
    source, destination = choose(pick, sources), choose(pick, destinations)
    document["amount"] = _drifted(pick, drawn, destination) or _amount(pick, drawn, source, destination)
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
    bound, words = (_percent_bound, signed_percent) if fact.startswith(PERCENT_FACTS) else (_bound, text)
    shape = pick(5)
    if shape == 0 and fact.startswith("moved"):
        return {"fact": fact, "below": "0.01"}
    if shape <= 1:
        return {"fact": fact, "above": words(bound(pick))}
    if shape == 2:
        return {"fact": fact, "below": words(bound(pick))}
    low, high = sorted((bound(pick), bound(pick)))
    return {"fact": fact, "between": [words(low), words(high)]}


def _percent_bound(pick: Pick) -> int:
    return choose(pick, (*MARKET_PERCENTS, -1))


def _bound(pick: Pick) -> int:
    sign = choose(pick, (1, 1, 1, 1, 0, -1))
    return sign * amount(pick)


def _fact(pick: Pick, drawn: Drawn, *, percents: bool = True) -> str:
    """A fact about one of the accounts, what an earlier rule moved, or a percent that a price makes."""
    if percents and sometimes(pick, 10):
        return _ask(drawn, choose(pick, _SYMBOL_FACTS))
    if drawn.rules and sometimes(pick, 5):
        return f"moved({choose(pick, drawn.rules)['id']})"
    handle = choose(pick, drawn.handles)
    if drawn.kinds[handle] == "borrow":
        name = choose(pick, ("balance", "owed", "room", "expected", "posted", "ltv")[: None if percents else -1])
        return _ask(drawn, f"ltv({handle})") if name == "ltv" else f"{name}({handle})"
    if drawn.kinds[handle] in INVESTED and sometimes(pick, 2):
        name = "drift" if percents and sometimes(pick, 2) else "value"
        return _ask(drawn, f"{name}({handle})")
    name = choose(pick, ("balance", "expected", "posted", "deposits", "spent", "round_ups"))
    if name in {"balance", "expected", "posted"}:
        return f"{name}({handle})"
    return _ask(drawn, f"spent({handle}, {choose(pick, _WINDOWS)})" if name == "spent" else f"{name}({handle})")


def _ask(drawn: Drawn, fact: str) -> str:
    """The fact, remembered as one that the case has to state."""
    if fact not in drawn.facts:
        drawn.facts.append(fact)
    return fact


def _drifted(pick: Pick, drawn: Drawn, destination: str) -> Document | None:
    """Now and then, where a pie is the destination, what it lacks to its bands."""
    if drawn.kinds[destination] not in INVESTED or not sometimes(pick, 6):
        return None
    _ask(drawn, f"invest_drift({destination})")
    return {"kind": "invest_drift", "account": destination}


def _amount(pick: Pick, drawn: Drawn, source: str, destination: str) -> Document:
    """What the rule wants: of an account at its own ends, mostly."""
    if sometimes(pick, 12):
        source = destination = choose(pick, drawn.handles)
    kind = choose(pick, ("fixed", "excess", "refill", "everything", "percent_of", "fact", "goal", "payoff"))
    if kind in {"percent_of", "fact"}:
        return _share_of_fact(pick, kind, _fact(pick, drawn, percents=False))
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
