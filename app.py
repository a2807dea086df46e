"""Sluice: settings, wiring and commands. Nothing imports this file; only here is the clock read."""

import os
import sys
import time
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import SettingsConfigDict

import commands
import web
from commands.desk import Desk
from commands.markets import MarketSettings
from engine.services import Services
from ledger.days import day_number
from ledger.faults import SluiceError
from store.books import Books

INSTANCE: Final = Path(__file__).resolve().parent / "instance"
SECRETS: Final = INSTANCE / "secrets.env"
SECRET_LENGTH: Final = 32


class Settings(MarketSettings):
    """What an operator may set, from the environment (SLUICE_...) or instance/secrets.env; no secret has a default."""

    model_config = SettingsConfigDict(env_prefix="SLUICE_", env_file=SECRETS, extra="ignore", frozen=True)

    database_url: str = f"sqlite:///{INSTANCE / 'sluice.db'}"
    zone: str = "America/New_York"
    night_at: clock_time = clock_time(2, 0)
    port: int = Field(default=8321, ge=1, le=65535)
    secret_key: SecretStr | None = None

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as fault:
            sentence = f"SLUICE_ZONE is {name!r}, which is no time zone known here; write one such as America/New_York."
            raise ValueError(sentence) from fault
        return name


def now() -> int:
    """The instant, in microseconds since the epoch."""
    return time.time_ns() // 1000


def next_night(settings: Settings) -> int:
    """The business date of the next night: the night of D starts on D + 1 at `night_at` in the zone (ruling 1)."""
    start = timedelta(hours=settings.night_at.hour, minutes=settings.night_at.minute)
    return day_number((datetime.now(ZoneInfo(settings.zone)) - start).date())


def services(settings: Settings) -> Services:
    """Open the books. Raises SluiceError where the database is not ready."""
    books, market = Books(settings.database_url), settings.exchange(settings.database_url, INSTANCE, now)
    clock = (ZoneInfo(settings.zone), now, lambda: next_night(settings))
    return Services(books, *clock, market.market, market.trading(), market.next_window, market.opened, market.models)


def _settings() -> Settings:
    """The settings, or a sentence for each that is wrong and exit code 4; what was given is not repeated."""
    try:
        return Settings()
    except ValidationError as fault:
        for error in fault.errors():
            name = f"SLUICE_{str(error['loc'][0]).upper()}: " if error["loc"] else ""
            sys.stderr.write(f"{name}{error['msg']}\n")
        sys.exit(4)


def create_app(settings: Settings | None = None) -> Flask:
    """The command line: `flask --app app COMMAND`. Nothing is opened before a command needs it."""
    settings = settings or _settings()
    app = Flask(__name__, static_folder=None)
    desk = Desk(
        url=settings.database_url,
        port=settings.port,
        zone=ZoneInfo(settings.zone),
        secrets=SECRETS,
        now=now,
        next_night=lambda: next_night(settings),
        exchange=settings.exchange(settings.database_url, INSTANCE, now),
        prove_secret=lambda: secret_of(settings),
    )
    commands.register(app, desk)
    return app


def secret_of(settings: Settings) -> str:
    """The key that signs sessions and forms. Raises SluiceError `secret_missing`."""
    secret = settings.secret_key.get_secret_value() if settings.secret_key else ""
    if len(secret) < SECRET_LENGTH:
        where = os.path.relpath(SECRETS)
        what = (
            f"SLUICE_SECRET_KEY has fewer than {SECRET_LENGTH} characters" if secret else "SLUICE_SECRET_KEY is not set"
        )
        sentence = f"{what}; `make run` writes a random one to {where}, or set one yourself."
        raise SluiceError("secret_missing", sentence, "SLUICE_SECRET_KEY")
    return secret


def create_web() -> Flask:
    """The pages and the API, as the server loads them."""
    settings = Settings()
    app = Flask("web")
    app.secret_key = secret_of(settings)
    web.register(app, services(settings))
    return app
