"""What is written by a profile's settings is read back equal, and keys hold however files are cut and mixed."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from bank.profile import Profile
from bank.statement import Statement
from bank.text import clean_text
from ledger.days import date_of, day_number
from tests.bank.files import a_profile, keys, read

FIRST, LAST = day_number(date(1970, 1, 1)), day_number(date(2069, 12, 31))
DAYS = st.integers(FIRST, LAST)
CENTS = st.one_of(st.integers(1, 10**15), st.integers(1, 10**6)).flatmap(lambda n: st.sampled_from([n, -n]))
WORDS = st.text(st.characters(codec="cp1252", exclude_characters="\x00"), max_size=40)
PLAIN_WORDS = st.text("abcdefgh 123%=+@", max_size=40)


@dataclass(frozen=True)
class Row:
    """One line as it is meant."""

    day: int
    amount: int
    balance: int | None
    text: str


@st.composite
def settings(draw: st.DrawFn) -> Profile:
    """Draw a profile that can write itself: every setting but the names."""
    style = draw(st.sampled_from(["signed", "inverted", "directed", "sides"]))
    decimal = draw(st.sampled_from([".", ","]))
    header, quote = draw(st.booleans()), draw(st.sampled_from(['"', "'", ""]))
    order = draw(st.permutations(["date", "amount", "way", "debit", "credit", "balance", "text"]))
    place = {name: name if header else order.index(name) + 1 for name in order}
    money = {"directed": ["amount", "way"], "sides": ["debit", "credit"]}.get(style, ["amount"])
    columns: dict[str, object] = {("direction" if name == "way" else name): place[name] for name in money}
    columns |= {"date": place["date"], "balance": place["balance"], "text": [place["text"]]}
    marks = ["", *({",", ".", " "} - {decimal})] if quote else [""]
    date_format = draw(st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%y%m%d", "%m/%d/%Y", "%d %b %Y"]))
    return a_profile(
        name="drawn",
        description=" ".join(order),
        encoding=draw(st.sampled_from(["utf-8", "cp1252"])),
        delimiter=draw(st.sampled_from([",", ";", "\t", "|"])) if quote else ";",
        quote=quote,
        header=header,
        skip_rows=draw(st.integers(0, 3)),
        decimal_mark=decimal,
        thousands_mark=draw(st.sampled_from(marks)),
        invert=style == "inverted",
        date_format=date_format,
        century_pivot=70 if "%y" in date_format else None,
        columns=columns,
        direction={"credit": ["in"], "debit": ["out"]} if style == "directed" else None,
    )


def money(cents: int, profile: Profile) -> str:
    """Return cents as the profile's bank would write them."""
    whole, part = divmod(abs(cents), 100)
    text = f"{whole:,}".replace(",", profile.thousands_mark) + profile.decimal_mark + f"{part:02d}"
    return f"-{text}" if cents < 0 else text


def fields(row: Row, profile: Profile) -> dict[str, str]:
    """Return a row's fields by column; columns the profile does not name hold what a bank may put there."""
    signed = profile.columns.direction is None
    amount = -row.amount if profile.invert else row.amount if signed else abs(row.amount)
    return {
        "date": date_of(row.day).strftime(profile.date_format),
        "amount": money(amount, profile),
        "way": "in" if row.amount > 0 else "out",
        "debit": money(-row.amount, profile) if row.amount < 0 else "",
        "credit": money(row.amount, profile) if row.amount > 0 else "",
        "balance": "" if row.balance is None else money(row.balance, profile),
        "text": row.text,
    }


def written(rows: list[Row], profile: Profile, end: str = "\n") -> bytes:
    """Return the file that the profile's bank would give for these rows."""
    out, order = io.StringIO(), profile.description.split()
    out.write(f'a "preamble{end}' * profile.skip_rows)
    delimiter, quote = profile.delimiter, profile.quote
    if not quote:
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_NONE)
    elif end == "\n":  # the fewest quotes would leave a carriage return bare
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quotechar=quote, quoting=csv.QUOTE_ALL)
    else:
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quotechar=quote)
    if profile.header:
        writer.writerow(order)
    writer.writerows([fields(row, profile)[name] for name in order] for row in rows)
    return out.getvalue().encode(profile.encoding)


def as_rows(statement: Statement) -> list[Row]:
    """Return what was read as rows again."""
    balances = [
        int(cents) if has else None for cents, has in zip(statement.balance, statement.has_balance, strict=True)
    ]
    columns = (statement.day.tolist(), statement.amount.tolist(), balances, statement.text)
    return [Row(*values) for values in zip(*columns, strict=True)]


@given(st.data(), settings(), st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read_back(data: st.DataObject, profile: Profile, end: str) -> None:
    row = st.builds(
        Row, DAYS, CENTS, st.none() | st.integers(-(10**15), 10**15), WORDS if profile.quote else PLAIN_WORDS
    )
    rows = data.draw(st.lists(row, max_size=12))
    statement = read(written(rows, profile, end), profile)
    assert statement.problems == ()
    assert as_rows(statement) == [Row(row.day, row.amount, row.balance, clean_text(row.text)) for row in rows]
    assert keys(read(written(rows, profile, end), profile)) == keys(statement)
    assert len(set(keys(statement))) == len(rows)


FEW = st.builds(Row, st.integers(0, 9), st.sampled_from([100, -100]), st.none(), st.sampled_from(["a", "b"]))
ONE_BANK = a_profile(description="date amount balance text")


@given(st.lists(FEW, max_size=30), st.integers(0, 9), st.integers(0, 9), st.randoms(use_true_random=False))
def test_overlapping_files_share_the_keys_of_the_days_they_share(
    rows: list[Row], until: int, since: int, shuffle: object
) -> None:
    whole = set(keys(read(written(rows, ONE_BANK), ONE_BANK)))
    early = read(written([row for row in rows if row.day <= until], ONE_BANK), ONE_BANK)
    mixed = sorted((row for row in rows if row.day >= since), key=lambda row: shuffle.random())  # type: ignore[attr-defined]  # hypothesis's Random
    late = read(written(mixed, ONE_BANK), ONE_BANK)
    assert len(whole) == len(rows)
    both = sum(since <= row.day <= until for row in rows)
    assert len(set(keys(early)) & set(keys(late))) == both
    assert set(keys(early)) | set(keys(late)) <= whole
    if since <= until + 1:
        assert set(keys(early)) | set(keys(late)) == whole
