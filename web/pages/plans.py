"""A plan as pages show it: each rule with its sentence, its decision, its legs and the balances after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.answer import DecisionWords, decisions_of
from engine.codes import Outcome
from engine.plan import Plan
from ledger.money import parse_money
from rules.document import Rule
from rules.wording import sentence


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has available after a rule."""

    handle: str
    available: int


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """One transfer of a plan, cents; pending where a bank takes part."""

    source: str
    destination: str
    amount: int
    pending: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One rule of a plan. `balances` are those of the accounts it moves between, after it."""

    place: int
    rule: Rule
    sentence: str
    words: DecisionWords
    amount: int
    legs: tuple[PlannedLeg, ...]
    balances: tuple[Balance, ...]

    @property
    def moving(self) -> bool:
        """Whether the night would really move the money."""
        return self.words["outcome"] == "moved"


def rows_of(plan: Plan, rules: Sequence[Rule], handles: Sequence[str], names: Mapping[str, str]) -> list[Row]:
    """Every rule of a plan of one customer, in order, with running balances."""
    told = decisions_of(plan, 0, rules, handles)
    available = (plan.snapshot.posted - plan.snapshot.pending_out).tolist()
    rows: list[Row] = []
    for place, (rule, words) in enumerate(zip(rules, told, strict=True), start=1):
        at = [n for n, rank in enumerate(plan.legs.rank.tolist()) if rank == place]
        legs = [_leg(plan, handles, n) for n in at]
        if plan.decisions.outcome[place - 1, 0] == Outcome.MOVED:
            for leg in legs:
                available[handles.index(leg.source)] -= leg.amount
                available[handles.index(leg.destination)] += 0 if leg.pending else leg.amount
        touched = dict.fromkeys(name for leg in legs for name in (leg.source, leg.destination))
        balances = tuple(Balance(name, available[handles.index(name)]) for name in touched)
        amount = parse_money(words["amount"])
        rows.append(Row(place, rule, sentence(rule, names), words, amount, tuple(legs), balances))
    return rows


def _leg(plan: Plan, handles: Sequence[str], n: int) -> PlannedLeg:
    legs = plan.legs
    source, destination = handles[int(legs.source[n])], handles[int(legs.destination[n])]
    return PlannedLeg(source, destination, int(legs.amount[n]), bool(legs.pending[n]))


@dataclass(frozen=True, slots=True)
class Effect:
    """A rule that a draft decides differently: amounts and outcomes before and after; None where it is not there."""

    rule: str
    before: DecisionWords | None
    after: DecisionWords | None


def effects(before: Sequence[DecisionWords], after: Sequence[DecisionWords], own: str) -> list[Effect]:
    """The rules other than `own` that a draft decides differently."""
    old = {one["rule"]: one for one in before}
    new = {one["rule"]: one for one in after}
    names = [name for name in dict.fromkeys((*new, *old)) if name != own]
    return [Effect(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]
