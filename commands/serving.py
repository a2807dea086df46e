"""Commands that stay: serve, and start for a first look (ruling 34)."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Final

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from commands.demo import make_demo
from commands.desk import Desk, refusing, screen

LOOK: Final = 0.1  # seconds between looks at the programs


def commands(desk: Desk) -> list[click.Command]:
    """The commands of this module."""
    return [_serve(desk), _start(desk)]


def _serve(desk: Desk) -> click.Command:
    @click.command("serve")
    @click.option("--port", type=click.IntRange(1, 65_535), default=desk.port, show_default=True)
    @click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
    @refusing
    def serve(port: int, workers: int) -> None:
        """Serve the pages and the API on loopback."""
        desk.open().close()
        desk.prove_secret()
        screen.print(f"Sluice is at http://localhost:{port} (Ctrl+C stops it)")
        server = Granian(
            "app:create_web",
            address="127.0.0.1",
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=4,
            factory=True,
            log_level=LogLevels.warning,
        )
        server.serve()

    return serve


def _start(desk: Desk) -> click.Command:
    @click.command("start")
    @click.option("--nights", type=click.IntRange(1, 366), default=365, show_default=True)
    @refusing
    def start(nights: int) -> None:
        """First look: secrets, demo household, its last night's decisions, then the scheduler and the pages."""
        write_secrets(desk)
        screen.print(make_demo(desk, nights))
        here = [sys.executable, "-m", "flask", "--app", "app"]
        sys.exit(together([[*here, "scheduler"], [*here, "serve"]]))

    return start


def together(programs: Sequence[Sequence[str]]) -> int:
    """Run programs until one of them ends or we are told to stop, then end the others; 1 where one ended by itself."""
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: told.append(number))
    children = [subprocess.Popen(program) for program in programs]  # noqa: S603 - our own commands
    while not told and all(child.poll() is None for child in children):
        time.sleep(LOOK)
    for child in children:
        child.terminate()
    for child in children:
        child.wait()
    return 0 if told else 1


def write_secrets(desk: Desk) -> None:
    """Write instance/secrets.env once, random, readable by its owner alone (ruling 35)."""
    if desk.secrets.exists() or "SLUICE_SECRET_KEY" in os.environ:
        return
    desk.secrets.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(desk.secrets, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"SLUICE_SECRET_KEY={secrets.token_urlsafe(32)}\n")
