"""Matching rules on lines that are being imported: after the profile's own sorter, before they become transfers."""

from collections.abc import Sequence

import numpy as np

from engine.lines import Flags, Statement
from engine.matching.document import from_text
from engine.matching.judge import LineColumns, given
from engine.matching.work import MatchWork
from ledger.accounts import Int64s


def sorted_lines(
    work: MatchWork, statement: Statement, at: Int64s, owners: tuple[Int64s, Int64s], handle: str
) -> tuple[Sequence[str], Flags]:
    """The category and card flag of each line at these places of the statement.

    `owners` are (customer, account) beside `at`; `handle` is that of every account. Households without matching
    rules keep what the profile says.
    """
    customer, account = owners
    categories, card = [statement.category[place] for place in at.tolist()], statement.card[at]
    for household, document in work.matching(np.unique(customer)).items():
        mine = np.flatnonzero(customer == household)
        texts = [statement.text[place] for place in at[mine].tolist()]
        lines = LineColumns(texts, statement.amount[at[mine]], account[mine], card[mine])
        before = [categories[place] for place in mine.tolist()]
        found, card[mine] = given(from_text(document), lines, {handle: int(account[mine[0]])}, before)
        for place, category in zip(mine.tolist(), found, strict=True):
            categories[place] = category
    return categories, card
