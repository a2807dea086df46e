"""The database itself refuses to forget, to rewrite and to hold what cannot be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger.faults import SluiceError
from store.books import Books
from store.database import Database
from store.guards import APPEND_ONLY, FIXED, GUARDS, KEPT, missing_guards
from store.held import REFUSED
from store.migrate import migrate
from store.tables import table
from tests.postgres_server import PostgresServer
from tests.store.earning import lent
from tests.store.households import DAY, NOW, Home, home, lines, night, numbers, owned, paid, put, saved
from tests.store.investing import everything, open_invest

CONSTRAINTS = (*REFUSED, DBAPIError)


@contextmanager
def filled(url: str) -> Iterator[Home]:
    """A home with a row in every table that is guarded."""
    with home(url) as made:
        paid(made)
        with made.books.lock(1) as work:
            work.save_lists([saved(made.customers[0], 1)], DAY, NOW)
            work.finish_night(night(DAY, [(made.customers[0], "reason")]))
            everything(open_invest(work, made.customers[0], made), work)
            owned(work, made.customers[0], made.accounts[0][1])
            lent(work, made.customers[0], made.accounts[0])
        yield made


@pytest.fixture
def house(database_url: str) -> Iterator[Home]:
    """A home of the test's own."""
    with filled(database_url) as made:
        yield made


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with filled(f"sqlite:///{tmp_path_factory.mktemp('guards') / 'sluice.db'}") as made:
        yield made


@pytest.fixture(scope="module")
def on_postgresql(postgres_server: PostgresServer) -> Iterator[Home]:
    name = postgres_server.fresh()
    with filled(postgres_server.url(name)) as made:
        yield made
    postgres_server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest) -> Home:
    """A home of the whole module: all that is tried on it is refused, so that it stays as it is."""
    made: Home = request.getfixturevalue(f"on_{request.param}")
    return made


def execute(house: Home, statement: str) -> None:
    """Execute one statement in a transaction of its own."""
    with house.books.database.writing() as bulk:
        bulk.connection.execute(text(statement))


def names_of(house: Home) -> list[str]:
    with house.books.database.reading() as bulk:
        return missing_guards(bulk.connection)


FILLED = ("transfer", "seal", "night_book", "rule_list", "account_event", "quarantine")
PEOPLE = ("contribution", "owner")
EARNED = ("cent_days", "fee", "forced", "interest", "interest_run", "match_list", "returned")
INVESTED = ("action_done", "lot_move", "pie", "price_snapshot", "quote", "seen_fact")


@pytest.mark.parametrize("name", [*FILLED, *PEOPLE, *EARNED, *INVESTED])
def test_the_record_is_append_only(kept: Home, name: str) -> None:
    assert name in APPEND_ONLY
    with pytest.raises(DBAPIError, match="refused"):
        execute(kept, f"UPDATE {name} SET book_id = book_id")
    with pytest.raises(DBAPIError, match="refused"):
        execute(kept, f"DELETE FROM {name}")


@pytest.mark.parametrize("name", sorted({*APPEND_ONLY, *KEPT}))
def test_tables_are_not_emptied(kept: Home, name: str) -> None:
    if kept.books.database.is_sqlite:
        assert {f"guard_{name}_delete"} <= {guard.name for guard in GUARDS}
    else:
        with pytest.raises(DBAPIError, match="refused"):
            execute(kept, f"TRUNCATE {name} CASCADE")
        with pytest.raises(DBAPIError, match="refused"):
            execute(kept, f"DELETE FROM {name} WHERE false")


@pytest.mark.parametrize("name", sorted(FIXED))
def test_fixed_columns_stay(kept: Home, name: str) -> None:
    for column in FIXED[name]:
        with pytest.raises(DBAPIError, match="refused"):
            execute(kept, f"UPDATE {name} SET {column} = {column}")


def test_rows_that_are_kept(kept: Home) -> None:
    for name in KEPT:
        with pytest.raises(DBAPIError, match="refused"):
            execute(kept, f"DELETE FROM {name}")


