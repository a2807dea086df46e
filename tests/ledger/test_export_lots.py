"""Books with trades exported: to the letter in both modes, gains and costs read back, faults told."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.accounts import Kind
from ledger.batch import Code
from ledger.days import format_day
from ledger.export import Format, Scope, export
from ledger.export_entries import ExportEntry
from ledger.export_lots import export_lots
from ledger.ids import number
from ledger.lotmoves import Change, LotChange
from tests.ledger.exporting import History, transfer
from tests.ledger.traded import lived, small
from tests.ledger.trading import Trader

ALL = Scope()


def lots_text(trader: Trader, scope: Scope = ALL, changes: Iterable[LotChange] | None = None) -> str:
    history = trader.history
    mine = trader.changes if changes is None else changes
    return "".join(export_lots(history.audited(), history.chunks(5), mine, scope))


def exact_text(trader: Trader, form: Format) -> str:
    return "".join(export(form, trader.history.audited(), trader.history.chunks(5), ALL))


def transactions(text: str) -> str:
    """The transactions alone, account names short."""
    blocks = [block for block in text.split("\n\n") if " * " in block.split("\n", maxsplit=1)[0]]
    short = "\n\n".join(blocks).replace("Assets:Ann:Invest--growth", "A").replace("Equity:Conversion:Trades", "C")
    return "\n".join(line for line in short.split("\n") if not line.startswith(("  book:", "; ", "2024-02-04 balance")))


LOTS = """\
2024-01-01 * "opening"
  journal: 1
  A  1000.00 USD
  Equity:Opening  -1000.00 USD

2024-01-01 * "buy"
  journal: 2
  A  -100.00 USD
  Expenses:Trade-fees  0.50 USD
  A  -0.50 USD
  A----VTI  3.000000000 VTI {{100.00 USD, 2024-01-01, "1007"}}

2024-01-01 * "buy"
  journal: 5
  A  -250.01 USD
  A----BTC---2f-USD  0.12345678 BTC_USD {{250.01 USD, 2024-01-01, "1010"}}

2024-01-02 * "sale"
  journal: 7
  A----unsettled  40.00 USD
  Expenses:Trade-fees  0.02 USD
  A----unsettled  -0.02 USD
  A----VTI  -1.000000000 VTI {2024-01-01, "1007"}
  A----VTI  -2.000000000 VTI {2024-01-01, "1007"}
  A----VTI  2.000000000 VTI {{66.67 USD, 2024-01-01, "1007/2"}}
  Income:Realised-gain

2024-01-02 * "split"
  journal: 11
  C:USD  0.00 USD
  A----VTI  -2.000000000 VTI {2024-01-01, "1007/2"}
  A----VTI  6.000000000 VTI {{66.67 USD, 2024-01-01, "1007/3"}}

2024-02-02 * "settlement"
  journal: 12
  A  39.98 USD
  A----unsettled  -39.98 USD

2024-02-02 * "dividend"
  journal: 13
  A  1.23 USD
  Income:Dividends  -1.23 USD

2024-02-02 * "new symbol"
  journal: 14
  C:USD  0.00 USD
  A----VTI  -6.000000000 VTI {2024-01-01, "1007/3"}
  A----BRK--B  6.000000000 BRK.B {{66.67 USD, 2024-01-01, "1017"}}

2024-02-03 * "sale"
  journal: 16
  A----unsettled  20.00 USD
  A----BRK--B  -2.000000001 BRK.B {2024-01-01, "1017"}
  A----BRK--B  -3.999999999 BRK.B {2024-01-01, "1017"}
  A----BRK--B  3.999999999 BRK.B {{44.45 USD, 2024-01-01, "1017/2"}}
  Expenses:Realised-loss
"""

EXACT_SALE = """\
2024-01-02 * "sale"
  journal: 7
  A----unsettled  40.00 USD
    seq: 8
  C:USD  -40.00 USD
  C:USD  6.67 USD
    seq: 9
  Income:Realised-gain  -6.67 USD
  Expenses:Trade-fees  0.02 USD
    seq: 10
  A----unsettled  -0.02 USD
  C:VTI  1.000000000 VTI
    seq: 7
  A----VTI  -1.000000000 VTI

