"""Every name of the dated configuration, with its meaning and bounds; `docs/config.md` is made from it."""

from difflib import get_close_matches
from itertools import product
from typing import Final

from engine.dated.entry import SYMBOL, Entry, Group, check_about, join_name, split_name
from engine.dated.kinds import WHOLE_RATE, Kind
from ledger.faults import SluiceError
from ledger.money import MAX_AMOUNT, quoted

_WHOLE_BP: Final = 10_000
_DAY: Final = 24 * 60 - 1
_RAILS: Final = frozenset({"ach", "wire"})
_DIRECTIONS: Final = frozenset({"in", "out"})
_KINDS: Final = frozenset({"checking", "cash", "invest", "ira"})
_ARRIVES: Final = frozenset({"in"})
"""What was sent away is under no hold."""

_FORBIDDEN: Final = frozenset({"any", "bank", "cash"})


def _rate(name: str, group: Group, sentence: str, unit: str, *, accrues: bool = False) -> Entry:
    return Entry(name, group, Kind.RATE, sentence, unit, 0, WHOLE_RATE, accrues=accrues)


def _money(name: str, group: Group, sentence: str, unit: str, about: tuple[frozenset[str], ...] = ()) -> Entry:
    return Entry(name, group, Kind.MONEY, sentence, unit, 0, MAX_AMOUNT, about)


def _percent(name: str, group: Group, sentence: str, unit: str, about: tuple[frozenset[str], ...] = ()) -> Entry:
    return Entry(name, group, Kind.BASIS_POINTS, sentence, unit, 0, _WHOLE_BP, about)


CATALOGUE: Final = (
    Entry("cash_apy", "Cash", Kind.TIERS, "What high-yield cash earns, with compounding; tiers are marginal.",
          "a year, monthly compounding", 0, WHOLE_RATE, accrues=True),
    Entry("cash_apy_promotion", "Cash", Kind.TIERS, "A promotional rate in place of `cash_apy`, until `none` ends it.",
          "a year, monthly compounding", 0, WHOLE_RATE, ends=True, accrues=True),
    _rate("borrow_apr", "Borrow", "What the borrow line costs, simple, on each day's highest principal.",
          "a year of 360 days", accrues=True),
    _percent("borrow_limit", "Borrow", "The most that may be owed, as a part of the collateral's value.",
             "of the value of eligible holdings"),
    _percent("initial_requirement", "Borrow", "The part of a security that must be own money before more is drawn.",
             "of a security's value", (SYMBOL,)),
    _percent("maintenance_requirement", "Borrow", "The part of a security that must stay own money; less is a call.",
             "of a security's value", (SYMBOL,)),
    _money("margin_minimum_equity", "Borrow", "The least equity with which anything may be drawn.", "USD"),
    _percent("margin_watch", "Borrow", "The state is watch when a smaller fall in prices than this triggers a call.",
             "of the value of holdings"),
    Entry("margin_call_sessions", "Borrow", Kind.COUNT, "How many sessions after it opened a call must be cured.",
          "exchange sessions", 1, 20),
    Entry("liquidation_automatic", "Borrow", Kind.FLAG, "Whether a proposal to liquidate is carried out by itself.",
          "yes or no", 0, 1),
    Entry("borrow_charge_session", "Borrow", Kind.COUNT, "The session of the next month on which interest is charged.",
          "session of the month", 1, 15),
    _money("platform_fee", "Fees", "The platform fee of a cycle that is not waived.", "USD a month"),
    _money("platform_fee_waiver", "Fees", "The settled value that waives the fee on any day of the cycle.", "USD"),
    Entry("platform_fee_first_days", "Fees", Kind.DAYS, "Days after registration before a cycle is charged.",
          "calendar days", 0, 3660),
    _money("wire_out_fee", "Fees", "An outgoing wire.", "USD each"),
    _money("paper_statement_fee", "Fees", "A statement on paper.", "USD each"),
    _money("ira_closing_fee", "Fees", "Closing an IRA.", "USD each"),
    _rate("sec_fee", "Fees", "The SEC's fee on sales, rounded up to a cent.", "of the proceeds"),
    Entry("taf_per_unit", "Fees", Kind.PRICE, "FINRA's trading activity fee on sales, rounded up to a cent.",
          "USD a unit sold", 0, 10**6),
    _money("taf_maximum", "Fees", "The most that FINRA's fee is for one sale.", "USD a sale"),
    _money("ach_minimum", "Transfers", "The least that an ACH transfer moves.", "USD"),
    _money("ach_daily_maximum", "Transfers", "The most that ACH transfers of one direction move a day.", "USD a day"),
    Entry("transit_days", "Transfers", Kind.DAYS, "Days until money that was sent arrives.", "bank business days", 0,
          60, (_RAILS, _DIRECTIONS, _KINDS)),
    Entry("hold_days", "Transfers", Kind.DAYS, "Days for which money that arrived may not go to what the hold forbids.",
          "bank business days", 0, 60, (_RAILS, _ARRIVES, _KINDS, _FORBIDDEN)),
    Entry("bank_return_days", "Transfers", Kind.DAYS, "Days for which a bank's money returns only to that bank.",
          "calendar days", 0, 3660),
    Entry("settlement_sessions", "Transfers", Kind.COUNT, "Sessions until the proceeds of a sale are settled.",
          "exchange sessions", 0, 5),
    _money("order_minimum", "Investing", "The smallest order for one security.", "USD"),
    _money("auto_invest_threshold", "Investing", "Cash above the minimum cash that auto-invest waits for.", "USD"),
    _money("dividend_reinvest_minimum", "Investing", "The least dividend that is reinvested or swept.", "USD"),
    Entry("morning_window", "Investing", Kind.TIME, "When the morning window starts.", "New York time", 0, _DAY),
    Entry("afternoon_window", "Investing", Kind.TIME, "When the afternoon window starts.", "New York time", 0, _DAY),
    _money("opening_minimum", "Accounts", "The least with which an account begins.", "USD",
           (frozenset({"taxable", "retirement"}),)),
    _money("ira_contribution_limit", "Accounts", "What a person may pay into Traditional and Roth together; the "
           "value of 1 January is the tax year's.", "USD a tax year"),
    _money("ira_catch_up", "Accounts", "What a person of the catch-up age may pay on top.", "USD a tax year"),
    Entry("catch_up_age", "Accounts", Kind.COUNT, "The age, reached by 31 December, from which the catch-up holds.",
          "years", 0, 150),
    _money("sep_contribution_limit", "Accounts", "What may be paid into a SEP IRA.", "USD a tax year"),
    _percent("sep_percent_of_pay", "Accounts", "What may be paid into a SEP IRA, as a part of pay.", "of pay"),
    Entry("prior_year_deadline", "Accounts", Kind.DAY_OF_YEAR, "The last day of this year on which a contribution may "
          "count for the year before.", "month and day", 101, 1231),
)  # fmt: skip
"""In the order of the page."""

