"""Labels: the names of categories of income and spending, which statement profiles and matching rules both give."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator

from ledger.money import quoted
from rules.values import refusal

_LABEL: Final = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)


def _label(value: str) -> str:
    if _LABEL.fullmatch(value) is None:
        right = "at most 30 lower-case letters, digits and underscores, such as bank_fees"
        raise refusal("format", f"{quoted(value)} does not fit; write {right}.")
    return value


Label = Annotated[str, AfterValidator(_label)]
"""The part of a category behind `income:` or `expense:`."""
