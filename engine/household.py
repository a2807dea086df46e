"""Open a household: its persons, accounts, opening balances and rules, as a set-up document states them (ruling 58)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal, Self

import numpy as np
from pydantic import Field, TypeAdapter, model_validator

from engine.contributions.opening import (
    MAX_PERSONS,
    OwnershipWord,
    Owning,
    PersonNumber,
    PersonSetup,
    keep_owners,
    owning,
    prove_born,
    prove_minimum,
)
from engine.contributions.rights import Ownership
from engine.desk import AccountRecord, NewAccount
from engine.lines import OPENING_PATH
from engine.ports import BookWork
from engine.rulebook import save_rules
from engine.sealing import sealed_block
from ledger.accounts import Kind
from ledger.apply import apply
from ledger.batch import BookState, Code, TransferKind, Transfers
from ledger.faults import Problem, SluiceError
from ledger.ids import keyed_id
from ledger.money import MAX_AMOUNT, format_money
from ledger.seal import asset_number
from ledger.statuses import CATALOGUE, Status
from rules.check import AccountTerms, check
from rules.decode import Decoded, read_document
from rules.document import Rule
from rules.load import load_rules
from rules.values import Document, Handle, Money, ShortText, SignedMoney, refusal

PRICED_IN: Final = "USD"
"""The currency of prices, and of the amounts that the dated configuration sets for secured lines."""

AccountKind = Literal["bank", "checking", "cash", "borrow", "invest", "ira"]


class AccountSetup(Document):
    """An account to be opened.

    A borrow line has a `limit` instead of floor and ceiling; without one the limit follows the collateral, and nothing
    may be owed at first. `charge_cash`: its interest may be charged to cash accounts too. Rules keep `floor` (by
    default 0.00); the ledger itself keeps an account from falling below 0.00, or below a floor that is lower. It sets
    no limit to `mirrored` accounts, which take statement lines as they are: these have no ceiling. `owners` are numbers
    of the household's persons; an `ownership` that needs them (joint, and each kind of retirement account) names them,
    and an account of kind `ira` always has one.
    """

    handle: Handle
    kind: AccountKind
    name: ShortText | None = None
    floor: SignedMoney = 0
    ceiling: SignedMoney = MAX_AMOUNT
    limit: Money | None = None
    charge_cash: bool = False
    mirrored: bool = False
    opening: SignedMoney = 0
    ownership: OwnershipWord | None = None
    owners: Annotated[tuple[PersonNumber, ...], Field(max_length=2)] = ()
    agreed: bool = False

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.kind != "borrow" and (self.limit is not None or self.charge_cash):
            field = "charge_cash" if self.limit is None else "limit"
            raise refusal("limit", f"Only a borrow line has {field}; leave it out, or open a borrow account.", field)
        if self.floor > self.ceiling:
            raise refusal("floor_above_ceiling", "The floor is above the ceiling; write at most the ceiling.", "floor")
        if self.mirrored and self.ceiling != MAX_AMOUNT:
            sentence = "A mirrored account takes every line of the bank; leave its ceiling out."
            raise refusal("ceiling_of_mirror", sentence, "ceiling")
        if self.kind == "borrow":
            self._owed()
        self.owning()
        return self

    def _owed(self) -> None:
        """Refuse an opening that is no debt, or more than the line lends."""
        if self.opening > 0:
            owed = format_money(-self.opening)
            sentence = f"What is owed on a borrow line is written with a minus; write {owed}, or leave it out."
            raise refusal("opening_of_line", sentence, "opening")
        if -self.opening > (self.limit or 0):
            most = f"its limit is {format_money(self.limit)}" if self.limit else "only one with a limit owes at first"
            owed = format_money(-self.opening)
            sentence = f"The line cannot owe {owed}: {most}. Write a limit of {owed} or more, or less that is owed."
            raise refusal("opening_of_line", sentence, "opening")

    def owning(self) -> Owning | None:
        """How the account is owned, None where nothing is said of it."""
        return owning(self.kind, self.ownership, self.owners, agreed=self.agreed)

    def terms(self, customer: int, asset: int) -> NewAccount:
        """The account as the books open it."""
        name = self.name or self.handle
        if self.kind == "borrow":
            limits = (-(self.limit or 0), 0, -(self.limit or 0))
            line = (self.limit is None, self.charge_cash)
            return NewAccount(customer, self.handle, name, Kind.BORROW, asset, *limits, *line)
        floor = -MAX_AMOUNT if self.mirrored else min(self.floor, 0)
        return NewAccount(customer, self.handle, name, Kind[self.kind.upper()], asset, floor, self.ceiling, self.floor)


LONGEST: Final = 80  # characters of a reference


def reference_flaw(reference: str) -> str:
    """What is wrong with a household's reference outside, empty where nothing is: it stands in addresses of pages."""
    if not 1 <= len(reference) <= LONGEST or not reference.isprintable() or reference != reference.strip():
        return f"A reference is 1 to {LONGEST} visible characters, such as smith; spaces stand inside only."
    if "/" in reference or reference in {".", ".."}:
        return "A reference stands in the addresses of pages; write one without /, and not . or .. alone."
    return ""