RETIRED: Final = frozenset(
    {
        "both_windows_equity",
        "both_windows_gated",
        "inactivity_balance",
        "inactivity_days",
        "inactivity_fee",
        "transfer_out_fee",
    }
)
"""Names of before, of which databases may hold rows still: nothing reads them, and none is added."""

_ACAT: Final = frozenset({"acat"})

UNREAD: Final = frozenset(
    join_name(plain, about)
    for plain, parts in (
        ("transit_days", (_ACAT, _DIRECTIONS, _KINDS)),
        ("hold_days", (_ACAT, _DIRECTIONS, _KINDS, _FORBIDDEN)),
        ("hold_days", (_RAILS, _DIRECTIONS - _ARRIVES, _KINDS, _FORBIDDEN)),
    )
    for about in product(*parts)
)
"""The same of exceptions: no account comes from another broker, and no hold is on what was sent away."""

_BY_NAME: Final = {entry.name: entry for entry in CATALOGUE}


def entry_of(name: str) -> Entry:
    """Give the entry of a name, with or without what it is about. Raises SluiceError `config_name` for another."""
    return named(name)[1]


def named(text: str) -> tuple[str, Entry]:
    """Give a name as it is written and its entry. Raises SluiceError `config_name` for what is no name."""
    plain, about = split_name(text)
    entry = _BY_NAME.get(plain)
    if entry is None:
        nearest = get_close_matches(plain, sorted(_BY_NAME), n=1)
        right = f"did you mean {nearest[0]}?" if nearest else "docs/config.md lists the names."
        raise SluiceError("config_name", f"{quoted(plain)} is no name of the configuration; {right}")
    if about:
        check_about(entry, about)
    return join_name(plain, about), entry
