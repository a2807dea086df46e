"""Interest, borrow lines, money on its way and fees for programs."""

from collections.abc import Sequence

from engine.agreeing import line_terms
from engine.dated.kinds import Kind as ValueKind
from engine.dated.kinds import show_value
from engine.holds.wording import return_sentence
from engine.holds.work import ReturnRow
from engine.marketfacts import percent_words
from engine.overnight.cashview import CashInterest, RateTier
from engine.overnight.feeview import CycleTold, FeeTold
from engine.overnight.lineview import LineView, MarginView
from engine.ports import NEVER
from ledger.days import format_day
from ledger.money import format_money, format_percent
from web.api.asked import Asked, Reply
from web.api.moneyanswers import (
    BehindAnswer,
    CashInterestAnswer,
    CycleAnswer,
    FeeAnswer,
    FeesAnswer,
    HeldAnswer,
    InFlightAnswer,
    InterestAnswer,
    LineAnswer,
    LinesAnswer,
    MarginAnswer,
    OnItsWayAnswer,
    PortionAnswer,
    PostedAnswer,
    RateChangeAnswer,
    ReadyAnswer,
    ReturnedAnswer,
    SaleAnswer,
    StressAnswer,
    TierAnswer,
)
from web.asking import Household, reading
from web.moneyview import cash_of, fees_of, flying, lines_of, names_of, waiver_words

_PLACES = 12


def get_interest(asked: Asked) -> Reply:
    """GET /customers/{reference}/interest."""
    with reading(asked.services, asked.reference) as house:
        view = cash_of(house, house.tonight())
    history = [
        RateChangeAnswer(
            from_=format_day(one.day), value=one.value, promotion=one.promotion, source=one.source, holds=one.holds
        )
        for one in view.history
    ]
    answer = InterestAnswer(
        on=format_day(view.day),
        promotion=view.rate.promotion,
        tiers=_tiers(view.rate.tiers),
        base=_tiers(view.rate.base),
        history=history,
        accounts=[_earning(one) for one in view.accounts],
    )
    return Reply(answer)


def _tiers(tiers: Sequence[RateTier]) -> list[TierAnswer]:
    return [TierAnswer(above=format_money(one.start), until=_money(one.until), rate=one.rate) for one in tiers]


def _money(cents: int | None) -> str | None:
    return None if cents is None else format_money(cents)


def _earning(one: CashInterest) -> CashInterestAnswer:
    return CashInterestAnswer(
        account=one.account.handle,
        balance=format_money(one.account.posted),
        accrued=format_money(one.accrued.cents),
        accrued_exact=one.accrued.text(_PLACES),
        posted=_months(one.posted),
        ended=_months(one.ended),
        year_to_date=format_money(one.year),
        projected=_money(one.projected),
        projected_after_tonight=_money(one.projected if one.after is None else one.after),
        closed=one.closed,
    )


def _months(months: Sequence[tuple[int, int]]) -> list[PostedAnswer]:
    return [PostedAnswer(month=format_day(first), amount=format_money(cents)) for first, cents in months]


def get_borrow(asked: Asked) -> Reply:
    """GET /customers/{reference}/borrow."""
    with reading(asked.services, asked.reference) as house:
        apr = house.work.dated().number_on("borrow_apr", house.day)
        answer = LinesAnswer(on=format_day(house.day), apr=show_value(ValueKind.RATE, apr), lines=line_answers(house))
        return Reply(answer)


def line_answers(house: Household) -> list[LineAnswer]:
    """The open borrow lines of a household, in the order they were opened."""
    handles = {one.account: one.handle for one in house.accounts}
    return [_line(view, handles, charge_cash=line_terms(house.work, one)[1]) for one, view in lines_of(house)]


def _line(view: LineView, handles: dict[int, str], *, charge_cash: bool) -> LineAnswer:
    return LineAnswer(
        account=view.handle,
        charge_cash=charge_cash,
        owed=format_money(view.owed),
        principal=format_money(view.principal),
        due=format_money(view.due),
        accrued=format_money(view.accrued),
        limit=format_money(view.limit),
        room=format_money(view.room),
        drawable=format_money(view.drawable),
        cost_day=format_money(view.cost_day),
        cost_month=format_money(view.cost_month),
        payoff_months=view.payoff,
        margin=None if view.margin is None else _margin(view.margin, handles),
    )


