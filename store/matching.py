"""Matching rules of households, and the imported lines they are held against."""

from __future__ import annotations

from typing import Final

import numpy as np
from sqlalchemy import func, select

from engine.matching.work import ImportedLines, MatchVersion, no_lines
from ledger.accounts import Int64s
from store.bulk import high_low
from store.held import Held, alarm
from store.tables import table

_VERSION: Final = ("version", "seq", "day", "recorded", "after_night", "document")
_LINE: Final = ("account_id", "key", "day", "amount", "text")


class Matching(Held):
    """Matching rules of households."""

    def matching(self, customers: Int64s) -> dict[int, str]:
        """See `MatchWork.matching`."""
        rules = table("match_list")
        newest = select(rules.c.customer_id, func.max(rules.c.version).label("version"))
        newest = newest.where(self.here(rules)).group_by(rules.c.customer_id)
        having = np.intersect1d(self.bulk.read(newest)["customer_id"], customers)
        if len(having) == 0:
            return {}
        last = newest.subquery()
        same = (rules.c.customer_id == last.c.customer_id) & (rules.c.version == last.c.version)
        query = select(rules.c.customer_id, rules.c.document).join(last, same)
        query = query.where(self.here(rules), self.bulk.among(rules.c.customer_id, having))
        return {row[0]: row[1] for row in self.bulk.rows(query.order_by(rules.c.customer_id))}

    def match_versions(self, customer: int) -> list[MatchVersion]:
        """See `MatchWork.match_versions`."""
        rules = table("match_list")
        query = select(*(rules.c[name] for name in _VERSION)).where(self.here(rules), rules.c.customer_id == customer)
        return [MatchVersion(*row) for row in self.bulk.rows(query.order_by(rules.c.version))]

    def save_matching(self, customer: int, document: str, day: int, recorded: int) -> int:
        """See `MatchWork.save_matching`."""
        self.must_write()
        version = len(self.match_versions(customer)) + 1
        row = {"book_id": self.book, "customer_id": customer, "version": version, "day": day, "recorded": recorded}
        with alarm("a list of matching rules was refused"):
            self.bulk.run(table("match_list").insert().values(**row, **self.moment, document=document))
        return version

    def imported(self, accounts: Int64s, since: int, at_most: int | None = None) -> ImportedLines:
        """See `MatchWork.imported`."""
        line = table("statement_line")
        chosen = (self.here(line), self.bulk.among(line.c.account_id, accounts), line.c.day >= since)
        query = select(*(line.c[name] for name in _LINE)).where(*chosen)
        query = query.order_by(line.c.day.desc(), line.c.account_id, line.c.key)
        rows = self.bulk.rows(query if at_most is None else query.limit(at_most))
        if not rows:
            return no_lines()
        account, key, day, amount, text = zip(*rows, strict=True)
        numbers = (np.array(column, np.int64) for column in (account, day, amount))
        owner, days, amounts = numbers
        high, low = high_low(np.frombuffer(b"".join(bytes(one) for one in key), "V16"))
        return ImportedLines(owner, high, low, days, amounts, list(text))
