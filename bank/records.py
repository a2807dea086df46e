"""A statement's text as records of fields. A line that cannot be split is listed and costs nothing but itself.

A record may span lines inside quotes. Where the quotes do not pair up, or the joined record has not the width of the
others, the first line alone is bad and reading goes on with the next: a stray quote never swallows the lines below it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self, TextIO

from bank.codes import Fault
from bank.profile import Profile
from ledger.faults import Problem, SluiceError

MAX_LINES: Final = 2_000_000
LINE_CHARS: Final = 65_536
RECORD_LINES: Final = 20

_UNDECODED = re.compile("[\udc80-\udcff]")
_TOO_LONG = Fault("line_too_long", f"The line has more than {LINE_CHARS:,} characters; no line of a statement has.")
_NUL = Fault("line_nul", "The line holds a NUL byte, so it is damaged; export the statement again.")
_ENCODING = Fault(
    "line_encoding", "The line holds bytes that are not text in the profile's `encoding`; correct the one or the other."
)
_QUOTES = Fault("line_quotes", "The quotes do not pair up; close each field that opens with one, double those inside.")


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one line, and the number of the physical line it starts on, counted from 1."""

    line_no: int
    fields: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The header's names (empty where there is none), the records in file order, and the lines that are none."""

    header: list[str]
    records: list[Record]
    problems: list[Problem]


def read_table(text: TextIO, profile: Profile) -> Table:
    """Split a statement's text, which must be seekable. Raises SluiceError header_missing or too_many_lines.

    The width of every record is the header's; without a header it is the commonest (the smaller of equals).
    """
    if profile.header:
        return _with_header(text, profile)
    widths = Counter(len(record.fields) for record in _records(_Lines(text, profile.skip_rows), profile, 0, []))
    width = min(widths, key=lambda n: (-widths[n], n), default=0)
    text.seek(0)
    problems: list[Problem] = []
    records = list(_records(_Lines(text, profile.skip_rows), profile, width, problems))
    return Table([], records, problems)


def _with_header(text: TextIO, profile: Profile) -> Table:
    lines = _Lines(text, profile.skip_rows)
    problems: list[Problem] = []
    header = next(_records(lines, profile, 0, problems), None)
    if header is None or problems:
        why = f" {problems[0].sentence}" if problems else ""
        sentence = f"The file has no header that can be read where the profile says (`header`, `skip_rows`).{why}"
        raise SluiceError("header_missing", sentence, "header")
    names = [name.strip() for name in header.fields]
    return Table(names, list(_records(lines, profile, len(names), problems)), problems)


class _Lines:
    """The physical lines, as the csv module takes them: one at a time, and again after a record that ended badly."""

    def __init__(self, text: TextIO, skip: int) -> None:
        self.start = 0  # lines before the present record
        self.fault: Fault | None = None  # what is wrong with the record's last line, where it is not text
        self._text = text
        self._given: list[str] = []  # lines of the present record so far
        self._again: list[str] = []  # lines to give out once more, the next one last
        for _ in range(skip):
            self._take()
        self.start = skip

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else self._take()
        if not line:
            raise StopIteration
        self._given.append(line)
        if (fault := _fault(line)) or len(self._given) > RECORD_LINES:
            self.fault = fault if len(self._given) == 1 else None
            raise csv.Error
        return line

    def spanned(self) -> int:
        """The physical lines of the present record so far."""
        return len(self._given)

    def end(self) -> None:
        """The record is done; the next line starts another."""
        self._move(len(self._given))

    def end_first(self) -> None:
        """The record's first line is lost; the others are given out once more."""
        self._again += reversed(self._given[1:])
        self._move(1)

    def _move(self, by: int) -> None:
        self.start += by
        self._given.clear()
        self.fault = None
        if self.start > MAX_LINES:
            sentence = f"The statement has more than {MAX_LINES:,} lines; split it by account or by month."
            raise SluiceError("too_many_lines", sentence, "file")

    def _take(self) -> str:
        line = part = self._text.readline(LINE_CHARS + 1)
        while len(part) > LINE_CHARS and part[-1] not in "\r\n":
            part = self._text.readline(LINE_CHARS + 1)
        return line


def _fault(line: str) -> Fault | None:
    if len(line) > LINE_CHARS:
        return _TOO_LONG
    if "\x00" in line:
        return _NUL
    return None if line.isascii() or not _UNDECODED.search(line) else _ENCODING


def _records(lines: _Lines, profile: Profile, width: int, problems: list[Problem]) -> Iterator[Record]:
    """The records of `width` fields (0 = any), blank lines left out; what is none goes to `problems`."""
    reader = _reader(lines, profile)
    while True:
        try:
            fields = next(reader)
            fault = _width_fault(fields, width, lines.spanned())
        except StopIteration:
            return
        except csv.Error:
            fields, fault = [], lines.fault or _QUOTES
        line_no = lines.start + 1
        if fault is None:
            lines.end()
            if fields:
                yield Record(line_no, fields)
        else:
            problems.append(Problem(f"line {line_no}", *fault))
            lines.end_first()
            reader = _reader(lines, profile)


def _reader(lines: _Lines, profile: Profile) -> Iterator[list[str]]:
    if profile.quote:
        return csv.reader(lines, delimiter=profile.delimiter, quotechar=profile.quote, strict=True)
    return csv.reader(lines, delimiter=profile.delimiter, quotechar=None, quoting=csv.QUOTE_NONE)


def _width_fault(fields: list[str], width: int, spanned: int) -> Fault | None:
    """What is wrong with a record's width, if anything; a blank record is emptied, empty fields past the width go."""
    if not "".join(fields).strip():
        fields.clear()
        return None
    if not width or len(fields) == width:
        return None
    if len(fields) > width and not "".join(fields[width:]).strip():
        del fields[width:]
        return None
    if spanned > 1:
        return _QUOTES
    sentence = f"The line has {len(fields)} fields and must have {width}; quote a field that holds the delimiter."
    return Fault("line_width", sentence)
