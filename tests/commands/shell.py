"""A command line on a database of its own, as tests use it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import Settings, create_app
from store.books import Books

CLEAN = "No finding: the books are in order.\n"


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[Any]:
        """Standard output as one JSON document a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Shell:
    """Commands on the database of a URL; `folder` is for files."""

    url: str
    folder: Path

    def run(self, *words: object) -> Said:
        """Run `flask WORDS`; an exception that no user should see fails the test."""
        settings = Settings(database_url=self.url)
        runner = create_app(settings).test_cli_runner()
        result = runner.invoke(args=[str(word) for word in words], catch_exceptions=False)
        return Said(result.exit_code, result.stdout, result.stderr)

    def ok(self, *words: object) -> Said:
        """The same, and it has to go well."""
        said = self.run(*words)
        assert said.code == 0, (said.code, said.out, said.err)
        return said

    def refused(self, *words: object) -> str:
        """The same, and it has to be refused; gives what was said of it."""
        said = self.run(*words)
        assert said.code == 4, (said.code, said.out, said.err)
        assert said.out == ""
        return said.err.lstrip()

    def file(self, name: str, text: str) -> Path:
        """A file with this text."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    @contextmanager
    def books(self) -> Iterator[Books]:
        """The books themselves, until the block ends."""
        books = Books(self.url)
        yield books
        books.close()

    def balances(self, reference: str) -> dict[str, str]:
        """Posted balance by handle."""
        rows = self.ok("account", "list", reference, "--json").json
        return {row["handle"]: row["posted"] for row in rows}
