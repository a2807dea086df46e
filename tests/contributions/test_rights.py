"""Two tables, read out: what each kind of account may, and who may do what (ruling 17)."""

import pytest

from engine.contributions.rights import (
    REACH,
    RIGHTS,
    Action,
    Ownership,
    Pool,
    Who,
    counts_as_collateral,
    may,
    may_pay_from,
)

RETIREMENT = (Ownership.TRADITIONAL, Ownership.ROTH, Ownership.SEP)
MONEY = (Action.MOVE, Action.RULE, Action.TRADE, Action.OPEN, Action.CLOSE)


def test_both_tables_are_complete() -> None:
    assert set(RIGHTS) == set(Ownership)
    assert set(REACH) == set(Action)


def test_retirement_and_custodial_accounts_are_never_collateral_nor_a_source() -> None:
    lends = {kind for kind in Ownership if counts_as_collateral(kind, agreed=True)}
    assert lends == {Ownership.INDIVIDUAL, Ownership.JOINT, Ownership.TRUST}
    assert lends == {kind for kind in Ownership if may_pay_from(kind)}
    assert counts_as_collateral(Ownership.JOINT, agreed=False)
    assert not counts_as_collateral(Ownership.TRUST, agreed=False)


def test_traditional_and_roth_share_a_pool_and_sep_counts_to_its_own_year() -> None:
    assert [RIGHTS[kind].pool for kind in RETIREMENT] == [Pool.IRA, Pool.IRA, Pool.SEP]
    assert [RIGHTS[kind].prior_year for kind in RETIREMENT] == [True, True, False]
    assert {RIGHTS[kind].opening for kind in RETIREMENT} == {"opening_minimum(retirement)"}
    assert all(RIGHTS[kind].personal == (kind in RETIREMENT) for kind in Ownership)


@pytest.mark.parametrize("kind", Ownership)
@pytest.mark.parametrize("action", Action)
def test_a_stranger_may_nothing_and_a_sharer_may_look(kind: Ownership, action: Action) -> None:
    for named in (False, True):
        assert not may(Who.STRANGER, action, kind, named=named)
        assert may(Who.SHARER, action, kind, named=named) == (action is Action.SEE)


@pytest.mark.parametrize("action", MONEY)
def test_an_owner_acts_on_all_but_somebody_elses_retirement_account(action: Action) -> None:
    assert all(may(Who.OWNER, action, kind, named=kind in RETIREMENT) for kind in Ownership)
    assert not any(may(Who.OWNER, action, kind, named=False) for kind in RETIREMENT)


@pytest.mark.parametrize("action", MONEY)
def test_a_joint_owner_acts_on_joint_accounts_and_on_what_names_them(action: Action) -> None:
    reached = {kind for kind in Ownership if may(Who.JOINT, action, kind, named=False)}
    assert reached == {Ownership.JOINT}
    assert all(may(Who.JOINT, action, kind, named=True) for kind in Ownership)


def test_borrowing_needs_collateral_and_only_an_owner_lets_others_in() -> None:
    assert may(Who.OWNER, Action.BORROW, Ownership.INDIVIDUAL, named=False)
    assert not may(Who.OWNER, Action.BORROW, Ownership.ROTH, named=True)
    assert not may(Who.OWNER, Action.BORROW, Ownership.CUSTODIAL, named=True)
    assert may(Who.JOINT, Action.BORROW, Ownership.JOINT, named=False)
    for action in (Action.GRANT, Action.SETTINGS):
        assert may(Who.OWNER, action, Ownership.ROTH, named=False)
        assert not may(Who.JOINT, action, Ownership.JOINT, named=True)