class _Accounts(Document):
    accounts: Annotated[tuple[AccountSetup, ...], Field(max_length=100)] = ()
    persons: Annotated[tuple[PersonSetup, ...], Field(max_length=MAX_PERSONS)] = ()


_ACCOUNTS: Final = TypeAdapter(_Accounts)


@dataclass(frozen=True, slots=True)
class Setup:
    """The accounts and rules that households get, or what is wrong with the document.

    `openings` are (handle, signed cents) of accounts that exist already. `asked`: people ask for these accounts, so
    that opening minimums hold; in a document they hold for accounts whose ownership it states.
    """

    accounts: tuple[AccountSetup, ...]
    rules: tuple[Rule, ...]
    problems: tuple[Problem, ...] = ()
    openings: tuple[tuple[str, int], ...] = ()
    persons: tuple[PersonSetup, ...] = ()
    asked: bool = False


def read_setup(decoded: Decoded, existing: Sequence[AccountSetup] = ()) -> Setup:
    """Read {accounts, rules, persons}: lists, each may be left out; rules are checked against all the accounts."""
    if decoded.problems or not isinstance(decoded.value, dict):
        sentence = "A set-up is a mapping with the keys accounts and rules."
        return Setup((), (), decoded.problems or (Problem("", "mapping_expected", sentence),))
    body = dict(decoded.value)
    loaded = load_rules(body.pop("rules", []))
    read = read_document(_ACCOUNTS, body)
    if read.document is None or loaded.problems:
        return Setup((), (), (*read.problems, *loaded.problems))
    accounts = read.document.accounts
    known = {
        one.handle: AccountTerms(one.kind, "", kept=one.ownership == "custodial") for one in (*existing, *accounts)
    }
    problems = list(check(loaded.rules, known))
    if len(known) < len(existing) + len(accounts):
        problems.append(
            Problem("accounts", "handle_taken", "Two accounts have the same handle; name each differently.")
        )
    return Setup(accounts, loaded.rules, tuple(problems), persons=read.document.persons)


def furnish(work: BookWork, customers: Sequence[int], setup: Setup, asset: str, when: tuple[int, int]) -> None:
    """Give households persons, accounts, opening balances and rules of a set-up; `when` is (business day, instant).

    Raises SluiceError where the rules do not fit the accounts a household has, `person_unknown`, `opening_minimum`,
    `line_currency`.
    """
    day, instant = when
    number = asset_number(asset)
    if setup.persons:
        prove_born(setup.persons, when[0])
        work.open_persons([person.terms(customer) for customer in customers for person in setup.persons])
    asked = [(customer, account) for customer in customers for account in setup.accounts]
    if asked:
        prove_lines(setup, asset)
        prove_openings(work, setup, day)
        ids = work.open_accounts([account.terms(customer, number) for customer, account in asked], day, instant)
        given = zip(ids.tolist(), asked, strict=True)
        keep_owners(work, [(one, customer, how) for one, (customer, account) in given if (how := account.owning())])
    openings = [(account.handle, account.opening) for account in setup.accounts if account.opening]
    for customer in customers:
        for handle, amount in (*setup.openings, *openings):
            open_balance(work, customer, handle, amount, when)
        if setup.rules and (problems := save_rules(work, customer, setup.rules, when)):
            raise SluiceError(problems[0].code, problems[0].sentence, problems[0].path)


