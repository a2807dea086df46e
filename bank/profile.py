"""What one bank's statement files look like, as data: a strict document, read from `bank/profiles/NAME.yaml` or a path.

Nothing about one bank is code. A column is named by its header, or by its number counted from 1. Categories and card
purchases are ordered conditions on columns; the first that holds names the category.
"""

import re
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, model_validator

from bank.dates import check_format
from ledger.faults import SluiceError
from ledger.money import quoted
from rules.decode import Read, read_document
from rules.labels import Label
from rules.values import Document, LongText, refusal, whole
from rules.yamltext import decode_yaml

UNCATEGORISED: Final = "uncategorised"
MAX_COLUMNS: Final = 200
MAX_CONDITIONS: Final = 200

Encoding = Literal["utf-8", "ascii", "latin-1", "iso-8859-2", "iso-8859-15", "cp1250", "cp1251", "cp1252"]

_ASSET: Final = re.compile(r"[A-Z]{3}")
_FOLDER: Final = Path(__file__).parent / "profiles"
_BYTES: Final = 64 * 1024


def _column(value: object) -> str | int:
    if isinstance(value, str) and value.strip():
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_COLUMNS:
        return value
    raise refusal("column", f"A column is its name in the header, or its number from 1 to {MAX_COLUMNS}.")


def _words(value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip().casefold() for word in value)


def _like(pattern: re.Pattern[str], right: str) -> AfterValidator:
    def read(value: str) -> str:
        if pattern.fullmatch(value) is None:
            raise refusal("format", f"{quoted(value)} does not fit; write {right}.")
        return value

    return AfterValidator(read)


def _one_of(choices: tuple[str, ...], right: str) -> AfterValidator:
    def read(value: str) -> str:
        if value not in choices:
            raise refusal("choice", f"{quoted(value)} is none of the choices; write {right}.")
        return value

    return AfterValidator(read)


Column = str | int
"""A column by its name in the header, or by its number from 1."""

Named = Annotated[Column, PlainValidator(_column, json_schema_input_type=str | int)]
Words = Annotated[tuple[str, ...], Field(min_length=1, max_length=MAX_CONDITIONS), AfterValidator(_words)]
Asset = Annotated[str, _like(_ASSET, "the three capital letters of a currency, such as USD")]
Delimiter = Annotated[str, _one_of((",", ";", "\t", "|"), 'one of "," ";" "|" or a tab ("\\t")')]
Quote = Annotated[str, _one_of(('"', "'", ""), "a double or a single quote, or nothing where no field is quoted")]
Mark = Annotated[str, _one_of((".", ","), "a point or a comma")]
Thousands = Annotated[str, _one_of(("", ",", ".", " ", "'"), "nothing, a comma, a point, a space or an apostrophe")]


class Condition(Document):
    """One column equals, or contains, one of some words; blanks around them and capitals do not count."""

    column: Named
    equals: Words | None = None
    contains: Words | None = None

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if (self.equals is None) == (self.contains is None):
            raise refusal("condition", "Give either `equals` or `contains`, a list of words.")
        if "" in (self.contains or ()):
            raise refusal("condition", "Every text contains the empty word; remove it.", "contains")
        return self


Conditions = Annotated[tuple[Condition, ...], Field(min_length=1, max_length=MAX_CONDITIONS)]


class Category(Document):
    """Lines for which all conditions hold belong to this category."""

    category: Label
    when: Conditions


class Categories(Document):
    """The categories of money in and of money out, in the order in which they are tried."""

    income: tuple[Category, ...] = Field(default=(), max_length=MAX_CONDITIONS)
    expense: tuple[Category, ...] = Field(default=(), max_length=MAX_CONDITIONS)


class Direction(Document):
    """The words of the direction column: money in (credit) and money out (debit), as the customer sees it."""

    credit: Words
    debit: Words

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if both := set(self.credit) & set(self.debit):
            raise refusal(
                "direction", f"{quoted(min(both))} stands under credit and debit; keep it under one.", "debit"
            )
        return self


