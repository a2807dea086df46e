"""The pages as tests read them: their text, their blocks of code, and what stands below each block."""

import re
from dataclasses import dataclass

from tests.conftest import ROOT

_BLOCK = re.compile(r"^```(\w+)\n((?:(?!```)[^\n]*\n)*)```\n((?:\n(?:> [^\n]*\n)+)*)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block of code: its language, its text, and the quoted lines right below it."""

    language: str
    text: str
    quoted: tuple[str, ...]


def page(name: str) -> str:
    """The text of a page, by its path under docs/."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[Block]:
    """The blocks of one language on a page, in order."""
    found = (
        Block(one[1], one[2], tuple(re.findall(r"^> (.*)$", one[3], re.MULTILINE)))
        for one in _BLOCK.finditer(page(name))
    )
    return [block for block in found if block.language == language]


def tables(name: str) -> list[tuple[str, ...]]:
    """The rows of every table on a page, as their cells; heads and rulers left out."""
    rows = [
        tuple(cell.strip() for cell in row.strip("|").split("|"))
        for row in re.findall(r"^\|.*\|$", page(name), re.MULTILINE)
    ]
    rulers = {at for at, row in enumerate(rows) if all(set(cell) <= {"-", ":"} for cell in row)}
    return [row for at, row in enumerate(rows) if at not in rulers and at + 1 not in rulers]
