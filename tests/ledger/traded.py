"""Households that traded: a small one to the letter, and any number of random ones."""

from __future__ import annotations

import random

from ledger.ids import number
from tests.ledger.trading import SCALES, Trader


def small() -> Trader:
    """A buy with a fee, a sale with a gain, a split, a dividend, a new symbol, a loss; two months."""
    trader = Trader(number(1, 1))
    trader.fund(1_000_00)
    lot = trader.buy("VTI", 3_000_000_000, 100_00, fee=50)
    trader.buy("BTC/USD", 12_345_678, 250_01)
    trader.day += 1
    trader.sell({lot: 1_000_000_000}, 40_00, fee=2)
    trader.split(trader.invest(), "VTI", 3, 1)
    trader.day += 31
    trader.settle(trader.invest())
    trader.dividend(trader.invest(), 1_23)
    trader.rename(trader.invest(), "VTI", "BRK.B")
    trader.day += 1
    last = trader.open_lots(trader.invest(), "BRK.B")[0]
    trader.sell({last: 2_000_000_001}, 20_00)
    return trader


def lived(seed: int, steps: int = 25) -> Trader:
    """A household that trades at random in two invest accounts."""
    source = random.Random(seed)
    trader = Trader(number(1, 1))
    for name in ("growth", "calm.ira"):
        trader.fund(10**9, name)
    for _ in range(steps):
        trader.day += source.choice((0, 0, 1, 20))
        _step(trader, source)
    return trader


def _step(trader: Trader, source: random.Random) -> None:
    name = source.choice(("growth", "calm.ira"))
    invest, symbol = trader.invest(name), source.choice(list(SCALES))
    mine = trader.open_lots(invest, symbol)
    kind = source.choice(("buy", "buy", "sell", "sell", "split", "other"))
    if kind == "buy" or not mine:
        units = source.choice((1, 10, 10**9, source.randint(1, 10**10)))
        trader.buy(symbol, units, source.randint(1, 10**6), source.choice((0, 3)), (name, source.choice((0, 1))))
    elif kind == "sell":
        chosen = source.sample(mine, source.randint(1, min(2, len(mine))))
        parts = {
            lot: source.choice((trader.lots[lot].units, source.randint(1, trader.lots[lot].units))) for lot in chosen
        }
        trader.sell(parts, source.randint(1, 10**6), source.choice((0, 1)))
    elif kind == "split":
        trader.split(invest, symbol, *source.choice(((2, 1), (3, 2), (1, 10), (7, 3))))
    else:
        _other(trader, source, mine)


def _other(trader: Trader, source: random.Random, mine: list[int]) -> None:
    lot = source.choice(mine)
    held = trader.lots[lot]
    symbol = trader.symbol(held)
    kind = source.choice(("part", "part", "move", "rename", "capital", "settle", "dividend", "aside"))
    if kind == "part":
        trader.part(lot, source.choice((held.units, source.randint(1, held.units))), source.choice((0, 1, 2)))
    elif kind == "move":
        names = {trader.invest(name): name for name in ("growth", "calm.ira")}
        trader.move(lot, next(name for invest, name in names.items() if invest != held.account))
    elif kind == "rename" and symbol in ("VTI", "V"):
        trader.rename(held.account, symbol, "BRK.B")
    elif kind == "capital" and held.cost > 1:
        trader.return_capital(lot, source.randint(1, held.cost))
    elif kind == "settle":
        trader.settle(held.account)
    elif kind == "dividend":
        trader.dividend(held.account, source.randint(1, 999))
    else:
        trader.set_aside(held.account, source.randint(1, 999))