def prove_lines(setup: Setup, asset: str) -> None:
    """Refuse a line without a limit of its own in another currency than prices. Raises SluiceError `line_currency`.

    Prices of securities and the least equity of a line are in USD (`margin_minimum_equity`), so all secured lines of a
    household are in one currency, and what stands behind them is never added to cents of another.
    """
    for place, account in enumerate(setup.accounts):
        if account.kind == "borrow" and account.limit is None and asset != PRICED_IN:
            sentence = f"{account.handle} would be lent on securities, which are priced in {PRICED_IN}; open it in "
            field = "asset" if setup.asked else f"accounts.{place}.limit"
            raise SluiceError("line_currency", f"{sentence}{PRICED_IN}, or with a limit of its own.", field)


def prove_openings(work: BookWork, setup: Setup, day: int) -> None:
    """Refuse opening deposits below the minimum of their kind of account. Raises SluiceError `opening_minimum`."""
    for account in setup.accounts:
        how = account.owning()
        if account.kind in {"invest", "ira"} and (setup.asked or how):
            prove_minimum(work, how.kind if how else Ownership.INDIVIDUAL, account.opening, day)


def open_balance(work: BookWork, customer: int, handle: str, amount: int, when: tuple[int, int]) -> None:
    """Post an account's opening balance against equity:opening; `amount` is signed. Raises SluiceError if refused."""
    day, instant = when
    account = account_named(work, customer, handle)
    equity = int(work.system_accounts(account.asset, [OPENING_PATH])[0])
    debit, credit = (account.account, equity) if amount > 0 else (equity, account.account)
    batch = single(work.row.book, account, (debit, credit, abs(amount)), Code.OPENING, (f"opening:{handle}", day))
    status = post(work, batch, (day, "request", instant))
    if status not in {Status.CREATED, Status.EXISTS}:
        raise SluiceError(status.name.lower(), CATALOGUE[status].sentence, "opening")


def account_named(work: BookWork, customer: int, handle: str) -> AccountRecord:
    """A household's account by its handle. Raises SluiceError `account_unknown`."""
    accounts = work.accounts_of(np.array([customer], np.int64))
    for account in accounts:
        if account.handle == handle:
            return account
    choices = ", ".join(account.handle for account in accounts) or "none yet"
    raise SluiceError("account_unknown", f"There is no account {handle}; the accounts are {choices}.", "account")


def single(
    book: int, account: AccountRecord, sides: tuple[int, int, int], code: Code, key: tuple[str, int]
) -> Transfers:
    """A batch of one: `sides` are (debit, credit, amount), `key` is (idempotency key, effective day)."""
    debit, credit, amount = sides
    text, day = key
    id_hi, id_lo = keyed_id(book, day, account.customer, text)
    ids = {"id_hi": id_hi, "id_lo": id_lo, "pending_hi": 0, "pending_lo": 0}
    numbers = {
        "kind": TransferKind.SINGLE,
        "journal": 0,
        "customer": account.customer,
        "debit": debit,
        "credit": credit,
        "asset": account.asset,
        "amount": amount,
        "code": code,
        "day": day,
        "run": 0,
        "rank": 0,
    }
    columns: dict[str, Any] = {name: np.array([value], np.uint64) for name, value in ids.items()}
    columns |= {name: np.array([value], np.int64) for name, value in numbers.items()}
    return Transfers(**columns)


def post(work: BookWork, batch: Transfers, stamp: tuple[int, str, int], *, forced: bool = False) -> Status:
    """Apply a batch of one and write it where it is created; `stamp` is (effective day, source, instant).

    `forced`: as limits are that gave way to it (`engine.holds.forced`), not as the accounts' own are.
    """
    ids = np.unique(np.concatenate([batch.debit, batch.credit]))
    accounts = work.accounts_loosened(ids) if forced else work.accounts(ids)
    state = BookState(work.row.book, work.row.next_seq, accounts, work.stored(batch))
    applied = apply(state, batch)
    if len(applied.created):
        work.write(sealed_block(work.row, state.accounts, batch, applied, stamp))
    return Status(int(applied.status[0]))


def post_forced(work: BookWork, batch: Transfers, stamp: tuple[int, str, int], field: str) -> None:
    """The same for what no limit may stop. Raises SluiceError with the books' refusal, at the field."""
    status = post(work, batch, stamp, forced=True)
    if status != Status.CREATED:
        raise SluiceError(status.name.lower(), CATALOGUE[status].sentence, field)
