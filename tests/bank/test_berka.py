"""The real file: 49,102 transactions of 1,229 accounts, none of them refused, and the figures that others found."""

import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bank.profile import load_profile
from bank.statement import Statement, read_statement
from ledger.days import format_day


@pytest.fixture(scope="module")
def path(shared: Path) -> Path:
    return shared / "data" / "berka" / "trans.asc.gz"


@pytest.fixture(scope="module")
def berka(path: Path) -> Statement:
    return read_statement(path, load_profile("berka"))


def test_every_line_is_read(berka: Statement) -> None:
    assert (len(berka), len(set(berka.account)), berka.problems, berka.repeated) == (49_102, 1_229, (), 0)
    assert len({key.tobytes() for key in berka.key}) == 49_102
    assert berka.line_no.tolist() == list(range(2, 49_104))
    assert berka.has_balance.all()
    assert (format_day(int(berka.day.min())), format_day(int(berka.day.max()))) == ("1993-01-01", "1994-03-31")


def test_the_sums_are_those_of_the_file(berka: Statement, path: Path) -> None:
    rows = [line.split(";") for line in gzip.decompress(path.read_bytes()).decode("latin-1").splitlines()[1:]]
    expected = Counter[str]()
    for row in rows:
        expected[row[3].strip('"')] += int(row[5].replace(".", ""))
    assert int(berka.amount[berka.amount > 0].sum()) == expected["PRIJEM"] == 17_736_629_630
    assert int(berka.amount[berka.amount < 0].sum()) == -expected["VYDAJ"] - expected["VYBER"] == -13_812_015_350
    assert berka.balance.tolist() == [int(row[6].replace(".", "")) for row in rows]


def test_every_line_has_a_category(berka: Statement) -> None:
    signs = np.where(berka.amount > 0, "income", "expense").tolist()
    assert Counter(zip(signs, berka.category, strict=True)) == {
        ("income", "interest"): 9_463,
        ("income", "pension"): 1_770,
        ("income", "transfer_in"): 2_002,
        ("income", "cash_deposit"): 9_759,
        ("expense", "overdraft_interest"): 64,
        ("expense", "bank_fees"): 5_445,
        ("expense", "household"): 3_719,
        ("expense", "insurance"): 644,
        ("expense", "loan_payment"): 123,
        ("expense", "card_purchase"): 12,
        ("expense", "transfer_out"): 1_973,
        ("expense", "cash_withdrawal"): 14_128,
    }
    assert berka.card.tolist() == [category == "card_purchase" for category in berka.category]


def test_day_ends_differ_from_the_stated_balances_as_often_as_is_known(berka: Statement) -> None:
    """The check of ruling 7, account by account: 2,257 differences of 39,960 account-days, 2,227 of exactly 0.10."""
    moved: Counter[tuple[str, int]] = Counter()
    stated: dict[tuple[str, int], list[int]] = {}
    columns = (berka.account, berka.day.tolist(), berka.amount.tolist(), berka.balance.tolist())
    for account, day, amount, balance in zip(*columns, strict=True):
        moved[account, day] += amount
        stated.setdefault((account, day), []).append(balance)
    running: Counter[str] = Counter()
    deltas = []
    for account, day in sorted(stated):
        reached = running[account] + moved[account, day]
        nearest = min(stated[account, day], key=lambda balance: (abs(balance - reached), balance))
        deltas += [nearest - reached] if nearest != reached else []
        running[account] = nearest
    assert (len(stated), len(deltas), sum(abs(delta) == 10 for delta in deltas)) == (39_960, 2_257, 2_227)


def test_half_the_file_has_the_same_keys(berka: Statement, path: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.asc"
    half.write_bytes(b"".join(gzip.decompress(path.read_bytes()).splitlines(keepends=True)[:20_001]))
    assert np.array_equal(read_statement(half, load_profile("berka")).key, berka.key[:20_000])
