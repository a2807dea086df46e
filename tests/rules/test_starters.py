"""Every ready-made rule loads, passes the checks, has a sentence, and says what it is for."""

import pytest

from ledger.faults import SluiceError
from rules.check import check
from rules.starter_files import Starter, read_starter, starters
from rules.wording import sentence
from tests.rules.one_rule import ACCOUNTS

ALL = starters()


def test_there_are_at_least_ten_with_ids_and_titles_of_their_own() -> None:
    assert len(ALL) >= 10
    assert len({starter.rule.id for starter in ALL}) == len({starter.title for starter in ALL}) == len(ALL)


def test_together_they_are_a_list_that_may_be_saved() -> None:
    assert check([starter.rule for starter in ALL], ACCOUNTS) == ()


@pytest.mark.parametrize("starter", ALL, ids=lambda starter: starter.rule.id)
def test_a_starter_only_watches_and_explains_itself(starter: Starter) -> None:
    assert check([starter.rule], ACCOUNTS) == ()
    assert starter.rule.mode == "watch"
    assert sentence(starter.rule).startswith("Only watching: ")
    assert len(starter.description.split()) >= 15
    assert starter.description.endswith(".")


@pytest.mark.parametrize("data", [b"title: [", b"title: x\ndescription: y\nrule: {id: a}"])
def test_a_broken_starter_is_a_fault_that_names_its_file(data: bytes) -> None:
    with pytest.raises(SluiceError, match=r"^09_broken\.yaml: ") as caught:
        read_starter("09_broken.yaml", data)
    assert caught.value.code == "starter"
