"""Pies: the invest accounts with their rings, one pie with its slices, one slice with its lots; drill by links."""

from collections.abc import Callable

from flask import url_for

from engine.invest.pies.following import followers
from engine.services import Services
from web.asking import Household, reading
from web.charts.ring import Ring
from web.investing import Invested, invest_accounts, invested
from web.lots import lot_rows
from web.pages.frame import framed
from web.pietree import bands_of, crumbs, drift_bp, drift_of, node_at, ring_of, tree


def pie_list(services: Services, reference: str) -> str:
    """GET /h/<reference>/pies."""
    with reading(services, reference) as house:
        rows = [(own, _small(own), drift_bp(own) if own.pie else None) for own in invest_accounts(house)]
        return framed("pies.html", house, rows=rows)


def _small(own: Invested) -> Ring | None:
    return None if own.pie is None else ring_of(tree(own), links(own))


def links(own: Invested) -> Callable[[str], str]:
    """The address of a slice or inner pie by its path."""
    reference, handle = own.house.record.reference, own.account.handle

    def href(path: str) -> str:
        if not path:
            return url_for("pages.pie_page", reference=reference, handle=handle)
        return url_for("pages.pie_inside", reference=reference, handle=handle, path=path)

    return href


def pie_page(services: Services, reference: str, handle: str) -> str:
    """GET /h/<reference>/pies/<handle>."""
    return pie_inside(services, reference, handle, "")


def pie_inside(services: Services, reference: str, handle: str, path: str) -> str:
    """GET /h/<reference>/pies/<handle>/in/<path>: an inner pie, or one security."""
    with reading(services, reference) as house:
        own = invested(house, handle)
        if own.pie is None:
            return framed("nopie.html", house, own=own)
        root, href = tree(own), links(own)
        node = node_at(root, path)
        values = {"own": own, "node": node, "crumbs": crumbs(root, path), "href": href}
        if not node.children:
            rows = [row for row in lot_rows(own) if row.path == path]
            return framed("slice.html", house, **values, lots=rows)
        return framed(
            "pie.html",
            house,
            **values,
            chart=ring_of(node, href),
            bars=drift_of(node, href, bands_of(own)),
            drift=drift_bp(own),
            follows=_newer(house, own),
        )


def _newer(house: Household, own: Invested) -> tuple[tuple[str, int, int], ...]:
    """(model, version the pie has, version of the gallery) of models that have moved on."""
    found = followers(house.work, house.services.models(), house.column)
    return next((one.models for one in found if one.account == own.account.account), ())
