"""The triggers that keep the record a record: one list for both engines (ledger.md 4.9; rulings 53, 54).

They are made again after every migration, and start-up refuses a database in which one is missing, changed or off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from ledger.faults import SluiceError

APPEND_ONLY: Final = (
    *("account_event", "customer_event", "dated", "decision", "night_book", "quarantine", "rejection", "rule_list"),
    *("seal", "statement_line", "transfer"),
    *("action_done", "lot_move", "pie", "price_snapshot", "quote", "seen_fact"),
    *("contribution", "owner"),
    *("cent_days", "fee", "interest", "interest_run"),
    *("forced", "returned"),
    "match_list",
)
KEPT: Final = (
    *("account", "balance", "book", "customer", "directory"),
    *("intent", "invest", "lot", "order_block", "order_part", "slice", "window_run"),
    *("earnings", "ownership", "person"),
    *("borrow_line", "fee_cycle"),
)
"""Tables that change but never lose a row."""

FIXED: Final = {
    "account": ("book_id", "account_id", "customer_id", "slot", "handle", "kind", "asset", "opened", "parent"),
    "balance": ("book_id", "account_id", "customer_id"),
    "customer": ("book_id", "customer_id", "reference", "opened"),
    "directory": ("reference", "book_id", "customer_id"),
    "asset": ("number", "code", "scale"),
    "borrow_line": ("book_id", "account_id", "customer_id"),
    "intent": (
        *("book_id", "intent_id", "customer_id", "account_id", "kind", "path", "amount", "made", "key"),
        *("destination", "lots", "slot_wanted"),
    ),
    "invest": ("book_id", "account_id", "customer_id"),
    "lot": ("book_id", "lot_id", "customer_id", "account_id", "asset", "day", "held_from"),
    "order_block": (
        *("book_id", "client_id", "day", "slot", "attempt", "broker_account", "asset", "symbol", "side"),
        *("units", "amount"),
    ),
    "order_part": (
        *("book_id", "client_id", "account_id", "slice", "purpose", "intent_id", "customer_id"),
        *("units", "amount", "lots"),
    ),
    "slice": ("book_id", "account_id", "slice", "customer_id", "asset"),
    "window_run": ("book_id", "day", "slot"),
    "earnings": ("book_id", "person_id", "year"),
    "ownership": ("book_id", "account_id", "customer_id", "kind"),
    "person": ("book_id", "person_id", "customer_id", "number"),
}
"""Columns that may not be written after the row was inserted."""

BACK: Final = "NEW.next_seq < OLD.next_seq OR NEW.next_number < OLD.next_number OR NEW.book_id <> OLD.book_id"

FUNCTIONS: Final = {
    "sluice_refuse": "BEGIN RAISE EXCEPTION USING MESSAGE = TG_OP || ' of ' || TG_TABLE_NAME || ' is refused'; END",
    "sluice_forward": (f"BEGIN IF {BACK} THEN RAISE EXCEPTION 'a book never goes back'; END IF; RETURN NEW; END"),
}
"""PostgreSQL keeps what a trigger does apart from the trigger."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger: its name, its table, and how each engine makes it. SQLite has no TRUNCATE to guard."""

    name: str
    table: str
    sqlite: str
    postgres: str


def _refusal(table: str, event: str, columns: tuple[str, ...] = ()) -> Guard:
    """A guard that refuses an event, for PostgreSQL even where it would touch no row."""
    of = f" OF {', '.join(columns)}" if columns else ""
    name = f"guard_{table}_{'fixed' if columns else event.lower()}"
    message = f"{event} of table {table} is refused"
    return Guard(
        name,
        table,
        ""
        if event == "TRUNCATE"
        else f"CREATE TRIGGER {name} BEFORE {event}{of} ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END",
        f"CREATE TRIGGER {name} BEFORE {event}{of} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION sluice_refuse()",
    )


def _forward() -> Guard:
    """The guard that keeps a book's counters from going back."""
    start = "CREATE TRIGGER guard_book_forward BEFORE UPDATE ON book"
    return Guard(
        "guard_book_forward",
        "book",
        f"{start} WHEN {BACK} BEGIN SELECT RAISE(ABORT, 'a book never goes back'); END",
        f"{start} FOR EACH ROW EXECUTE FUNCTION sluice_forward()",
    )


GUARDS: Final = (
    *(_refusal(table, event) for table in APPEND_ONLY for event in ("UPDATE", "DELETE", "TRUNCATE")),
    *(_refusal(table, event) for table in KEPT for event in ("DELETE", "TRUNCATE")),
    *(_refusal(table, "UPDATE", columns) for table, columns in FIXED.items()),
    _forward(),
)


def make_guards(connection: Connection) -> None:
    """Make every guard anew."""
    drop_guards(connection)
    if connection.dialect.name == "postgresql":
        for name, body in FUNCTIONS.items():
            made = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard${body}$guard$"
            connection.exec_driver_sql(made)
    for guard in _of(connection):
        connection.exec_driver_sql(_statement(connection, guard))


def drop_guards(connection: Connection) -> None:
    """Remove every guard that is there: only migrations do that, and make them again."""
    there = {name for name, _, _ in _found(connection)}
    on = {guard.name: f" ON {guard.table}" if connection.dialect.name == "postgresql" else "" for guard in GUARDS}
    for name in sorted(there & on.keys()):
        connection.exec_driver_sql(f"DROP TRIGGER {name}{on[name]}")


def missing_guards(connection: Connection) -> list[str]:
    """Names of guards that are not in the database as they should be, ascending."""
    found = {name: made for name, made, on in _found(connection) if on}
    wanted = {guard.name: _statement(connection, guard) for guard in _of(connection)}
    lost = {name for name, statement in wanted.items() if found.get(name) != statement}
    if connection.dialect.name == "postgresql":
        query = text("SELECT proname, prosrc FROM pg_proc WHERE proname = ANY(:names)")
        bodies = {row[0]: row[1] for row in connection.execute(query, {"names": list(FUNCTIONS)})}
        lost |= {name for name, body in FUNCTIONS.items() if bodies.get(name) != body}
    return sorted(lost)


def assert_guards(connection: Connection) -> None:
    """Raise SluiceError `guard_missing` unless every guard is in place."""
    lost = missing_guards(connection)
    if lost:
        sentence = f"The database lacks guards of its record ({', '.join(lost)}); run `flask init` to restore them."
        raise SluiceError("guard_missing", sentence)


def _of(connection: Connection) -> Iterator[Guard]:
    """The guards that this engine needs."""
    return (guard for guard in GUARDS if _statement(connection, guard))


def _statement(connection: Connection, guard: Guard) -> str:
    return guard.postgres if connection.dialect.name == "postgresql" else guard.sqlite


def _found(connection: Connection) -> Iterator[tuple[str, str, bool]]:
    """Triggers there are: name, the statement that makes them, whether they are switched on."""
    query = "SELECT name, sql, 1 FROM sqlite_master WHERE type = 'trigger'"
    if connection.dialect.name == "postgresql":
        query = (
            "SELECT tgname, replace(pg_get_triggerdef(pg_trigger.oid), ' ON ' || nspname || '.', ' ON '), "
            "tgenabled IN ('O', 'A') FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE NOT tgisinternal AND nspname = current_schema()"
        )
    return ((name, made, bool(on)) for name, made, on in connection.exec_driver_sql(query))
