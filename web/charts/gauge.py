"""The borrow gauge: holdings above, the loan below, and the lines that it may not pass (ui.md 4.3).

Both bars have one scale. The holdings show how far prices may fall before a call; the loan shows the credit limit and
the maintenance line, which is the most that may be owed at today's prices without a call.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from web.charts.line import Word
from web.charts.words import money

WIDTH: Final = 1000
HEIGHT: Final = 152
_AIR: Final = 16  # a sixteenth more than the largest number, so that nothing touches the edge
_EDGE: Final = WIDTH // 4  # nearer to an edge than this, words grow away from it
_ABOVE: Final = 88
_BELOW: Final = 136
_TOP: Final = 14
_MIDDLE: Final = 62


@dataclass(frozen=True, slots=True)
class Loan:
    """A line in cents. `value` and `excess` are None where nothing stands behind it and its limit is fixed.

    `fall` says how far prices may fall before a call, such as `24.50%`; empty where no fall triggers one.
    """

    name: str
    owed: int
    limit: int
    value: int | None = None
    excess: int | None = None
    fall: str = ""


@dataclass(frozen=True, slots=True)
class Gauge:
    """Numbers on a scale of 0 to WIDTH, None for what is not there; `called` is what holdings are worth at a call."""

    name: str
    holdings: int | None
    called: int | None
    loan: int
    limit: int
    maintenance: int | None
    over: bool
    words: tuple[Word, ...]
    sentence: str


def gauge(loan: Loan) -> Gauge:
    """The gauge of one line."""
    keeps = None if loan.excess is None else max(loan.owed + loan.excess, 0)
    most = max(loan.owed, loan.limit, loan.value or 0, keeps or 0, 1)
    most += most // _AIR + 1

    def at(cents: int) -> int:
        return cents * WIDTH // most

    holdings = None if loan.value is None else at(loan.value)
    return Gauge(
        name=loan.name,
        holdings=holdings,
        called=at(_called(loan)) if holdings is not None and loan.fall else None,
        loan=at(loan.owed),
        limit=at(loan.limit),
        maintenance=None if keeps is None else at(keeps),
        over=loan.excess is not None and loan.excess < 0,
        words=tuple(_words(loan, keeps, most)),
        sentence=_sentence(loan, keeps),
    )


def _called(loan: Loan) -> int:
    """What the holdings are worth after the fall that starts a call."""
    whole, _, part = loan.fall.rstrip("%").partition(".")
    return (loan.value or 0) * (10_000 - int(whole) * 100 - int(part)) // 10_000


def _words(loan: Loan, keeps: int | None, most: int) -> Iterator[Word]:
    if loan.value is not None:
        yield Word(0, _TOP, "start", f"Holdings {money(loan.value)}")
        if loan.fall:
            called = _called(loan)
            yield _word(called * WIDTH // most, _MIDDLE, f"call below {money(called)}")
    yield _word(loan.limit * WIDTH // most, _ABOVE, f"limit {money(loan.limit)}")
    if keeps is not None:
        yield _word(keeps * WIDTH // most, _BELOW, f"call above {money(keeps)}")


def _word(x: int, y: int, text: str) -> Word:
    return Word(x, y, "start" if x < _EDGE else "end" if x > WIDTH - _EDGE else "middle", text)


def _sentence(loan: Loan, keeps: int | None) -> str:
    words = [f"{loan.name}: {money(loan.owed)} owed", f"the limit is {money(loan.limit)}"]
    if keeps is not None and loan.value is not None:
        words.append(f"more than {money(keeps)} would be a call")
        words.append(f"{money(loan.value)} of holdings stand behind it")
    told = "; ".join(words)
    if loan.excess is not None and loan.excess < 0:
        return f"{told}. {money(-loan.excess)} is missing."
    if loan.fall:
        return f"{told}. A fall of all prices by {loan.fall} would start a call."
    return f"{told}. No fall in prices starts a call." if keeps is not None else f"{told}."
