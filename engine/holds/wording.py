"""Deposits that banks took back, as sentences for people."""

from collections.abc import Mapping

from engine.difference import day_words
from engine.holds.returning import reason_words
from engine.holds.work import ReturnRow
from ledger.money import format_money

PAUSED = "Your rules are paused since then; look at the accounts, then resume them."


def return_sentence(row: ReturnRow, names: Mapping[int, str]) -> str:
    """What was taken back, why, and out of what; `names` by account id."""
    amount = format_money(row.amount, grouped=True)
    what = f"{names[row.origin]} took back {amount} from {names[row.account]} on {day_words(row.day)}"
    why = reason_words(row.reason)
    if not row.posted:
        return f"{what} ({why}): it had not arrived yet, and will not."
    parts = (
        (row.from_layers, "that was still under its hold"),
        (row.from_free, "of other money"),
        (row.forced, "that the account did not have: it is below its floor until money comes in"),
    )
    told = "; ".join(f"{format_money(cents, grouped=True)} {words}" for cents, words in parts if cents)
    return f"{what} ({why}): {told}."
