"""Everything a file can be: nothing but a SluiceError is raised, and every code has an input that provokes it."""

import gzip
import io
from pathlib import Path
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bank import records, statement
from bank.codes import FILE_CODES, LINE_CODES
from bank.profile import Profile, load_profile, profile_names
from bank.source import UNPACKED_BYTES
from bank.statement import Statement, read_statement
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT
from tests.bank.files import DIRECTED, PLAIN, SIDES, a_profile, codes, read

HEADER = b"date,amount,balance,text\n"
GOOD = HEADER + b"2026-01-02,5,,a\n"
PROFILES = [*(load_profile(name) for name in profile_names()), a_profile(DIRECTED), a_profile(SIDES)]
PROFILES += [a_profile(PLAIN, quote=""), a_profile(PLAIN, header=False, columns={"date": 1, "amount": 2, "text": [3]})]

FILES = [
    ("file_kind", b"PK\x03\x04rest"),
    ("file_kind", b"%PDF-1.7"),
    ("file_kind", gzip.compress(b"SQLite format 3\x00")),
    ("gzip_damaged", gzip.compress(GOOD)[:-9]),
    ("gzip_damaged", gzip.compress(GOOD) + b"tail"),
    ("gzip_damaged", gzip.compress(GOOD)[:10] + b"\xff" * 20),
    ("gzip_damaged", b"\x1f\x8b"),
    ("file_too_large", gzip.compress(b"\n" * 2**20) * (UNPACKED_BYTES // 2**20 + 1)),
    ("header_missing", b""),
    ("header_missing", b"\xef\xbb\xbf"),
    ("header_missing", b"\n\n"),
    ("header_missing", b"date,amount,balance,text\xff\n" + GOOD),
    ("column_missing", b"date;amount;balance;text\n"),
    ("column_missing", b"\x00" * 9 + b"\n" + b"date,amount,text\n"),
    ("column_twice", b"date,amount,balance,text,Amount\n"),
]


def refusal(source: Path | io.BytesIO, profile: Profile | None = None) -> SluiceError:
    with pytest.raises(SluiceError) as refused:
        read_statement(source, profile or a_profile())
    assert refused.value.code in FILE_CODES
    assert refused.value.sentence.endswith(".")
    assert refused.value.field
    return refused.value


@pytest.mark.parametrize("code,data", FILES, ids=[f"{i}-{code}" for i, (code, _) in enumerate(FILES)])
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(code: str, data: bytes) -> None:
    found = refusal(io.BytesIO(data)).code
    assert found == code or (data.startswith(b"\x00") and found == "header_missing")


def test_a_file_that_is_not_there_or_not_a_file(tmp_path: Path) -> None:
    closed = io.BytesIO(b"")
    closed.close()
    assert refusal(tmp_path / "none.csv").code == "file_unreadable"
    assert refusal(tmp_path).code == "file_unreadable"
    assert refusal(Path("nul\x00byte")).code == "file_unreadable"
    assert refusal(closed).code == "file_unreadable"


def test_an_endless_file_is_refused() -> None:
    assert refusal(Path("/dev/zero")).code == "file_too_large"


def test_a_column_number_past_the_width_is_refused() -> None:
    profile = a_profile(PLAIN, header=False, columns={"date": 1, "amount": 9})
    assert refusal(io.BytesIO(b"2026-01-02,5\n"), profile).code == "column_missing"


def test_too_many_lines_are_refused_even_blank_or_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_LINES", 50)
    assert len(read(GOOD + b"\n" * 40)) == 1
    assert refusal(io.BytesIO(GOOD + b"\n" * 50)).code == "too_many_lines"
    assert refusal(io.BytesIO(GOOD + b'"\n' * 50)).code == "too_many_lines"


def test_a_long_list_of_problems_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "MAX_PROBLEMS", 5)
    found = read(HEADER + b"x,5,,a\n" * 8 + b"2026-01-02,5,,a\n")
    assert codes(found)[4:] == [("line 6.date", "date_format"), ("", "more_problems")]
    assert found.problems[-1].sentence.startswith("3 more problems")
    assert len(found) == 1


BAD: dict[str, tuple[Profile, bytes]] = {
    "line_too_long": (a_profile(), GOOD + b"x" * 70_000),
    "line_encoding": (a_profile(), GOOD + b"2026-01-02,5,,\xff"),
    "line_nul": (a_profile(), GOOD + b"2026-01-02,5,,\x00"),
    "line_quotes": (a_profile(), GOOD + b'2026-01-02,5,,"'),
    "line_width": (a_profile(), GOOD + b"2026-01-02,5"),
    "value_missing": (a_profile(), GOOD + b",5,,a"),
    "reference_format": (a_profile(DIRECTED), b"id,account,date,way,amount\n" + b"1" * 65 + b",A,2026-01-02,in,5"),
    "id_changed": (a_profile(DIRECTED), b"id,account,date,way,amount\n1,A,2026-01-02,in,5\n1,A,2026-01-02,in,6"),
    "date_format": (a_profile(), GOOD + b"today,5,,a"),
    "date_impossible": (a_profile(), GOOD + b"2023-02-29,5,,a"),
    "date_range": (a_profile(), GOOD + b"9999-12-31,5,,a"),
    "amount_format": (a_profile(), GOOD + b"2026-01-02,1e3,,a"),
    "amount_range": (a_profile(), GOOD + b"2026-01-02,10000000000000.01,,a"),
    "amount_zero": (a_profile(), GOOD + b"2026-01-02,-0,,a"),
    "amount_signed": (a_profile(SIDES), b"date,debit,credit\n2026-01-02,-5,"),
    "amount_sides": (a_profile(SIDES), b"date,debit,credit\n2026-01-02,5,5"),
    "direction_unknown": (a_profile(DIRECTED), b"id,account,date,way,amount\n1,A,2026-01-02,,5"),
}


@pytest.mark.parametrize("code", BAD)
def test_every_code_of_a_line_has_an_input_that_provokes_it(code: str) -> None:
    profile, data = BAD[code]
    assert [found for _, found in codes(read(data, profile))] == [code]


def test_the_lists_of_codes_are_complete() -> None:
    assert {*BAD, "more_problems"} == set(LINE_CODES)
    assert {code for code, _ in FILES} | {"file_unreadable", "too_many_lines"} == set(FILE_CODES)


def test_the_refusal_of_an_amount_shows_no_card_number() -> None:
    (problem,) = read(HEADER + b"2026-01-02,4111 1111 1111 1111,,a\n").problems
    assert problem.sentence == '"****1111" is not an amount like 1500.00, with at most two decimals.'


def test_marks_of_byte_order_win_over_the_profile() -> None:
    text = "date,amount,balance,text\r\n2026-01-02,5,,žluťoučký\r\n"
    for encoding in ("utf-8-sig", "utf-16"):
        assert read(text.encode(encoding), a_profile(PLAIN, encoding="cp1252")).text == ["žluťoučký"]
    assert read(text.encode("utf-16") + b"x").text == ["žluťoučký"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_all_line_ends_count_alike(end: str) -> None:
    text = f'date,amount,balance,text{end}2026-01-02,5,,"a{end}b"{end}{end}2026-01-02,x,,c{end}2026-01-02,5,,d'
    found = read(text)
    assert (found.text, found.line_no.tolist(), codes(found)) == (
        ["a b", "d"],
        [2, 6],
        [("line 5.amount", "amount_format")],
    )


def sound(found: Statement) -> None:
    """Whatever was read keeps the contract of its columns."""
    n = len(found)
    columns = (found.line_no, found.day, found.amount, found.has_balance, found.balance, found.card, found.key)
    assert all(len(column) == n for column in (*columns, found.category, found.text, found.account))
    assert len({key.tobytes() for key in found.key}) == n
    assert ((found.amount != 0) & (abs(found.amount) <= MAX_AMOUNT) & (abs(found.balance) <= MAX_AMOUNT)).all()
    assert all(text.isprintable() and len(text) <= 200 for text in found.text)
    assert all(problem.code in LINE_CODES and problem.path.startswith("line ") for problem in found.problems)


def survives(data: bytes, profile: Profile) -> None:
    found: Statement | SluiceError
    try:
        found = read(data, profile)
    except SluiceError as refused:
        found = refused
    if isinstance(found, SluiceError):
        assert found.code in FILE_CODES
    else:
        sound(found)


@given(st.binary(max_size=300), st.sampled_from(PROFILES))
@example(b"\x1f\x8b\x08\x00", PROFILES[0])
@example(b"\xff\xfe\x00\xd8", PROFILES[0])
def test_no_bytes_are_too_odd(data: bytes, profile: Profile) -> None:
    survives(data, profile)


PIECES = [
    b'"',
    b"'",
    b",",
    b";",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"-",
    b"2026-01-02",
    b"5",
    b"(",
    b"0.001",
]
LINES = st.lists(st.sampled_from([*PIECES, b"2026-01-02,5,6,a\n", b"2026-01-02,-7,,b\n"]), max_size=40)


@given(LINES, st.sampled_from([a_profile(), a_profile(PLAIN, quote="'"), PROFILES[-1], PROFILES[-2]]))
def test_no_broken_lines_are_too_odd(pieces: list[bytes], profile: Profile) -> None:
    survives(HEADER + b"".join(pieces), profile)


@given(st.binary(max_size=40), st.integers(0, 200))
def test_no_damage_to_a_packed_file_is_too_odd(junk: bytes, place: int) -> None:
    packed = gzip.compress(GOOD, mtime=0)
    survives(packed[:place] + junk + packed[place + len(junk) :], a_profile())


def test_a_stream_that_fails_is_a_refusal() -> None:
    class Failing(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError(5, "Input/output error")

    assert refusal(cast("io.BytesIO", Failing())).sentence.startswith(
        "The statement cannot be read (Input/output error)"
    )
