"""Units of securities as people and programs write them: digits with at most the decimals that the security has."""

import re
from typing import Final

from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT, quoted

_UNITS: Final = re.compile(r"([0-9]{1,16})(?:\.([0-9]{1,14}))?", re.ASCII)


def parse_units(text: str, scale: int, field: str = "units") -> int:
    """Smallest units of `12`, `0.5` at this scale. Raises SluiceError `units` at the field."""
    match = _UNITS.fullmatch(text)
    part = (match[2] or "") if match else ""
    units = int(match[1]) * 10**scale + int(part.ljust(scale, "0") or "0") if match and len(part) <= scale else -1
    if not 0 <= units <= MAX_AMOUNT:
        sentence = f"{quoted(text)} is no number of units; write digits with at most {scale} decimals, such as 1.5."
        raise SluiceError("units", sentence, field)
    return units
