"""The gallery of model pies: by category, one model with its ring, what a new version would change for followers."""

from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from flask import request, url_for
from werkzeug.wrappers import Response

from engine.invest.market import Listing
from engine.invest.pies.following import Follower, followers, propagate
from engine.invest.pies.models import ModelPie
from engine.invest.pies.pie import Pie
from engine.services import Services
from ledger.faults import SluiceError
from ledger.money import quoted
from ledger.rounding import WHOLE_BP
from web.asking import changing, reading
from web.charts.ring import RingSlice, ring
from web.charts.words import counted
from web.faults import RefusedError
from web.investing import Invested, invest_accounts, invested
from web.pages.frame import framed, see_other
from web.pages.pies import links


def model_list(services: Services, reference: str) -> str:
    """GET /h/<reference>/models."""
    models = services.models().values()
    groups = [(category, list(inside)) for category, inside in groupby(models, key=lambda one: one.about.category)]
    with reading(services, reference) as house:
        return framed("models.html", house, groups=groups, count=len(services.models()))


def model_of(services: Services, name: str) -> ModelPie:
    """A model by name. Raises SluiceError `no_model`."""
    found = services.models().get(name)
    if found is None:
        raise SluiceError("no_model", f"There is no model pie {quoted(name)}; look through the gallery.", "name")
    return found


def model_page(services: Services, reference: str, name: str) -> str:
    """GET /h/<reference>/models/<name>."""
    model = model_of(services, name)
    with reading(services, reference) as house:
        address = url_for("pages.model_page", reference=reference, name=name)
        slices = _slices(model.pie, address)
        listed = services.market.listings([one.label for one in _flat(slices) if not one.children])
        return framed(
            "model.html",
            house,
            model=model,
            chart=replace(ring(model.pie.title or name, slices), numbers=counted(len(slices), "slice")),
            rows=_rows(slices, listed, 0),
            owners=[(own, _following(own, name)) for own in invest_accounts(house)],
        )


def _following(own: Invested, name: str) -> bool:
    """Whether the account's whole pie is this model."""
    return own.pie is not None and own.pie.model is not None and own.pie.model.name == name


def _slices(pie: Pie, address: str) -> list[RingSlice]:
    """The slices of a model; nothing of them is held."""
    return [
        RingSlice(
            one.label,
            one.label if one.pie is None else one.pie.title or one.label.replace("_", " "),
            f"{address}#s-{one.label}",
            one.weight,
            0,
            0,
            () if one.pie is None else tuple(_slices(one.pie, address)),
        )
        for one in pie.slices
    ]


def _flat(slices: list[RingSlice]) -> list[RingSlice]:
    return [each for one in slices for each in (one, *_flat(list(one.children)))]


def _rows(slices: list[RingSlice], listed: dict[str, Listing], deep: int) -> list[tuple[RingSlice, int, str]]:
    """(slice, depth, name) in display order, inner slices behind their pie."""
    found = []
    for one in slices:
        listing = listed.get(one.label) if not one.children else None
        found += [(one, deep, listing.name if listing is not None else "")]
        found += _rows(list(one.children), listed, deep + 1)
    return found


def follow(services: Services, reference: str, handle: str) -> str | Response:
    """GET and POST /h/<reference>/pies/<handle>/follow: what new versions of models would change, and taking them."""
    if request.method == "POST":
        with changing(services, reference) as house:
            own = invested(house, handle)
            found = _own_changes(own, services)
            refused = propagate(house.work, services.market, [found], (house.day, services.now()))
            for problems in refused.values():
                raise RefusedError(problems)
        return see_other(url_for("pages.pie_page", reference=reference, handle=handle))
    with reading(services, reference) as house:
        own = invested(house, handle)
        found = _own_changes(own, services)
        rows = [(one, _bp(one.before), _bp(one.after)) for one in found.targets]
        return framed("follow.html", house, own=own, found=found, rows=rows, href=links(own))


def _own_changes(own: Invested, services: Services) -> Follower:
    for one in followers(own.house.work, services.models(), own.house.column):
        if one.account == own.account.account:
            return one
    raise SluiceError("model_current", f"{own.account.name} holds the models as they are now; nothing is to be taken.")


def _bp(part: Fraction) -> int:
    return round(part * WHOLE_BP)
