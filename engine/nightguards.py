"""What bounds the moves of a night's rules besides balances: margin, money under holds, room to contribute."""

from engine.contributions.tonight import rooms
from engine.guards import Guards
from engine.holds.tonight import held
from engine.overnight.block import Overnight
from engine.overnight.margin import guarded
from engine.ports import BookWork
from ledger.accounts import Int64s


def night_guards(work: BookWork, made: Overnight, customers: Int64s | None = None) -> Guards:
    """The guards of these households (ascending ids) or all of the book, after the block before the rules."""
    return Guards(
        margin=guarded(made.measured),
        held=held(made.purse, made.day),
        rooms=rooms(work, made.day, customers),
    )