CANNOT = (
    *("slice SET units = -1", "lot SET units = -1", "lot SET cost = -1", "lot SET cost = cost_opened + 1"),
    *("invest SET threshold = -1", "intent SET done = -1", "order_block SET fee = -1", "order_part SET filled = -1"),
    *("settlement SET amount = 0", "earmark SET amount = -1"),
)


def test_holdings_that_cannot_be(house: Home) -> None:
    for change in CANNOT:
        with pytest.raises(DBAPIError):
            execute(house, f"UPDATE {change}")
    execute(house, "UPDATE slice SET units = units + 1")


def test_only_inner_accounts_have_parents(house: Home) -> None:
    names = [one.name for one in table("account").c]
    inner = {"account_id": "9", "slot": "9", "handle": "'x:y'", "kind": "7", "parent": str(house.accounts[0][0])}
    for change in ({"kind": "3"}, {"parent": "0"}, {"kind": "10"}, {"parent": "-1"}):
        chosen = ", ".join({**inner, **change}.get(name, f'"{name}"') for name in names)
        with pytest.raises(DBAPIError):
            execute(
                house, f"INSERT INTO account SELECT {chosen} FROM account WHERE handle = 'cash' AND slot = 1 LIMIT 1"
            )
    chosen = ", ".join(inner.get(name, f'"{name}"') for name in names)
    execute(house, f"INSERT INTO account SELECT {chosen} FROM account WHERE handle = 'cash' AND slot = 1 LIMIT 1")


def test_a_book_never_goes_back(house: Home) -> None:
    for column in ("next_seq", "next_number"):
        with pytest.raises(DBAPIError, match="never goes back"):
            execute(house, f"UPDATE book SET {column} = 1 WHERE book_id = 1")
    execute(house, "UPDATE book SET next_seq = next_seq, next_number = next_number + 1")


def test_replacing_is_deleting(kept: Home) -> None:
    if kept.books.database.is_sqlite:
        with pytest.raises(DBAPIError, match="refused"):
            execute(kept, "INSERT OR REPLACE INTO transfer SELECT * FROM transfer")
        with pytest.raises(DBAPIError, match="refused"):
            execute(kept, "INSERT OR REPLACE INTO balance SELECT * FROM balance")
    else:
        with pytest.raises(DBAPIError, match="refused"):
            execute(
                kept,
                "INSERT INTO seal SELECT * FROM seal ON CONFLICT (book_id, first_seq) DO UPDATE SET day = 0",
            )


COPIED = "INSERT INTO transfer SELECT {columns} FROM transfer WHERE book_id = 1 AND seq = 1"


@pytest.mark.parametrize(
    "column,value",
    [
        ("amount", "0"),
        ("amount", "-1"),
        ("amount", "1000000000000001"),
        ("amount", "NULL"),
        ("debit", "credit"),
        ("kind", "5"),
        ("kind", "0"),
        ("transfer_id", "transfer_id || transfer_id"),
        ("seq", "0"),
    ],
)
def test_transfers_that_cannot_be(kept: Home, column: str, value: str) -> None:
    fresh = {"seq": "1000", "transfer_id": "x'00112233445566778899aabbccddeeff'", column: value}
    if not kept.books.database.is_sqlite:
        fresh["transfer_id"] = fresh["transfer_id"].replace("x'", "'\\x")
    chosen = ", ".join(fresh.get(one.name, f'"{one.name}"') for one in table("transfer").c)
    with pytest.raises(DBAPIError):
        execute(kept, COPIED.format(columns=chosen))


def test_a_sound_transfer_is_taken(house: Home) -> None:
    fresh = {"seq": "1000", "transfer_id": "pending_id"}
    execute(
        house, COPIED.format(columns=", ".join(fresh.get(one.name, f'"{one.name}"') for one in table("transfer").c))
    )


