"""How values are said, and the ladder's geometry."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.desk import AccountRecord
from ledger.accounts import Kind
from ledger.money import MAX_AMOUNT
from web.charts.ladder import WIDTH, ladder
from web.present import day_text, day_words, headline, limits_words, money, money_text, parts_of, why

CASH = AccountRecord(1, 1, 0, "cash", "Cash", Kind.CASH, 1, 0, 100_00, 0, 20_00, 0, MAX_AMOUNT, 0, 0)
CENTS = st.integers(-MAX_AMOUNT, MAX_AMOUNT)


def test_money_and_days() -> None:
    assert money(-123456) == "−1,234.56"
    assert [money_text(text) for text in ("-1234.50", "0.00", "1000000.01")] == ["−1,234.50", "0.00", "1,000,000.01"]
    assert day_words(0) == "Thu 1 Jan 1970"
    assert day_text("2026-11-20") == "Fri 20 Nov 2026"


def test_a_sentence_is_cut_into_links_and_amounts() -> None:
    names = {"a": "Cash", "b": "Cash box", "c": "Box (old)"}
    sentence = "When Cash box is above 1,000.00, move it to Cash or Box (old), not to Cashier."
    parts = parts_of(sentence, names)
    assert "".join(part.text for part in parts) == sentence
    assert [(part.text, part.handle) for part in parts if part.kind == "account"] == [
        ("Cash box", "b"),
        ("Cash", "a"),
        ("Box (old)", "c"),
    ]
    assert [part.text for part in parts if part.kind == "money"] == ["1,000.00"]
    assert [part.text for part in parts_of("Nothing.", {})] == ["Nothing."]


def test_reasons() -> None:
    assert why("in_full", []) == "in full"
    assert why("limited", ["max_transfer", "sources"]).startswith("limited by ")
    assert " and " in why("limited", ["max_transfer", "sources"])
    assert why("limited", []) == "less than wanted"


def test_limits_are_said() -> None:
    assert limits_words(CASH) == ""
    assert limits_words(replace(CASH, floor=5_00, ceiling=10_00)) == "keeps 5.00, holds at most 10.00"
    borrow = replace(CASH, kind=Kind.BORROW, posted=-30_00, pending_out=0, floor=-100_00, ceiling=0)
    assert limits_words(borrow) == "credit limit 100.00, 70.00 left"
    assert headline(borrow) == (30_00, "owed")
    assert headline(CASH) == (80_00, "available")


def test_the_ladder_says_its_finding() -> None:
    told = ladder(replace(CASH, floor=10_00, ceiling=200_00), 120_00)
    assert told.sentence == "Cash: 80.00 available, floor 10.00, ceiling 200.00, 120.00 after tonight."
    assert [mark.word for mark in told.marks] == ["floor", "ceiling"]
    assert told.left == told.zero < told.marks[0].x < told.right < (told.after or 0) < told.marks[1].x < WIDTH
    assert ladder(CASH, 80_00).after is None


ACCOUNTS = st.builds(
    lambda kind, posted, out, limits: replace(
        CASH, kind=kind, posted=posted, pending_out=out, floor=limits[0], ceiling=limits[1]
    ),
    st.sampled_from([Kind.CASH, Kind.BORROW]),
    CENTS,
    st.integers(0, MAX_AMOUNT),
    st.tuples(CENTS, CENTS),
)


@given(account=ACCOUNTS, after=st.none() | CENTS)
def test_the_ladder_stays_inside(account: AccountRecord, after: int | None) -> None:
    told = ladder(account, after)
    marks = [told.left, told.right, told.zero, *(mark.x for mark in told.marks)]
    assert all(0 <= x <= WIDTH for x in [*marks, told.after or 0])
    assert told.left <= told.zero <= told.right
