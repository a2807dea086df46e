"""What the two plain-text exports share: names, running balances and the remarks that are no entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.days import format_day
from ledger.export_entries import ExportEntry, Holds, Scope
from ledger.export_names import ExportAccount, paths, printable
from ledger.money import format_money
from ledger.seal import asset_code

HEAD = (
    "; Books exported by Sluice. One transaction a journal; every transfer is a debit and a credit, to the cent.\n",
    "; Account names are encoded where these programs demand it; the original words stand beside each account.\n",
)


class ExportedBooks:
    """The accounts of an export and, as the transfers pass, the posted balance of each account used so far."""

    def __init__(self, given: Mapping[int, ExportAccount], scope: Scope) -> None:
        """Keep and name the customers' accounts that lie in the scope and the system accounts of their books."""
        self.scope = scope
        within = {
            account: one for account, one in given.items() if one.customer and scope.holds(one.customer, one.book)
        }
        books = {one.book for one in within.values()}
        system = {account: one for account, one in given.items() if not one.customer and one.book in books}
        self.accounts = {**within, **system}
        self.path = paths(self.accounts)
        self.references = {one.customer: one.reference for one in within.values()}
        self.posted: dict[int, int] = {}

    def known(self, entry: ExportEntry) -> ExportEntry:
        """The same transfer. Raises ValueError where the export was not told of its customer or of an account."""
        for name, number, known in (
            ("customer", entry.customer, self.references),
            ("account", entry.debit, self.accounts),
            ("account", entry.credit, self.accounts),
        ):
            if number not in known:
                message = f"transfer {entry.seq} of book {entry.book}: {name} {number} is not among those described"
                raise ValueError(message)
        return entry

    def unopened(self, entry: ExportEntry) -> Iterator[int]:
        """The sides of the transfer that no transfer used before; from now on they have a balance, 0."""
        for account in (entry.debit, entry.credit):
            if account not in self.posted:
                self.posted[account] = 0
                yield account

    def unused(self) -> Iterator[int]:
        """The customers' accounts that no transfer used; from now on they have a balance, 0."""
        for account, one in self.accounts.items():
            if one.customer and account not in self.posted:
                self.posted[account] = 0
                yield account

    def post(self, account: int, amount: int) -> int:
        """Add the signed amount to the account; its balance after it."""
        self.posted[account] += amount
        return self.posted[account]

    def amount(self, account: int, cents: int) -> str:
        """The cents as an amount of the account's asset, `12.50 USD`."""
        return f"{format_money(cents)} {self.accounts[account].asset}"

    def closing(self, account: int) -> int:
        """The balance to assert in the end: what the books hold, where the export was told and may know it.

        A customer's export holds only a part of what passed through the system accounts.
        """
        one = self.accounts[account]
        partial = self.scope.customer is not None and not one.customer
        return self.posted[account] if one.posted is None or partial else one.posted

    def pending(self, holds: Holds) -> Iterator[str]:
        """The open holds as comments."""
        for entry in holds.open.values():
            yield (
                f"; pending since {format_day(entry.day)}: {amount_of(entry)}"
                f" from {self.path[entry.credit]} to {self.path[entry.debit]}"
                f" ({entry.narration()}, book {entry.book}, seq {entry.seq})\n"
            )

    def words(self, account: int) -> list[tuple[str, str]]:
        """What to say of an account beside its name: pairs of key and original text."""
        one = self.accounts[account]
        customer = [("customer", printable(one.reference))] if one.customer else []
        return [*customer, ("handle", printable(one.handle))]


def amount_of(entry: ExportEntry, sign: int = 1) -> str:
    """The transfer's own amount and asset, `-12.50 USD` for the credit side with sign -1."""
    return f"{format_money(sign * entry.amount)} {asset_code(entry.asset)}"
