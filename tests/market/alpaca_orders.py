"""Orders that the tests of Alpaca's client send, and the client they send them with."""

from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import strategies as st

from engine.invest.market import CRYPTO_SCALE, UNIT_SCALE, BlockOrder, Side
from ledger.money import MAX_AMOUNT
from market.alpaca import AlpacaBroker
from market.http import Http
from tests.market.alpaca_double import KEY, SECRET, Double, running

NOW = 1_763_650_000_000_000
PATIENCE, HASTE = 10.0, 0.4


def buy(client_id: str = "b1", symbol: str = "VTI", amount: int = 10_000) -> BlockOrder:
    """A notional buy; 100.00 unless said otherwise."""
    return BlockOrder(client_id, "alpaca", symbol, CRYPTO_SCALE if "/" in symbol else UNIT_SCALE, Side.BUY, 0, amount)


def sell(client_id: str = "s1", symbol: str = "VTI", units: int = 1_500_000_000) -> BlockOrder:
    """A sell of units; 1.5 shares unless said otherwise."""
    return BlockOrder(client_id, "alpaca", symbol, CRYPTO_SCALE if "/" in symbol else UNIT_SCALE, Side.SELL, units, 0)


CLIENT_IDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=48)
SYMBOLS = st.sampled_from(["VTI", "BRK.B", "BTC/USD", "DOGE/USD"])
BUYS = st.builds(buy, CLIENT_IDS, SYMBOLS, st.integers(1, MAX_AMOUNT))
SELLS = st.builds(sell, CLIENT_IDS, SYMBOLS, st.integers(1, 2**63 - 1))


@contextmanager
def trading() -> Iterator[tuple[Double, AlpacaBroker]]:
    """A running double and a patient client of it, whose connections are closed first."""
    with running() as double:
        http = Http()
        try:
            yield double, AlpacaBroker(KEY, SECRET, double.url, PATIENCE, http)
        finally:
            http.close()


@contextmanager
def hasty(double: Double) -> Iterator[AlpacaBroker]:
    """A client that does not wait long."""
    http = Http()
    try:
        yield AlpacaBroker(KEY, SECRET, double.url, HASTE, http)
    finally:
        http.close()
