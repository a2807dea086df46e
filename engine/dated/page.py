"""`docs/config.md` as text: every name with its meaning, unit and bounds, and the rows of the seed under it."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

from engine.dated.catalogue import CATALOGUE, entry_of
from engine.dated.document import DatedRow
from engine.dated.entry import Entry
from engine.dated.kinds import EXAMPLES, MAX_TIERS, Kind
from engine.dated.standing import first_words

HEAD: Final = f"""\
# Dated configuration

Numbers that others set (rates, fees, limits, holds, cut-offs) are rows: a name, the day from which the value holds, the
value as text, and its source. A row holds until the next one of its name. The seed below is in every new database; rows
are added, never changed, by `flask config set`, `flask config load FILE`, the page *Rates, fees and limits* or
`POST /api/v1/config`; one that holds already as it is is not added twice. This page is made from
`engine/dated/catalogue.py` and `engine/dated/seed.yaml`: `SLUICE_UPDATE_DOCS=1 pytest tests/docs/test_config.py`
writes it anew.

```yaml
rows:
  - name: cash_apy
    from: 2027-01-01
    value: "0.00: 3.10%, 25000.00: 3.50%"
    source: what says so, and when it was read
```

- A value is always text: a number such as 3.1 is refused, since it may not be exact. Tiers (at most {MAX_TIERS}) are
  marginal, begin at 0.00 and stand from the lowest amount upwards.
- A name with parentheses is an exception to its plain name; `none` ends it.
- Interest is counted with the names marked *accrues*: a row of theirs is dated after the last accrued date, the day
  before the last night of any book, or before an account that earns or owes was closed after it.
- Of two rows with one name and one day, the one recorded later holds.

| Kind | Such as |
|---|---|
"""


def config_page(rows: Iterable[DatedRow]) -> str:
    """Give the page for the rows of the seed."""
    by_name: dict[str, list[DatedRow]] = {}
    for row in rows:
        by_name.setdefault(entry_of(row.name).name, []).append(row)
    kinds = "".join(f"| {kind.value} | {' or '.join(f'`{one}`' for one in EXAMPLES[kind])} |\n" for kind in Kind)
    parts = [HEAD + kinds]
    for group, entries in groupby(CATALOGUE, key=lambda entry: entry.group):
        parts.append(f"## {group}\n")
        parts += [_section(entry, by_name.get(entry.name, [])) for entry in entries]
    return "\n".join(parts)


def _section(entry: Entry, rows: list[DatedRow]) -> str:
    low, high = entry.bounds()
    bounds = "" if entry.kind is Kind.FLAG else f"; from `{low}` to `{high}`"
    marks = (", or `none`" if entry.ends else "") + ("; *accrues*" if entry.accrues else "")
    lines = [f"### {entry.name}\n", f"{entry.sentence}\n"]
    lines.append(f"- {entry.kind.value}, {entry.unit}{bounds}{marks}".replace("yes or no, yes or no", "yes or no"))
    lines += [f"- {_about(entry)}"] if entry.about else []
    if rows:
        lines += ["", "| Name | From | Value | Source |", "|---|---|---|---|"]
        lines += [f"| `{row.name}` | {first_words(row.day)} | {row.value} | {row.source} |" for row in rows]
    return "\n".join(lines) + "\n"


def _about(entry: Entry) -> str:
    parts = ", ".join("/".join(sorted(words)) for words in entry.about)
    return f"exceptions: `{entry.name}({parts})`"
