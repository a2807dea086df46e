"""Rows of the dated configuration as a strict document: name, first day, value as text, and where it comes from.

A row holds from its day until the next row of the same name. Rows are never changed; of two rows with one name and one
day the one recorded later holds, so a row that has done nothing yet can be corrected.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, ValidationInfo, model_validator

from engine.dated.catalogue import entry_of, named
from engine.dated.kinds import right_texts
from ledger.days import day_number, format_day
from ledger.faults import Problem, SluiceError
from rules.decode import Decoded, Read, decode_json, join_path, read_document
from rules.formtext import decode_form
from rules.values import FORM, Date, Document, LongText, refusal
from rules.yamltext import decode_yaml

MAX_ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class DatedRow:
    """A row as the books keep it: the name as it is written, the day number from which it holds, two texts."""

    name: str
    day: int
    value: str
    source: str


def _name(value: str) -> str:
    try:
        return named(value)[0]
    except SluiceError as fault:
        raise refusal(fault.code, fault.sentence) from None


def _value(value: object, info: ValidationInfo) -> str:
    name = info.data.get("name")
    if not isinstance(value, str):
        example = right_texts(entry_of(name).kind) if name else '"3.10%"'
        sentence = f"A value is text in quotes, such as {example}; numbers are not read, they may not be exact."
        raise refusal("config_value", sentence)
    if name is None:  # refused already
        return value
    entry = entry_of(name)
    try:
        return entry.show(entry.read(value, exception=name != entry.name))
    except SluiceError as fault:
        raise refusal(fault.code, fault.sentence) from None


def _source(value: str) -> str:
    if not value.strip():
        raise refusal("config_source", "The source is empty; write where the value comes from, and when it was read.")
    return value


class Row(Document):
    """A value that holds from a date on, and its source."""

    name: Annotated[str, AfterValidator(_name)]
    first: Annotated[Date, Field(alias="from")]
    value: Annotated[str, PlainValidator(_value, json_schema_input_type=str)]
    source: Annotated[LongText, AfterValidator(_source)]

    def dated(self) -> DatedRow:
        """Give the row as the books keep it."""
        return DatedRow(self.name, day_number(self.first), self.value, self.source)


class Rows(Document):
    """A document of rows, no two of them with one name and one date."""

    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=MAX_ROWS)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        seen: dict[tuple[str, object], int] = {}
        for place, row in enumerate(self.rows):
            first = seen.setdefault((row.name, row.first), place)
            if first != place:
                sentence = f"Row {first + 1} already gives {row.name} from {row.first}; keep one of the two."
                raise refusal("duplicate_row", sentence, join_path("rows", place))
        return self

    def dated(self) -> tuple[DatedRow, ...]:
        """Give the rows as the books keep them."""
        return tuple(row.dated() for row in self.rows)


_ROWS: Final = TypeAdapter(Rows)
_ROW: Final = TypeAdapter(Row)


def load_yaml(text: str | bytes) -> Read[Rows]:
    """Read rows from YAML, `{rows: [{name, from, value, source}]}`; never raises."""
    return _read(decode_yaml(text))


def load_json(data: bytes) -> Read[Rows]:
    """Read rows from JSON in UTF-8; never raises."""
    return _read(decode_json(data))


def load_form(fields: Mapping[str, str]) -> Read[Row]:
    """Read one row from the fields name, from, value and source of a form; never raises."""
    form = decode_form(fields)
    return Read(None, form.problems) if form.problems else read_document(_ROW, form.value, context=FORM)


def _read(decoded: Decoded) -> Read[Rows]:
    return Read(None, decoded.problems) if decoded.problems else read_document(_ROWS, decoded.value)


def too_late(rows: Iterable[DatedRow], accrued_until: int) -> tuple[Problem, ...]:
    """Give a problem for each row of a rate dated on or before `accrued_until`, the last accrued date (ruling 6)."""
    sentence = (
        f"Interest is accrued until {format_day(accrued_until)}, so no rate changes on or before that day; write a "
        f"date from {format_day(accrued_until + 1)}."
    )
    return tuple(
        Problem(join_path("rows", place, "from"), "rate_accrued", sentence)
        for place, row in enumerate(rows)
        if row.day <= accrued_until and entry_of(row.name).accrues
    )
