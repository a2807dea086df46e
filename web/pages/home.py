"""Home: the households where there are several, else the one: accounts, tonight, last nights; pausing all rules."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from engine.services import Services
from ledger.faults import SluiceError
from web.asking import changing, households, reading
from web.charts.ladder import ladder
from web.moneyview import card_rates, flying, lines_of, needs
from web.pages.frame import framed, see_other
from web.pages.plans import rows_of

_PAGE = 50
_LAST_NIGHTS = 3


def front(services: Services) -> str | Response:
    """GET /."""
    after = request.args.get("after")
    found = [one for one, _ in households(services, after, _PAGE + 1)]
    if len(found) == 1 and after is None:
        return see_other(url_for("pages.home", reference=found[0].reference))
    following = found[_PAGE - 1].reference if len(found) > _PAGE else None
    return render_template("households.html", households=found[:_PAGE], following=following)


def search(services: Services) -> Response:
    """GET /find: straight to the household of that reference."""
    reference = request.args.get("reference", "").strip()
    if not reference or "/" in reference:
        raise SluiceError("customer_unknown", "There is no such household.")
    with reading(services, reference) as house:
        return see_other(url_for("pages.home", reference=house.record.reference))


def home(services: Services, reference: str) -> str:
    """GET /h/<reference>/."""
    with reading(services, reference) as house:
        tonight = house.tonight()
        plan = tonight.plan
        after = (plan.after.posted - plan.after.pending_out).tolist()
        rows = rows_of(plan, tonight.rules, tonight.handles, house.names)
        cards = [(account, ladder(account, after[account.slot])) for account in house.accounts]
        nights = house.nights()[:_LAST_NIGHTS]
        way = flying(house)
        return framed(
            "home.html",
            house,
            cards=cards,
            rows=rows,
            moving=[row for row in rows if row.legs],
            total=int(plan.moving().amount.sum()),
            nights=nights,
            counts=house.counts(),
            moved=house.moved(),
            rates=card_rates(house),
            needs=needs(house, lines_of(house), way),
            way=way,
        )


def pause(services: Services, reference: str) -> Response:
    """POST /h/<reference>/pause: pause or resume every rule of the household."""
    paused = request.form.get("do") == "pause"
    with changing(services, reference) as house:
        house.work.change_customer(house.customer, paused=paused, ira_room=house.record.ira_room)
    return see_other(url_for("pages.home", reference=reference))
