"""What the engine asks of the store for pies and windows; filled by the same object as `ports.BookWork`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from engine.invest.market import OrderState
from engine.invest.orderrecords import Intent, IntentState, KeptQuotes, OrderRow, PartRow, WindowRow
from engine.invest.records import (
    InvestAccounts,
    LotMove,
    LotRow,
    NewSecurity,
    PieVersion,
    SeenFacts,
    SliceRow,
    Slices,
    StoredMove,
)
from ledger.accounts import Int64s


class PieWork(Protocol):
    """Pies, slices and lots of one book inside one transaction."""

    def know_assets(self, securities: Sequence[NewSecurity]) -> None:
        """Make these securities assets of the database. Raises SluiceError `asset_scale` for another scale."""

    def asset_scales(self) -> dict[int, int]:
        """Decimals of every known asset by its number."""

    def invest_accounts(self, customers: Int64s | None = None) -> InvestAccounts:
        """Terms of all invest accounts that have a pie, of these households or all."""

    def keep_pie(self, version: PieVersion, terms: Mapping[str, int | str], slices: Sequence[SliceRow]) -> None:
        """Store a new version; the account's terms (names of `InvestAccounts`) and all its slices become these.

        Slices not among `slices` stay as they are in the table only where they were given before: callers give all.
        """

    def pie_versions(self, account: int) -> list[PieVersion]:
        """Every version of an account's pie, ascending."""

    def pies_now(self, accounts: Int64s | None = None) -> dict[int, PieVersion]:
        """The current version by account."""

    def slices(self, accounts: Int64s | None = None) -> Slices:
        """Slices of these invest accounts or of all."""

    def set_slices(self, rows: Sequence[SliceRow]) -> None:
        """Change place, weight, state and path of slices that exist, or add new ones."""

    def set_rebalanced(self, accounts: Int64s, day: int) -> None:
        """Remember the day of a full rebalance."""

    def inner_accounts(self, parents: Int64s) -> dict[tuple[int, int, int], int]:
        """Ids of inner accounts by (parent, kind, asset); those not opened yet are absent."""

    def open_inner(self, wanted: Sequence[tuple[int, int, int]], day: int) -> dict[tuple[int, int, int], int]:
        """Open those of these (parent, kind, asset) that do not exist; the ids of all of them."""

    def lots(self, accounts: Int64s | None = None, *, closed: bool = False) -> list[LotRow]:
        """Lots with units (or all) of these invest accounts, ascending (account, slice, lot)."""

    def new_lots(self, count: int) -> Int64s:
        """Ids for new lots, ascending; never given again."""

    def keep_moves(self, moves: Sequence[LotMove], seq: int | Sequence[int]) -> None:
        """Keep lot moves in their order and fold them into lots and slices. Raises `books_broken` below nothing.

        `seq` is that of all of them, or one a move.
        """

    def lot_moves(self, customer: int, asset: int | None = None) -> list[StoredMove]:
        """Every move of a household's lots (of one security), in order."""

    def units_before(self, asset: int, day: int) -> dict[tuple[int, int], int]:
        """Units of a security by (account, slice), moves of trade days < `day` only; zeros are absent."""


class WindowWork(Protocol):
    """Intents, windows, orders and what is on its way, of one book inside one transaction."""

    def keep_intent(self, intent: Intent) -> int:
        """Store a new intent; its number. The same (customer, key) again gives the number of the first."""

    def intents(self, states: Sequence[IntentState] | None = None, customer: int | None = None) -> list[Intent]:
        """Intents in these states, or all, ascending by number."""

    def set_intents(self, intents: Sequence[Intent]) -> None:
        """Store state, window, done and reason of intents."""

    def window(self, day: int, slot: int) -> WindowRow | None:
        """A window of this book, None before it is planned."""

    def windows(self, since: int) -> list[WindowRow]:
        """Windows of days >= `since`, ascending."""

    def keep_window(self, row: WindowRow) -> None:
        """Insert or replace a window. Raises SluiceError `window_taken` where the stored fence is higher."""

    def keep_quotes(self, quotes: KeptQuotes) -> None:
        """Keep a price snapshot; one that is kept already is left as it is."""

    def quotes(self, snapshot: str) -> KeptQuotes:
        """A kept price snapshot. Raises SluiceError `snapshot_unknown`."""

    def keep_orders(self, orders: Sequence[OrderRow], parts: Sequence[PartRow]) -> None:
        """Store new blocks with their parts."""

    def orders(self, day: int, slot: int) -> list[OrderRow]:
        """Blocks of a window, ascending client id."""

    def orders_in(self, states: Sequence[OrderState]) -> list[OrderRow]:
        """Blocks of any window in these states that are not booked."""

    def set_orders(self, orders: Sequence[OrderRow]) -> None:
        """Store state, filled units, price, fee, booked, changed and reason of blocks."""

    def parts(self, client_ids: Sequence[str]) -> list[PartRow]:
        """Parts of these blocks, ascending (client id, account, slice, purpose, intent)."""

    def parts_of(self, customer: int) -> list[tuple[OrderRow, PartRow]]:
        """Every part of a household with its block, newest window first."""

    def set_parts(self, parts: Sequence[PartRow]) -> None:
        """Store what parts got."""

    def settlements(self) -> list[tuple[int, int, int]]:
        """(account, settle day, cents left) of proceeds on their way, ascending (account, day); none is zero."""

    def set_settlements(self, rows: Sequence[tuple[int, int, int]]) -> None:
        """Replace the cents left of these (account, settle day); zero removes."""

    def earmarks(self) -> list[tuple[int, str, int]]:
        """(account, path of the inner pie, cents) of money that waits to go back into a pie, ascending."""

    def set_earmarks(self, rows: Sequence[tuple[int, str, int]]) -> None:
        """Replace these earmarks; zero removes."""

    def actions_done(self) -> dict[str, int]:
        """Day of each corporate action step done in this book, by id."""

    def keep_actions(self, actions: Sequence[str], day: int) -> None:
        """Mark corporate action steps as done; one done already is refused by the database."""

    def keep_seen(self, day: int, seen: SeenFacts) -> None:
        """Keep the market facts a night saw."""

    def seen(self, day: int, customer: int) -> SeenFacts:
        """The market facts a night saw for one household, those of securities (customer 0) included."""
