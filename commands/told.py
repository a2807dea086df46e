"""What a night did, as a table for people and as words for programs."""

from collections.abc import Sequence

import numpy as np
from rich.table import Table

from commands.desk import SHOWN
from engine.codes import Outcome, Reason
from engine.night import NightResult
from engine.ports import Books
from engine.rulebook import from_text
from ledger.days import format_day
from ledger.money import format_money
from rules.wording import OUTCOME_WORDS, REASON_WORDS, sentence


def night_words(result: NightResult) -> dict[str, object]:
    """The result of one book's night, ready for JSON."""
    return {
        "book": result.book,
        "on": format_day(result.day),
        "status": result.status,
        "customers": result.customers,
        "transfers": result.transfers,
        **{outcome.name.lower(): count for outcome, count in result.counts.items()},
        "quarantined": {str(customer): reason for customer, reason in sorted(result.quarantined.items())},
    }


def night_table(books: Books, results: Sequence[NightResult], day: int) -> Table:
    """The decisions of a night: the first ones in full, then the totals."""
    table = Table(title=f"Night of {format_day(day)}", caption=_totals(results), show_lines=False)
    for name, justify in (("household", "left"), ("rule", "left"), ("decision", "left"), ("amount", "right")):
        table.add_column(name, justify="right" if justify == "right" else "left", overflow="fold")
    table.add_column("why", overflow="fold")
    left = SHOWN
    for result in results:
        rows = _rows(books, result, left)
        for row in rows:
            table.add_row(*row)
        left -= len(rows)
    return table


def _totals(results: Sequence[NightResult]) -> str:
    counts = {outcome: sum(result.counts[outcome] for result in results) for outcome in results[0].counts}
    customers = sum(result.customers for result in results)
    transfers = sum(result.transfers for result in results)
    told = ", ".join(f"{count:,} {OUTCOME_WORDS[outcome.name.lower()]}" for outcome, count in counts.items())
    return f"{_counted(customers, 'household')}, {_counted(transfers, 'transfer')}: {told}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _rows(books: Books, result: NightResult, most: int) -> list[tuple[str, ...]]:
    told = result.decisions
    if told is None or most <= 0 or len(told.customer) == 0:
        return []
    shown = np.lexsort((told.rank, told.customer))[:most]
    with books.read(result.book) as work:
        names = {found.customer: found.name for found in work.customers(np.unique(told.customer[shown]))}
        lists = {
            (customer, version.version): from_text(version.documents)
            for customer in names
            for version in work.versions(customer)
        }
    rows: list[tuple[str, ...]] = []
    for at in shown.tolist():
        customer, rank = int(told.customer[at]), int(told.rank[at])
        rule = lists[customer, int(told.version[at])][rank - 1]
        outcome = Outcome(int(told.outcome[at])).name.lower()
        reason = Reason(int(told.reason[at])).name.lower()
        amount = format_money(int(told.amount[at]), grouped=True)
        rows.append(
            (names[customer], f"{rank}. {sentence(rule)}", OUTCOME_WORDS[outcome], amount, REASON_WORDS[reason])
        )
    return rows