2024-01-02 * "split"
  journal: 11
  A----VTI  4.000000000 VTI
    seq: 11
  C:VTI  -4.000000000 VTI
"""

HLEDGER_RENAME = """\
2024-02-02 * new symbol  ; book:1, journal:14
    C:VTI  6.000000000 VTI = 0.000000000 VTI  ; seq:14
    A----VTI  -6.000000000 VTI = 0.000000000 VTI
    A----BRK--B  6.000000000 "BRK.B"  ; seq:15
    C:BRK--B  -6.000000000 "BRK.B" = -6.000000000 "BRK.B"
"""


def test_a_small_history_of_trades_with_lots_to_the_letter() -> None:
    assert transactions(lots_text(small())).rstrip() == LOTS.rstrip()
    assert lots_text(small()).startswith('option "booking_method" "STRICT"\n')


def test_a_small_history_of_trades_exactly() -> None:
    assert EXACT_SALE in transactions(exact_text(small(), "beancount"))
    short = exact_text(small(), "hledger").replace("Assets:Ann:Invest--growth", "A")
    short = short.replace("Equity:Conversion:Trades", "C")
    renamed = short[short.index("2024-02-02 * new symbol") :].split("\n\n")[0] + "\n"
    assert [line.split(" =")[0].split("  ;")[0] for line in renamed.split("\n")] == [
        line.split(" =")[0].split("  ;")[0] for line in HLEDGER_RENAME.split("\n")
    ]
    assert 'commodity 1000.000000000 "BRK.B"\n' in short
    assert 'commodity 1000.00000000 "BTC/USD"\n' in short


def test_a_table_has_each_amount_at_the_scale_of_its_asset() -> None:
    rows = list(csv.DictReader(exact_text(small(), "csv").splitlines()))
    assert {(row["asset"], row["amount"]) for row in rows[1:6]} == {
        *(("VTI", "3.000000000"), ("USD", "100.00"), ("USD", "0.50")),
        *(("BTC/USD", "0.12345678"), ("USD", "250.01")),
    }


def test_every_code_has_a_word() -> None:
    words = {
        ExportEntry(0, 0, 1, "", 1, "", 1, 1, 1, 2, 1, 1, code, 4).narration() for code in Code if code != Code.RULE
    }
    assert len(words) == len(Code) - 1
    assert not [word for word in words if word.startswith("code")]


def costs_left(text: str) -> Counter[str]:
    """Cents of the lots that a file leaves open, by account, from its cost notation alone."""
    held: dict[tuple[str, str], tuple[int, int]] = {}
    for line in text.split("\n"):
        if "{" not in line:
            continue
        account, units, _, cost = line.strip().replace("  ", " ").split(" ", 3)
        label = cost.split('"')[1]
        count = int(units.replace(".", ""))
        if cost.startswith("{{"):
            held[account, label] = (count, int(cost[2:].split(" ")[0].replace(".", "")))
        else:
            had, cents = held.pop((account, label))
            if had + count:
                held[account, label] = (had + count, cents * (had + count) // had)
    return Counter({account: 0 for account, _ in held}) + Counter(
        _summed([(account, cents) for (account, _), (_, cents) in held.items()])
    )


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for key, cents in pairs:
        sums[key] += cents
    return dict(sums)


@given(st.integers(0, 10**6))
@settings(max_examples=30)
def test_the_cost_of_open_lots_is_ours_to_the_cent(seed: int) -> None:
    trader = lived(seed)
    ours = sum(lot.cost for lot in trader.lots.values() if lot.units)
    assert costs_left(lots_text(trader)).total() == ours


def test_a_lot_in_two_slices_is_one_lot_of_the_file() -> None:
    trader = Trader(number(1, 1))
    trader.fund(10_000)
    lot = trader.buy("VTI", 30, 100)
    part = trader.part(lot, 10, 1)
    again = trader.part(part, 4, 2)
    trader.part(lot, 20, 1)
    trader.day += 1
    trader.sell({again: 4}, 50)
    trader.split(trader.invest(), "VTI", 2, 1)
    text = lots_text(trader)
    assert text.count("{{") == 3
    assert trader.check().findings() == []
    assert costs_left(text).total() == sum(one.cost for one in trader.lots.values())


def test_a_lot_without_units_waits_for_its_loss_on_the_conversion_account() -> None:
    trader = Trader(number(1, 1))
    trader.fund(10_000)
    trader.buy("VTI", 3, 100)
    trader.split(trader.invest(), "VTI", 1, 10)
    text = transactions(lots_text(trader))
    assert '  C:USD  1.00 USD\n  A----VTI  -0.000000003 VTI {2024-01-01, "1007"}\n' in text
    assert "  A----unsettled  0.01 USD\n  C:USD  -1.00 USD\n  Expenses:Realised-loss" in text


def test_a_split_that_changes_no_unit_leaves_no_trace() -> None:
    trader = Trader(number(1, 1))
    trader.fund(10_000)
    trader.buy("VTI", 1, 100)
    before = lots_text(trader)
    trader.split(trader.invest(), "VTI", 3, 2)
    assert len(trader.changes) == 2
    assert trader.check().findings() == []
    assert lots_text(trader) == before


def test_gain_and_loss_of_one_journal_leave_one_to_be_found() -> None:
    """Two lots sold in one journal: each gain is a transfer of its own here."""
    trader = Trader(number(1, 1))
    trader.fund(10_000)
    one, other = trader.buy("VTI", 10, 100), trader.buy("VTI", 10, 300)
    invest = trader.invest()
    dollars, unsettled = trader.system("conversion:trades"), trader.unsettled(invest)
    seq = trader.journal(
        [
            (trader.system("conversion:trades", "VTI"), trader.inner(invest, "VTI"), 20, Code.SELL),
            (unsettled, dollars, 400, Code.SELL),
            (dollars, trader.system("income:realised_gain"), 100, Code.GAIN),
            (trader.system("expense:realised_loss"), dollars, 100, Code.GAIN),
        ]
    )
    trader.change((seq, one), Change.SELL, -10, -100, proceeds=200, gain=100)
    trader.change((seq, other), Change.SELL, -10, -300, proceeds=200, gain=-100)
    last = transactions(lots_text(trader)).split("\n\n")[-1]
    assert "  Income:Realised-gain\n  Expenses:Realised-loss  1.00 USD" in last


def test_a_whole_database_and_one_household_of_it() -> None:
    trader = small()
    history = trader.history
    eve = history.household(1, 2, "eve")
    history.add(transfer(eve, history.own(eve)["checking"], history.own(eve)["high_yield"], 77_77, trader.day))
    assert "77.77" in lots_text(trader)
    alone = lots_text(trader, Scope(customer=trader.customer))
    assert "77.77" not in alone
    assert alone.count("{{") == lots_text(small()).count("{{")
    assert "{" not in lots_text(trader, Scope(customer=eve), ())


def test_changes_that_fit_no_books_are_a_fault() -> None:
    trader = small()
    first = trader.changes[0]
    with pytest.raises(ValueError, match="seq 999 of book 1, where no posted journal"):
        lots_text(trader, changes=[*trader.changes, first._replace(seq=999)])
    with pytest.raises(ValueError, match="lot 1007 is left with -1"):
        lots_text(trader, changes=[first, first._replace(kind=Change.SELL, units=-first.units - 1, cost=0)])
    for wrong in (first._replace(asset=7), first._replace(account=3)):
        with pytest.raises(ValueError, match="has no holding of"):
            lots_text(trader, changes=[wrong])
    stray = {
        account: replace(one, parent=3) if one.kind == Kind.HOLDING else one
        for account, one in trader.history.audited().items()
    }
    with pytest.raises(ValueError, match="has no holding of VTI"):
        list(export_lots(stray, trader.history.chunks(), [first._replace(account=3)], ALL))


def test_books_of_nothing() -> None:
    assert list(export_lots({}, History().chunks(), [], ALL))[3] == 'option "title" "Sluice"\n'
    assert format_day(small().day) in lots_text(small())
