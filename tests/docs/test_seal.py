"""`docs/seal.md` is enough to compute every seal of a database, without any of Sluice's own code for it."""

import hashlib
import sqlite3
import struct
from pathlib import Path

from ledger.batch import Code, TransferKind
from ledger.seal import RECORD, asset_number
from tests.docs.pages import page, tables
from tests.web.site import make_site

COLUMNS = ("book_id", "seq", "transfer_id", "kind", "pending_id", "journal", "customer_id", "debit", "credit", "asset",
           "amount", "code", "day")  # fmt: skip


def record_format() -> tuple[list[str], str]:
    """The record's fields and its struct, as the page's table has them."""
    letters = {"signed": "q", "unsigned": "Q"}
    rows = [row for row in tables("seal.md") if row[1] in letters]
    return [row[0] for row in rows], ">" + "".join(letters[row[1]] for row in rows)


def test_a_stranger_computes_every_seal_of_a_book(tmp_path: Path) -> None:
    make_site(tmp_path)
    fields, layout = record_format()
    database = sqlite3.connect(tmp_path / "sluice.db")
    seals = database.execute("SELECT first_seq, last_seq, previous, hash FROM seal ORDER BY first_seq").fetchall()
    (head,) = database.execute("SELECT head FROM book").fetchone()
    before = bytes(32)
    for first, last, previous, sealed in seals:
        query = f"SELECT {', '.join(COLUMNS)} FROM transfer WHERE seq BETWEEN ? AND ? ORDER BY seq"
        block = b""
        for row in database.execute(query, (first, last)):
            told = dict(zip(COLUMNS, row, strict=True))
            told["book"], told["customer"] = told["book_id"], told["customer_id"]
            told["id_hi"], told["id_lo"] = struct.unpack(">QQ", told["transfer_id"])
            told["pending_hi"], told["pending_lo"] = struct.unpack(">QQ", told["pending_id"])
            block += struct.pack(layout, *(told[field] for field in fields))
        assert previous == before
        before = hashlib.sha256(struct.pack(">Q", 1) + previous + block).digest()
        assert before == sealed
    assert before == head
    assert len(seals) > 5
    database.close()


def test_the_page_has_the_widths_and_numbers_of_the_code() -> None:
    fields, layout = record_format()
    assert (fields, struct.calcsize(layout)) == (list(RECORD.names or ()), 120)
    rows = {row[0]: row[2] for row in tables("seal.md")}
    assert rows["kind"] == ", ".join(f"{kind} {kind.name.lower()}" for kind in TransferKind)
    assert rows["code"] == ", ".join(f"{code} {code.name.lower().replace('_', '-')}" for code in Code)
    assert f"USD is 0x{asset_number('USD'):x}" in page("seal.md")
