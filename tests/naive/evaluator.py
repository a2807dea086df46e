"""The naive evaluator: one customer's rules in order, each seeing what the ones before it left (rules.md 6)."""

from dataclasses import dataclass

from tests.naive.facts import first_problem, holds, wanted_amount
from tests.naive.money import basis_points, cents, shown, split
from tests.naive.night import Account, Document, Night, read_night
from tests.naive.schedule import why_not_due


@dataclass
class Leg:
    """One transfer of a move."""

    source: str
    destination: str
    amount: int


@dataclass
class Decision:
    """The answer to one rule; money in cents."""

    outcome: str
    reason: str
    wanted: int
    amount: int
    limited_by: list[str]
    legs: list[Leg]


def evaluate_case(case: dict[str, object]) -> dict[str, object]:
    """The answer of a preview (rulings.md 59) to its body; every rule has a decision, in the rules' order."""
    return {"decisions": evaluate_night(read_rules(case), read_night(case))}


def evaluate_night(rules: list[Document], night: Night) -> list[dict[str, object]]:
    """A decision for every rule in order; the night is left as the rules left it."""
    decisions = []
    for rule in rules:
        decision = _evaluate_rule(rule, night)
        _record(rule, decision, night)
        decisions.append(_as_document(rule, decision))
    return decisions


def read_rules(case: Document) -> list[Document]:
    """The case's rule documents in order."""
    return list(case["rules"])


def _as_document(rule: Document, decision: Decision) -> dict[str, object]:
    return {
        "rule": rule["id"],
        "outcome": decision.outcome,
        "reason": decision.reason,
        "wanted": shown(decision.wanted),
        "amount": shown(decision.amount),
        "limited_by": decision.limited_by,
        "legs": [{"from": leg.source, "to": leg.destination, "amount": shown(leg.amount)} for leg in decision.legs],
    }


def _without_move(outcome: str, reason: str, wanted: int = 0) -> Decision:
    return Decision(outcome, reason, max(0, wanted), 0, [], [])


def _evaluate_rule(rule: Document, night: Night) -> Decision:
    """Steps 1 to 4; the rest once it is known that the rule wants something."""
    not_due = why_not_due(rule, night)
    if not_due is not None:
        return _without_move("not_due", not_due)
    problem = first_problem(rule, night)
    if problem is not None:
        return _without_move("blocked", problem)
    for condition in rule.get("when", []):
        if not holds(condition, night):
            return _without_move("nothing", "condition_false")
    wanted = wanted_amount(rule, night)
    if wanted <= 0:
        return _without_move("nothing", "amount_zero")
    return _limit_and_move(rule, night, wanted)


def _limit_and_move(rule: Document, night: Night, wanted: int) -> Decision:
    """Step 5 and, within the limits, the rest."""
    limits = _limits(rule, night)
    limited_by = []
    within = wanted
    if limits:
        tightest = min(amount for _, amount in limits)
        name = next(name for name, amount in limits if amount == tightest)
        if tightest <= 0:
            decision = _without_move("nothing", "cap_used_up", wanted)
            decision.limited_by = [name]
            return decision
        if tightest < wanted:
            limited_by.append(name)
            within = tightest
    return _move(rule, night, Decision("", "", wanted, within, limited_by, []))


def _limits(rule: Document, night: Night) -> list[tuple[str, int]]:
    """The limits' names and cents, in the order of step 5."""
    limits = []
    if "max_transfer" in rule:
        limits.append(("max_transfer", cents(rule["max_transfer"])))
    for cap in rule.get("caps", []):
        name_space, name = _counter(rule, cap)
        before = night.used.get((name_space, name, cap["per"]), 0)
        tonight = night.used_tonight.get((name_space, name), 0)
        label = f"cap:{cap['per']}:{name}" if name_space == "counter" else f"cap:{cap['per']}"
        limits.append((label, cents(cap["amount"]) - before - tonight))
    return limits


def _counter(rule: Document, cap: Document) -> tuple[str, str]:
    """The counter a cap reads: the named one, or the rule's own in a name space apart."""
    return ("counter", cap["counter"]) if "counter" in cap else ("rule", rule["id"])