@pytest.mark.parametrize(
    "change",
    [
        "debits_posted = -1",
        "credits_pending = 100000000",
        "floor = 100001",
        "ceiling = 99999",
        "debits_pending = 1000000000000001",
    ],
)
def test_balances_that_cannot_be(kept: Home, change: str) -> None:
    with pytest.raises(DBAPIError):
        execute(kept, f"UPDATE balance SET {change} WHERE account_id = {kept.accounts[0][0]}")


@pytest.mark.parametrize("value", ["1.5", "'abc'", "x'00'"])
def test_sqlite_holds_whole_numbers_only(sqlite_url: str, value: str) -> None:
    with home(sqlite_url) as made, pytest.raises(DBAPIError, match="cannot store"):
        execute(made, f"UPDATE balance SET version = {value}")


def test_ids_happen_once(house: Home) -> None:
    one, (checking, cash, _) = house.customers[0], house.accounts[0]
    put(house, lines([(one, cash, checking, 5)], 3))
    with pytest.raises(SluiceError, match="constraint"):
        put(house, lines([(one, cash, checking, 5)], 3))


def test_bulk_errors_are_known(house: Home) -> None:
    with pytest.raises(CONSTRAINTS), house.books.database.writing() as bulk:
        bulk.insert(table("hold"), {"book_id": 1, "transfer_id": b"x" * 16, "customer_id": numbers(1, 1), "seq": 5})


def guard_off(house: Home, kind: str) -> str:
    """Take a guard away in one of the ways there are; its name."""
    on = "" if house.books.database.is_sqlite else " ON transfer"
    name = "guard_transfer_update"
    if kind == "dropped":
        execute(house, f"DROP TRIGGER {name}{on}")
    elif kind == "off":
        execute(house, f"ALTER TABLE transfer DISABLE TRIGGER {name}")
    elif kind == "hollow":
        execute(
            house,
            "CREATE OR REPLACE FUNCTION sluice_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        )
        return "sluice_refuse"
    else:
        execute(house, f"DROP TRIGGER {name}{on}")
        harmless = "BEGIN SELECT 1; END" if not on else "FOR EACH ROW EXECUTE FUNCTION sluice_forward()"
        execute(house, f"CREATE TRIGGER {name} BEFORE UPDATE ON transfer {harmless}")
    return name


@pytest.mark.parametrize("kind", ["dropped", "replaced", "off", "hollow"])
def test_a_database_without_a_guard_is_refused(house: Home, kind: str) -> None:
    if house.books.database.is_sqlite and kind in {"off", "hollow"}:
        kind = "dropped"
    assert names_of(house) == []
    name = guard_off(house, kind)
    assert names_of(house) == [name]
    with pytest.raises(SluiceError) as raised:
        Books(house.url)
    assert raised.value.code == "guard_missing"
    assert name in raised.value.sentence
    migrate(house.url)
    assert names_of(house) == []
    Books(house.url).close()


def test_somebody_without_our_switches_is_stopped_too(sqlite_url: str) -> None:
    with home(sqlite_url) as made:
        paid(made)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as stranger:
        with pytest.raises(sqlite3.IntegrityError, match="refused"):
            stranger.execute("DELETE FROM transfer")
        with pytest.raises(sqlite3.IntegrityError):
            stranger.execute("UPDATE balance SET floor = 4000000000000000000")


def test_a_server_that_may_lose_commits_is_refused(postgres_url: str) -> None:
    with home(postgres_url) as made, made.books.database.writing() as bulk:
        bulk.connection.execute(text("SET LOCAL synchronous_commit = off"))
        with pytest.raises(SluiceError, match="synchronous_commit"):
            Database(postgres_url)._prove_durable(bulk.connection)
        Database(postgres_url, unsafe=True)._prove_durable(bulk.connection)


def test_drivers_errors_are_what_we_think(postgres_url: str) -> None:
    assert issubclass(psycopg.errors.UniqueViolation, psycopg.IntegrityError)
