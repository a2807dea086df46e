"""Statement files and profiles as tests write them."""

import io
from collections.abc import Mapping

import yaml

from bank.profile import Profile, parse_profile
from bank.statement import Statement, read_statement

PLAIN: Mapping[str, object] = {
    "name": "plain",
    "asset": "USD",
    "columns": {"date": "date", "amount": "amount", "balance": "balance", "text": ["text"]},
}
DIRECTED: Mapping[str, object] = {
    "name": "directed",
    "asset": "USD",
    "columns": {"id": "id", "account": "account", "date": "date", "amount": "amount", "direction": "way"},
    "direction": {"credit": ["in"], "debit": ["out"]},
}
SIDES: Mapping[str, object] = {
    "name": "sides",
    "asset": "USD",
    "columns": {"date": "date", "debit": "debit", "credit": "credit"},
}


def a_profile(base: Mapping[str, object] = PLAIN, /, **changes: object) -> Profile:
    """Return the profile of a document, some of its keys changed."""
    parsed = parse_profile(yaml.safe_dump({**base, **changes}).encode())
    assert parsed.document is not None, parsed.problems
    return parsed.document


def wrong(base: Mapping[str, object] = PLAIN, /, **changes: object) -> dict[str, str]:
    """Return the codes with which a document is refused as a profile, by path."""
    parsed = parse_profile(yaml.safe_dump({**base, **changes}).encode())
    assert parsed.document is None
    return {problem.path: problem.code for problem in parsed.problems}


def read(text: str | bytes, profile: Profile | None = None) -> Statement:
    """Return the statement that a text or bytes are."""
    data = text.encode() if isinstance(text, str) else text
    return read_statement(io.BytesIO(data), profile or a_profile())


def codes(statement: Statement) -> list[tuple[str, str]]:
    """Return the path and code of every problem, in order."""
    return [(problem.path, problem.code) for problem in statement.problems]


def keys(statement: Statement) -> list[bytes]:
    """Return the lines' keys as bytes."""
    return [key.tobytes() for key in statement.key]
