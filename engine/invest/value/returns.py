"""What an account earned: the time-weighted and the money-weighted return, exact until the last rounding.

The formulas are written out in docs/returns.md. Money that comes in counts from the start of its day, money that goes
out until the end of its day. Rates are whole numbers at 10**-8: 12,345,678 is 12.345678%.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

import numpy as np

from engine.invest.lots.worth import half_even
from ledger.accounts import Int64s

RATE_ONE: Final = 10**8
"""A rate of 100%."""

DAYS_A_YEAR: Final = 365
MOST: Final = 10_000 * RATE_ONE
"""Yearly rates beyond a million percent say nothing and are left out."""

_ONE: Final = 10**24  # a daily factor of one, in the fixed point in which it is sought
_FINE: Final = 10**12  # parts of a cent, in which balances grow
_STEP: Final = _ONE // 10**6
_HIGHEST: Final = 2 * _ONE  # a daily factor nobody needs more than


@dataclass(frozen=True, slots=True)
class Course:
    """An account day by day (n,): value at the end of the day, and what was paid in and out that day, all in cents.

    Days ascend. The first row is where the period starts: only its value counts.
    """

    day: Int64s
    value: Int64s
    paid_in: Int64s
    paid_out: Int64s

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.day)

    def since(self, day: int) -> Self:
        """The course from the end of a day on; all of it where it begins later."""
        first = max(int(np.searchsorted(self.day, day, side="right")) - 1, 0)
        return type(self)(self.day[first:], self.value[first:], self.paid_in[first:], self.paid_out[first:])


def time_weighted(course: Course) -> Fraction | None:
    """Give the growth of one unit of money that stayed in for the whole period, less one; None where it has no sense.

    The product of (value + paid out) / (value of the row before + paid in). A day that starts with nothing grows by
    nothing. There is no return of fewer than two rows, nor through values below zero.
    """
    if len(course) < 2 or int(course.value.min()) < 0:  # noqa: PLR2004  a start and an end
        return None
    value, into, out = course.value.tolist(), course.paid_in.tolist(), course.paid_out.tolist()
    flows = (course.paid_in[1:] != 0) | (course.paid_out[1:] != 0)
    empty = (course.value[:-1] == 0) | (course.value[1:] == 0)
    top = bottom = 1
    done = 0
    for at in (np.flatnonzero(flows | empty) + 1).tolist():
        if at - 1 > done:
            top, bottom = top * value[at - 1], bottom * value[done]
        start = value[at - 1] + into[at]
        if start:
            top, bottom = top * (value[at] + out[at]), bottom * start
        done = at
    if len(value) - 1 > done:
        top, bottom = top * value[-1], bottom * value[done]
    return Fraction(top, bottom) - 1


def rate(growth: Fraction) -> int:
    """Give a return as a rate at 10**-8, half-even."""
    return half_even(growth.numerator * RATE_ONE, growth.denominator)


@dataclass(frozen=True, slots=True)
class MoneyWeighted:
    """Rates at 10**-8: over the whole period, and for a year; `yearly` is None beyond `MOST`."""

    period: int
    yearly: int | None


def money_weighted(course: Course) -> MoneyWeighted | None:
    """Give the rate at which the money that was put in grows to what came out and is there; None where there is none.

    The one daily factor g for which the start and every payment, each grown by g for the days it was in, come to the
    last value; found by bisection on whole numbers. Where flows of both signs allow several, the one nearest to no
    growth in the direction of the result.
    """
    if len(course) < 2 or int(course.value.min()) < 0:  # noqa: PLR2004  a start and an end
        return None
    payments = _payments(course)
    if not any(cents > 0 for _, cents in payments):
        return None
    factor = _root(payments, int(course.value[-1]))
    if factor is None:
        return None
    span = int(course.day[-1] - course.day[0])
    yearly = _as_rate(_power(factor, DAYS_A_YEAR))
    return MoneyWeighted(_as_rate(_power(factor, span)), yearly if yearly <= MOST else None)


def _payments(course: Course) -> list[tuple[int, int]]:
    """(days until the end, signed cents) of the start and of every payment, earliest first."""
    last = int(course.day[-1])
    found = [(last - int(course.day[0]), int(course.value[0]))]
    for at in (np.flatnonzero((course.paid_in[1:] != 0) | (course.paid_out[1:] != 0)) + 1).tolist():
        left = last - int(course.day[at])
        found += [(left + 1, int(course.paid_in[at])), (left, -int(course.paid_out[at]))]
    return [(left, cents) for left, cents in sorted(found, key=lambda one: -one[0]) if cents]


def _root(payments: list[tuple[int, int]], value: int) -> int | None:
    """The daily factor, rounded down in its fixed point."""
    surplus = _grown(payments, _ONE) - value * _FINE
    if surplus == 0:
        return _ONE
    low, high = (0, _ONE) if surplus > 0 else (_ONE, _ONE + _STEP)
    while _grown(payments, high) < value * _FINE:
        low, high = high, _ONE + 4 * (high - _ONE)
        if high > _HIGHEST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        if _grown(payments, middle) > value * _FINE:
            high = middle
        else:
            low = middle
    return low


def _grown(payments: list[tuple[int, int]], factor: int) -> int:
    """What the payments come to at the end, in fine parts of a cent."""
    balance, before = 0, payments[0][0]
    for left, cents in payments:
        balance = balance * _power(factor, before - left) // _ONE + cents * _FINE
        before = left
    return balance * _power(factor, before) // _ONE


def _power(factor: int, exponent: int) -> int:
    """A factor to a power, both in the fixed point."""
    found = _ONE
    while exponent:
        if exponent & 1:
            found = found * factor // _ONE
        factor = factor * factor // _ONE
        exponent >>= 1
    return found


def _as_rate(factor: int) -> int:
    return half_even(factor * RATE_ONE, _ONE) - RATE_ONE
