"""Pies, holdings, models and performance for programs: the same engine calls as the pages make."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from engine.contributions.access import prove
from engine.contributions.rights import Action
from engine.invest.pies.editing import Draft
from engine.invest.pies.models import ModelPie, pie_document, with_models
from engine.invest.pies.paths import leaves
from engine.invest.pies.removing import save
from engine.invest.pies.terms import shown
from engine.invest.records import SliceState
from engine.invest.value.returns import RATE_ONE
from ledger.days import format_day
from ledger.faults import SluiceError
from ledger.money import format_money, format_percent, format_units, quoted
from rules.decode import Decoded
from web.api.asked import Asked, Reply
from web.api.pieanswers import (
    HoldingAnswer,
    HoldingsAnswer,
    LotAnswer,
    ModelAnswer,
    ModelRowAnswer,
    ModelsAnswer,
    PerformanceAnswer,
    PieAnswer,
    SliceAnswer,
    ValueAnswer,
)
from web.api.piebodies import PieBody
from web.asking import changing, reading
from web.faults import RefusedError
from web.investing import Invested, invest_accounts, invested
from web.investwords import price_words
from web.lots import HoldingLine, LotLine, holding_rows
from web.performance import performance
from web.pietree import Node, drift_bp, tree, walk

_RATE_DECIMALS: Final = 8


def get_pie(asked: Asked) -> Reply:
    """GET /customers/{reference}/pies/{account}."""
    with reading(asked.services, asked.reference) as house:
        return _pie(invested(house, asked.path["account"]))


def _pie(own: Invested) -> Reply:
    root = tree(own)
    version, pie = own.version, own.pie
    if version is None or pie is None:
        raise SluiceError("no_pie", f"{own.account.handle} has no pie yet.", "account")
    answer = PieAnswer(
        account=own.account.handle,
        version=version.version,
        pie=pie_document(pie),
        terms=dict(shown(own.terms)),
        slices=[_slice(one) for one in walk(root) if one.symbol],
        value=_money(own.value),
        cash=format_money(own.cash),
        unsettled=format_money(sum(cents for _, cents in own.unsettled)),
        earmarked=format_money(sum(cents for _, cents in own.earmarks) + own.reserved),
        drift=percent(drift_bp(own)),
    )
    return Reply(answer, headers={"ETag": f'"{version.version}"'})


def _slice(node: Node) -> SliceAnswer:
    return SliceAnswer(
        path=node.path,
        symbol=node.symbol,
        weight=format_percent(node.weight_bp),
        actual=percent(node.actual_bp),
        drift=percent(node.drift_bp),
        value=_money(node.value),
        units=format_units(node.units, node.scale),
        state=SliceState(node.state).name.lower(),
        outside=node.outside,
        synthetic=node.synthetic,
        missing=node.blocked or None,
    )


def percent(basis_points: int | None) -> str | None:
    """A percent of either sign, None where it is unknown."""
    if basis_points is None:
        return None
    return f"{'-' if basis_points < 0 else ''}{format_percent(abs(basis_points))}"


def _money(cents: int | None) -> str | None:
    return None if cents is None else format_money(cents)


def filled(decoded: Decoded, models: Mapping[str, ModelPie]) -> Decoded:
    """A pie's body with the slices of every model that it names."""
    value = decoded.value
    if not isinstance(value, dict) or "pie" not in value:
        return decoded
    pie = with_models(Decoded(value["pie"]), models, "pie")
    return Decoded(None, pie.problems) if pie.problems else Decoded({**value, "pie": pie.value})


def put_pie(asked: Asked) -> Reply:
    """PUT /customers/{reference}/pies/{account}: a new version; nothing trades by itself."""
    body = asked.body_as(PieBody)
    services = asked.services
    with changing(services, asked.reference) as house:
        prove(house.rights, asked.person, Action.TRADE, (asked.path["account"],))
        own = invested(house, asked.path["account"])
        _prove_version(asked, own)
        listed = services.market.listings([symbol for _, symbol, _ in leaves(body.pie)])
        draft = Draft(body.pie, body.terms, body.removed, body.moved)
        problems = save(house.work, own.account, draft, listed, (house.day, services.now()))
        if problems:
            raise RefusedError(problems)
        return _pie(Invested(house, own.account))


