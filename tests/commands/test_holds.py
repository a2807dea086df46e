"""transfer list and transfer return, and how verify lists a floor that gave way."""

import pytest
import time_machine

from tests.commands.shell import CLEAN, Shell

TUESDAY = "2026-11-24 15:00:00+00:00"


@pytest.fixture
def deposited(home: Shell) -> Shell:
    """Return ann's command line after she asked for 1,000.00 from her bank."""
    home.ok("account", "add", "ann", "chase", "--kind", "bank", "--opening", "5000.00")
    home.ok("transfer", "once", "ann", "--from", "chase", "--to", "cash", "--amount", "1000.00")
    return home


def first_id(shell: Shell) -> str:
    identity: str = shell.ok("transfer", "list", "ann", "--json").json["in_flight"][0]["id"]
    return identity


def test_what_is_on_its_way_is_listed_with_its_dates(deposited: Shell) -> None:
    found = deposited.ok("transfer", "list", "ann", "--json").json
    (flying,) = found["in_flight"]
    identity, held = flying.pop("id"), flying.pop("held")
    sides = {"rail": "ach", "from": "chase", "to": "cash", "amount": "1000.00"}
    assert flying == {**sides, "sent": "2026-11-21", "settles": "2026-11-23"}
    assert {"to": "investing", "until": "2026-11-27"} in held
    assert {"to": "other banks", "until": "2027-01-22"} in held
    assert (found["available"], found["returned"]) == ([], [])
    told = deposited.ok("transfer", "list", "ann").out
    assert "2026-11-23" in told
    assert "On its way" in told
    assert len(identity) == 32


def test_a_deposit_on_its_way_is_voided_and_the_rules_pause(deposited: Shell) -> None:
    identity = first_id(deposited)
    told = deposited.ok("transfer", "return", "ann", identity, "--reason", "R01").out
    assert "chase took back 1,000.00 from cash on Sat 21 Nov 2026 (R01, not enough money): it had not arrived" in told
    assert "The household's rules are paused" in told
    found = deposited.ok("transfer", "list", "ann", "--json").json
    assert found["in_flight"] == []
    assert [(one["id"], one["state"]) for one in found["returned"]] == [(identity, "voided")]
    assert "chase took back" in deposited.ok("transfer", "list", "ann").out
    assert deposited.ok("verify").out == CLEAN


def test_the_list_shows_the_end_of_an_id_and_it_is_taken(deposited: Shell) -> None:
    deposited.ok("transfer", "once", "ann", "--from", "chase", "--to", "cash", "--amount", "17.00")
    ids = [one["id"] for one in deposited.ok("transfer", "list", "ann", "--json").json["in_flight"]]
    told = deposited.ok("transfer", "list", "ann").out
    for one in ids:
        assert one[-8:] in told
    both = deposited.refused("transfer", "return", "ann", ids[0][:11], "--reason", "R01")
    assert "names 2 transfers" in both
    assert all(one in both for one in ids)
    deposited.ok("transfer", "return", "ann", ids[1][-8:], "--reason", "R01")
    assert [one["id"] for one in deposited.ok("transfer", "list", "ann", "--json").json["in_flight"]] == [ids[0]]


def test_a_deposit_that_was_spent_takes_the_account_below_its_floor(deposited: Shell) -> None:
    identity = first_id(deposited)
    with time_machine.travel(TUESDAY):
        deposited.ok("night")
        assert (
            "cash to chase: 50.00 from 2026-11-24, 990.00 from 2026-11-27"
            in deposited.ok("transfer", "list", "ann").out
        )
    with time_machine.travel("2026-11-28 15:00:00+00:00"):
        deposited.ok("transfer", "once", "ann", "--from", "cash", "--to", "checking", "--amount", "1040.00")
        said = deposited.ok("transfer", "return", "ann", identity, "--reason", "R77", "--json").json
        assert (said["reason"], said["state"], said["on"]) == ("R77", "reversed", "2026-11-28")
        assert (said["from_layers"], said["from_free"], said["forced"]) == ("10.00", "0.00", "990.00")
        told = deposited.ok("transfer", "return", "ann", identity, "--reason", "R77").out
        assert "(R77): 10.00 that was still under its hold; 990.00 that the account did not have" in told
        audit = deposited.ok("verify")
        assert audit.out == CLEAN
        assert "override: book 0" in audit.err
        assert "cash" in audit.err
        (line,) = deposited.ok("verify", "--json").json_lines
        assert line["override"]["detail"].endswith("returned; the floor is still lowered")


def test_a_deposit_is_returned_by_who_may_move_its_money(deposited: Shell) -> None:
    identity = first_id(deposited)
    for name, role in (("Ann", "owner"), ("Ben", "joint"), ("Dan", "stranger")):
        deposited.ok("person", "add", "ann", "--name", name, "--role", role)
    words = ("transfer", "return", "ann", identity, "--reason", "R01", "--as")
    assert deposited.refused(*words, 2) == "Ben may not move money of chase; Ann may. [not_allowed]\n"
    assert "Dan may not look at" in deposited.refused(*words, 3)
    assert len(deposited.ok("transfer", "list", "ann", "--json").json["in_flight"]) == 1
    assert "had not arrived" in deposited.ok(*words, 1).out


def test_what_cannot_be_returned_is_refused(deposited: Shell) -> None:
    identity = first_id(deposited)
    assert "reason: " in deposited.refused("transfer", "return", "ann", identity, "--reason", "late")
    assert "[transfer_unknown]" in deposited.refused("transfer", "return", "ann", "12", "--reason", "R01")
    assert "There is no household eve" in deposited.refused("transfer", "return", "eve", identity, "--reason", "R01")
    inside = deposited.ok("transfer", "once", "ann", "--from", "checking", "--to", "cash", "--amount", "1.00")
    assert "posted" in inside.out


def test_a_wire_says_so(deposited: Shell) -> None:
    deposited.ok("transfer", "once", "ann", "--from", "chase", "--to", "cash", "--amount", "9.00", "--wire")
    rails = [one["rail"] for one in deposited.ok("transfer", "list", "ann", "--json").json["in_flight"]]
    assert sorted(rails) == ["ach", "wire"]
