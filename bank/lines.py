"""One record of a statement as the values it states, or everything that is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from bank.amounts import amount_reader
from bank.categories import Sorter
from bank.codes import Fault
from bank.dates import date_reader
from bank.profile import Column, Profile
from bank.records import Record, Table
from bank.text import clean_text, shown
from ledger.faults import Problem, SluiceError

REFERENCE_CHARS: Final = 64

_ZERO = Fault("amount_zero", "The amount is 0.00: a line that moves nothing is not posted.")


@dataclass(frozen=True, slots=True)
class Line:
    """One statement line. `amount` is signed cents, money in positive; `balance` is None where none is stated."""

    line_no: int
    source_id: str
    account: str
    day: int
    amount: int
    balance: int | None
    category: str
    card: bool
    text: str


def column_places(profile: Profile, table: Table) -> dict[Column, int]:
    """The 0-based field of every column that the profile names. Raises SluiceError column_missing or column_twice.

    Names are compared without regard to capitals. A file without a header and without lines has every column.
    """
    names = [name.casefold() for name in table.header]
    width = len(table.records[0].fields) if table.records else len(names)
    places: dict[Column, int] = {}
    for column in profile.used_columns():
        if isinstance(column, int):
            if width and column > width:
                sentence = f"The file has {width} columns, the profile names column {column}; correct `columns`."
                raise SluiceError("column_missing", sentence, "columns")
            places[column] = column - 1
            continue
        found = names.count(column.strip().casefold())
        if found != 1:
            header = ", ".join(shown(name) for name in table.header[:20])
            wrong = "no column" if found == 0 else f"{found} columns"
            sentence = f"The header has {wrong} {shown(column)}; it must have one. It has {header}."
            raise SluiceError("column_missing" if found == 0 else "column_twice", sentence, "columns")
        places[column] = names.index(column.strip().casefold())
    return places


class LineReader:
    """Reads records of one file by its profile; equal dates, amounts and texts are read once."""

    def __init__(self, profile: Profile, places: Mapping[Column, int]) -> None:
        """`places` as column_places gives them."""
        columns = profile.columns
        self._sorter = Sorter(profile, places)
        self._day = _remembered(date_reader(profile.date_format, profile.century_pivot))
        self._cents = _remembered(amount_reader(profile.decimal_mark, profile.thousands_mark))
        self._direction = _directions(profile)
        self._sign = -1 if profile.invert else 1
        named = {
            "id": columns.id,
            "account": columns.account,
            "date": columns.date,
            "amount": columns.amount,
            "direction": columns.direction,
            "debit": columns.debit,
            "credit": columns.credit,
            "balance": columns.balance,
        }
        self._place = {field: places[column] for field, column in named.items() if column is not None}
        self._text = [places[column] for column in columns.text]

    def read(self, record: Record) -> Line | list[Problem]:
        """The line, or a problem for each of its bad fields, with paths such as `line 17.amount`."""
        faults: dict[str, Fault] = {}
        source_id = self._reference("id", record, faults)
        account = self._reference("account", record, faults)
        day = self._value("date", self._day, record, faults)
        amount = self._amount(record, faults)
        balance = self._balance(record, faults)
        if faults:
            return [Problem(f"line {record.line_no}.{field}", *fault) for field, fault in faults.items()]
        fields = record.fields
        category, card = self._sorter.sort(fields, incoming=amount > 0)
        text = clean_text(" ".join([fields[place] for place in self._text]))
        return Line(record.line_no, source_id, account, day, amount, balance, category, card, text)

    def _reference(self, field: str, record: Record, faults: dict[str, Fault]) -> str:
        place = self._place.get(field)
        if place is None:
            return ""
        text = record.fields[place].strip()
        if not text:
            faults[field] = Fault("value_missing", f"The {field} is empty; every line must have one.")
        elif len(text) > REFERENCE_CHARS or not text.isprintable():
            sentence = f"{shown(text)} is no {field}; it has at most {REFERENCE_CHARS} characters, all printable."
            faults[field] = Fault("reference_format", sentence)
        return text

    def _value(self, field: str, read: Callable[[str], int | Fault], record: Record, faults: dict[str, Fault]) -> int:
        value = read(record.fields[self._place[field]])
        if isinstance(value, int):
            return value
        faults[field] = value
        return 0

    def _balance(self, record: Record, faults: dict[str, Fault]) -> int | None:
        place = self._place.get("balance")
        if place is None or not record.fields[place].strip():
            return None
        return self._value("balance", self._cents, record, faults)

    def _amount(self, record: Record, faults: dict[str, Fault]) -> int:
        before = len(faults)
        if "amount" not in self._place:
            cents = self._of_two_sides(record, faults)
        elif "direction" in self._place:
            cents = self._of_direction(record, faults)
        else:
            cents = self._sign * self._value("amount", self._cents, record, faults)
        if cents == 0 and len(faults) == before:
            faults["amount"] = _ZERO
        return cents

    def _of_direction(self, record: Record, faults: dict[str, Fault]) -> int:
        cents = self._value("amount", self._cents, record, faults)
        if cents < 0:
            raw = record.fields[self._place["amount"]]
            faults["amount"] = Fault(
                "amount_signed", f"{shown(raw)} has a sign, but the direction gives it; remove it."
            )
        raw = record.fields[self._place["direction"]]
        sign = self._direction.get(raw.strip().casefold())
        if sign is None:
            known = ", ".join(self._direction)
            faults["direction"] = Fault("direction_unknown", f"{shown(raw)} is no known direction; known are {known}.")
            return 0
        return sign * cents

    def _of_two_sides(self, record: Record, faults: dict[str, Fault]) -> int:
        """Credit less debit; an empty side is none, and so is a zero beside a filled one."""
        sides = {}
        for field in ("debit", "credit"):
            raw = record.fields[self._place[field]]
            sides[field] = self._value(field, self._cents, record, faults) if raw.strip() else 0
            if sides[field] < 0:
                sentence = f"{shown(raw)} has a sign, but the column gives it; write it without."
                faults[field] = Fault("amount_signed", sentence)
        filled = [field for field in sides if record.fields[self._place[field]].strip()]
        if not filled or all(sides.values()):
            wrong = "both filled" if filled else "both empty"
            faults["amount"] = Fault("amount_sides", f"Debit and credit are {wrong}; one of them states the amount.")
        return sides["credit"] - sides["debit"]


def _directions(profile: Profile) -> dict[str, int]:
    words = profile.direction
    if words is None:
        return {}
    return dict.fromkeys(words.credit, 1) | dict.fromkeys(words.debit, -1)


def _remembered(read: Callable[[str], int | Fault]) -> Callable[[str], int | Fault]:
    known: dict[str, int | Fault] = {}

    def again(raw: str) -> int | Fault:
        value = known.get(raw)
        if value is None:
            value = known[raw] = read(raw)
        return value

    return again