def _margin(view: MarginView, handles: dict[int, str]) -> MarginAnswer:
    sales = [
        SaleAnswer(
            account=handles[one.account],
            path=one.path,
            amount=format_money(one.amount),
            value=format_money(one.value),
        )
        for one in view.sales
    ]
    holdings = [
        BehindAnswer(
            symbol=one.symbol,
            value=format_money(one.value),
            initial=format_percent(one.initial_bp),
            maintenance=format_percent(one.maintenance_bp),
            priced=one.priced,
        )
        for one in view.holdings
    ]
    return MarginAnswer(
        state=view.state.name.lower(),
        sentence=view.sentence,
        deadline=None if view.deadline == NEVER else format_day(view.deadline),
        value=format_money(view.value),
        cash=format_money(view.cash),
        equity=format_money(view.equity),
        excess=format_money(view.excess),
        promised=format_money(view.promised),
        ltv=_percent(view.ltv),
        fall=_percent(view.fall),
        holdings=holdings,
        stress=_stress(view),
        sales=sales,
    )


def _percent(steps: int | None) -> str | None:
    return None if steps is None else percent_words(steps)


def _stress(view: MarginView) -> list[StressAnswer]:
    return [
        StressAnswer(
            fall=format_percent(one.fall_bp),
            value=format_money(one.value),
            equity=format_money(one.equity),
            limit=format_money(one.limit),
            excess=format_money(one.excess),
            ltv=_percent(one.ltv),
            call=one.call,
        )
        for one in view.stress
    ]


def get_in_flight(asked: Asked) -> Reply:
    """GET /customers/{reference}/in-flight."""
    with reading(asked.services, asked.reference) as house:
        way = flying(house)
        moving = [
            InFlightAnswer(
                id=one.id,
                rail=one.rail,
                from_=one.source,
                to=one.destination,
                amount=format_money(one.amount),
                sent=format_day(one.sent),
                arrives=format_day(one.settles),
                held=[HeldAnswer(to=to, from_=format_day(day)) for to, day in one.until],
            )
            for one in way.in_flight
        ]
        ready = [
            ReadyAnswer(
                account=one.account,
                to=one.to,
                available=[PortionAnswer(on=format_day(day), amount=format_money(cents)) for day, cents in one.days],
            )
            for one in way.ready
        ]
        returned = [_returned(house, row) for row in way.returned]
        return Reply(OnItsWayAnswer(on=format_day(house.day), in_flight=moving, available=ready, returned=returned))


def _returned(house: Household, row: ReturnRow) -> ReturnedAnswer:
    handles = {one.account: one.handle for one in house.accounts}
    return ReturnedAnswer(
        id=row.transfer,
        from_=handles[row.origin],
        to=handles[row.account],
        amount=format_money(row.amount),
        reason=row.reason,
        on=format_day(row.day),
        state="reversed" if row.posted else "voided",
        forced=format_money(row.forced),
        sentence=return_sentence(row, names_of(house)),
    )


def list_fees(asked: Asked) -> Reply:
    """GET /customers/{reference}/fees."""
    with reading(asked.services, asked.reference) as house:
        view, handles = fees_of(house), {one.account: one.handle for one in house.accounts}
        fees = [_fee(one, handles) for one in view.fees]
        lost = waiver_words(house, house.tonight())
        return Reply(FeesAnswer(cycle=_cycle(view.cycle), fees=fees, tonight=lost or None))


def _fee(one: FeeTold, handles: dict[int, str]) -> FeeAnswer:
    row = one.row
    return FeeAnswer(
        on=format_day(row.day),
        kind=one.kind,
        reason=one.reason,
        account=handles.get(row.account),
        amount=format_money(row.amount),
        forced=format_money(row.forced),
        seq=row.seq or None,
    )


def _cycle(cycle: CycleTold | None) -> CycleAnswer | None:
    if cycle is None:
        return None
    return CycleAnswer(
        starts=format_day(cycle.starts),
        ends=format_day(cycle.ends),
        fee=format_money(cycle.fee),
        waiver=format_money(cycle.waiver),
        best=_money(cycle.best),
        now=format_money(cycle.now),
        free=cycle.free,
        next_charge=format_day(cycle.next_charge),
        sentence=cycle.sentence,
    )
