"""The zone, the hour of the night, and settings: which night is the next, and what is refused without being told."""

from datetime import time

import pytest
import time_machine

from app import Settings, create_app, create_web, next_night, now
from ledger.days import format_day
from ledger.faults import SluiceError
from tests.commands.shell import Shell


def next_date(instant: str, **settings: object) -> str:
    """The business date of the next night at an instant in UTC."""
    with time_machine.travel(instant + "+00:00", tick=False):
        return format_day(next_night(Settings.model_validate(settings)))


@pytest.mark.parametrize(
    "instant,date",
    [
        ("2026-11-21 06:59:59", "2026-11-20"),  # 01:59:59 in New York: the night of the 20th has not begun
        ("2026-11-21 07:00:00", "2026-11-21"),
        ("2026-11-21 23:00:00", "2026-11-21"),
        ("2026-11-22 04:59:59", "2026-11-21"),  # the date has ended at midnight, the night begins at two
        ("2026-03-08 06:59:59", "2026-03-07"),  # the day without two o'clock: 01:59:59 is followed by 03:00
        ("2026-03-08 07:00:00", "2026-03-08"),
        ("2026-11-01 05:30:00", "2026-10-31"),  # the day with one o'clock twice
        ("2026-11-01 06:30:00", "2026-10-31"),
        ("2026-11-01 07:00:00", "2026-11-01"),
        ("2027-01-01 06:59:59", "2026-12-31"),
    ],
)
def test_the_night_of_a_date_begins_at_two_in_the_zone(instant: str, date: str) -> None:
    assert next_date(instant) == date


def test_another_zone_and_hour() -> None:
    assert next_date("2026-11-20 17:29:59", zone="Asia/Kolkata", night_at=time(23, 0)) == "2026-11-19"
    assert next_date("2026-11-20 17:30:00", zone="Asia/Kolkata", night_at=time(23, 0)) == "2026-11-20"
    assert next_date("2026-11-20 00:00:00", zone="UTC", night_at=time(0, 0)) == "2026-11-20"


def test_the_instant_is_in_microseconds() -> None:
    with time_machine.travel("1970-01-01 00:00:01.000002+00:00", tick=False):
        assert now() == 1_000_002


@pytest.mark.parametrize(
    "name,value,sentence",
    [
        ("SLUICE_ZONE", "Mars/Olympus", "write one such as America/New_York"),
        ("SLUICE_ZONE", "../etc/passwd", "write one such as America/New_York"),
        ("SLUICE_PORT", "0", "greater than or equal to 1"),
        ("SLUICE_NIGHT_AT", "teatime", "SLUICE_NIGHT_AT: "),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    name: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as left:
        create_app()
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (4, "")
    assert said.err.startswith(name)
    assert sentence in said.err


@pytest.mark.parametrize(
    "secret,said",
    [(None, "is not set"), ("", "is not set"), *((short, "has fewer than 32 characters") for short in ("a", "x" * 31))],
)
def test_the_pages_need_a_secret(monkeypatch: pytest.MonkeyPatch, secret: str | None, said: str) -> None:
    monkeypatch.delenv("SLUICE_SECRET_KEY", raising=False)
    if secret is not None:
        monkeypatch.setenv("SLUICE_SECRET_KEY", secret)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    with pytest.raises(SluiceError, match=f"SLUICE_SECRET_KEY {said}"):
        create_web()


def test_a_secret_is_not_shown_by_accident() -> None:
    assert "hush" not in repr(Settings.model_validate({"secret_key": "hush"}))


def test_the_pages_are_served_with_a_secret_and_a_database(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.ok("init")
    monkeypatch.setenv("SLUICE_DATABASE_URL", shell.url)
    monkeypatch.setenv("SLUICE_SECRET_KEY", "a-made-up-key-for-tests-of-32-characters")
    client = create_web().test_client()
    assert client.get("/").status_code == 200
