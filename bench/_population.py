"""A synthetic population for benchmarks: households with four accounts and five rules, drawn from a seed."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Final

import numpy as np

from engine.desk import NewAccount, NewCustomer, SavedList
from engine.ports import Books, BookWork
from engine.rulebook import to_text
from engine.sealing import sealed_block
from engine.tallies import tallies_on
from ledger.accounts import Int64s, Kind
from ledger.apply import apply
from ledger.batch import BookState, Code, TransferKind, Transfers, nothing_stored
from ledger.days import parse_day
from ledger.ids import transfer_ids
from ledger.money import MAX_AMOUNT, format_money
from ledger.seal import asset_number
from rules.compile import Program, compile_list
from rules.document import Rule
from rules.load import load_rules

START: Final = parse_day("2026-01-01")
USD: Final = asset_number("USD")
HANDLES: Final = ("checking", "cash", "borrow", "invest.growth")
KINDS: Final = (Kind.CHECKING, Kind.CASH, Kind.BORROW, Kind.INVEST)
LISTS: Final = 400  # different rule lists
CHUNK: Final = 5_000  # households a transaction
SOME: Final = 0.4  # of the rules have a condition, of the rules a cap
LIMIT: Final = 1_000_000  # of the borrow line


def draw_list(chance: Random) -> tuple[Rule, ...]:
    """Five rules of the common kinds with drawn amounts, some with a condition, some with a cap."""
    documents = _documents(lambda low, high: format_money(chance.randrange(low, high) * 100), chance.randrange(1, 29))
    for document in documents:
        document["mode"] = chance.choice(("auto", "auto", "auto", "watch"))
        if chance.random() < SOME:
            document["when"] = [{"fact": "balance(checking)", "above": f"{chance.randrange(3_000)}.00"}]
        if chance.random() < SOME:
            per = chance.choice(("month", "week"))
            document["caps"] = [{"per": per, "amount": f"{chance.randrange(100, 5_000)}.00"}]
    loaded = load_rules(documents)
    if loaded.problems:
        raise AssertionError(loaded.problems)
    return loaded.rules


def _documents(money: Callable[[int, int], str], day: int) -> list[dict[str, object]]:
    checking, growth = [{"account": "checking"}], [{"account": "invest.growth"}]
    refill = {"kind": "refill", "account": "checking", "below": money(500, 1_500)}
    reserve = [{"account": "cash", "leave": "500.00"}, {"account": "borrow", "at_most": "2000.00"}]
    excess = {"kind": "excess", "account": "checking", "above": money(1_500, 9_000)}
    spare = [{"account": "cash", "leave": money(1_000, 5_000)}]
    payoff = {"kind": "payoff", "account": "borrow"}
    fixed = {"kind": "fixed", "amount": money(10, 400)}
    wages = [{"account": "checking", "leave": money(500, 2_000)}]
    tenth = {"kind": "percent_of", "fact": "balance(cash)", "percent": "10%"}
    shares = [{"account": "invest.growth", "share": "60%"}, {"account": "checking", "share": "40%"}]
    return [
        {"id": "refill", "amount": refill, "from": reserve, "to": checking},
        {"id": "sweep", "amount": excess, "from": checking, "to": [{"account": "cash"}]},
        {"id": "paydown", "amount": payoff, "from": spare, "to": [{"account": "borrow"}]},
        {"id": "invest", "amount": fixed, "schedule": {"month_days": [day, "last"]}, "from": wages, "to": growth},
        {"id": "tenth", "amount": tenth, "from": [{"account": "cash"}], "to": shares, "cool_down_days": 7},
    ]


def populate(books: Books, customers: int, now: int) -> None:
    """Open the households, balances and rules, spread evenly over the books."""
    chance = Random(1)
    slots = {handle: slot for slot, handle in enumerate(HANDLES)}
    lists = [draw_list(chance) for _ in range(LISTS)]
    made = [(to_text(rules), compile_list(rules, slots, {})) for rules in lists]
    numbers = books.book_ids()
    for place, book in enumerate(numbers):
        mine = range(place, customers, len(numbers))
        for start in range(0, len(mine), CHUNK):
            with books.lock(book) as work:
                _open(work, mine[start : start + CHUNK], made, now)


def _open(work: BookWork, names: Sequence[int], made: Sequence[tuple[str, Program]], now: int) -> None:
    ids = work.open_customers([NewCustomer(f"c{n}", f"c{n}") for n in names], START, now)
    limits = {Kind.BORROW: (-1_000_000, 0, -1_000_000)}
    new = [
        NewAccount(int(customer), handle, handle, kind, USD, *limits.get(kind, (0, MAX_AMOUNT, 0)))
        for customer in ids
        for handle, kind in zip(HANDLES, KINDS, strict=True)
    ]
    accounts = work.open_accounts(new, START, now).reshape(-1, len(HANDLES))
    _fund(work, ids, accounts, now)
    saved = []
    for n, customer in zip(names, ids.tolist(), strict=True):
        text, program = made[n % len(made)]
        saved.append(SavedList(customer, text, program.words, program.shapes, tallies_on(START, program.tallies, ())))
    work.save_lists(saved, START, now)


def _fund(work: BookWork, customer: Int64s, accounts: Int64s, now: int) -> None:
    """Opening balances of checking, cash and the loan, as one block."""
    equity = int(work.system_accounts(USD, ["equity:opening"])[0])
    rng = np.random.default_rng(int(customer[0]) % 2**32)
    count = len(customer)
    amounts = np.concatenate([rng.integers(1_000, 1_200_000, 2 * count), rng.integers(1_000, 500_000, count)])
    ours = np.concatenate([accounts[:, 0], accounts[:, 1], accounts[:, 2]])
    owner = np.tile(customer, 3)
    debt = np.arange(3 * count) >= 2 * count
    day = np.full(3 * count, START, np.int64)
    zeros, none = np.zeros(3 * count, np.int64), np.zeros(3 * count, np.uint64)
    id_hi, id_lo = transfer_ids(work.row.book, day, [ours])
    batch = Transfers(
        id_hi=id_hi,
        id_lo=id_lo,
        kind=np.full(3 * count, TransferKind.SINGLE, np.int64),
        pending_hi=none,
        pending_lo=none,
        journal=np.arange(3 * count),
        customer=owner,
        debit=np.where(debt, equity, ours),
        credit=np.where(debt, ours, equity),
        asset=np.full(3 * count, USD, np.int64),
        amount=amounts,
        code=np.full(3 * count, Code.OPENING, np.int64),
        day=day,
        run=zeros,
        rank=zeros,
    )
    touched = work.accounts(np.unique(np.concatenate([batch.debit, batch.credit])))
    state = BookState(work.row.book, work.row.next_seq, touched, nothing_stored())
    applied = apply(state, batch)
    work.write(sealed_block(work.row, touched, batch, applied, (START, "request", now)))
