"""Statement lines, mirrored accounts, and answers to idempotency keys (rulings 7, 38)."""

from __future__ import annotations

import numpy as np
from sqlalchemy import case, func, select

from engine.desklines import KnownLines, Mirrors, StatementLines
from ledger.accounts import Int64s
from ledger.batch import Code, TransferKind
from ledger.faults import SluiceError
from store.bulk import Columns, high_low, ids16
from store.held import REFUSED, Held
from store.tables import table
from store.transfers import sorted_by

IMPORTED = (Code.OPENING, Code.STATEMENT, Code.CARD, Code.ADJUSTMENT)


class Imports(Held):
    """What came from statements, and what was answered."""

    def known_lines(self, accounts: Int64s) -> KnownLines:
        """See `DeskWork.known_lines`."""
        line = table("statement_line")
        chosen = self.bulk.among(line.c.account_id, accounts)
        query = select(line.c.account_id, line.c.key, line.c.day, line.c.amount).where(self.here(line), chosen)
        rows = self.bulk.read(query)
        return KnownLines(rows["account_id"], *high_low(rows["key"]), rows["day"], rows["amount"])

    def keep_lines(self, lines: StatementLines) -> None:
        """See `DeskWork.keep_lines`. Raises SluiceError `line_twice`."""
        self.must_write()
        given: Columns = {
            "book_id": self.book,
            "account_id": lines.account,
            "key": ids16(lines.key_hi, lines.key_lo),
            "day": lines.day,
            "amount": lines.amount,
            "has_balance": lines.has_balance.astype(np.int64),
            "balance": lines.balance,
            "text": lines.text,
        }
        try:
            self.bulk.insert(table("statement_line"), given)
        except REFUSED as error:
            sentence = "One of the lines is kept already; each line of a statement is imported once."
            raise SluiceError("line_twice", sentence) from error

    def mirrors(self, accounts: Int64s) -> Mirrors:
        """See `DeskWork.mirrors`."""
        mirror = table("mirror")
        query = select(mirror.c.account_id, mirror.c.balance, mirror.c.last_day).where(
            self.here(mirror), self.bulk.among(mirror.c.account_id, accounts)
        )
        rows = sorted_by(self.bulk.read(query), "account_id")
        return Mirrors(rows["account_id"], rows["balance"], rows["last_day"])

    def keep_mirrors(self, mirrors: Mirrors) -> None:
        """See `DeskWork.keep_mirrors`."""
        self.must_write()
        key: Columns = {"book_id": self.book, "account_id": mirrors.account}
        given: Columns = {**key, "balance": mirrors.balance, "last_day": mirrors.last_day}
        self.bulk.upsert(table("mirror"), given, "replace")

    def mirrored_sum(self, account: int, day: int) -> int:
        """See `DeskWork.mirrored_sum`."""
        transfer, owner = table("transfer"), table("account")
        customer = select(owner.c.customer_id).where(self.here(owner), owner.c.account_id == account)
        signed = case((transfer.c.debit == account, transfer.c.amount), else_=-transfer.c.amount)
        query = select(func.coalesce(func.sum(signed), 0)).where(
            self.here(transfer),
            transfer.c.customer_id == customer.scalar_subquery(),
            (transfer.c.debit == account) | (transfer.c.credit == account),
            transfer.c.code.in_([int(code) for code in IMPORTED]),
            transfer.c.kind.in_([int(TransferKind.SINGLE), int(TransferKind.POST)]),
            (transfer.c.day <= day) | (transfer.c.code == int(Code.OPENING)),
        )
        return int(self.bulk.rows(query)[0][0])

    def lines_since(self, account: int, day: int) -> list[tuple[int, int, int | None]]:
        """See `DeskWork.lines_since`."""
        line = table("statement_line")
        query = (
            select(line.c.day, line.c.amount, line.c.has_balance, line.c.balance)
            .where(self.here(line), line.c.account_id == account, line.c.day >= day)
            .order_by(line.c.day, line.c.key)
        )
        return [(at, amount, balance if states else None) for at, amount, states, balance in self.bulk.rows(query)]

    def answer(self, customer: int, key: str) -> tuple[bytes, int, str] | None:
        """See `DeskWork.answer`."""
        kept = table("answer")
        query = select(kept.c.request, kept.c.status, kept.c.body).where(
            self.here(kept), kept.c.customer_id == customer, kept.c.key == key
        )
        for request, status, body in self.bulk.rows(query):
            return bytes(request), status, body
        return None

    def keep_answer(self, customer: int, key: str, request: bytes, answer: tuple[int, str]) -> None:
        """See `DeskWork.keep_answer`. Raises SluiceError `answer_kept` where the key has one."""
        self.must_write()
        status, body = answer
        row = {"customer_id": customer, "key": key, "request": request, "status": status, "body": body}
        try:
            self.bulk.run(table("answer").insert().values(book_id=self.book, **row))
        except REFUSED as error:
            raise SluiceError("answer_kept", "This idempotency key has been answered already.") from error