def _prove_version(asked: Asked, own: Invested) -> None:
    wanted = asked.headers.get("If-Match")
    current = 0 if own.version is None else own.version.version
    if wanted is not None and wanted != f'"{current}"':
        sentence = f"The pie is at version {current} now; read it again, then change it."
        raise SluiceError("version_changed", sentence, "If-Match")


def list_holdings(asked: Asked) -> Reply:
    """GET /customers/{reference}/holdings."""
    with reading(asked.services, asked.reference) as house:
        found = [_holding(own, row) for own in invest_accounts(house) for row in holding_rows(own)]
    return Reply(HoldingsAnswer(holdings=found))


def _holding(own: Invested, row: HoldingLine) -> HoldingAnswer:
    return HoldingAnswer(
        account=own.account.handle,
        path=row.path,
        symbol=row.symbol,
        units=format_units(row.units, row.scale),
        price=None if row.price is None else price_words(row.price).replace(",", ""),
        cost=format_money(row.cost),
        value=_money(row.value),
        gain=_money(row.gain),
        synthetic=row.synthetic,
        lots=[_lot(one) for one in row.lots],
    )


def _lot(one: LotLine) -> LotAnswer:
    return LotAnswer(
        lot=one.lot,
        bought=format_day(one.day),
        units=format_units(one.units, one.scale),
        cost=format_money(one.cost),
        value=_money(one.value),
        gain=_money(one.gain),
        term="long" if one.long else "short",
        long_from=format_day(one.long_from),
    )


def list_models(asked: Asked) -> Reply:
    """GET /models."""
    models = asked.services.models().values()
    rows = [
        ModelRowAnswer(name=one.name, title=one.pie.title or one.name, category=one.about.category, version=one.version)
        for one in models
    ]
    return Reply(ModelsAnswer(models=rows))


def get_model(asked: Asked) -> Reply:
    """GET /models/{name}."""
    name = asked.path["name"]
    model = asked.services.models().get(name)
    if model is None:
        raise SluiceError("no_model", f"There is no model pie {quoted(name)}; list them at /models.", "name")
    document: dict[str, Any] = pie_document(model.pie)
    return Reply(
        ModelAnswer(
            name=model.name,
            title=model.pie.title or model.name,
            category=model.about.category,
            description=model.about.description,
            source=model.about.source,
            version=model.version,
            pie=document,
        )
    )


def get_performance(asked: Asked) -> Reply:
    """GET /customers/{reference}/pies/{account}/performance."""
    with reading(asked.services, asked.reference) as house:
        own = invested(house, asked.path["account"])
        try:
            found = performance(own, asked.query.get("range", "1y"))
        except SluiceError as fault:
            raise SluiceError("parameter", fault.sentence, fault.field) from None
    course, weighted = found.course, found.money_weighted
    columns = (course.day, course.value, course.paid_in, course.paid_out)
    return Reply(
        PerformanceAnswer(
            account=own.account.handle,
            range=found.range,
            time_weighted=_rate(found.time_weighted),
            money_weighted=None if weighted is None else _rate(weighted.period),
            yearly=None if weighted is None else _rate(weighted.yearly),
            paid_in=format_money(found.paid_in),
            earned=format_money(found.gain),
            values=list(_values(*(column.tolist() for column in columns))),
        )
    )


def _values(day: list[int], value: list[int], into: list[int], out: list[int]) -> Iterator[ValueAnswer]:
    for at, own in enumerate(day):
        paid = (into[at], out[at]) if at else (0, 0)
        yield ValueAnswer(
            on=format_day(own),
            value=format_money(value[at]),
            paid_in=format_money(paid[0]),
            paid_out=format_money(paid[1]),
        )


def _rate(rate: int | None) -> str | None:
    """A rate of one as text: 12.5% is 0.12500000."""
    if rate is None:
        return None
    whole, part = divmod(abs(rate), RATE_ONE)
    return f"{'-' if rate < 0 else ''}{whole}.{part:0{_RATE_DECIMALS}d}"
