"""The tables, as SQLModel classes that are used for nothing but their columns; statements are built from `TABLES`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData, Table, event
from sqlalchemy.schema import DDL
from sqlmodel import SQLModel

from store.tables import chart, config, holds, journal, lists, matching, money, nights, people, pies, windows

MODULES: Final = (chart, journal, lists, nights, pies, windows, config, money, holds, people, matching)
METADATA: Final[MetaData] = SQLModel.metadata

ROOMY: Final = ("balance", "customer", "tally", "slice", "lot", "borrow_line", "fee_cycle")
"""Tables whose rows change every night or window: half of each PostgreSQL page stays free, so that updates touch no
index."""

for _name in ROOMY:
    _half: DDL = DDL(f"ALTER TABLE {_name} SET (fillfactor = 50)")  # type: ignore[no-untyped-call]  # not typed there
    event.listen(METADATA.tables[_name], "after_create", _half.execute_if(dialect="postgresql"))


def table(name: str) -> Table:
    """Give the table of that name, for statements."""
    return METADATA.tables[name]
