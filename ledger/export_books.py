"""What the two plain-text exports share: names, running balances and the remarks that are no entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from ledger.days import format_day
from ledger.export_entries import ExportEntry, Holds, Scope
from ledger.export_names import ExportAccount, paths, printable
from ledger.money import format_units

HEAD = (
    "; Books exported by Sluice. One transaction a journal; a transfer is a debit and a credit, to the last unit.\n",
    "; Account names are encoded where these programs demand it; the original words stand beside each account.\n",
)


class ExportedBooks:
    """The accounts of an export and, as the transfers pass, the posted balance of each account used so far.

    `moved` are the accounts posted to since the caller cleared it last.
    """

    def __init__(self, given: Mapping[int, ExportAccount], scope: Scope, commodity: Callable[[str], str] = str) -> None:
        """Keep and name the customers' accounts that lie in the scope and the system accounts of their books.

        `commodity` writes the code of an asset as the program takes it.
        """
        self.scope = scope
        self.commodity = commodity
        within = {
            account: one for account, one in given.items() if one.customer and scope.holds(one.customer, one.book)
        }
        books = {one.book for one in within.values()}
        system = {account: one for account, one in given.items() if not one.customer and one.book in books}
        self.accounts = {**within, **system}
        self.path = paths(self.accounts)
        self.references = {one.customer: one.reference for one in within.values()}
        self.posted: dict[int, int] = {}
        self.moved: dict[int, None] = {}

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

    def unopened(self, accounts: Iterable[int]) -> Iterator[int]:
        """Those of the accounts that nothing used before; from now on they have a balance, 0."""
        for account in accounts:
            if account not in self.posted:
                self.posted[account] = 0
                yield account

    def unused(self) -> Iterator[int]:
        """The customers' accounts that no transfer used; from now on they have a balance, 0."""
        return self.unopened([account for account, one in self.accounts.items() if one.customer])

    def post(self, account: int, amount: int) -> int:
        """Add the signed amount to the account; its balance after it."""
        self.posted[account] += amount
        self.moved[account] = None
        return self.posted[account]

    def amount(self, account: int, units: int) -> str:
        """The smallest units as an amount of the account's asset, `12.50 USD`."""
        return f"{self.number(account, units)} {self.commodity(self.accounts[account].asset)}"

    def number(self, account: int, units: int) -> str:
        """The same without the asset."""
        return format_units(units, self.accounts[account].scale)

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
                f"; pending since {format_day(entry.day)}: {self.amount(entry.debit, entry.amount)}"
                f" from {self.path[entry.credit]} to {self.path[entry.debit]}"
                f" ({entry.narration()}, book {entry.book}, seq {entry.seq})\n"
            )

    def words(self, account: int) -> list[tuple[str, str]]:
        """What to say of an account beside its name: pairs of key and original text."""
        one = self.accounts[account]
        customer = [("customer", printable(one.reference))] if one.customer else []
        return [*customer, ("handle", printable(one.handle))]
