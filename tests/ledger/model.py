"""The books, one transfer at a time, in plain Python: what `ledger.apply` must equal.

Written from ledger.md 4.3 to 4.7 and 4.16, sharing no code with the product but the list of statuses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ledger.statuses import CATALOGUE, Class, Status

SINGLE, PENDING, POST, VOID = 1, 2, 3, 4
LARGEST = 10**15
UNLIMITED = 4 * 10**18


@dataclass
class Account:
    customer: int = 0
    asset: int = 1
    closed: bool = False
    floor: int = -UNLIMITED
    ceiling: int = UNLIMITED
    debits_posted: int = 0
    credits_posted: int = 0
    debits_pending: int = 0
    credits_pending: int = 0

    def counters(self) -> tuple[int, int, int, int]:
        return self.debits_posted, self.credits_posted, self.debits_pending, self.credits_pending

    def below_floor(self) -> bool:
        spendable = self.debits_posted - self.credits_posted - self.credits_pending
        return spendable < self.floor or self.credits_posted + self.credits_pending > UNLIMITED

    def above_ceiling(self) -> bool:
        filled = self.debits_posted - self.credits_posted + self.debits_pending
        return filled > self.ceiling or self.debits_posted + self.debits_pending > UNLIMITED


@dataclass(frozen=True)
class Line:
    id: int
    kind: int
    pending: int
    journal: int
    customer: int
    debit: int
    credit: int
    asset: int
    amount: int
    code: int
    day: int


@dataclass(frozen=True)
class Answer:
    status: Status
    seq: int = 0
    journal: int = 0


@dataclass
class Held:
    line: Line
    seq: int
    resolution: int = 0


@dataclass
class Model:
    book: int
    accounts: dict[int, Account]
    next_seq: int = 1
    held: dict[int, Held] = field(default_factory=dict)
    refused: dict[int, Status] = field(default_factory=dict)

    def apply(self, batch: list[Line]) -> list[Answer]:
        """Answer line by line, journal after journal."""
        answers: list[Answer] = []
        start = 0
        for end in range(1, len(batch) + 1):
            if end == len(batch) or batch[end].journal != batch[start].journal:
                answers += self._journal(batch[start:end])
                start = end
        return answers

    def _journal(self, lines: list[Line]) -> list[Answer]:
        trial, entered = self._copy(), set[int]()
        verdicts = [trial._enter(line, entered) for line in lines]
        if not any(verdicts):
            for place, line in enumerate(lines):
                verdicts[place] = trial._carry_out(line)
                if verdicts[place]:
                    break
        if not any(verdicts):
            first, self.next_seq = self.next_seq, trial.next_seq
            self.accounts, self.held = trial.accounts, trial.held
            return [Answer(Status.CREATED, first + place, first) for place in range(len(lines))]
        answers = []
        for line, verdict in zip(lines, verdicts, strict=True):
            status = verdict or Status.GROUP_FAILED
            if CATALOGUE[status].kind is Class.STATE:
                self.refused[line.id] = status
            answers.append(Answer(status, self.held[line.id].seq if status is Status.EXISTS else 0))
        return answers

    def _copy(self) -> Model:
        accounts = {n: replace(account) for n, account in self.accounts.items()}
        held = {n: replace(one) for n, one in self.held.items()}
        return Model(self.book, accounts, self.next_seq, held, self.refused)

    def _enter(self, line: Line, entered: set[int]) -> Status | None:
        """All objections but limits; a line whose id is new is entered, so that later members find it."""
        if line.id >> 112 != self.book:
            return Status.BOOK_MISMATCH
        if line.id in entered:
            return Status.ID_REPEATED
        if line.id in self.held:
            return self._compare(line, self.held[line.id].line)
        if line.id in self.refused:
            return Status.ID_ALREADY_REJECTED
        entered.add(line.id)
        self.held[line.id] = Held(line, self.next_seq)
        self.next_seq += 1
        objection = self._unsound(line)
        if objection is None and line.kind in (POST, VOID):
            objection = self._unresolvable(line)
            if objection is None:
                self.held[line.pending].resolution = line.kind
        return objection

    @staticmethod
    def _compare(line: Line, held: Line) -> Status:
        if line.kind != held.kind:
            return Status.EXISTS_WITH_DIFFERENT_KIND
        if line.pending != held.pending:
            return Status.EXISTS_WITH_DIFFERENT_PENDING_ID
        if (line.debit, line.credit) != (held.debit, held.credit):
            return Status.EXISTS_WITH_DIFFERENT_ACCOUNTS
        for name in ("customer", "asset", "amount", "code"):
            if getattr(line, name) != getattr(held, name):
                return Status[f"EXISTS_WITH_DIFFERENT_{name.upper()}"]
        return Status.EXISTS if line.day == held.day else Status.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE

    def _unsound(self, line: Line) -> Status | None:
        nowhere = Account(asset=line.asset)
        debit, credit = self.accounts.get(line.debit, nowhere), self.accounts.get(line.credit, nowhere)
        objections = (
            (line.kind not in (SINGLE, PENDING, POST, VOID), Status.KIND_FIELDS_CONFLICT),
            ((line.pending != 0) != (line.kind in (POST, VOID)), Status.KIND_FIELDS_CONFLICT),
            (line.amount <= 0, Status.AMOUNT_NOT_POSITIVE),
            (line.amount > LARGEST, Status.AMOUNT_OVERFLOW),
            (line.debit == line.credit, Status.ACCOUNTS_SAME),
            (debit is nowhere, Status.DEBIT_ACCOUNT_NOT_FOUND),
            (credit is nowhere, Status.CREDIT_ACCOUNT_NOT_FOUND),
            (not debit.asset == credit.asset == line.asset, Status.ASSET_MISMATCH),
            (line.kind in (SINGLE, PENDING) and (debit.closed or credit.closed), Status.ACCOUNT_CLOSED),
            (not {debit.customer, credit.customer} <= {0, line.customer}, Status.CUSTOMER_MISMATCH),
        )
        return next((status for holds, status in objections if holds), None)

    def _unresolvable(self, line: Line) -> Status | None:
        held = self.held.get(line.pending)
        if held is None:
            return Status.PENDING_NOT_FOUND
        if held.line.kind != PENDING:
            return Status.PENDING_NOT_PENDING
        if held.resolution:
            return Status.PENDING_ALREADY_POSTED if held.resolution == POST else Status.PENDING_ALREADY_VOIDED
        names = ("debit", "credit", "customer", "asset", "amount")
        same = all(getattr(line, name) == getattr(held.line, name) for name in names)
        return None if same else Status.PENDING_HAS_DIFFERENT_FIELD

    def _carry_out(self, line: Line) -> Status | None:
        debit, credit = self.accounts[line.debit], self.accounts[line.credit]
        if line.kind in (SINGLE, POST):
            debit.debits_posted += line.amount
            credit.credits_posted += line.amount
        if line.kind in (POST, VOID):
            debit.debits_pending -= line.amount
            credit.credits_pending -= line.amount
            return None
        if line.kind == PENDING:
            debit.debits_pending += line.amount
            credit.credits_pending += line.amount
        if credit.below_floor():
            return Status.EXCEEDS_FLOOR
        return Status.EXCEEDS_CEILING if debit.above_ceiling() else None
