"""Short phrases for people for every code that an evaluation gives: outcomes, reasons, limits (rules.md 6)."""

from typing import Final

OUTCOME_WORDS: Final = {
    "not_due": "not due",
    "blocked": "blocked",
    "nothing": "nothing to move",
    "moved": "moved",
    "proposed": "waiting for your approval",
    "would_move": "would move",
}
"""Every outcome."""

REASON_WORDS: Final = {
    "off": "the rule is switched off",
    "stopped": "an earlier rule moved and ended the night's rules",
    "before_start": "the rule has not started yet",
    "after_end": "the rule has ended",
    "blackout": "the date is blacked out",
    "not_scheduled": "no date of its schedule has come",
    "cooling_down": "it moved too recently",
    "paused": "the customer's rules are paused",
    "frozen": "an account is frozen",
    "account_closed": "an account is closed",
    "link_broken": "the link to the bank is broken",
    "stale_balance": "the bank's balance is too old to be relied on",
    "no_price": "a price is missing",
    "unknown_fact": "a number it needs is not known",
    "condition_false": "a condition does not hold",
    "amount_zero": "its amount comes to nothing",
    "cap_used_up": "a limit leaves nothing",
    "short": "the whole amount cannot move",
    "sources_empty": "the sources have nothing to give",
    "no_room": "the destinations have no room",
    "below_minimum": "the amount is below the minimum",
    "in_full": "in full",
    "limited": "less than wanted",
}
"""Every reason, those of `not_due` first, then of `blocked`, of `nothing`, and of a move."""

_LIMIT_WORDS: Final = {
    "max_transfer": "the most the rule may move a night",
    "approved": "the amount that was approved",
    "guard_velocity": "the guard's limit on how fast money may move",
    "guard_rail_max": "the most the rail carries",
    "guard_buffer": "the buffer that the guard keeps",
    "sources": "what the sources could give",
    "room": "the room of the destinations",
}
_PER_WORDS: Final = {
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "year": "yearly",
    "ever": "lifetime",
}


def limit_words(name: str) -> str:
    """Word a name of `limited_by`, caps included: `cap:month:ira` is `the monthly cap of ira`."""
    if name in _LIMIT_WORDS:
        return _LIMIT_WORDS[name]
    _, per, *counter = name.split(":")
    return f"the {_PER_WORDS[per]} cap of {counter[0]}" if counter else f"the rule's {_PER_WORDS[per]} cap"
