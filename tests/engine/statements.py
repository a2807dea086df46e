"""Statements as the importer reads them, made from a few words, and a way to import them into a home."""

from collections.abc import Sequence

import numpy as np

from bank.statement import Statement
from engine.importing import Importer, Joined
from engine.importing_book import ImportResult
from ledger.days import parse_day
from ledger.money import parse_money
from tests.engine.households import Home

Entry = tuple[str, str, str, str]
"""(account, day, amount, stated balance or empty)."""


def statement(*entries: Entry, keys: Sequence[int] | None = None) -> Statement:
    """A statement of these lines; the key of a line is its place, or as given."""
    amounts = np.array([parse_money(entry[2], signed=True) for entry in entries], np.int64)
    numbers = list(keys) if keys is not None else list(range(1, len(entries) + 1))
    return Statement(
        profile="made",
        asset="USD",
        line_no=np.arange(2, len(entries) + 2),
        account=[entry[0] for entry in entries],
        day=np.array([parse_day(entry[1]) for entry in entries], np.int64),
        amount=amounts,
        has_balance=np.array([bool(entry[3]) for entry in entries], np.bool_),
        balance=np.array([parse_money(entry[3] or "0", signed=True) for entry in entries], np.int64),
        category=["salary" if amount > 0 else "food" for amount in amounts.tolist()],
        card=amounts < 0,
        key=np.frombuffer(b"".join(one.to_bytes(16, "big") for one in numbers), np.uint8).reshape(-1, 16),
        text=["line"] * len(entries),
        repeated=0,
        problems=(),
    )


def bring(
    home: Home,
    lines: Statement,
    target: tuple[str, str] | None = None,
    *,
    adjust: bool = True,
    joined: Joined | None = None,
) -> ImportResult:
    """Import a statement; households that it opens are known to the home."""
    result = Importer(home.books, lines, home.now, target, adjust, joined).run()
    names = [target[0]] if target else lines.account
    home.ids |= {name: customer for name, (_, customer) in home.books.find_many(sorted(set(names))).items()}
    return result


def pieces(lines: Statement, places: Sequence[int]) -> Statement:
    """The lines at these places."""
    at = np.array(places, np.int64)
    return Statement(
        profile=lines.profile,
        asset=lines.asset,
        line_no=lines.line_no[at],
        account=[lines.account[place] for place in places],
        day=lines.day[at],
        amount=lines.amount[at],
        has_balance=lines.has_balance[at],
        balance=lines.balance[at],
        category=[lines.category[place] for place in places],
        card=lines.card[at],
        key=lines.key[at],
        text=[lines.text[place] for place in places],
        repeated=0,
        problems=(),
    )