class Columns(Document):
    """Which column says what. Money is `amount` (signed), or `amount` with `direction`, or `debit` and `credit`."""

    id: Named | None = None
    account: Named | None = None
    date: Named
    amount: Named | None = None
    direction: Named | None = None
    debit: Named | None = None
    credit: Named | None = None
    balance: Named | None = None
    text: tuple[Named, ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _money(self) -> Self:
        sides = (self.debit is not None, self.credit is not None)
        if self.amount is not None and any(sides):
            raise refusal("columns", "Give either `amount`, or `debit` and `credit`, not both.", "amount")
        if self.amount is None and not all(sides):
            raise refusal("columns", "Say where the money is: `amount`, or `debit` and `credit`.", "amount")
        if self.direction is not None and self.amount is None:
            raise refusal("columns", "A direction goes with `amount`; remove it, or name the amount.", "direction")
        return self


class Profile(Document):
    """One bank's way to write statements. `asset` is the currency of every line."""

    name: Label
    description: LongText = ""
    asset: Asset
    encoding: Encoding = "utf-8"
    delimiter: Delimiter = ","
    quote: Quote = '"'
    header: bool = True
    skip_rows: Annotated[int, whole(0, 1000)] = 0
    decimal_mark: Mark = "."
    thousands_mark: Thousands = ""
    invert: bool = False
    date_format: Annotated[str, AfterValidator(check_format)] = "%Y-%m-%d"
    century_pivot: Annotated[int, whole(0, 99)] | None = None
    columns: Columns
    direction: Direction | None = None
    categories: Categories = Categories()
    card: tuple[Conditions, ...] = Field(default=(), max_length=MAX_CONDITIONS)

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.thousands_mark == self.decimal_mark:
            raise refusal("marks", "Thousands and decimals have the same mark; make them differ.", "thousands_mark")
        if ("%y" in self.date_format) != (self.century_pivot is not None):
            sentence = "A two-digit year (%y), and only that, needs a pivot: years from it on are 19xx, below it 20xx."
            raise refusal("century_pivot", sentence, "century_pivot")
        if (self.direction is None) != (self.columns.direction is None):
            raise refusal("direction", "The words and `columns.direction` go together; give both or none.", "direction")
        if self.invert and (self.direction is not None or self.columns.amount is None):
            raise refusal("invert", "This is for one signed amount only; leave it out.", "invert")
        return self

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        named = [] if self.header else [c for c in self.used_columns() if isinstance(c, str)]
        if named:
            sentence = f"{quoted(named[0])} is a name, and the file has no header; number the columns from 1."
            raise refusal("columns", sentence, "columns")
        return self

    def used_columns(self) -> tuple[str | int, ...]:
        """Every column the profile names, each once, in a fixed order."""
        c = self.columns
        single = (c.id, c.account, c.date, c.amount, c.direction, c.debit, c.credit, c.balance)
        sides = self.categories.income + self.categories.expense
        asked = [condition.column for side in sides for condition in side.when]
        asked += [condition.column for conditions in self.card for condition in conditions]
        return tuple(dict.fromkeys([*(name for name in single if name is not None), *c.text, *asked]))


def profile_names() -> tuple[str, ...]:
    """The names of the profiles that come with Sluice, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def load_profile(name_or_path: str | Path) -> Profile:
    """The profile of a name in profile_names(), or else of a YAML file's path.

    Raises SluiceError with a code of PROFILE_CODES; for `profile_invalid` the sentence lists every problem.
    """
    own = str(name_or_path) in profile_names()
    path = _FOLDER / f"{name_or_path}.yaml" if own else Path(name_or_path)
    try:
        with path.open("rb") as stream:
            data = stream.read(_BYTES + 1)
    except (OSError, ValueError) as error:
        known = ", ".join(profile_names())
        sentence = (
            f"{quoted(str(name_or_path))} is neither a profile nor a file that can be read; profiles are {known}."
        )
        raise SluiceError("profile_unknown", sentence, "profile") from error
    read = parse_profile(data)
    if read.document is None:
        listed = " ".join(f"{problem.path or 'The profile'}: {problem.sentence}" for problem in read.problems)
        sentence = f"The profile {quoted(str(name_or_path))} cannot be used. {listed}"
        raise SluiceError("profile_invalid", sentence, read.problems[0].path)
    return read.document


def parse_profile(data: bytes) -> Read[Profile]:
    """A profile from YAML of at most 64 KiB, or None and a problem for each field that is wrong."""
    decoded = decode_yaml(data, max_bytes=_BYTES)
    if decoded.problems:
        return Read(None, decoded.problems)
    return read_document(TypeAdapter(Profile), decoded.value)
