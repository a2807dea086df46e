"""A stored fee in words: why it was charged, or why a month cost nothing, and what of it was taken nevertheless."""

from collections.abc import Sequence

import numpy as np

from engine.fees.reasons import Fee, Waived, charged, waived_words
from engine.overnight.work import FeeRow
from engine.ports import BookWork
from ledger.batch import Code
from ledger.money import format_money


def fee_words(work: BookWork, row: FeeRow) -> str:
    """Why, and what of it was taken though nothing could give it. Raises SluiceError `config_missing`."""
    told = charged(Fee(row.kind), row.amount, row.day)
    if told is None:
        dated = work.dated()
        names = ("platform_fee_first_days", "platform_fee_waiver")
        return waived_words(Waived(row.why), *(dated.number_on(name, row.day) for name in names))
    return f"{told.reason} {forced_words(row, below_floor(work, [row])[0])}".strip()


def below_floor(work: BookWork, rows: Sequence[FeeRow]) -> list[int]:
    """Cents of each fee that took its account below its own floor."""
    ids = np.unique(np.array([one.account for one in rows if one.forced], np.int64))
    if not len(ids):
        return [0] * len(rows)
    kept = {(one.account, one.seq): one.amount for one in work.forced(ids) if one.code == Code.FEE}
    return [kept.get((one.account, one.seq), 0) if one.forced else 0 for one in rows]


def forced_words(row: FeeRow, below: int) -> str:
    """What of a fee nothing could give: `below` cents went below the floor, the rest the margin had no room for."""
    beyond = row.forced - below
    parts = [
        f"{format_money(below, grouped=True)} of it went below the account's floor." if below else "",
        f"{format_money(beyond, grouped=True)} of it was taken although the margin had no room." if beyond else "",
    ]
    return " ".join(part for part in parts if part)
