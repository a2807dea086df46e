"""The feed from CSV files: exact prices, and every mistake refused with file, line and column."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.invest.market import ActionKind, CorporateAction, Listing, Market
from ledger.days import parse_day
from ledger.faults import SluiceError
from market import table
from market.csvfeed import read_feed
from tests.market.exchange import CALENDAR, FIRST, LAST, at

BARS = "symbol,day,open,high,low,close\n"
CLOSES = "symbol,day,close\n"
ACTIONS = "symbol,kind,ex_day,pay_day,top,bottom,rate,successor,return_of_capital\n"
LISTINGS = "symbol,name,kind,active\n"
GOOD = {
    "prices.csv": BARS + "VTI,2024-07-02,101.5,103,100.25,102.123456\nVTI,2024-07-01,100,101,99,100\n"
    "\nBTC,2024-07-01,60000,61000,59999.99,60500.1\n",
    "actions.csv": ACTIONS + "VTI,split,2024-07-02,,2,1,,,\nVTI,dividend,2024-07-01,2024-07-05,,,0.8705,,\n"
    "VTI,dividend,2024-07-01,2024-07-05,,,3,,true\nOLD,renamed,2024-07-01,,,,,VTI,\n",
    "listings.csv": LISTINGS + 'VTI,"Total market, all of it",etf,true\nBTC,Bitcoin,crypto,true\nOLD,Old,stock,false\n',
}


def written(folder: Path, **changed: str) -> Path:
    """Write the good files, some of them changed."""
    for name, text in (GOOD | {f"{name}.csv": text for name, text in changed.items()}).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_is_a_market(tmp_path: Path) -> None:
    market: Market = read_feed(written(tmp_path), CALENDAR)
    assert list(market.closes("VTI", FIRST, LAST)) == [
        (parse_day("2024-07-01"), 100_000_000),
        (parse_day("2024-07-02"), 102_123_456),
    ]
    quotes = market.quotes(["VTI", "BTC", "OLD"], at("2024-07-02 09:30"))
    assert quotes.price == {"VTI": 101_500_000}
    assert quotes.missing.keys() == {"BTC", "OLD"}
    assert quotes.source == f"csv {tmp_path.name}"
    assert market.listings(["VTI", "BTC", "OLD"]) == {
        "VTI": Listing("VTI", "Total market, all of it", "etf", 9, active=True, synthetic=False),
        "BTC": Listing("BTC", "Bitcoin", "crypto", 8, active=True, synthetic=False),
        "OLD": Listing("OLD", "Old", "stock", 9, active=False, synthetic=False),
    }


def test_actions_have_ids_of_what_they_are(tmp_path: Path) -> None:
    first, second, friday = (parse_day(f"2024-07-0{day}") for day in (1, 2, 5))
    dividend = ActionKind.DIVIDEND
    assert list(read_feed(written(tmp_path), CALENDAR).actions(FIRST, LAST)) == [
        CorporateAction("OLD:renamed:2024-07-01", ActionKind.RENAMED, "OLD", first, successor="VTI"),
        CorporateAction("VTI:dividend:2024-07-01", dividend, "VTI", first, friday, rate=870_500),
        CorporateAction(
            "VTI:dividend:2024-07-01:2", dividend, "VTI", first, friday, rate=3_000_000, return_of_capital=True
        ),
        CorporateAction("VTI:split:2024-07-02", ActionKind.SPLIT, "VTI", second, top=2, bottom=1),
    ]


def test_a_single_file_of_closes_trades_at_them(tmp_path: Path) -> None:
    file = tmp_path / "closes.csv"
    file.write_text("\ufeff" + CLOSES + "VTI,2024-07-01,0.000001\r\nVTI,2024-07-02,999.9\r\n", encoding="utf-8")
    market = read_feed(file, CALENDAR, stale_after=2)
    assert market.price("VTI", at("2024-07-01 09:30")) == 1
    assert market.price("VTI", at("2024-07-02 15:00")) == 999_900_000
    assert market.price("VTI", at("2024-07-03 15:00")) == 999_900_000
    assert market.listings(["VTI"])["VTI"] == Listing("VTI", "VTI", "stock", 9, active=True, synthetic=False)


def test_prices_alone_are_enough_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text(CLOSES + "VTI,2024-07-01,100\n", encoding="utf-8")
    assert read_feed(tmp_path, CALENDAR).symbols == ("VTI",)


@given(st.integers(0, 10**7 - 1), st.text("0123456789", max_size=6))
def test_a_price_in_text_is_the_exact_number_of_millionths(whole: int, decimals: str) -> None:
    text = f"{whole}.{decimals}" if decimals else f"{whole}"
    millionths = Decimal(text) * 10**6
    row = table.Row("prices.csv", 2, {"close": text})
    if millionths:
        assert row.price("close") == millionths
    else:
        with pytest.raises(SluiceError, match="above zero"):
            row.price("close")


@pytest.mark.parametrize(
    "line,code,field",
    [
        ("VTI,2024-07-01,100,101,99,NaN", "feed_price", "2.close"),
        ("VTI,2024-07-01,100,101,99,nan", "feed_price", "2.close"),
        ("VTI,2024-07-01,100,101,99,inf", "feed_price", "2.close"),
        ("VTI,2024-07-01,100,101,99,-1", "feed_price", "2.close"),
        ("VTI,2024-07-01,100,101,99,", "feed_price", "2.close"),
        ("VTI,2024-07-01,100,101,99,1e3", "feed_price", "2.close"),
        ("VTI,2024-07-01,100,101,99,٣", "feed_price", "2.close"),
        ("VTI,2024-07-01,100,101,99,1.0000001", "feed_price", "2.close"),
        ('VTI,2024-07-01,100,101,99,"1,000"', "feed_price", "2.close"),
        ("VTI,2024-07-01,0,101,99,100", "feed_price", "2.open"),
        ("VTI,2024-07-01,100,0.0,99,100", "feed_price", "2.high"),
        ("VTI,2024-07-01,100,101,10000001,100", "feed_price", "2.low"),
        ("VTI,2024-07-01,100,101,100.5,101", "feed_bars", "2.low"),
        ("VTI,2024-07-01,100,100.5,99,101", "feed_bars", "2.high"),
        ("VTI,2024-07-04,100,101,99,100", "feed_session", "2.day"),
        ("VTI,1989-12-29,100,101,99,100", "feed_session", "2.day"),
        ("VTI,2024-02-30,100,101,99,100", "feed_day", "2.day"),
        ("VTI,7/1/2024,100,101,99,100", "feed_day", "2.day"),
        ("vti,2024-07-01,100,101,99,100", "feed_symbol", "2.symbol"),
        (",2024-07-01,100,101,99,100", "feed_symbol", "2.symbol"),
        ("NINELONGS,2024-07-01,100,101,99,100", "feed_symbol", "2.symbol"),
        ("VTI,2024-07-01,100,101,99,100\nVTI,2024-07-01,100,101,99,100", "feed_duplicate", "3.day"),
        ("VTI,2024-07-01,100,101,99", "feed_columns", "2"),
        ("VTI,2024-07-01,100,101,99,100,5", "feed_columns", "2"),
        ('VTI,2024-07-01,100,101,99,"100', "feed_file", "2"),
    ],
)
def test_a_wrong_price_is_refused_at_its_place(tmp_path: Path, line: str, code: str, field: str) -> None:
    with pytest.raises(SluiceError, match=r"^prices\.csv, line") as refused:
        read_feed(written(tmp_path, prices=f"{BARS}{line}\n"), CALENDAR)
    assert (refused.value.code, refused.value.field) == (code, f"prices.csv.{field}")


@pytest.mark.parametrize(
    "line,code,field",
    [
        ("VTI,merger,2024-07-02,,,,,,", "feed_action", "2.kind"),
        ("VTI,split,2024-07-02,,2,,,,", "feed_number", "2.bottom"),
        ("VTI,split,2024-07-02,,0,1,,,", "feed_number", "2.top"),
        ("VTI,split,2024-07-02,,1.5,1,,,", "feed_number", "2.top"),
        ("VTI,split,2024-07-02,,2000000,1,,,", "feed_number", "2.top"),
        ("VTI,split,2024-07-02,,2,1,0.5,,", "feed_action", "2.rate"),
        ("VTI,dividend,2024-07-02,,,,0.5,,", "feed_day", "2.pay_day"),
        ("VTI,dividend,2024-07-02,2024-07-05,,,0,,", "feed_price", "2.rate"),
        ("VTI,dividend,2024-07-02,2024-07-05,,,1,,yes", "feed_flag", "2.return_of_capital"),
        ("VTI,dividend,2024-07-02,2024-07-05,2,,1,,", "feed_action", "2.top"),
        ("VTI,renamed,2024-07-02,,,,,,", "feed_symbol", "2.successor"),
        ("VTI,renamed,2024-07-02,2024-07-05,,,,OLD,", "feed_action", "2.pay_day"),
    ],
)
def test_a_wrong_action_is_refused_at_its_place(tmp_path: Path, line: str, code: str, field: str) -> None:
    with pytest.raises(SluiceError, match=r"^actions\.csv, line") as refused:
        read_feed(written(tmp_path, actions=f"{ACTIONS}{line}\n"), CALENDAR)
    assert (refused.value.code, refused.value.field) == (code, f"actions.csv.{field}")


def test_an_action_of_an_unknown_symbol_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SluiceError, match="names VXUS, which this feed does not list") as refused:
        read_feed(written(tmp_path, actions=f"{ACTIONS}VXUS,split,2024-07-02,,2,1,,,\n"), CALENDAR)
    assert (refused.value.code, refused.value.field) == ("feed_action", "VXUS:split:2024-07-02.symbol")


@pytest.mark.parametrize(
    "line,code,field",
    [
        ("VTI,Total market,fund,true", "feed_listing", "2.kind"),
        ("VTI, ,etf,true", "feed_listing", "2.name"),
        ("VTI,Total market,etf,1", "feed_flag", "2.active"),
        ("VTI,Total market,etf,true\nVTI,Again,etf,true", "feed_duplicate", "3.symbol"),
    ],
)
def test_a_wrong_listing_is_refused_at_its_place(tmp_path: Path, line: str, code: str, field: str) -> None:
    with pytest.raises(SluiceError, match=r"^listings\.csv, line") as refused:
        read_feed(written(tmp_path, listings=f"{LISTINGS}{line}\n"), CALENDAR)
    assert (refused.value.code, refused.value.field) == (code, f"listings.csv.{field}")


@pytest.mark.parametrize(
    "text", ["", "symbol,date,close\nVTI,2024-07-01,1\n", "VTI,2024-07-01,1\n", "symbol;day;close\n"]
)
def test_a_file_with_another_header_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SluiceError, match="symbol,day,open,high,low,close or symbol,day,close") as refused:
        read_feed(written(tmp_path, prices=text), CALENDAR)
    assert (refused.value.code, refused.value.field) == ("feed_header", "prices.csv.1")


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SluiceError, match="cannot be read") as refused:
        read_feed(tmp_path, CALENDAR)
    assert (refused.value.code, refused.value.field) == ("feed_file", "prices.csv")
    (tmp_path / "prices.csv").write_bytes(CLOSES.encode() + b"VTI,2024-07-01,\xff\n")
    with pytest.raises(SluiceError, match=r"not text in UTF-8 \(byte 32\)"):
        read_feed(tmp_path, CALENDAR)
    monkeypatch.setattr(table, "MAX_BYTES", 10)
    with pytest.raises(SluiceError, match="split it by symbol"):
        read_feed(tmp_path, CALENDAR)
