"""Strict CSV tables of a feed: known headers only, and every value refused with its file, line and column."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.invest.market import PRICE_SCALE
from ledger.days import parse_day
from ledger.faults import SluiceError
from ledger.money import quoted
from market.bars import MAX_PRICE, MAX_RATIO

MAX_BYTES: Final = 256 * 2**20

_PRICE: Final = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,6}))?", re.ASCII)
_SYMBOL: Final = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,7}", re.ASCII)
_WHOLE: Final = re.compile(r"[0-9]{1,7}", re.ASCII)
_FLAGS: Final = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; every reader raises SluiceError whose field is `file.line.column`."""

    file: str
    line: int
    cells: dict[str, str]

    def at(self, column: str) -> str:
        """The path of a cell."""
        return f"{self.file}.{self.line}.{column}"

    def told(self, sentence: str) -> str:
        """A sentence that begins with where it was found."""
        return f"{self.file}, line {self.line}: {sentence}"

    def symbol(self, column: str = "symbol") -> str:
        """A symbol. Raises SluiceError `feed_symbol`."""
        text = self.cells[column]
        if _SYMBOL.fullmatch(text) is None:
            sentence = f"{quoted(text)} is not a symbol; write 1 to 8 capitals, digits, points, strokes or hyphens."
            raise SluiceError("feed_symbol", self.told(sentence), self.at(column))
        return text

    def day(self, column: str) -> int:
        """A day number. Raises SluiceError `feed_day`."""
        try:
            return parse_day(self.cells[column])
        except SluiceError as fault:
            raise SluiceError("feed_day", self.told(fault.sentence), self.at(column)) from None

    def price(self, column: str) -> int:
        """A price in millionths, more than zero. Raises SluiceError `feed_price`."""
        text = self.cells[column]
        match = _PRICE.fullmatch(text)
        price = int(match[1]) * 10**PRICE_SCALE + int((match[2] or "").ljust(PRICE_SCALE, "0")) if match else 0
        if not 0 < price <= MAX_PRICE:
            sentence = f"{quoted(text)} is not a price; write a number above zero with at most six decimals, like 52.1."
            raise SluiceError("feed_price", self.told(sentence), self.at(column))
        return price

    def whole(self, column: str) -> int:
        """A whole number from 1 to a million. Raises SluiceError `feed_number`."""
        text = self.cells[column]
        number = int(text) if _WHOLE.fullmatch(text) else 0
        if not 0 < number <= MAX_RATIO:
            sentence = f"{quoted(text)} is not a number of units; write a whole number from 1 to {MAX_RATIO}."
            raise SluiceError("feed_number", self.told(sentence), self.at(column))
        return number

    def flag(self, column: str) -> bool:
        """True or false. Raises SluiceError `feed_flag`."""
        text = self.cells[column]
        if text not in _FLAGS:
            raise SluiceError("feed_flag", self.told(f"{quoted(text)} is neither true nor false."), self.at(column))
        return _FLAGS[text]


def read_table(path: Path, headers: Sequence[tuple[str, ...]]) -> Iterator[Row]:
    """Yield the rows of a CSV file in UTF-8 whose first line is one of the headers; empty lines are skipped.

    Raises SluiceError `feed_file` (cannot be read, too large, not UTF-8, broken quotes), `feed_header` and
    `feed_columns` (a line of more or fewer values than the header).
    """
    name = path.name
    reader = csv.reader(_text(path).splitlines(keepends=True), strict=True)
    header: tuple[str, ...] | None = None
    try:
        for cells in reader:
            if header is None:
                header = _header(name, tuple(cells), headers)
            elif cells:
                yield _row(name, reader.line_num, header, cells)
    except csv.Error as error:
        sentence = f"{name}, line {reader.line_num}: the line is no CSV ({error}); close its quotes."
        raise SluiceError("feed_file", sentence, f"{name}.{reader.line_num}") from error
    if header is None:
        _header(name, (), headers)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            sentence = f"{path.name} has more than {MAX_BYTES // 2**20} MiB; split it by symbol."
            raise SluiceError("feed_file", sentence, path.name)
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sentence = f"{path.name} is not text in UTF-8 (byte {error.start}); save it as UTF-8."
        raise SluiceError("feed_file", sentence, path.name) from error
    except OSError as error:
        sentence = f"{path.name} cannot be read ({error.strerror}); give a file that exists and may be read."
        raise SluiceError("feed_file", sentence, path.name) from error


def _header(name: str, cells: tuple[str, ...], headers: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    if cells not in headers:
        right = " or ".join(",".join(header) for header in headers)
        sentence = f"{name} begins with {quoted(','.join(cells))}; its first line is {right}."
        raise SluiceError("feed_header", sentence, f"{name}.1")
    return cells


def _row(name: str, line: int, header: tuple[str, ...], cells: list[str]) -> Row:
    if len(cells) != len(header):
        sentence = f"{name}, line {line}: {len(cells)} values stand under {len(header)} names; write one for each."
        raise SluiceError("feed_columns", sentence, f"{name}.{line}")
    return Row(name, line, dict(zip(header, cells, strict=True)))
