"""One sealed block: the created lines of a batch, ready to be written (ruling 48)."""

from engine.ports import BookRow, Written
from ledger.accounts import Accounts
from ledger.batch import Applied, Transfers
from ledger.seal import records, seal


def sealed_block(
    row: BookRow, before: Accounts, batch: Transfers, applied: Applied, stamp: tuple[int, str, int]
) -> Written:
    """The created lines of a batch as one sealed block; `stamp` is (effective day, source, instant)."""
    created = batch.take(applied.created)
    journal, seq = applied.journal[applied.created], applied.seq[applied.created]
    previous = row.head
    day, source, instant = stamp
    return Written(
        transfers=created,
        journal=journal,
        first_seq=row.next_seq,
        before=before,
        after=applied.accounts,
        previous=previous,
        seal=seal(previous, records(row.book, seq, created, journal)),
        day=day,
        source=source,
        recorded=instant,
    )
