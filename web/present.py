"""How values are said to people: money, days, sentences with links, verdicts; the filters of every template."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from flask import Flask, url_for

from engine.desk import AccountRecord
from engine.ports import NEVER
from engine.services import Services
from ledger.accounts import Kind, Standing
from ledger.days import date_of, format_day
from ledger.money import MAX_AMOUNT, format_money
from rules.wording import OUTCOME_WORDS, REASON_WORDS, limit_words
from web.moneyview import grouped

MODE_WORDS: Final = {"off": "Off", "watch": "Watch", "ask": "Ask", "auto": "Auto"}
PLANNED_WORDS: Final = OUTCOME_WORDS | {"moved": "will move", "proposed": "will ask for your approval"}
"""Outcomes of a plan: nothing has happened yet."""

KIND_WORDS: Final = {
    Kind.BANK: "Bank",
    Kind.CHECKING: "Checking",
    Kind.CASH: "Cash",
    Kind.BORROW: "Borrow line",
    Kind.INVEST: "Invest",
    Kind.IRA: "IRA",
}
_MONEY: Final = re.compile(r"-?[0-9][0-9,]*\.[0-9]{2}", re.ASCII)
_DATE: Final = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b", re.ASCII)
_STATIC: Final = Path(__file__).resolve().parent / "static"


class Part(NamedTuple):
    """A piece of a sentence: plain, money, or the name of an account with its handle."""

    text: str
    kind: str
    handle: str = ""


def money(cents: int) -> str:
    """Cents for people: `1,234.50`, with a real minus sign."""
    return format_money(cents, grouped=True).replace("-", "−")


def money_text(text: str) -> str:
    """The same of a document's money text."""
    sign, digits = ("−", text[1:]) if text.startswith("-") else ("", text)
    whole, _, part = digits.partition(".")
    return f"{sign}{int(whole):,}.{part}"


def day_words(day: int) -> str:
    """A day number as `Fri 20 Nov 2026`."""
    that = date_of(day)
    return f"{that:%a} {that.day} {that:%b} {that.year}"


def day_text(text: str) -> str:
    """The same of a date's text."""
    that = datetime.fromisoformat(text)
    return f"{that:%a} {that.day} {that:%b} {that.year}"


def dates(text: str) -> str:
    """A sentence with its dates as people read them."""
    return _DATE.sub(lambda match: day_text(match[0]), text)


def parts_of(sentence: str, names: Mapping[str, str]) -> list[Part]:
    """A sentence cut into plain words, amounts, and names of accounts (longest first, whole words)."""
    by_name = {name: handle for handle, name in names.items()}
    called = sorted(by_name, key=len, reverse=True)
    words = "|".join([rf"(?<![\w.]){re.escape(name)}(?![\w])" for name in called] + [_MONEY.pattern])
    found: list[Part] = []
    at = 0
    for match in re.finditer(words, sentence):
        found.append(Part(sentence[at : match.start()], "plain"))
        handle = by_name.get(match[0], "")
        found.append(Part(match[0], "account" if handle else "money", handle))
        at = match.end()
    return [part for part in (*found, Part(sentence[at:], "plain")) if part.text]


def why(reason: str, limited_by: Sequence[str]) -> str:
    """A decision's reason in words: what limited it, where something did."""
    if reason == "limited" and limited_by:
        return "limited by " + " and ".join(limit_words(name) for name in limited_by)
    return REASON_WORDS[reason]


def headline(account: AccountRecord) -> tuple[int, str]:
    """The one number an account is about, with its word: what is available, or owed on a borrow line."""
    available = account.posted - account.pending_out
    return (-available, "owed") if account.kind == Kind.BORROW else (available, "available")


def limits_words(account: AccountRecord) -> str:
    """What an account may hold, in words; empty where there is no limit."""
    if account.kind == Kind.BORROW:
        return (
            f"credit limit {money(-account.floor)}, "
            f"{money(max(account.posted - account.pending_out - account.floor, 0))} left"
        )
    low = max(account.floor, account.rule_floor)
    words = [] if low <= 0 else [f"keeps {money(low)}"]
    words += [] if account.ceiling >= MAX_AMOUNT else [f"holds at most {money(account.ceiling)}"]
    return ", ".join(words)


@cache
def _fingerprint(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """The URL of a static file, with its content's hash."""
    path = _STATIC / name
    return url_for("static", filename=name, v=_fingerprint(path, path.stat().st_mtime_ns))


def register_filters(app: Flask, services: Services) -> None:
    """Give the templates their words; `clock` says when the page was made."""

    def clock() -> str:
        instant = datetime.fromtimestamp(services.now() // 1_000_000, UTC).astimezone(services.zone)
        return f"{instant:%H:%M} {services.zone.key.rpartition('/')[2].replace('_', ' ')}"

    app.jinja_env.filters.update(
        money=money,
        money_text=money_text,
        dates=dates,
        day=day_words,
        day_text=day_text,
        iso=format_day,
        limit=limit_words,
    )
    app.jinja_env.globals.update(
        asset=asset,
        clock=clock,
        parts_of=parts_of,
        why=why,
        limits_words=limits_words,
        headline=headline,
        grouped=grouped,
        outcome_words=OUTCOME_WORDS,
        planned_words=PLANNED_WORDS,
        reason_words=REASON_WORDS,
        mode_words=MODE_WORDS,
        kind_words=KIND_WORDS,
        kinds=Kind,
        standing=Standing,
        never=NEVER,
    )
