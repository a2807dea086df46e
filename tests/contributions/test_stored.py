"""What the books keep of persons, owners and contributions, on both engines."""

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.contributions.rights import Ownership, Pool, Who, counts_as_collateral
from engine.contributions.work import ContributionRows, NewPerson, Owned
from ledger.faults import SluiceError
from store.database import Database
from tests.borrow.lines import column
from tests.contributions.family import ACCOUNTS, DAY, SETUP, Family, unnamed


def rows(family: Family, *given: tuple[int, int, int, int, int]) -> ContributionRows:
    """Contributions of the household: (person, year, pool, amount, seq); account 1 where there is a seq."""
    person, year, pool, amount, seq = (column(*(one[at] for one in given)) for at in range(5))
    none = np.zeros(len(given), np.int64)
    told = ["" if one[4] else "elsewhere" for one in given]
    account = np.where(seq > 0, 1, 0)
    return ContributionRows(none + family.customer, person, year, pool, amount, none + DAY, account, seq, told)


def test_accounts_without_a_row_are_individual_and_retirement_accounts_traditional(everywhere: Family) -> None:
    other = everywhere.open("other", "accounts: [{handle: mine, kind: invest}]")
    with everywhere.work() as work:
        unnamed(work, other, "ira")
    with everywhere.books.read(0) as work:
        found = work.ownerships(everywhere.column)
        handles = {one.account: one.handle for one in work.accounts_of()}
        assert np.all(np.diff(found.account) > 0)
        kinds = dict(zip((handles[one] for one in found.account.tolist()), found.kind.tolist(), strict=True))
        assert kinds == {
            "taxable": Ownership.INDIVIDUAL,
            "spare": Ownership.INDIVIDUAL,
            "together": Ownership.JOINT,
            "child": Ownership.CUSTODIAL,
            "trust": Ownership.TRUST,
            "pair": Ownership.JOINT,
            "traditional": Ownership.TRADITIONAL,
            "roth": Ownership.ROTH,
            "sep": Ownership.SEP,
            "bens": Ownership.ROTH,
            "old": Ownership.TRADITIONAL,
        }
        columns = (one.tolist() for one in (found.account, found.kind, found.agreed))
        lends = [
            handles[account]
            for account, kind, agreed in zip(*columns, strict=True)
            if counts_as_collateral(Ownership(kind), agreed=bool(agreed))
        ]
        assert lends == ["taxable", "spare", "together", "trust", "pair"]
        assert len(work.ownerships().account) == len(found.account) + 2
        assert work.ownerships(column(other)).kind.tolist() == [Ownership.INDIVIDUAL, Ownership.TRADITIONAL]
        assert len(work.ownerships(column()).account) == 0


def test_an_agreement_can_be_signed_and_ended(everywhere: Family) -> None:
    trust = everywhere.account("trust")
    for agreed in (False, True):
        with everywhere.work() as work:
            work.agree(trust, agreed=agreed)
            found = work.ownerships()
            assert found.agreed[found.account == trust].tolist() == [int(agreed)]
    with everywhere.work() as work, pytest.raises(SluiceError, match="were to be changed"):
        work.agree(everywhere.account("spare"), agreed=True)


def test_persons_are_numbered_a_household_and_may_change(everywhere: Family) -> None:
    everywhere.open("bob", SETUP)
    with everywhere.work() as work:
        assert work.open_persons([]) == []
        (eve,) = work.open_persons([NewPerson(everywhere.customer, "Eve", 0, Who.SHARER)])
        assert (eve.number, eve.person) == (5, 9)
        work.set_person(replace(eve, name="Eva", birth_year=2001, role=Who.JOINT))
        found = work.persons(everywhere.column)
        assert [(one.number, one.name, one.birth_year, one.role) for one in found] == [
            (1, "Ann", 1970, Who.OWNER),
            (2, "Ben", 1990, Who.JOINT),
            (3, "Cleo", 0, Who.SHARER),
            (4, "Dan", 1980, Who.STRANGER),
            (5, "Eva", 2001, Who.JOINT),
        ]
        assert len(work.persons()) == 9
        with pytest.raises(SluiceError) as told:
            work.set_person(replace(eve, person=99))
        assert told.value.code == "books_broken"


@pytest.mark.parametrize("birth_year, role", [(1800, 3), (1990, 4), (1990, -1)])
def test_a_person_that_cannot_be_is_refused(ann: Family, birth_year: int, role: int) -> None:
    with pytest.raises(SluiceError) as told, ann.work() as work:
        work.open_persons([NewPerson(ann.customer, "Eve", birth_year, role)])
    assert told.value.code == "books_broken"


