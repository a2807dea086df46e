"""What bounds the moves of a night's rules besides balances: margin, money under holds, room to contribute."""

from dataclasses import replace

from engine.contributions.tonight import rooms
from engine.guards import Guards, Margin
from engine.holds.tonight import held
from engine.overnight.block import Overnight
from engine.overnight.collateral import Sight
from engine.overnight.margin import Measured, guarded
from engine.overnight.marginwindow import promised
from ledger.accounts import Int64s


def night_guards(sight: Sight, made: Overnight, customers: Int64s | None = None) -> Guards:
    """The guards of these households (ascending ids) or all of the book, after the block before the rules."""
    return Guards(
        margin=_margin(sight, made.measured),
        held=held(made.purse, made.day),
        rooms=rooms(sight.work, made.day, customers),
    )


def _margin(sight: Sight, found: Measured | None) -> Margin:
    """The margin without what raises under way will still take away."""
    margin = guarded(found)
    return margin if found is None else replace(margin, promised=promised(sight, found))
