"""How much ACH moves at least, and at most a day in one direction (investing.md 1, Minimums)."""

import numpy as np

from engine.holds.oneoff import Sides
from engine.once import Answered, refused
from engine.ports import BookWork
from ledger.accounts import Kind
from ledger.batch import Code
from ledger.money import format_money


def ach_refusal(work: BookWork, sides: Sides, amount: int) -> Answered | None:
    """Why an amount cannot go between a bank and another account by ACH; None where it can."""
    source, destination = sides.source, sides.destination
    if (source.kind == Kind.BANK) == (destination.kind == Kind.BANK):
        return None
    dated = work.dated()
    least, most = (dated.number_on(f"ach_{name}", sides.day) for name in ("minimum", "daily_maximum"))
    if amount < least:
        sentence = f"ACH moves {format_money(least, grouped=True)} or more; ask for that, or choose another way."
        return Answered(409, refused("ach_minimum", sentence, "amount"))
    left = most - _sent(work, sides)
    if amount > left:
        sentence = (
            f"ACH moves at most {format_money(most, grouped=True)} a day in one direction, and "
            f"{format_money(max(left, 0), grouped=True)} of it is left; ask for that, wait a day, or send a wire."
        )
        return Answered(409, refused("ach_daily_maximum", sentence, "amount"))
    return None


def _sent(work: BookWork, sides: Sides) -> int:
    """Cents that the household sends by ACH on that day in that direction already."""
    population = work.population(np.array([sides.source.customer], np.int64))
    holds = population.holds
    banks = population.accounts.account[population.kind == Kind.BANK]
    bank = holds.credit if sides.source.kind == Kind.BANK else holds.debit
    same = np.isin(bank, banks) & (holds.day == sides.day) & (holds.code != Code.WIRE)
    return int(holds.amount[same].sum())