def _move(rule: Document, night: Night, draft: Decision) -> Decision:
    """Steps 6 to 10; the draft carries the wanted amount, the amount within limits, and the limit that binds."""
    within = draft.amount
    capacities = [_capacity(source, night) for source in rule["from"]]
    available = min(within, sum(capacities))
    gives = _gives(rule, night, available)
    total = sum(gives)
    reason = _why_nothing(rule, within, sum(capacities), total)
    if reason is not None:
        return _without_move("nothing", reason, draft.wanted)
    limited_by = list(draft.limited_by)
    if sum(capacities) < within:
        limited_by.append("sources")
    if total < available:
        limited_by.append("room")
    takes = _take(total, capacities)
    reason = "in_full" if total == draft.wanted else "limited"
    legs = _legs(rule, takes, gives)
    return Decision(_outcome(rule, total), reason, draft.wanted, total, limited_by, legs)


def _capacity(source: Document, night: Night) -> int:
    """What a source can give (step 6)."""
    account = night.accounts[source["account"]]
    floor = account.floor
    if "leave" in source:
        floor = max(floor, cents(source["leave"]))
    capacity = account.balance - floor
    if "at_most" in source:
        capacity = min(capacity, cents(source["at_most"]))
    return max(0, capacity)


def _room(destination: Document, account: Account) -> int:
    """What a destination can take, the IRA room left aside (step 6)."""
    ceiling = account.ceiling
    if "fill_to" in destination:
        ceiling = min(ceiling, cents(destination["fill_to"]))
    return max(0, ceiling - account.expected)


def _gives(rule: Document, night: Night, available: int) -> list[int]:
    """What each destination is given (step 7); an earlier IRA uses up the room of a later one."""
    destinations = rule["to"]
    asks = None
    if "share" in destinations[0]:
        asks = split(available, [basis_points(destination["share"]) for destination in destinations])
    left = available
    ira_room = night.ira_room
    gives = []
    for j, destination in enumerate(destinations):
        account = night.accounts[destination["account"]]
        room = _room(destination, account)
        if account.kind == "ira" and ira_room is not None:
            room = min(room, max(0, ira_room))
        give = min(left if asks is None else asks[j], room)
        left -= give
        if account.kind == "ira" and ira_room is not None:
            ira_room -= give
        gives.append(give)
    return gives


def _why_nothing(rule: Document, within: int, capacity: int, total: int) -> str | None:
    """Step 8: why the rule moves nothing after all."""
    if rule.get("if_short", "partial") == "nothing" and total < within:
        return "short"
    if total == 0:
        return "sources_empty" if capacity == 0 else "no_room"
    if total < cents(rule.get("min_transfer", "0.01")):
        return "below_minimum"
    return None


def _take(total: int, capacities: list[int]) -> list[int]:
    """The total taken from the sources in order, each up to its capacity (step 9)."""
    takes: list[int] = []
    for capacity in capacities:
        takes.append(min(total - sum(takes), capacity))
    return takes


def _legs(rule: Document, takes: list[int], gives: list[int]) -> list[Leg]:
    """The overlaps of the two runs of cents laid side by side (step 9)."""
    legs = []
    taken = 0
    for source, take in zip(rule["from"], takes, strict=True):
        given = 0
        for destination, give in zip(rule["to"], gives, strict=True):
            overlap = min(taken + take, given + give) - max(taken, given)
            if overlap > 0:
                legs.append(Leg(source["account"], destination["account"], overlap))
            given += give
        taken += take
    return legs


def _outcome(rule: Document, total: int) -> str:
    """Step 10: who carries the move out."""
    mode = rule.get("mode", "watch")
    if mode == "watch":
        return "would_move"
    above = "ask_above" in rule and total > cents(rule["ask_above"])
    return "proposed" if mode == "ask" or above else "moved"


def _record(rule: Document, decision: Decision, night: Night) -> None:
    """What later rules see: only a move changes balances, counters and the IRA room."""
    moved = decision.outcome == "moved"
    night.moved_tonight[rule["id"]] = None if decision.outcome == "blocked" else (decision.amount if moved else 0)
    if not moved:
        return
    for leg in decision.legs:
        _apply(leg, night)
    for name_space, name in {_counter(rule, cap) for cap in rule.get("caps", [])}:
        tonight = night.used_tonight.get((name_space, name), 0)
        night.used_tonight[name_space, name] = tonight + decision.amount
    night.stopped = rule.get("then", "continue") == "stop"


def _apply(leg: Leg, night: Night) -> None:
    source, destination = night.accounts[leg.source], night.accounts[leg.destination]
    if "bank" in {source.kind, destination.kind}:
        source.pending_out += leg.amount
        destination.pending_in += leg.amount
    else:
        source.posted -= leg.amount
        destination.posted += leg.amount
    if destination.kind == "ira" and night.ira_room is not None:
        night.ira_room -= leg.amount
