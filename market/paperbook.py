"""The paper broker's own file: orders and what becomes of them, each change one short transaction on the disk."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from engine.invest.market import BlockOrder, OrderState, Side
from ledger.faults import SluiceError

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS broker_order (
    client_id TEXT PRIMARY KEY, account TEXT NOT NULL, symbol TEXT NOT NULL, scale INTEGER NOT NULL,
    side INTEGER NOT NULL, asked_units INTEGER NOT NULL, asked_amount INTEGER NOT NULL,
    state INTEGER NOT NULL, final_at INTEGER NOT NULL, units INTEGER NOT NULL, price INTEGER NOT NULL,
    worth INTEGER NOT NULL, fee INTEGER NOT NULL, reason TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS silence (
    client_id TEXT NOT NULL, call TEXT NOT NULL, PRIMARY KEY (client_id, call)
) STRICT;
CREATE TABLE IF NOT EXISTS delivery (
    key TEXT PRIMARY KEY, account TEXT NOT NULL, symbol TEXT NOT NULL, units INTEGER NOT NULL, cash INTEGER NOT NULL
) STRICT;
"""
_ASKED: Final = "SELECT client_id, account, symbol, scale, side, asked_units, asked_amount FROM broker_order"
_OUTCOME: Final = "SELECT state, final_at, units, price, worth, fee, reason FROM broker_order"
_WAIT_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an order, and the instant from which it is final; `worth` is cost or proceeds in cents."""

    state: OrderState
    final_at: int
    units: int = 0
    price: int = 0
    worth: int = 0
    fee: int = 0
    reason: str = ""

    @classmethod
    def rejected(cls, instant: int, reason: str) -> "Outcome":
        """Make the outcome of an order that is rejected at once."""
        return cls(OrderState.REJECTED, instant, reason=reason)


class PaperBook:
    """One SQLite file, or memory. Every call is one transaction; a file waits for other processes, half a minute."""

    def __init__(self, path: Path | str) -> None:
        """Open or make the file. Raises SluiceError `paper_file`."""
        self._lock = Lock()
        try:
            self._connection = sqlite3.connect(
                path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_TABLES)
        except sqlite3.Error as error:
            sentence = f"The paper broker's file cannot be used ({error}); give a path that may be written."
            raise SluiceError("paper_file", sentence, "path") from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def keep(self, order: BlockOrder, outcome: Outcome) -> tuple[BlockOrder, Outcome]:
        """Store an order with its outcome unless its client id is known; give what is stored."""
        asked = (order.client_id, order.broker_account, order.symbol, order.scale)
        terms = (int(order.side), order.units, order.amount)
        result = (int(outcome.state), outcome.final_at, outcome.units, outcome.price)
        money = (outcome.worth, outcome.fee, outcome.reason)
        with self._transaction() as connection:
            values = (*asked, *terms, *result, *money)
            connection.execute(
                "INSERT INTO broker_order VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING", values
            )
            found = connection.execute(f"{_ASKED} WHERE client_id = ?", (order.client_id,)).fetchone()
            client_id, account, symbol, scale, side, units, amount = found
            stored = BlockOrder(client_id, account, symbol, scale, Side(side), units, amount)
            return stored, _outcome(connection, order.client_id) or outcome

    def outcome(self, client_id: str) -> Outcome | None:
        """The outcome of an order; None where there is no such order."""
        with self._lock:
            return _outcome(self._connection, client_id)

    def change(self, client_id: str, become: Callable[[Outcome], Outcome]) -> Outcome | None:
        """Replace the outcome of an order by what the function makes of it; None where there is no such order."""
        with self._transaction() as connection:
            found = _outcome(connection, client_id)
            if found is None:
                return None
            new = become(found)
            values = (int(new.state), new.final_at, new.units, new.price, new.worth, new.fee, new.reason, client_id)
            connection.execute(
                "UPDATE broker_order SET state = ?, final_at = ?, units = ?, price = ?, worth = ?, fee = ?, reason = ?"
                " WHERE client_id = ?",
                values,
            )
            return new

    def first_silence(self, client_id: str, call: str) -> bool:
        """Tell whether this is the first call of its kind for the order, and note that it was made."""
        with self._transaction() as connection:
            done = connection.execute("INSERT INTO silence VALUES (?, ?) ON CONFLICT DO NOTHING", (client_id, call))
            return done.rowcount == 1

    def deliver(self, key: str, account: str, symbol: str, units: int, cash: int) -> None:
        """Store a delivery unless its key is known."""
        values = (key, account, symbol, units, cash)
        with self._transaction() as connection:
            connection.execute("INSERT INTO delivery VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values)

    def positions(self) -> dict[tuple[str, str], int]:
        """Units by (account, symbol), zeros left out."""
        held: dict[tuple[str, str], int] = {}
        with self._lock:
            orders = self._connection.execute("SELECT account, symbol, side, units FROM broker_order").fetchall()
            moves = self._connection.execute("SELECT account, symbol, units FROM delivery").fetchall()
        moves += [(account, symbol, units if side == Side.BUY else -units) for account, symbol, side, units in orders]
        for account, symbol, units in moves:
            held[account, symbol] = held.get((account, symbol), 0) + units
        return {place: units for place, units in sorted(held.items()) if units}

    def cash(self) -> dict[str, int]:
        """Cents by account."""
        held: dict[str, int] = {}
        with self._lock:
            orders = self._connection.execute("SELECT account, side, worth, fee FROM broker_order").fetchall()
            moves = self._connection.execute("SELECT account, cash FROM delivery").fetchall()
        moves += [(account, (-worth if side == Side.BUY else worth) - fee) for account, side, worth, fee in orders]
        for account, cents in moves:
            held[account] = held.get(account, 0) + cents
        return dict(sorted(held.items()))


def _outcome(connection: sqlite3.Connection, client_id: str) -> Outcome | None:
    found = connection.execute(f"{_OUTCOME} WHERE client_id = ?", (client_id,)).fetchone()
    return None if found is None else Outcome(OrderState(found[0]), *found[1:])
