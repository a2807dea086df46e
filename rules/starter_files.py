"""The ready-made rules of `rules/starters`: documents with a title and a description for somebody who begins.

They name the accounts of the example household (checking, cash, borrow, tax, vacation, roth, bank, invest.growth,
invest.income); a customer puts own handles in their place. Each only watches until somebody decides otherwise.
"""

from functools import cache
from importlib.resources import files
from typing import Final

from pydantic import TypeAdapter

from ledger.faults import SluiceError
from rules.decode import read_document
from rules.document import Rule
from rules.values import Document, LongText, ShortText
from rules.yamltext import decode_yaml


class Starter(Document):
    """One ready-made rule and what to tell a beginner about it."""

    title: ShortText
    description: LongText
    rule: Rule


_STARTER: Final = TypeAdapter(Starter)


@cache
def starters() -> tuple[Starter, ...]:
    """Give every starter in the order in which they make a sensible list together."""
    found = (entry for entry in files("rules").joinpath("starters").iterdir() if entry.name.endswith(".yaml"))
    return tuple(read_starter(entry.name, entry.read_bytes()) for entry in sorted(found, key=lambda entry: entry.name))


def read_starter(name: str, data: bytes) -> Starter:
    """Read one starter's file. Raises SluiceError `starter`, with the first problem, for a file that is broken."""
    decoded = decode_yaml(data)
    read = read_document(_STARTER, decoded.value)
    if read.document is None:
        problem = (*decoded.problems, *read.problems)[0]
        raise SluiceError("starter", f"{name}: {problem.sentence}", problem.path)
    return read.document
