"""Tonight's whole plan, the done nights, and one night with the explanation of each rule."""

from flask import request

from engine.evaluate import evaluate
from engine.explain import explain_plan
from engine.services import Services
from ledger.days import parse_day
from ledger.faults import SluiceError
from web.asking import reading
from web.charts.ladder import ladder
from web.moneyview import foreseen_of
from web.pages.frame import framed
from web.pages.plans import rows_of

_PAGE = 60


def tonight(services: Services, reference: str) -> str:
    """GET /h/<reference>/tonight."""
    with reading(services, reference) as house:
        plan = house.tonight()
        after = (plan.plan.after.posted - plan.plan.after.pending_out).tolist()
        return framed(
            "tonight.html",
            house,
            rows=rows_of(plan.plan, plan.rules, plan.handles, house.names),
            told=explain_plan(plan.plan, 0, plan.rules, plan.handles),
            total=int(plan.plan.moving().amount.sum()),
            set_aside=plan.set_aside,
            coming=foreseen_of(house, plan),
            cards=[(account, ladder(account, after[account.slot]), after[account.slot]) for account in house.accounts],
        )


def nights(services: Services, reference: str) -> str:
    """GET /h/<reference>/nights."""
    before = request.args.get("before")
    last = _day(before) if before is not None else None
    with reading(services, reference) as house:
        found = [one for one in house.nights() if last is None or one.day < last]
        return framed(
            "nights.html",
            house,
            nights=found[:_PAGE],
            older=found[_PAGE - 1].day if len(found) > _PAGE else None,
            counts=house.counts(),
            moved=house.moved(),
            quarantined=house.past.quarantined,
        )


def night(services: Services, reference: str, date: str) -> str:
    """GET /h/<reference>/nights/<date>."""
    day = _day(date)
    with reading(services, reference) as house:
        found = house.night(day)
        plan = evaluate(found.snapshot, keep_seen=True)
        days = [one.day for one in house.nights()]
        return framed(
            "night.html",
            house,
            day=day,
            night=found.night,
            version=found.version,
            rows=rows_of(plan, found.rules, found.handles, house.names),
            told=explain_plan(plan, 0, found.rules, found.handles),
            total=int(plan.moving().amount.sum()),
            earlier=max((one for one in days if one < day), default=None),
            later=min((one for one in days if one > day), default=None),
        )


def _day(text: str) -> int:
    try:
        return parse_day(text)
    except SluiceError:
        raise SluiceError("night_unknown", "There was no night of that date.") from None
