"""A small database to write to, and blocks of transfers put together by hand, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.contributions.rights import Ownership, Pool, Who
from engine.contributions.work import ContributionRows, NewPerson, Owned
from engine.desk import NewAccount, NewCustomer, SavedList
from engine.ports import DecisionRows, NightRows, Written
from ledger.accounts import Int64s, Kind
from ledger.batch import Code, TransferKind, Transfers
from ledger.ids import transfer_ids
from ledger.seal import asset_number, records, seal
from store.books import Books, Work
from tests.birth import born

USD = asset_number("USD")
LIMIT = 10**15
DAY = 20_000
NOW = 1_700_000_000_000_000


def numbers(*values: int) -> Int64s:
    """Values as a column."""
    return np.array(values, np.int64)


@dataclass(frozen=True)
class Home:
    """Books with three households in book 1, three accounts each (checking, cash, bank), and three system accounts."""

    books: Books
    url: str
    customers: list[int]
    accounts: list[list[int]]
    opening: int
    salary: int
    food: int


@contextmanager
def home(url: str) -> Iterator[Home]:
    """A new database with two books."""
    born(url, 2, NOW)
    books = Books(url)
    with books.lock(1) as work:
        people = [NewCustomer(f"home-{n}", f"Home {n}") for n in range(3)]
        customers = work.open_customers(people, DAY, NOW).tolist()
        kinds = (("checking", Kind.CHECKING), ("cash", Kind.CASH), ("bank", Kind.BANK))
        new = [NewAccount(one, name, name, kind, USD, -50_00, LIMIT, 0) for one in customers for name, kind in kinds]
        accounts = work.open_accounts(new, DAY, NOW).reshape(3, 3).tolist()
        opening, salary, food = work.system_accounts(USD, ["equity:opening", "income:salary", "expense:food"]).tolist()
    yield Home(books, url, customers, accounts, opening, salary, food)
    books.close()


Line = tuple[int, int, int, int]
"""Customer, debit account, credit account, amount."""


def lines(given: Sequence[Line], key: int, *, kind: int = TransferKind.SINGLE, code: int = Code.RULE) -> Transfers:
    """Transfers of one kind, ids made from `key`."""
    columns: list[Int64s] = [np.array(column, np.int64) for column in zip(*given, strict=True)]
    n = len(given)
    zero, none = np.zeros(n, np.int64), np.zeros(n, np.uint64)
    high, low = transfer_ids(1, zero + DAY, [columns[0], zero + key, np.arange(n)])
    return Transfers(
        id_hi=high,
        id_lo=low,
        kind=zero + int(kind),
        pending_hi=none,
        pending_lo=none,
        journal=np.arange(n, dtype=np.int64),
        customer=columns[0],
        debit=columns[1],
        credit=columns[2],
        asset=zero + USD,
        amount=columns[3],
        code=zero + int(code),
        day=zero + DAY,
        run=zero,
        rank=zero + 1,
    )


def resolving(held: Transfers, kind: int, key: int) -> Transfers:
    """Posts or voids of these pending transfers."""
    made = lines([(1, 1, 2, 1)] * len(held), key, kind=kind)
    return replace(
        held, id_hi=made.id_hi, id_lo=made.id_lo, kind=made.kind, pending_hi=held.id_hi, pending_lo=held.id_lo
    )


def block(work: Work, transfers: Transfers) -> Written:
    """The block that writes these transfers, its balances counted line by line."""
    before = work.accounts(np.unique(np.concatenate([transfers.debit, transfers.credit])))
    after = {name: getattr(before, name).copy() for name in ("debits_posted", "credits_posted")}
    after |= {name: getattr(before, name).copy() for name in ("debits_pending", "credits_pending")}
    place = {one: at for at, one in enumerate(before.account.tolist())}
    for debit, credit, amount, kind in zip(
        transfers.debit.tolist(),
        transfers.credit.tolist(),
        transfers.amount.tolist(),
        transfers.kind.tolist(),
        strict=True,
    ):
        posted, held = {1: (1, 0), 2: (0, 1), 3: (1, -1), 4: (0, -1)}[kind]
        for account, side in ((debit, "debits"), (credit, "credits")):
            if account in place:
                after[f"{side}_posted"][place[account]] += amount * posted
                after[f"{side}_pending"][place[account]] += amount * held
    first, head = work.row.next_seq, work.row.head
    seq = np.arange(first, first + len(transfers), dtype=np.int64)
    sealed = seal(head, records(work.row.book, seq, transfers, seq))
    return Written(transfers, seq, first, before, replace(before, **after), head, sealed, DAY, "import", NOW)


def put(home: Home, *batches: Transfers) -> None:
    """Write each batch as a block of its own, in one transaction."""
    with home.books.lock(1) as work:
        for batch in batches:
            work.write(block(work, batch))


def night(day: int, quarantined: Sequence[tuple[int, str]] = (), first_seq: int = 1) -> NightRows:
    """What a night of no decisions leaves."""
    none = numbers()
    return NightRows(
        day, DecisionRows(*[none] * 9), none, none, none, none, none, none, quarantined, NOW, NOW + 1, first_seq
    )


def saved(customer: int, *words: int, tallies: Sequence[tuple[int, int]] = ()) -> SavedList:
    """A rule list with this program."""
    return SavedList(customer, f'["{customer}"]', numbers(*words), {7: "sweep"}, tallies)


def paid(home: Home) -> None:
    """Give every household 1,000 in checking from its opening, and a salary of 500 in cash."""
    first = [
        (one, accounts[0], home.opening, 1_000_00) for one, accounts in zip(home.customers, home.accounts, strict=True)
    ]
    then = [
        (one, accounts[1], home.salary, 500_00) for one, accounts in zip(home.customers, home.accounts, strict=True)
    ]
    put(home, lines(first, 1, code=Code.OPENING), lines(then, 2, code=Code.STATEMENT))


def owned(work: Work, customer: int, account: int) -> None:
    """A person who owns an account, with earnings and a contribution made elsewhere."""
    (person,) = work.open_persons([NewPerson(customer, "Ann", 1970, Who.OWNER)])
    work.own([Owned(account, customer, Ownership.INDIVIDUAL, agreed=False, owners=(person.person,))])
    work.keep_earned(person, 2026, 100_00)
    made = {"customer": customer, "person": person.person, "year": 2026, "pool": Pool.IRA, "amount": 5_00}
    made |= {"day": DAY, "account": 0, "seq": 0}
    columns: dict[str, Any] = {name: numbers(value) for name, value in made.items()}
    work.keep_contributions(ContributionRows(**columns, source=["elsewhere"]))