def test_named_retirement_accounts_come_with_their_person(everywhere: Family) -> None:
    with everywhere.books.read(0) as work:
        found = work.named_iras(everywhere.column)
        handles = {one.account: one.handle for one in work.accounts_of()}
        assert [handles[one] for one in found.account.tolist()] == ["traditional", "roth", "sep", "bens"]
        assert found.kind.tolist() == [Ownership.TRADITIONAL, Ownership.ROTH, Ownership.SEP, Ownership.ROTH]
        assert found.birth_year.tolist() == [1970, 1970, 1970, 1990]
        assert set(found.customer.tolist()) == {everywhere.customer}
        assert len(work.named_iras(column()).account) == 0
        owned = {handles[one.account]: one for one in work.owners(everywhere.column)}
        persons = {one.person: one.number for one in work.persons()}
        assert [persons[one] for one in owned["together"].owners] == [1, 2]
        assert (owned["trust"].agreed, owned["trust"].owners) == (True, ())
        assert "spare" not in owned


def test_an_account_gets_its_owners_once(ann: Family) -> None:
    roth = ann.account("roth")
    for account, person in ((roth, 1), (ann.account("spare"), 99), (10**9, 1)):
        with pytest.raises(SluiceError) as told, ann.work() as work:
            work.own([Owned(account, ann.customer, Ownership.JOINT, agreed=False, owners=(person,))])
        assert told.value.code == "books_broken"


def test_contributions_are_read_by_year_household_and_transfer(everywhere: Family) -> None:
    other = everywhere.open("bob", SETUP)
    given = [(1, 2026, Pool.IRA, 100, 0), (2, 2025, Pool.IRA, 50, 7), (1, 2026, Pool.SEP, -30, 5)]
    with everywhere.work() as work:
        work.keep_contributions(rows(everywhere, *given))
        work.keep_contributions(rows(everywhere, (1, 2026, Pool.IRA, 1, 0)))
        work.keep_contributions(rows(everywhere))
    with everywhere.books.read(0) as work:
        assert work.contributed(2026).amount.tolist() == [100, -30, 1]
        assert work.contributed(2025, everywhere.column).person.tolist() == [2]
        assert len(work.contributed(2026, column(other)).amount) == 0
        told = work.contributions(everywhere.customer)
        assert told.amount.tolist() == [100, 50, -30, 1]
        assert list(told.source) == ["elsewhere", "", "", "elsewhere"]
        assert told.pool.tolist() == [Pool.IRA, Pool.IRA, Pool.SEP, Pool.IRA]
        at = work.contributions_at(column(5, 6, 7))
        assert (at.seq.tolist(), at.amount.tolist()) == ([5, 7], [-30, 50])


@pytest.mark.parametrize(
    "given",
    [
        (1, 2026, Pool.IRA, 0, 0),
        (1, 2026, Pool.NONE, 1, 0),
        (1, 1800, Pool.IRA, 1, 0),
        (99, 2026, Pool.IRA, 1, 0),
        (1, 2026, Pool.IRA, 1, 5),
    ],
)
def test_a_contribution_that_cannot_be_is_refused(ann: Family, given: tuple[int, int, int, int, int]) -> None:
    with ann.work() as work:
        work.keep_contributions(rows(ann, (1, 2026, Pool.IRA, 1, 5)))
    with pytest.raises(SluiceError) as told, ann.work() as work:
        work.keep_contributions(rows(ann, given))
    assert told.value.code == "books_broken"


def test_earnings_are_replaced(everywhere: Family) -> None:
    with everywhere.work() as work:
        people = work.persons(everywhere.column)
        for cents in (100, 300):
            work.keep_earned(people[1], 2026, cents)
        work.keep_earned(people[0], 2026, 5)
        work.keep_earned(people[0], 2025, 6)
        found = work.earned(2026, everywhere.column)
        assert (found.person.tolist(), found.cents.tolist()) == ([people[0].person, people[1].person], [5, 300])
        assert len(work.earned(2024).person) == 0
        with pytest.raises(SluiceError):
            work.keep_earned(people[0], 2025, -1)


STATEMENTS = (
    *("UPDATE contribution SET amount = 1", "DELETE FROM contribution", "DELETE FROM person"),
    *("UPDATE person SET customer_id = 1", "DELETE FROM ownership", "UPDATE ownership SET kind = 1"),
    *("DELETE FROM owner", "UPDATE owner SET person_id = 1", "DELETE FROM earnings"),
)


def test_the_database_itself_refuses_to_forget(everywhere: Family) -> None:
    with everywhere.work() as work:
        work.keep_contributions(rows(everywhere, (1, 2026, Pool.IRA, 1, 0)))
        work.keep_earned(work.persons()[0], 2026, 1)
    database = Database(everywhere.url)
    for statement in STATEMENTS:
        with pytest.raises(DBAPIError, match="refused"), database.writing() as bulk:
            bulk.run(text(statement))
    database.close()


def test_a_view_for_reading_writes_nothing(ann: Family) -> None:
    with ann.books.read(0) as work:
        person = work.persons()[0]
        for write in (
            lambda: work.open_persons([]),
            lambda: work.set_person(person),
            lambda: work.own([]),
            lambda: work.agree(1, agreed=True),
            lambda: work.keep_contributions(rows(ann)),
            lambda: work.keep_earned(person, 2026, 1),
        ):
            with pytest.raises(SluiceError) as told:
                write()
            assert told.value.code == "book_not_locked"
    assert list(ACCOUNTS) == [one for one in ACCOUNTS if ann.account(one)]
