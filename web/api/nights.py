"""Tonight's plan, drafts of it, and past nights for programs."""

from collections.abc import Sequence

from engine.answer import DecisionWords, decisions_of
from engine.codes import Outcome
from engine.evaluate import evaluate
from engine.explain import explain
from engine.foreseen import Foreseen
from engine.tonight import Tonight
from ledger.accounts import Int64s
from ledger.days import format_day
from ledger.money import format_money
from web.api.answers import (
    DecidedAnswer,
    DecisionAnswer,
    ExplanationAnswer,
    NightAnswer,
    NightsAnswer,
)
from web.api.asked import Asked, Reply
from web.api.bodies import RulesBody
from web.api.houses import DEFAULT_LIMIT, MAX_LIMIT
from web.api.tonightanswers import BalanceAnswer, ChangeAnswer, DraftAnswer, ProjectedAnswer, TonightAnswer
from web.asking import Household, reading
from web.faults import RefusedError
from web.moneyview import foreseen_of


def get_tonight(asked: Asked) -> Reply:
    """GET /customers/{reference}/tonight."""
    with reading(asked.services, asked.reference) as house:
        tonight = house.tonight()
        return Reply(_tonight(house, tonight, tonight.decisions()))


def draft_tonight(asked: Asked) -> Reply:
    """POST /customers/{reference}/tonight."""
    rules = asked.body_as(RulesBody).rules
    with reading(asked.services, asked.reference) as house:
        compiled = house.compiled(rules)
        if compiled.program is None:
            raise RefusedError(compiled.problems)
        drafted = house.tonight(compiled)
        before, after = house.tonight().decisions(), drafted.decisions()
        answer = _tonight(house, drafted, after)
        return Reply(DraftAnswer(**answer.model_dump(by_alias=True), changes=_changes(before, after)))


def _decisions(words: Sequence[DecisionWords]) -> list[DecisionAnswer]:
    return [DecisionAnswer.model_validate(one) for one in words]


def _changes(before: Sequence[DecisionWords], after: Sequence[DecisionWords]) -> list[ChangeAnswer]:
    """Every rule that is decided differently, in the order of the draft, those that are gone last."""
    old = {one.rule: one for one in _decisions(before)}
    new = {one.rule: one for one in _decisions(after)}
    names = dict.fromkeys((*new, *old))
    return [
        ChangeAnswer(rule=name, before=old.get(name), after=new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    ]


def _tonight(house: Household, tonight: Tonight, words: Sequence[DecisionWords]) -> TonightAnswer:
    plan = tonight.plan
    before, after, coming = plan.snapshot, plan.after, foreseen_of(house, tonight)
    rows = [
        BalanceAnswer(
            account=handle,
            posted_before=_cents(before.posted, slot),
            posted_after=_cents(after.posted, slot),
            available_before=_cents(before.posted - before.pending_out, slot),
            available_after=_cents(after.posted - after.pending_out, slot),
            expected_before=_cents(before.posted - before.pending_out + before.pending_in, slot),
            expected_after=_cents(after.posted - after.pending_out + after.pending_in, slot),
        )
        for slot, handle in enumerate(tonight.handles)
    ]
    return TonightAnswer(
        on=format_day(tonight.day),
        version=tonight.customer.version,
        decisions=_decisions(words),
        balances=rows,
        moving=format_money(int(plan.moving().amount.sum())),
        set_aside=tonight.set_aside or None,
        waiver=coming.loss or None,
        interest=_interest(coming),
    )


def _interest(coming: Foreseen) -> ProjectedAnswer | None:
    told = coming.interest
    if told is None:
        return None
    earned, cost = (None if cents is None else format_money(cents) for cents in (told.earned, told.cost))
    return ProjectedAnswer(earned=earned, cost=cost, gain=format_money(told.gain), sentence=coming.month)


def _cents(column: Int64s, slot: int) -> str:
    return format_money(int(column[slot]))


def list_nights(asked: Asked) -> Reply:
    """GET /customers/{reference}/nights."""
    limit = asked.whole("limit", DEFAULT_LIMIT, MAX_LIMIT)
    before = asked.query.get("before")
    last = asked.day(before) if before is not None else None
    with reading(asked.services, asked.reference) as house:
        nights = [one for one in house.nights() if last is None or one.day < last]
        counts, moved = house.counts(), house.moved()
        rows = [
            NightAnswer(
                on=format_day(one.day),
                moved=counts[one.day, Outcome.MOVED],
                proposed=counts[one.day, Outcome.PROPOSED],
                would_move=counts[one.day, Outcome.WOULD_MOVE],
                blocked=counts[one.day, Outcome.BLOCKED],
                quarantined=one.day in house.past.quarantined,
                amount=format_money(moved[one.day]),
            )
            for one in nights[:limit]
        ]
    return Reply(NightsAnswer(nights=rows, next=rows[-1].on if len(nights) > limit else None))


def get_night(asked: Asked) -> Reply:
    """GET /customers/{reference}/nights/{date}."""
    with reading(asked.services, asked.reference) as house:
        night = house.night(asked.day(asked.path["date"]))
        words = decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)
        return Reply(
            DecidedAnswer(on=format_day(night.night.day), version=night.version.version, decisions=_decisions(words))
        )


def explain_rule(asked: Asked) -> Reply:
    """GET /customers/{reference}/nights/{date}/rules/{rule}."""
    with reading(asked.services, asked.reference) as house:
        told = explain(house.night(asked.day(asked.path["date"])), asked.path["rule"])
        return Reply(ExplanationAnswer.model_validate(told.to_words()))
