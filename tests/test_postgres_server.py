"""The databases that tests get are real, empty and their own."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests import postgres_server
from tests.postgres_server import PostgresAbsentError, PostgresServer, private_postgres


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database_url: str, turn: int) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE mine (turn INTEGER)"))
        connection.execute(text("INSERT INTO mine VALUES (:turn)"), {"turn": turn})
        assert connection.execute(text("SELECT turn FROM mine")).scalars().all() == [turn]
    engine.dispose()


def test_the_server_listens_on_its_socket_only_and_syncs(postgres_server: PostgresServer) -> None:
    with psycopg.connect(f"host={postgres_server.folder} user=sluice dbname=postgres") as connection:
        shown = connection.execute("SELECT current_setting('listen_addresses'), current_setting('fsync')").fetchone()
    assert shown == ("", "on")


def test_a_stopped_server_leaves_nothing(postgres_server: PostgresServer) -> None:
    with private_postgres(fsync=False) as second:
        assert second.folder.is_dir()
        assert second.folder != postgres_server.folder
    assert not second.folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"host={second.folder} user=sluice dbname=postgres")


def test_an_absent_server_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(postgres_server, "DEBIAN", tmp_path)
    with pytest.raises(PostgresAbsentError, match="make test-deps"), private_postgres():
        pass
