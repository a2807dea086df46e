"""Sharing money and units out by units, exactly: fills of a block, splits of shares, cash in lieu, dividends.

Every share is floored, and what is missing to the whole goes one each to the largest remainders, ties to the earlier
part; whoever calls puts the parts in the order that breaks ties (rulings 9 and 28).
"""

from collections.abc import Sequence

from engine.invest.lots.worth import cents_of, half_even, parts_of_a_cent


def split_by_units(total: int, parts: Sequence[int]) -> list[int]:
    """Split a total in proportion to parts, all zero or more and of any size; the shares sum to it (ruling 9).

    A part of zero gets nothing. Raises ValueError for a total or a part below zero, and where there is something to
    split but all parts are zero.
    """
    whole = sum(parts)
    if total < 0 or min(parts, default=0) < 0 or (total and not whole):
        message = f"{total} cannot be split by the parts {list(parts)}: none may be negative, nor all of them zero"
        raise ValueError(message)
    return _floored([total * part for part in parts], max(whole, 1), total)


def convert_units(units: Sequence[int], top: int, bottom: int) -> tuple[list[int], int]:
    """Give the units of each lot of one account after a split of `top` new for `bottom` old, and what is lost.

    Each lot is floored; the account keeps the floor of the whole, handed out by largest remainder. The fraction of a
    smallest unit that is lost is the second number over `bottom`, and is paid as `cash_in_lieu` (ruling 28). Units are
    zero or more, `top` and `bottom` above zero.
    """
    kept, lost = divmod(sum(units) * top, bottom)
    return _floored([one * top for one in units], bottom, kept), lost


def cash_in_lieu(lost: int, bottom: int, price: int, scale: int) -> int:
    """Give the cents owed for lost / bottom of a smallest unit at a price after the split (millionths), half-even."""
    return half_even(lost * price, bottom * parts_of_a_cent(scale))


def dividend_of(units: Sequence[int], rate: int, scale: int) -> list[int]:
    """Give the cents that each slice of one account gets of a dividend of `rate` millionths a share (ruling 28).

    The account's dividend is its units times the rate, half-even, and is shared to its slices by their units.
    """
    return split_by_units(cents_of(sum(units), rate, scale), units)


def _floored(tops: Sequence[int], bottom: int, total: int) -> list[int]:
    """Floor each top / bottom; what is missing to the total goes one each to the largest remainders, ties earlier."""
    parts = [top // bottom for top in tops]
    order = sorted(range(len(tops)), key=lambda place: -(tops[place] % bottom))
    for place in order[: total - sum(parts)]:
        parts[place] += 1
    return parts
