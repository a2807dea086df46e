"""A statement file read by a profile into columns, with a key for every line and a list of what could not be read.

Pure but for reading the file: it knows no database and no clock. A line's key is the same in every file that holds the
line, so reading a file again, or one that overlaps it, adds nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
import numpy.typing as npt

from bank.lines import Line, LineReader, column_places
from bank.profile import Profile
from bank.records import read_table
from bank.source import read_text
from ledger.accounts import Int64s
from ledger.faults import Problem

KEY_BYTES: Final = 16
MAX_PROBLEMS: Final = 10_000

_APART = "\x1f"  # no field holds a control character


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of a statement in file order, a column each; every column has the same length.

    `day` is a day number, `amount` signed cents (money in positive, never 0), `balance` cents where `has_balance`, else
    0. `category` belongs to income where the amount is positive, else to expense. `card` marks card purchases. `key` is
    (n, 16). `repeated` counts lines left out because the file had the same id and content before.
    """

    profile: str
    asset: str
    line_no: Int64s
    account: list[str]
    day: Int64s
    amount: Int64s
    has_balance: npt.NDArray[np.bool_]
    balance: Int64s
    category: list[str]
    card: npt.NDArray[np.bool_]
    key: npt.NDArray[np.uint8]
    text: list[str]
    repeated: int
    problems: tuple[Problem, ...]

    def __len__(self) -> int:
        """The number of lines read."""
        return len(self.account)


def read_statement(source: Path | BinaryIO, profile: Profile) -> Statement:
    """Read a statement file, plain or gzip. Bad lines are listed in `problems` and left out; the others are all there.

    Raises SluiceError with a code of FILE_CODES where the file as a whole cannot be read; nothing else, whatever the
    bytes are.
    """
    with read_text(source, profile.encoding) as text:
        table = read_table(text, profile)
    reader = LineReader(profile, column_places(profile, table))
    lines: list[Line] = []
    problems = list(table.problems)
    for record in table.records:
        found = reader.read(record)
        if isinstance(found, Line):
            lines.append(found)
        else:
            problems += found
    if profile.columns.id is None:
        return _columns(profile, lines, _content_keys(lines), 0, problems)
    once, repeated = _once(lines, problems)
    keys = b"".join(_key("id", line.account, line.source_id) for line in once)
    return _columns(profile, once, keys, repeated, problems)


def _once(lines: Iterable[Line], problems: list[Problem]) -> tuple[list[Line], int]:
    """The lines whose id comes for the first time, and how many came again with the same content; others are listed."""
    first: dict[tuple[str, str], Line] = {}
    repeated = 0
    for line in lines:
        before = first.setdefault((line.account, line.source_id), line)
        if before is line:
            continue
        if _content(before) == _content(line):
            repeated += 1
            continue
        sentence = f"The id of line {before.line_no} comes again with other content; each line must have its own id."
        problems.append(Problem(f"line {line.line_no}.id", "id_changed", sentence))
    return list(first.values()), repeated


def _content_keys(lines: Iterable[Line]) -> bytes:
    """Keys by content and the number of its occurrence: two genuine equal lines of a day stay two."""
    seen: defaultdict[tuple[str, ...], int] = defaultdict(int)
    keys = []
    for line in lines:
        content = _content(line)
        seen[content] += 1
        keys.append(_key("content", *content, str(seen[content])))
    return b"".join(keys)


def _content(line: Line) -> tuple[str, ...]:
    balance = "" if line.balance is None else str(line.balance)
    return (line.account, str(line.day), str(line.amount), balance, line.text)


def _key(*parts: str) -> bytes:
    return hashlib.sha256(_APART.join(parts).encode()).digest()[:KEY_BYTES]


def _columns(profile: Profile, lines: Sequence[Line], keys: bytes, repeated: int, problems: list[Problem]) -> Statement:
    return Statement(
        profile=profile.name,
        asset=profile.asset,
        line_no=_int64s(line.line_no for line in lines),
        account=[line.account for line in lines],
        day=_int64s(line.day for line in lines),
        amount=_int64s(line.amount for line in lines),
        has_balance=np.array([line.balance is not None for line in lines], dtype=np.bool_),
        balance=_int64s(line.balance or 0 for line in lines),
        category=[line.category for line in lines],
        card=np.array([line.card for line in lines], dtype=np.bool_),
        key=np.frombuffer(keys, dtype=np.uint8).reshape(-1, KEY_BYTES).copy(),
        text=[line.text for line in lines],
        repeated=repeated,
        problems=_listed(problems),
    )


def _int64s(values: Iterable[int]) -> Int64s:
    return np.fromiter(values, dtype=np.int64)


def _listed(problems: list[Problem]) -> tuple[Problem, ...]:
    """The problems in the order of their lines, at most MAX_PROBLEMS of them and one more that counts the rest."""
    ordered = sorted(problems, key=lambda problem: int(problem.path.removeprefix("line ").partition(".")[0]))
    if len(ordered) <= MAX_PROBLEMS:
        return tuple(ordered)
    sentence = f"{len(ordered) - MAX_PROBLEMS:,} more problems are not listed; correct these first, then read again."
    return (*ordered[:MAX_PROBLEMS], Problem("", "more_problems", sentence))
