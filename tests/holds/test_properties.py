"""What always holds of money under holds, and the columns against plain Python (tests/holds/ledger.py)."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.guards import Bounds, Guards, bounds, no_margin, no_rooms
from engine.holds.layers import no_layers
from engine.holds.purse import Purse, moved, purse_of
from engine.holds.tonight import held, passed_on
from ledger.accounts import Int64s
from ledger.batch import TransferKind
from tests.borrow.lines import column
from tests.holds.ledger import HOLD, RETURN, Ledger
from tests.holds.moving import (
    ALLY,
    CASH,
    CHASE,
    KIND,
    PENDING,
    POST,
    SALARY,
    SAVINGS,
    SINGLE,
    Move,
    books,
    dated,
    day,
    transfers,
)

START = day("Mon 7 Dec")
RULES = dated(hold_days__ach_in_cash_any=str(HOLD), bank_return_days=str(RETURN))
OUT = (PENDING, CASH, CHASE), (PENDING, SAVINGS, CHASE), (PENDING, CASH, ALLY), (PENDING, SAVINGS, ALLY)
INSIDE = (SINGLE, CASH, SAVINGS), (SINGLE, SAVINGS, CASH)
COMES = (POST, CHASE, CASH), (POST, ALLY, SAVINGS), (POST, CHASE, SAVINGS)
OTHER = (SINGLE, CASH, SALARY), (SINGLE, SALARY, SAVINGS)


def told(purse: Purse) -> list[tuple[int, int, int, int]]:
    """Every layer: account, arrived, origin, cents."""
    layers = purse.layers
    columns = (layers.account, layers.arrived, layers.origin, layers.amount)
    return sorted(zip(*(one.tolist() for one in columns), strict=True))


def drawn(random: Random, kinds: tuple[tuple[TransferKind, int, int], ...]) -> Move:
    return (*random.choice(kinds), random.randint(1, 120))


@given(st.integers(0, 2**32))
def test_days_of_transfers_equal_one_after_the_other(seed: int) -> None:
    random = Random(seed)
    ledger = Ledger({CASH: random.randint(0, 100), SAVINGS: random.randint(0, 100)})
    layers = no_layers()
    for on in range(START, START + random.randint(1, 9)):
        ledger.begin(on)
        moves = [drawn(random, OUT + INSIDE + COMES + OTHER) for _ in range(random.randint(0, 6))]
        batch = transfers(moves, on)
        purse = moved(purse_of(layers, books(dict(ledger.there)), batch, on), batch, RULES, on)
        for move in moves:
            ledger.move(move, on)
        ledger.tidy()
        assert told(purse) == ledger.told()
        if len(purse.account):
            assert {one: purse.balance[purse.account == one].item() for one in ledger.there} == ledger.there
        assert int(purse.layers.amount.sum()) <= ledger.deposited
        layers = purse.layers
    ledger.begin(START + 9 + RETURN)
    assert ledger.told() == []
    end = purse_of(layers, books(ledger.there), transfers([], 0), START + 9 + RETURN)
    assert len(end.layers) == 0


@given(st.integers(0, 2**32))
def test_no_night_lets_more_go_than_is_available(seed: int) -> None:
    """The guards are numbers of the night's beginning, and what passes on during it: never too little is held."""
    random = Random(seed)
    ledger = Ledger({CASH: random.randint(0, 100), SAVINGS: random.randint(0, 100)})
    batch = transfers([drawn(random, COMES) for _ in range(3)], START)
    purse = moved(purse_of(no_layers(), books(dict(ledger.there)), batch, START), batch, RULES, START)
    for kind, source, to, cents in zip(batch.kind, batch.credit, batch.debit, batch.amount, strict=True):
        ledger.move((TransferKind(int(kind)), int(source), int(to), int(cents)), START)
    on = START + random.randint(0, RETURN)
    ledger.begin(on)
    purse = purse_of(purse.layers, books(dict(ledger.there)), transfers([], on), on)
    now = spread(purse, on)
    now_held = now.held.copy()
    moves: list[Move] = []
    for _ in range(6):
        kind, source, to = random.choice(OUT + INSIDE)
        most = max(0, ledger.there[source] - held_back(now, now_held, (source, to)))
        assert most <= ledger.available(source, to, on)
        if cents := random.randint(0, most):
            ledger.move((kind, source, to, cents), on)
            moves.append((kind, source, to, cents))
            now_held = passed_on(now, now_held, (entry(source), entry(to), column(cents)))
    ledger.tidy()
    end = moved(purse, transfers(moves, on), RULES, on)
    assert told(end) == ledger.told()


def entry(account: int) -> Int64s:
    """The entry of an account: one household, accounts 1, 2 and on."""
    return np.array([account - 1], np.int64)


def spread(purse: Purse, on: int) -> Bounds:
    """The bounds of a night."""
    zero = np.zeros(len(KIND), np.int64)
    return bounds(Guards(no_margin(), held(purse, on), no_rooms()), column(7), column(*KIND), zero, column(0))


def held_back(now: Bounds, cents: Int64s, sides: tuple[int, int]) -> int:
    key = int(entry(sides[0])[0]) * len(KIND) + int(entry(sides[1])[0])
    return int(cents[now.held_key == key].sum())
