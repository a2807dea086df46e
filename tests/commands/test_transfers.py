"""`transfer once`, and `transfer recurring`: added, listed, skipped, paused, resumed, removed; moved by the night."""

import pytest

from tests.commands.shell import Shell

RENT = ("transfer", "recurring", "add", "ann", "--from", "checking", "--to", "cash", "--amount", "25.00")


def test_a_recurring_transfer_lives(home: Shell) -> None:
    said = home.ok(*RENT, "--name", "Rainy day", "--weekly", "sun,mon", "--mode", "auto").out
    assert said.startswith("1. transfer_rainy_day (auto): Every Sunday and Monday, move 25.00 from checking to cash")
    assert said.endswith("Next on 2026-11-22.\n")
    (row,) = home.ok("transfer", "recurring", "list", "ann", "--json").json
    assert (row["id"], row["from"], row["amount"]) == ("transfer_rainy_day", "checking", "25.00")
    assert row["next"] == ["2026-11-22", "2026-11-23", "2026-11-29"]
    home.ok("transfer", "recurring", "skip", "ann", "transfer_rainy_day")
    home.ok("transfer", "recurring", "skip", "ann", "transfer_rainy_day", "--on", "2026-11-29")
    (row,) = home.ok("transfer", "recurring", "list", "ann", "--json").json
    assert (row["next"], row["skip"]) == (["2026-11-23", "2026-11-30", "2026-12-06"], ["2026-11-22", "2026-11-29"])
    assert "2026-11-23" in home.ok("transfer", "recurring", "list", "ann").out
    home.ok("transfer", "recurring", "pause", "ann", "transfer_rainy_day")
    assert home.ok("transfer", "recurring", "list", "ann", "--json").json[0]["next"] == []
    assert "no date is to come" in home.refused("transfer", "recurring", "skip", "ann", "transfer_rainy_day").lower()
    said = home.ok("transfer", "recurring", "resume", "ann", "transfer_rainy_day").out
    assert said == "transfer_rainy_day runs again, in mode auto.\n"
    home.ok("transfer", "recurring", "remove", "ann", "transfer_rainy_day")
    assert home.ok("transfer", "recurring", "list", "ann", "--json").json == []
    assert "recurring_unknown" in home.refused("transfer", "recurring", "pause", "ann", "transfer_rainy_day")


def test_the_night_moves_it(home: Shell) -> None:
    home.ok(*RENT, "--daily", "--mode", "auto", "--end", "2026-11-21")
    home.ok("night", "--on", "2026-11-20")
    assert home.balances("ann") == {"checking": "875.00", "cash": "75.00"}


@pytest.mark.parametrize(
    "options,words",
    [
        (("--once", "2026-12-24"), "On 2026-12-24, move"),
        (("--every-weeks", "2", "--counted-from", "2026-11-27"), "Every 2 weeks counted from 2026-11-27, move"),
        (("--monthly", "1,last", "--business-days", "before"), "On the 1st and the last day of the month (or the"),
        (("--dates", "2026-12-24, 2027-01-04"), "On 2026-12-24 and 2027-01-04, move"),
        (("--quarterly", "15", "--times", "2"), "Every three months on the 15th, move"),
        (("--nth", "first", "fri", "--times", "2"), "On the first Friday of each month, move"),
        (("--monthly", "1", "--times", "2"), "On the 1st of the month, move"),
        (("--monthly", "1", "--weekly", "fri"), "On the 1st of the month and every Friday, move"),
        (("--weekly", "fri", "--quarterly", "15", "--times", "2"), "Every Friday, move"),  # no quarter comes before
    ],
)
def test_every_schedule_has_an_option(home: Shell, options: tuple[str, ...], words: str) -> None:
    said = home.ok(*RENT, *options, "--mode", "auto").out
    assert said.startswith(f"1. transfer_checking_to_cash (auto): {words}")
    if "--times" in options and "--monthly" in options:
        assert "until 2027-01-01" in said


@pytest.mark.parametrize(
    "options,told",
    [
        ((), "schedule: schedule is missing"),
        (("--daily", "--weekly", "fri"), "schedule: A transfer has one schedule"),
        (("--daily", "--to", "checking"), "to: Name two different accounts"),
        (("--daily", "--to", "gold"), "to: There is no account gold"),
        (("--daily", "--times", "2", "--end", "2027-01-01"), "times: Give either an end or a number of times"),
        (("--daily", "--times", "0"), "times: Write a whole number of times"),
        (("--once", "2026-12-24", "--times", "2"), "times: The schedule does not have so many dates"),
        (("--quarterly", "15", "--times", "2", "--start", "soon"), "start: "),
    ],
)
def test_what_cannot_be_is_listed_and_nothing_is_saved(home: Shell, options: tuple[str, ...], told: str) -> None:
    assert told in home.refused(*RENT, *options)
    assert home.ok("transfer", "recurring", "list", "ann", "--json").json == []


def test_an_id_is_given_once(home: Shell) -> None:
    home.ok(*RENT, "--daily", "--id", "mine")
    assert "duplicate_id" in home.refused(*RENT, "--daily", "--id", "mine")


def test_once_moves_once_for_a_key(home: Shell) -> None:
    once = ("transfer", "once", "ann", "--from", "checking", "--to", "cash", "--amount", "100", "--key", "one")
    assert home.ok(*once).out == "100.00 from checking to cash is posted.\n"
    assert "nothing new moved" in home.ok(*once).out
    assert home.balances("ann") == {"checking": "800.00", "cash": "150.00"}
    assert "idempotency_key_reused" in home.refused(*once[:-3], "99", "--key", "one")
    assert "exceeds_floor" in home.refused(*once[:-3], "5000", "--key", "two")
    for amount, code in (("0", "amount_not_positive"), ("1.234", "money")):
        assert code in home.refused(*once[:-3], amount)
    same = ("transfer", "once", "ann", "--from", "cash", "--to", "cash", "--amount", "1")
    assert "accounts_same" in home.refused(*same)
    assert "account_unknown" in home.refused(*same[:-3], "gold", "--amount", "1")


@pytest.mark.parametrize(
    "options,said",
    [
        (("--once", "2026-01-01"), "schedule.once: No date of this schedule is to come; write 2026-11-22 or a later"),
        (("--monthly", "1", "--end", "2026-11-01"), "end: No date of this schedule is to come until then; write an"),
        (
            ("--quarterly", "15"),
            "end: A transfer every quarter needs an end date: its dates are written out in advance.",
        ),
    ],
)
def test_a_transfer_that_never_comes_is_refused(home: Shell, options: tuple[str, ...], said: str) -> None:
    assert home.refused(*RENT, *options).startswith(said)
    assert home.ok("transfer", "recurring", "list", "ann", "--json").json == []


def test_help_says_that_written_schedules_need_an_end(home: Shell) -> None:
    said = " ".join(home.ok("transfer", "recurring", "add", "--help").out.split())
    assert said.count("needs --end or --times") == 2


def test_a_new_key_is_spoken_of_only_to_who_gave_one(home: Shell) -> None:
    much = ("transfer", "once", "ann", "--from", "cash", "--to", "checking", "--amount", "900.00")
    assert "new key" not in home.refused(*much)
    assert "A new try needs a new key." in home.refused(*much, "--key", "rent")
