"""A stored fee in words: why it was charged, or why a month cost nothing."""

from engine.fees.reasons import Fee, Waived, charged, waived_words
from engine.overnight.work import FeeRow
from engine.ports import BookWork
from ledger.money import format_money


def fee_words(work: BookWork, row: FeeRow) -> str:
    """One sentence, with what of it went below the account's floor. Raises SluiceError `config_missing`."""
    told = charged(Fee(row.kind), row.amount, row.day)
    if told is None:
        dated = work.dated()
        names = ("platform_fee_first_days", "platform_fee_waiver")
        return waived_words(Waived(row.why), *(dated.number_on(name, row.day) for name in names))
    if not row.forced:
        return told.reason
    return f"{told.reason} {format_money(row.forced, grouped=True)} of it went below the account's floor."
