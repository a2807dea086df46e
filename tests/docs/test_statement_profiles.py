"""`docs/statement-profiles.md`: its profile reads its statement as its table says, and its fields are the model's."""

import io

from pydantic_core import PydanticUndefined

from bank.profile import Categories, Profile, parse_profile, profile_names
from bank.statement import read_statement
from ledger.days import format_day
from ledger.money import format_money
from tests.docs.pages import blocks, page, tables

PAGE = "statement-profiles.md"


def test_the_profile_reads_the_statement_as_the_table_says() -> None:
    (profile,), (statement,) = blocks(PAGE, "yaml"), blocks(PAGE, "csv")
    read = parse_profile(profile.text.encode())
    assert read.document is not None, read.problems
    told = read_statement(io.BytesIO(statement.text.encode("cp1252")), read.document)
    assert told.problems == ()
    rows = [
        (
            format_day(int(told.day[at])),
            format_money(int(told.amount[at])),
            format_money(int(told.balance[at])),
            told.category[at],
            "yes" if told.card[at] else "no",
            told.text[at],
        )
        for at in range(len(told))
    ]
    assert rows == [row for row in tables(PAGE) if row[0].startswith("2026-")]


def test_the_table_of_fields_is_the_model() -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in tables(PAGE) if row[0].startswith("`")}
    assert list(told) == list(Profile.model_fields)
    for name, field in Profile.model_fields.items():
        assert told[name] == default_words(field.default), name


def default_words(default: object) -> str:
    """A default as the table words it; nothing for a field that must be given."""
    if default is PydanticUndefined:
        return ""
    if default in (None, "", (), Categories()):
        return "none"
    return str(default).lower() if isinstance(default, bool) else str(default)


def test_the_page_names_every_profile_there_is() -> None:
    assert [name for name in profile_names() if f"`{name}`" not in page(PAGE)] == []
