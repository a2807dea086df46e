"""A private PostgreSQL server from the system's own binaries, for tests and benchmarks.

It lives in a fresh folder of the system's temporary folder, listens on a Unix socket there and on nothing else, runs as
an unprivileged user when we are root, and is stopped by its own process id. It keeps `fsync` on, as a real server does.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

import psycopg
from psycopg import sql

READY_WITHIN = 30
STOPPED_WITHIN = 20
OWNER = "sluice"
DEBIAN = Path("/usr/lib/postgresql")


class PostgresAbsentError(RuntimeError):
    """The system has no PostgreSQL binaries, or none that we can start."""


@dataclass(frozen=True)
class PostgresServer:
    """A running server: where its socket is, and how to get databases from it."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://{OWNER}@/{database}?host={self.folder}"

    def fresh(self) -> str:
        """Make an empty database and return its name, a new one at every call."""
        name = f"sluice_{next(self._numbers)}"
        self._admin(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return name

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._admin(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def _admin(self, statement: sql.Composed) -> None:
        with psycopg.connect(_dsn(self.folder), autocommit=True) as connection:
            connection.execute(statement)


class _AsUser(TypedDict, total=False):
    """The part of `subprocess.Popen`'s arguments that says who runs the program."""

    user: int
    group: int
    extra_groups: list[int]


@contextlib.contextmanager
def private_postgres(*, fsync: bool = True) -> Iterator[PostgresServer]:
    """Start a server, yield it, stop it and remove its folder.

    `fsync=False` is for benchmarks that say so. Raises `PostgresAbsentError` when there is nothing to start.
    """
    initdb, postgres = _binary("initdb"), _binary("postgres")
    folder = Path(tempfile.mkdtemp(prefix="sluice-pg-"))
    try:
        who = _unprivileged(folder)
        _initialise(initdb, folder, who)
        process = _start(postgres, folder, who, fsync=fsync)
        try:
            _wait_until_ready(process, folder)
            yield PostgresServer(folder)
        finally:
            _stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _dsn(folder: Path) -> str:
    return f"host={folder} user={OWNER} dbname=postgres"


def _binary(name: str) -> str:
    """Find a server program: Debian keeps them out of PATH, the newest version last."""
    versions = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    found = shutil.which(name) or (str(versions[-1]) if versions else None)
    if found is None:
        message = f"PostgreSQL's {name} is not on this machine: install it with `make test-deps`"
        raise PostgresAbsentError(message)
    return found


def _unprivileged(folder: Path) -> _AsUser:
    """Give the folder to a user the server may run as; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    message = "PostgreSQL does not run as root, and neither user `postgres` nor `nobody` exists"
    raise PostgresAbsentError(message)


def _environment() -> dict[str, str]:
    """Return our environment without settings of a PostgreSQL that is not ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}


def _initialise(initdb: str, folder: Path, who: _AsUser) -> None:
    command = [initdb, "-D", str(folder / "data"), "-U", OWNER, "--auth=trust", "--encoding=UTF8", "--no-sync"]
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False, **who)
    if done.returncode != 0:
        message = f"initdb failed: {done.stderr.strip() or done.stdout.strip()}"
        raise PostgresAbsentError(message)


def _start(postgres: str, folder: Path, who: _AsUser, *, fsync: bool) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "on" if fsync else "off",
        "max_connections": "50",
    }
    command = [postgres, "-D", str(folder / "data"), *(f"--{name}={value}" for name, value in settings.items())]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **who
        )


def _wait_until_ready(process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(_dsn(folder)):
            return
        time.sleep(0.05)
    message = f"PostgreSQL did not start: {(folder / 'log').read_text(encoding='utf-8', errors='replace')[-2000:]}"
    raise PostgresAbsentError(message)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown, insist if it does not come."""
    for demand in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(demand)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOPPED_WITHIN)
