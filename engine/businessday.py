"""The business day on which what people ask for is booked: never one whose night is done already.

Nights post interest, charges and fees. What bears on these (interest of an account that is closed, a fee, a deposit
that is taken back) would stand in a month that is settled if it carried the day of a night that is done.
"""

from engine.ports import BookWork
from ledger.days import format_day
from ledger.faults import SluiceError


def business_day(work: BookWork, today: int) -> int:
    """The business day of what is asked now: that of the next night of the book.

    `today` is that of the next night by the clock; nights that were run ahead of it put the day off.
    """
    return max(today, work.row.last_night + 1)


def prove_open(work: BookWork, day: int) -> None:
    """Refuse a day that is not after the last night of the book. Raises SluiceError `day_done`, field `day`."""
    last = work.row.last_night
    if day <= last:
        sentence = f"The night of {format_day(last)} is done, so nothing is booked on {format_day(day)}; "
        raise SluiceError("day_done", f"{sentence}book it on {format_day(last + 1)} or later.", "day")
