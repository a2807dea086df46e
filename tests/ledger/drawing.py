"""Random sessions for hypothesis: a few tight accounts; batches of mostly sound lines, retries, holds and mistakes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from tests.ledger.model import LARGEST, PENDING, POST, SINGLE, UNLIMITED, VOID, Account, Line

BOOK = 7
FOREIGN = ((BOOK + 1) << 112) + 1
FULL = UNLIMITED - LARGEST - 3
OWN = {1: (1, 2, 3, 7), 2: (4, 5, 6, 7)}  # customer -> accounts; 7 and 8 are system accounts, 9 does not exist


def fresh_id(n: int) -> int:
    """The n-th id of the book: four neighbours differ in the upper word alone."""
    return (BOOK << 112) + (n % 4 << 64) + n // 4 + 1


MISTAKES: tuple[dict[str, int], ...] = (
    *({"amount": amount} for amount in (0, -1, LARGEST, LARGEST, LARGEST + 1)),
    *({name: n} for name in ("debit", "credit") for n in (1, 2, 4, 7, 8, 9)),
    *({"kind": kind} for kind in (0, SINGLE, PENDING, POST, VOID, 5)),
    *({"id": n} for n in (FOREIGN, fresh_id(0), fresh_id(1), fresh_id(2))),
    *({"pending": n} for n in (0, fresh_id(0), fresh_id(1), fresh_id(30))),
    *({"customer": n} for n in (1, 2, 3)),
    {"asset": 2},
    {"code": 2},
    {"day": 20_001},
)


@dataclass(frozen=True)
class Session:
    """The accounts before, and what is asked of them, batch after batch."""

    accounts: dict[int, Account]
    batches: list[list[Line]]


@st.composite
def charts(draw: st.DrawFn) -> dict[int, Account]:
    """Two customers with three tight accounts each, a system account that may be nearly full, one of asset 2."""
    accounts = {}
    for n in range(1, 7):
        floor = draw(st.sampled_from((0, 0, -5, 3, -LARGEST, -UNLIMITED)))
        ceiling = draw(st.sampled_from((UNLIMITED, UNLIMITED, UNLIMITED, 12, 25)))
        start, spent = draw(st.sampled_from((10, 20, 4, 0))), draw(st.sampled_from((0, 0, 2, 12)))
        closed = draw(st.integers(0, 11)) == 11
        accounts[n] = Account(1 + (n > 3), 1, closed, floor, ceiling, start, spent)
    full = FULL if draw(st.integers(0, 5)) == 5 else 0
    accounts[7] = Account(debits_posted=full, credits_posted=full)
    accounts[8] = Account(asset=2)
    return accounts


@st.composite
def lines(draw: st.DrawFn, earlier: tuple[Line, ...]) -> Line:
    """One line: new, the resolution of an earlier one, or an earlier one again; one in eight with a mistake."""
    holds = [line for line in earlier if line.kind == PENDING]
    how = draw(
        st.sampled_from(("new", "new", "new", *(("resolve",) * 2 if holds else ()), *(("again",) * bool(earlier))))
    )
    if how == "new":
        customer = draw(st.sampled_from((1, 1, 2)))
        debit, credit = draw(st.permutations(OWN[customer]))[:2]
        kind, amount = draw(st.sampled_from((SINGLE, SINGLE, PENDING))), draw(st.sampled_from((1, 2, 3, 5, 8)))
        line = Line(fresh_id(len(earlier)), kind, 0, 0, customer, debit, credit, 1, amount, 1, 20_000)
    elif how == "resolve":
        hold = draw(st.sampled_from(holds))
        line = replace(hold, id=fresh_id(len(earlier)), kind=draw(st.sampled_from((POST, VOID))), pending=hold.id)
    else:
        line = draw(st.sampled_from(earlier))
    line = replace(line, journal=draw(st.integers(1, 4)))
    return replace(line, **draw(st.sampled_from(MISTAKES))) if draw(st.integers(0, 7)) == 7 else line


@st.composite
def sessions(draw: st.DrawFn, most_batches: int = 5) -> Session:
    """Accounts and up to `most_batches` batches; later lines remember all earlier ones."""
    batches: list[list[Line]] = []
    known: list[Line] = []
    for size in draw(st.lists(st.integers(0, 12), min_size=1, max_size=most_batches)):
        batch: list[Line] = []
        for _ in range(size):
            batch.append(draw(lines(tuple(known))))
            known.append(batch[-1])
        batches.append(batch)
    return Session(draw(charts()), batches)
