"""What a night keeps of fees and lines: what a later night or a person needs, and nothing else."""

from engine.dated.document import DatedRow
from engine.fees.reasons import Waived
from engine.household import furnish, read_setup
from engine.ports import NEVER
from ledger.batch import Code
from ledger.days import parse_day
from rules.decode import Decoded
from tests.engine.households import OPENED, Home, held
from tests.overnight.test_block import booked

RICH = held("pot", "10000.00")
LINE = held("borrow", "-1000.00", "borrow", limit="5000.00", charge_cash=True)


def best(house: Home) -> list[int]:
    """The most that nights of each running cycle saw, as far as it is kept."""
    with house.books.read(0) as work:
        found: list[int] = work.fee_cycles().best.tolist()
    return found


def charged(house: Home) -> list[int]:
    """The month up to which each line is charged."""
    with house.books.read(0) as work:
        found: list[int] = work.lines().charged.tolist()
    return found


def test_what_nights_see_is_kept_from_the_first_cycle_that_may_cost(house: Home) -> None:
    """Registered on 1 November: the cycle of January ends 91 days later; one rich night of it waives the fee."""
    house.open("ann", [RICH])
    house.night("2026-11-20")
    assert best(house) == []
    house.night("2026-12-31")
    assert len(best(house)) == 1
    house.night("2027-01-02")
    assert best(house) == [house.balance("ann", "pot")[0]]
    house.pay("ann", "pot", "-10000.00", "2027-01-03")
    house.night("2027-01-31")
    with house.books.read(0) as work:
        assert [(one.amount, one.why) for one in work.fees_of(house.ids["ann"])][:1] == [(0, Waived.VALUE)]


def test_a_line_is_charged_from_its_first_interest_on(home: Home) -> None:
    """30 dates of November at 5.65%, a year of 360: 4.71, which the night of the third session takes from cash."""
    home.open("ann", [RICH, LINE])
    home.night("2026-11-20")
    assert charged(home) == [NEVER]
    home.night("2026-12-01")
    home.night("2026-12-02")
    assert (charged(home), booked(home, "ann", Code.CHARGE)) == ([parse_day("2026-10-01")], [])
    home.night("2026-12-03")
    assert charged(home) == [parse_day("2026-11-01")]
    assert booked(home, "ann", Code.CHARGE) == [("2026-12-03", 4_71)]


def test_the_first_night_after_the_charge_day_charges_what_it_missed(home: Home) -> None:
    """November's interest is posted and charged on 2 January, when its day is over; December's waits for its own."""
    home.open("ann", [RICH, LINE])
    home.night("2027-01-02")
    assert booked(home, "ann", Code.CHARGE) == [("2027-01-02", 4_71)]
    home.night("2027-01-06")
    assert [day for day, _ in booked(home, "ann", Code.CHARGE)] == ["2027-01-02", "2027-01-06"]


def test_what_is_opened_is_there_for_whoever_asked_before(home: Home) -> None:
    """A night asks once of which kinds of rows a book has any; rows of its own transaction count too."""
    home.open("ann", [RICH])
    with home.work() as work:
        assert len(work.lines().account) == 0
        setup = read_setup(Decoded({"accounts": [LINE], "rules": []}))
        furnish(work, [home.ids["ann"]], setup, "USD", (OPENED, home.now()))
        assert len(work.lines().account) == 1


def test_free_days_are_those_of_the_registration_day(house: Home) -> None:
    """A rich night of December counts although fewer free days are set in its middle: 90 were promised in November."""
    house.open("ann", [RICH])
    house.night("2026-12-10")
    house.pay("ann", "pot", "-9000.00", "2026-12-11")
    house.books.add_dated([DatedRow("platform_fee_first_days", parse_day("2026-12-15"), "30", "a test")], house.now())
    house.night("2026-12-31")
    with house.books.read(0) as work:
        assert [(one.amount, one.why) for one in work.fees_of(house.ids["ann"])] == [(0, Waived.YOUNG)] * 2


def test_a_month_that_ended_while_the_fee_was_nothing_costs_nothing(house: Home) -> None:
    """The fee is 3.00 again from 14 March 2028; a year without nights and without a fee lies before."""
    house.open("ann", [held("pot", "100.00")])
    gap = {"2027-03-11": "0.00", "2028-03-14": "3.00"}
    rows = [DatedRow("platform_fee", parse_day(day), value, "a test") for day, value in gap.items()]
    house.books.add_dated(rows, house.now())
    for day in ("2027-02-28", "2027-03-31", "2027-04-30", "2028-03-14", "2028-03-31"):
        house.night(day)
    assert booked(house, "ann", Code.FEE) == [("2027-02-28", 3_00), ("2028-03-31", 3_00)]
    with house.books.read(0) as work:
        assert {one.why for one in work.fees_of(house.ids["ann"])} == {0, Waived.YOUNG}


def test_a_month_that_ended_before_the_fee_did_costs_what_it_cost_then(house: Home) -> None:
    """The night of 31 March did not run; that of 5 April charges March, though nothing is charged from April on."""
    house.open("ann", [held("pot", "100.00")])
    house.books.add_dated([DatedRow("platform_fee", parse_day("2027-04-01"), "0.00", "a test")], house.now())
    for day in ("2027-02-28", "2027-03-30", "2027-04-05", "2027-04-30"):
        house.night(day)
    assert booked(house, "ann", Code.FEE) == [("2027-02-28", 3_00), ("2027-04-05", 3_00)]
