"""What decision 10 promises of late lines, told by an import of a statement with a hole in it."""

import io
from pathlib import Path

from bank.profile import load_profile
from bank.statement import read_statement
from engine.importing import Importer
from engine.importing_book import ImportResult
from store.books import Books
from store.verify import verify
from tests.birth import born

HEADER = "date,description,amount,balance\n"
FIRST = "2026-11-02,PAYROLL,2000.00,2000.00\n"
LATE = "2026-11-03,LATE,-10.00,1977.70\n"
REST = "2026-11-03,LUNCH,-12.30,1977.70\n2026-11-04,COFFEE,-1.00,1976.70\n"


def imported(books: Books, lines: str) -> ImportResult:
    statement = read_statement(io.BytesIO((HEADER + lines).encode()), load_profile("generic"))
    return Importer(books, statement, lambda: 0, ("ann", "checking")).run()


def test_a_late_line_takes_its_adjustment_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sluice.db'}"
    born(url, 1, 0)
    books = Books(url)
    assert [apart.delta for apart in imported(books, FIRST + REST).differences] == [-1000]
    assert [apart.delta for apart in imported(books, LATE).differences] == [1000]
    assert (imported(books, FIRST + REST).known, imported(books, FIRST + REST).lines) == (3, 0)
    with books.read(0) as work:
        (checking,) = work.accounts_of()
    books.close()
    assert checking.posted == 1976_70
    assert list(verify(url)) == []
