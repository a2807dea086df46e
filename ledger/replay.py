"""Journals decided one by one, in order: for the few that the set-based pass cannot settle (ledger.md 4.8 d).

Plain Python integers, so nothing here can overflow: an account whose debits or credits would pass UNLIMITED answers
`exceeds_ceiling` or `exceeds_floor`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from ledger.accounts import UNLIMITED, Accounts, Int64s
from ledger.batch import TransferKind, Transfers
from ledger.checks import CONTENT, REPEATED, Checked
from ledger.limits import PENDING, POSTED
from ledger.statuses import REMEMBERED, Status

_POSTED, _PENDING = POSTED.tolist(), PENDING.tolist()


@dataclass(slots=True)
class _Margin:
    """What is left of one account: the two measures of `ledger.limits`, all debits, all credits, and the limits."""

    low: int
    high: int
    debits: int
    credits: int
    floor: int
    ceiling: int

    def broken_by_credit(self) -> bool:
        return self.low < self.floor or self.credits > UNLIMITED

    def broken_by_debit(self) -> bool:
        return self.high > self.ceiling or self.debits > UNLIMITED


def replay(accounts: Accounts, batch: Transfers, checked: Checked, lines: Int64s) -> tuple[Int64s, Int64s]:
    """Decide `lines` (positions, ascending, whole journals) in order; gives (status, twin), one entry a line.

    `twin` is the position of the earlier line of the batch that a line repeats, else -1. The journals must share no
    limited account, id or pending id with lines that are left out.
    """
    run = _Replay(accounts, _Lines(batch, checked, lines))
    for _, members in groupby(range(len(lines)), key=checked.journal[lines].tolist().__getitem__):
        run.journal(list(members))
    twin = np.array([-1 if t < 0 else lines[t] for t in run.twin], np.int64)
    return np.array(run.status, np.int64), twin


class _Lines:
    """The replayed lines as Python lists."""

    def __init__(self, batch: Transfers, checked: Checked, lines: Int64s) -> None:
        part = batch.take(lines)
        self.kind: list[int] = part.kind.tolist()
        self.amount: list[int] = part.amount.tolist()
        self.debit: list[int] = checked.debit[lines].tolist()
        self.credit: list[int] = checked.credit[lines].tolist()
        self.key: list[int] = checked.key[lines].tolist()
        self.pending_key: list[int] = checked.pending_key[lines].tolist()
        self.known: list[int] = checked.known[lines].tolist()
        self.flaw: list[int] = checked.flaw[lines].tolist()
        self.unresolved: list[int] = checked.unresolved[lines].tolist()
        self._columns = {name: getattr(part, name).tolist() for _, names in CONTENT for name in names}
        self._columns["customer"] = part.customer.tolist()

    def difference(self, line: int, earlier: int) -> Status:
        """`exists`, or the first field in which a line differs from the earlier one with its id."""
        for status, names in CONTENT:
            if self.differs(names, line, earlier):
                return status
        return Status.EXISTS

    def differs(self, names: tuple[str, ...], line: int, other: int) -> bool:
        return any(self._columns[name][line] != self._columns[name][other] for name in names)


@dataclass(slots=True)
class _Seen:
    """Ids made and holds resolved, by key: in the batch so far, or in the journal at hand."""

    made: dict[int, int] = field(default_factory=dict)  # key -> line
    resolved: dict[int, int] = field(default_factory=dict)  # key -> kind of the resolution


class _Replay:
    """The state while lines are decided."""

    def __init__(self, accounts: Accounts, lines: _Lines) -> None:
        self._accounts, self._lines = accounts, lines
        self._margins: dict[int, _Margin] = {}
        self._seen = _Seen()
        self._rejected: set[int] = set()
        self.status = [0] * len(lines.kind)
        self.twin = [-1] * len(lines.kind)

    def journal(self, members: list[int]) -> None:
        """Decide one journal: all of it or none."""
        now = _Seen()
        reasons = [self._reason(line, now) for line in members]
        if any(reasons):  # `exists` is a reason too: all of them exist, or the journal is refused
            self._close(members, reasons)
            return
        for place, line in enumerate(members):
            reasons[place] = self._take(line)
            if reasons[place]:
                for taken in members[: place + 1]:
                    self._change(taken, -1)
                self._close(members, reasons)
                return
        self._seen.made |= now.made
        self._seen.resolved |= now.resolved
        for line in members:
            self.status[line] = Status.CREATED

    def _close(self, members: list[int], reasons: list[int]) -> None:
        """A journal that makes nothing: each line its own reason, the others `group_failed`."""
        for line, reason in zip(members, reasons, strict=True):
            self.status[line] = reason or Status.GROUP_FAILED
            if reason in REMEMBERED:
                self._rejected.add(self._lines.key[line])

    def _reason(self, line: int, now: _Seen) -> int:
        """What is against a line before limits are looked at; a new line is entered in `now`."""
        key = self._lines.key[line]
        if self._lines.known[line]:
            return self._lines.known[line]
        if key in self._seen.made:
            verdict = self._lines.difference(line, self._seen.made[key])
            self.twin[line] = self._seen.made[key] if verdict == Status.EXISTS else -1
            return verdict
        if key in self._rejected:
            return Status.ID_ALREADY_REJECTED
        if key in now.made:
            return Status.ID_REPEATED
        now.made[key] = line
        reason = self._lines.flaw[line]
        if not reason and self._lines.pending_key[line] >= 0:
            reason = self._unresolved(line, now)
            if not reason:
                now.resolved[self._lines.pending_key[line]] = self._lines.kind[line]
        return reason

    def _unresolved(self, line: int, now: _Seen) -> int:
        """What is against the transfer that a line resolves, be it stored or made in this batch."""
        key = self._lines.pending_key[line]
        made = now.made.get(key, self._seen.made.get(key))
        reason = self._lines.unresolved[line]
        if made is not None:
            if self._lines.kind[made] != TransferKind.PENDING:
                return Status.PENDING_NOT_PENDING
            different = self._lines.differs(REPEATED, line, made)
            reason = Status.PENDING_HAS_DIFFERENT_FIELD if different else 0
        if reason in (0, Status.PENDING_HAS_DIFFERENT_FIELD):
            resolved = now.resolved.get(key, self._seen.resolved.get(key))
            if resolved == TransferKind.POST:
                return Status.PENDING_ALREADY_POSTED
            if resolved == TransferKind.VOID:
                return Status.PENDING_ALREADY_VOIDED
        return reason

    def _take(self, line: int) -> int:
        """Carry a line out and say which limit it breaks, if any."""
        self._change(line, 1)
        if self._lines.kind[line] not in (TransferKind.SINGLE, TransferKind.PENDING):
            return 0
        if self._margin(self._lines.credit[line]).broken_by_credit():
            return Status.EXCEEDS_FLOOR
        if self._margin(self._lines.debit[line]).broken_by_debit():
            return Status.EXCEEDS_CEILING
        return 0

    def _change(self, line: int, sign: int) -> None:
        """Carry a line out (sign 1) or back (sign -1)."""
        kind, amount = self._lines.kind[line], sign * self._lines.amount[line]
        posted, both = amount * _POSTED[kind], amount * (_POSTED[kind] + _PENDING[kind])
        debit, credit = self._margin(self._lines.debit[line]), self._margin(self._lines.credit[line])
        debit.low += posted
        debit.high += both
        debit.debits += both
        credit.low -= both
        credit.high -= posted
        credit.credits += both

    def _margin(self, position: int) -> _Margin:
        if position not in self._margins:
            a, at = self._accounts, position
            debits, credits_ = int(a.debits_posted[at]), int(a.credits_posted[at])
            debits_pending, credits_pending = int(a.debits_pending[at]), int(a.credits_pending[at])
            self._margins[position] = _Margin(
                debits - credits_ - credits_pending,
                debits - credits_ + debits_pending,
                debits + debits_pending,
                credits_ + credits_pending,
                int(a.floor[at]),
                int(a.ceiling[at]),
            )
        return self._margins[position]
