"""serve and start as real processes: they answer, they stop when told, and leave nothing running."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app import Settings
from commands.desk import Desk
from commands.serving import together, write_secrets
from tests.commands.shell import Shell
from tests.conftest import ROOT

KEY = "a-made-up-key-for-tests-of-32-characters"
PATIENCE = 60  # seconds; two processes start on a machine that may be busy


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextlib.contextmanager
def running(shell: Shell, *words: object, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A command in a process group of its own, which is ended whatever happens."""
    settings = {"SLUICE_DATABASE_URL": shell.url, "SLUICE_SECRET_KEY": KEY, "SLUICE_PORT": str(port)}
    command = [sys.executable, "-m", "flask", "--app", "app", *(str(word) for word in words)]
    with (shell.folder / "said").open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | settings, stdout=said, stderr=said, start_new_session=True
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def get(port: int) -> int:
    """Ask for the first page until the server answers; gives the status."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with opener.open(f"http://127.0.0.1:{port}/", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.1)


def group_of(process: subprocess.Popen[bytes]) -> list[int]:
    """Processes of the command's group that are still alive."""
    alive = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = entry.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[2]) == process.pid and fields[0] != "Z":
                alive.append(int(entry.parent.name))
    return alive


@pytest.mark.parametrize("words", [["serve"], ["start", "--nights", 1]])
def test_it_answers_and_stops_when_told(shell: Shell, words: list[object]) -> None:
    shell.ok("init")
    port = free_port()
    with running(shell, *words, port=port) as process:
        assert get(port) == 200
        assert len(group_of(process)) >= 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert group_of(process) == []
    said = (shell.folder / "said").read_text(encoding="utf-8")
    assert f"http://localhost:{port}" in said
    assert "Traceback" not in said
    assert KEY not in said
    if words[0] == "start":
        assert "Night of " in said


@pytest.fixture
def _signals() -> Iterator[None]:
    """Give the signals back to pytest afterwards."""
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_signals")
def test_when_one_program_ends_the_others_are_ended() -> None:
    for code in ("0", "3"):
        sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
        began = time.monotonic()
        assert together([sleeper, [sys.executable, "-c", f"raise SystemExit({code})"], sleeper]) == 1
        assert time.monotonic() - began < PATIENCE


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    settings = Settings()
    secrets = tmp_path / "new" / "secrets.env"
    return Desk(
        url=settings.database_url,
        port=settings.port,
        zone=ZoneInfo("UTC"),
        secrets=secrets,
        now=lambda: 0,
        next_night=lambda: 0,
        exchange=settings.exchange(settings.database_url, tmp_path, lambda: 0),
        prove_secret=lambda: "",
    )


def test_secrets_are_random_written_once_and_for_the_owner_alone(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SLUICE_SECRET_KEY", raising=False)
    write_secrets(desk)
    first = desk.secrets.read_text(encoding="utf-8")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (desk.secrets, desk.secrets.parent)]
    assert modes == [0o600, 0o700]
    name, _, key = first.strip().partition("=")
    assert (name, len(key) >= 43) == ("SLUICE_SECRET_KEY", True)
    assert Settings(_env_file=desk.secrets).secret_key is not None
    write_secrets(desk)
    assert desk.secrets.read_text(encoding="utf-8") == first
    desk.secrets.unlink()
    write_secrets(desk)
    assert desk.secrets.read_text(encoding="utf-8") != first
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


def test_no_secret_is_written_where_one_is_given(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLUICE_SECRET_KEY", KEY)
    write_secrets(desk)
    assert not desk.secrets.exists()


@pytest.mark.parametrize("secret,said", [("", "is not set"), ("short", "has fewer than 32 characters")])
def test_without_a_secret_nothing_is_served(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, secret: str, said: str
) -> None:
    monkeypatch.setenv("SLUICE_SECRET_KEY", secret)
    shell.ok("init")
    assert f"SLUICE_SECRET_KEY {said}; `make run` writes a random one" in shell.refused("serve")
