"""What must always be true of lots, proved from their changes and from the transfers (ledger.md 4.14: C12 and C14).

Every change is folded again and held against the lots and slices that are kept; units against the holdings' balances;
cost, conversions and gains of each household against its transfers through the conversion accounts; proceeds on their
way and money set aside against the balances of their accounts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ledger.accounts import Int64s, Kind
from ledger.batch import Transfers
from ledger.checks import Flags
from ledger.invariants import Finding, Findings
from ledger.limits import POSTED
from ledger.lotfold import HeldLot, HeldSlice, LotFold, Slot
from ledger.lotmoves import LotChange

LOTS = "C12"
CLEARING = "C14"
_REALISED = (Kind.INCOME, Kind.EXPENSE)

Share = tuple[int, int]
"""A customer and an asset."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the check has to know of an account: `posted` is its signed balance, `parent` that of an inner account."""

    kind: Kind
    customer: int
    asset: int
    parent: int
    posted: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What a book keeps of lots: lots by number, slices by (account, number), cents by invest account."""

    lots: Mapping[int, HeldLot]
    slices: Mapping[Slot, HeldSlice]
    settlements: Mapping[int, int]
    earmarks: Mapping[int, int]


class LotCheck:
    """One book's lots against its transfers: cheap for a book that never traded.

    `places` are its invest, inner and system accounts by id; others have nothing to do with lots.
    """

    def __init__(self, book: int, places: Mapping[int, Place], kept: Kept) -> None:
        self._findings = Findings(book)
        self._places, self._kept = places, kept
        conversions = sorted(account for account, one in places.items() if one.kind == Kind.CONVERSION)
        realised = sorted(account for account, one in places.items() if one.kind in _REALISED)
        self._conversions, self._realised = (np.array(ids, np.int64) for ids in (conversions, realised))
        self._fold = LotFold(kept.slices, self._findings)
        self._through: Counter[Share] = Counter()  # debits less credits of the conversion accounts
        self._gained: Counter[Share] = Counter()  # by transfers
        self._told: Counter[Share] = Counter()  # by changes of lots

    def add(self, transfers: Transfers) -> None:
        """Take the next stored transfers; only those through a conversion account matter."""
        if not len(self._conversions):
            return
        for side, other, sign in (
            (transfers.debit, transfers.credit, 1),
            (transfers.credit, transfers.debit, -1),
        ):
            amount = transfers.amount * POSTED[transfers.kind] * sign
            passing = np.isin(side, self._conversions)
            _count(self._through, transfers, amount, passing)
            _count(self._gained, transfers, amount, passing & np.isin(other, self._realised))

    def change(self, changes: Iterable[LotChange]) -> None:
        """Take the next changes of lots, in the order of (seq, ordinal)."""
        for change in changes:
            self._fold.take(change)
            if change.gain:
                self._told[change.customer, self._currency(change.account)] += change.gain

    def findings(self) -> list[Finding]:
        """Every broken invariant, after the last transfer and the last change."""
        self._fold.compare(self._kept.lots)
        self._holdings()
        self._households()
        self._cleared(Kind.UNSETTLED, "proceeds on their way", self._kept.settlements)
        self._cleared(Kind.EARMARKED, "money set aside", self._kept.earmarks)
        return self._findings.all()

    def _currency(self, account: int) -> int:
        """What an invest account holds; 0 for an account that is not there, which the fold does not know either."""
        place = self._places.get(account)
        return place.asset if place is not None else 0

    def _holdings(self) -> None:
        """Units by invest account and security: those of lots, of slices and of the holding are one number."""
        lots, slices, holdings = Counter[Share](), Counter[Share](), Counter[Share]()
        for lot in self._kept.lots.values():
            lots[lot.account, lot.asset] += lot.units
        for (account, _), one in self._kept.slices.items():
            slices[account, one.asset] += one.units
        for place in self._places.values():
            if place.kind == Kind.HOLDING:
                holdings[place.parent, place.asset] += place.posted
        for account, asset in sorted({*lots, *slices, *holdings}):
            key = account, asset
            if not lots[key] == slices[key] == holdings[key]:
                units = f"lots hold {lots[key]}, slices {slices[key]}, the holding {holdings[key]}"
                self._findings.add(LOTS, 0, f"account {account}, asset {asset}: {units}")

    def _households(self) -> None:
        """Cost, units and gains by customer and asset, as lots and holdings have them and as transfers do."""
        expected = Counter[Share]()
        for lot in self._kept.lots.values():
            expected[lot.customer, self._currency(lot.account)] += lot.cost
        for place in self._places.values():
            if place.kind == Kind.HOLDING:
                expected[place.customer, place.asset] -= place.posted
        self._compare("went through conversion, open lots and holdings say", self._through, expected)
        gained = Counter(dict(self._gained))
        self._compare("were realised, the sales of lots say", gained, self._told)

    def _compare(self, what: str, found: Counter[Share], expected: Counter[Share]) -> None:
        for customer, asset in sorted({*found, *expected}):
            has, should = found[customer, asset], expected[customer, asset]
            if has != should:
                sentence = f"customer {customer}, asset {asset}: {has} {what} {should}"
                self._findings.add(LOTS, 0, sentence)

    def _cleared(self, kind: Kind, what: str, rows: Mapping[int, int]) -> None:
        """The rows of each invest account sum to the balance of its inner account."""
        held = Counter[int]()
        for place in self._places.values():
            if place.kind == kind:
                held[place.parent] += place.posted
        for account in sorted({*held, *rows}):
            listed = rows.get(account, 0)
            if held[account] != listed:
                sentence = f"account {account}: {what} is {held[account]}, its rows sum to {listed}"
                self._findings.add(CLEARING, 0, sentence)


def _count(sums: Counter[Share], transfers: Transfers, amount: Int64s, chosen: Flags) -> None:
    """Add the chosen amounts to their customer's and asset's sum, as Python integers: a chunk may pass int64."""
    at = np.flatnonzero(chosen)
    rows = (transfers.customer[at].tolist(), transfers.asset[at].tolist(), amount[at].tolist())
    for customer, asset, one in zip(*rows, strict=True):
        sums[customer, asset] += one
