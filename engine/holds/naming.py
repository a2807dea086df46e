"""Short names of transfers: the end of an id tells it apart, and its start or its end names it again."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from ledger.batch import TransferKind, Transfers
from ledger.faults import SluiceError
from ledger.ids import to_hex
from ledger.money import quoted
from rules.wording_when import listed

DIGITS: Final = 32
"""Hexadecimal digits of an id."""

SHORT: Final = 8
_LEAST: Final = 4
_NAMED: Final = 5  # choices that a refusal names


def short_ids(ids: Iterable[str]) -> dict[str, str]:
    """The end of each id that tells it apart from the others, at least 8 digits. Ids begin alike: with book and day."""
    known = sorted(set(ids))
    length = SHORT
    while len({one[-length:] for one in known}) < len(known):
        length += 1
    return {one: one[-length:] for one in known}


def place_of(transfers: Transfers, text: str) -> int | None:
    """Where the transfer stands whose id is, starts with or ends with a text of at least 4 digits; None for no such.

    What was sent goes before what became of it. Raises SluiceError `transfer_ambiguous`, naming the choices.
    """
    if not _LEAST <= len(text) <= DIGITS or set(text) - set("0123456789abcdef"):
        return None
    pending = transfers.kind == TransferKind.PENDING
    for wanted in (pending, ~pending):
        at = np.flatnonzero(wanted).tolist()
        ids = {to_hex(int(transfers.id_hi[one]), int(transfers.id_lo[one])): one for one in at}
        found = [one for one in ids if one.startswith(text) or one.endswith(text)]
        if len(found) > 1:
            more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            choices = listed(found[:_NAMED], "or") if not more else ", ".join(found[:_NAMED]) + more
            sentence = f"{quoted(text)} names {len(found)} transfers; write more of one of these: {choices}."
            raise SluiceError("transfer_ambiguous", sentence, "transfer")
        if found:
            return ids[found[0]]
    return None
