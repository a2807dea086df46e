"""Lots for tests, and an independent plain program of M1's order, written from products.md 1.9 and ruling 29."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from engine.invest.lots.choose import SaleTerms
from engine.invest.lots.lots import Lot
from ledger.days import day_number

SHARE = 10**9
TODAY = day_number(date(2026, 6, 30))


def at(text: str) -> int:
    return day_number(date.fromisoformat(text))


def held(number: int, since: str, shares: str, cost: str) -> Lot:
    """A lot bought on a date: shares and dollars as text."""
    units, cents = int(Decimal(shares) * SHARE), int(Decimal(cost) * 100)
    return Lot(number, 1, 5, units, cents, at(since), at(since), units, cents)


def at_price(dollars: str, short_bp: int = 0, long_bp: int = 0) -> SaleTerms:
    return SaleTerms(TODAY, int(Decimal(dollars) * 10**6), 9, short_bp, long_bp)


@st.composite
def drawn_lots(draw: st.DrawFn, most_lots: int = 8, most_units: int = 10**12) -> list[Lot]:
    """Lots of a few dates around a year ago, with ties in date and in cost per unit; some are sold in part."""
    lots = []
    for number in range(1, draw(st.integers(1, most_lots)) + 1):
        opened = draw(st.integers(1, most_units))
        cost = draw(st.one_of(st.just(opened), st.integers(0, 3 * opened)))
        day = draw(st.sampled_from([TODAY, TODAY - 364, TODAY - 365, TODAY - 366, TODAY - 1_000]))
        since = day - draw(st.sampled_from([0, 0, 40]))
        lot = Lot(number, 1, 5, opened, cost, day, since, opened, cost)
        gone = draw(st.sampled_from([0, 0, opened // 3, opened // 2]))
        lots.append(lot.without(gone))
    return draw(st.permutations(lots))


def over_a_year(since: int, day: int) -> bool:
    """Held more than one year, counted on the calendar day after the purchase."""
    start, sale = date.fromordinal(since + 719_163 + 1), date.fromordinal(day + 719_163)
    return (sale.year, sale.month, sale.day) >= (start.year + 1, start.month, start.day)


def m1_sequence(lots: Sequence[Lot], day: int, cents_per_unit: Fraction) -> Iterator[int]:
    """Numbers of the lots as M1 sells them: six buckets, each emptied by looking for its next lot."""
    gains = {lot.lot: cents_per_unit - Fraction(lot.cost, lot.units) for lot in lots}
    long = {lot.lot: over_a_year(lot.held_from, day) for lot in lots}
    age = {lot.lot: (lot.day, lot.lot) for lot in lots}
    short_losses = [n for n in gains if gains[n] < 0 and not long[n]]
    long_losses = [n for n in gains if gains[n] < 0 and long[n]]
    short_zero = [n for n in gains if gains[n] == 0 and not long[n]]
    long_zero = [n for n in gains if gains[n] == 0 and long[n]]
    long_gains = [n for n in gains if gains[n] > 0 and long[n]]
    short_gains = [n for n in gains if gains[n] > 0 and not long[n]]
    for bucket in (short_losses, long_losses):
        while bucket:
            largest = max(abs(gains[n]) for n in bucket)
            oldest = min((n for n in bucket if abs(gains[n]) == largest), key=lambda n: age[n])
            bucket.remove(oldest)
            yield oldest
    for bucket in (short_zero, long_zero):
        yield from sorted(bucket, key=lambda n: age[n])
    for bucket in (long_gains, short_gains):
        while bucket:
            smallest = min(gains[n] for n in bucket)
            oldest = min((n for n in bucket if gains[n] == smallest), key=lambda n: age[n])
            bucket.remove(oldest)
            yield oldest
