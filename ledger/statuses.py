"""The closed list of answers that the books give to a transfer, in order of precedence (ledger.md 4.16).

A line to which several reasons apply answers with the smallest number. Numbers are stored with remembered refusals:
they are never reused, and the gaps leave room for the statuses that come later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from ledger.accounts import Int64s


class Class(StrEnum):
    """What the asker should make of a status.

    OK: done now. DUPLICATE: done before, nothing changed. PERMANENT: this content can never succeed; not remembered.
    STATE: refused because of what the books held at that moment; remembered, so that the id stays refused for ever.
    RETRY: nothing is wrong with this line itself; not remembered.
    """

    OK = "ok"
    DUPLICATE = "duplicate"
    PERMANENT = "permanent"
    STATE = "state"
    RETRY = "retry"


class Status(IntEnum):
    """The answer to one transfer; the order is the precedence."""

    GROUP_FAILED = 10
    BOOK_MISMATCH = 20
    EXISTS = 30
    EXISTS_WITH_DIFFERENT_KIND = 31
    EXISTS_WITH_DIFFERENT_PENDING_ID = 32
    EXISTS_WITH_DIFFERENT_ACCOUNTS = 33
    EXISTS_WITH_DIFFERENT_CUSTOMER = 34
    EXISTS_WITH_DIFFERENT_ASSET = 35
    EXISTS_WITH_DIFFERENT_AMOUNT = 36
    EXISTS_WITH_DIFFERENT_CODE = 37
    EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE = 38
    ID_REPEATED = 40
    ID_ALREADY_REJECTED = 41
    KIND_FIELDS_CONFLICT = 50
    AMOUNT_NOT_POSITIVE = 51
    AMOUNT_OVERFLOW = 52
    ACCOUNTS_SAME = 53
    DEBIT_ACCOUNT_NOT_FOUND = 60
    CREDIT_ACCOUNT_NOT_FOUND = 61
    ASSET_MISMATCH = 62
    ACCOUNT_CLOSED = 63
    CUSTOMER_MISMATCH = 64
    PENDING_NOT_FOUND = 70
    PENDING_NOT_PENDING = 71
    PENDING_ALREADY_POSTED = 72
    PENDING_ALREADY_VOIDED = 73
    PENDING_HAS_DIFFERENT_FIELD = 74
    EXCEEDS_FLOOR = 80
    EXCEEDS_CEILING = 81
    CREATED = 100

    @property
    def code(self) -> str:
        """The name used in JSON and in documentation: `exceeds_floor`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue: the class, the HTTP status of a request of this one transfer, and a sentence."""

    kind: Class
    http: int
    sentence: str


def _differs(field: str) -> Entry:
    return Entry(Class.PERMANENT, 409, f"A transfer with this id exists and has a different {field}.")


CATALOGUE: Mapping[Status, Entry] = MappingProxyType(
    {
        Status.GROUP_FAILED: Entry(Class.RETRY, 409, "Another transfer of the same journal was not created."),
        Status.BOOK_MISMATCH: Entry(Class.PERMANENT, 422, "The transfer id names another book."),
        Status.EXISTS: Entry(Class.DUPLICATE, 200, "The same transfer was created before; nothing changed."),
        Status.EXISTS_WITH_DIFFERENT_KIND: _differs("kind"),
        Status.EXISTS_WITH_DIFFERENT_PENDING_ID: _differs("pending id"),
        Status.EXISTS_WITH_DIFFERENT_ACCOUNTS: _differs("debit or credit account"),
        Status.EXISTS_WITH_DIFFERENT_CUSTOMER: _differs("customer"),
        Status.EXISTS_WITH_DIFFERENT_ASSET: _differs("asset"),
        Status.EXISTS_WITH_DIFFERENT_AMOUNT: _differs("amount"),
        Status.EXISTS_WITH_DIFFERENT_CODE: _differs("code"),
        Status.EXISTS_WITH_DIFFERENT_EFFECTIVE_DATE: _differs("effective date"),
        Status.ID_REPEATED: Entry(Class.PERMANENT, 422, "An earlier transfer of the same journal has this id."),
        Status.ID_ALREADY_REJECTED: Entry(Class.PERMANENT, 409, "This id was refused before; send it under a new id."),
        Status.KIND_FIELDS_CONFLICT: Entry(
            Class.PERMANENT, 422, "The kind is unknown, or a pending id is missing or given where none belongs."
        ),
        Status.AMOUNT_NOT_POSITIVE: Entry(Class.PERMANENT, 422, "The amount must be above zero."),
        Status.AMOUNT_OVERFLOW: Entry(
            Class.PERMANENT,
            422,
            "The amount must not be above 10^15 smallest units: 10 trillion dollars, a million units of a security.",
        ),
        Status.ACCOUNTS_SAME: Entry(Class.PERMANENT, 422, "The debit and the credit account must be two accounts."),
        Status.DEBIT_ACCOUNT_NOT_FOUND: Entry(Class.STATE, 404, "The book has no such debit account."),
        Status.CREDIT_ACCOUNT_NOT_FOUND: Entry(Class.STATE, 404, "The book has no such credit account."),
        Status.ASSET_MISMATCH: Entry(Class.PERMANENT, 422, "Both accounts must hold the asset of the transfer."),
        Status.ACCOUNT_CLOSED: Entry(Class.STATE, 409, "The debit or the credit account is closed."),
        Status.CUSTOMER_MISMATCH: Entry(Class.PERMANENT, 422, "An account belongs to another customer."),
        Status.PENDING_NOT_FOUND: Entry(Class.STATE, 404, "There is no transfer with the pending id."),
        Status.PENDING_NOT_PENDING: Entry(Class.PERMANENT, 409, "The transfer with the pending id is not pending."),
        Status.PENDING_ALREADY_POSTED: Entry(Class.PERMANENT, 409, "The pending transfer was posted before."),
        Status.PENDING_ALREADY_VOIDED: Entry(Class.PERMANENT, 409, "The pending transfer was voided before."),
        Status.PENDING_HAS_DIFFERENT_FIELD: Entry(
            Class.PERMANENT, 409, "The pending transfer has other accounts, customer, asset or amount."
        ),
        Status.EXCEEDS_FLOOR: Entry(Class.STATE, 409, "The credit account would fall below its floor."),
        Status.EXCEEDS_CEILING: Entry(Class.STATE, 409, "The debit account would rise above its ceiling."),
        Status.CREATED: Entry(Class.OK, 201, "The transfer was created."),
    }
)

REMEMBERED = frozenset(status for status, entry in CATALOGUE.items() if entry.kind is Class.STATE)


def remembered(status: Int64s) -> npt.NDArray[np.bool_]:
    """Mask of the refusals to be stored: their ids answer `id_already_rejected` from then on (ledger.md 4.7)."""
    mask: npt.NDArray[np.bool_] = np.isin(status, [int(s) for s in sorted(REMEMBERED)])
    return mask


def refused(status: Int64s) -> npt.NDArray[np.bool_]:
    """Mask of the lines that were neither created now nor before."""
    mask: npt.NDArray[np.bool_] = (status != Status.CREATED) & (status != Status.EXISTS)
    return mask
