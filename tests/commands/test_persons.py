"""person, contribution and earnings; and `--as` on every command that moves, trades, writes rules, opens or grants."""

import pytest

from tests.commands.shell import CLEAN, Shell

RULE = """
- {id: save, mode: auto, amount: {kind: fixed, amount: "100.00"}, from: [{account: checking}], to: [{account: SAVED}]}
"""


@pytest.fixture
def family(home: Shell) -> Shell:
    """Return ann's household with four persons, an account of both owners, and an IRA of each."""
    home.ok("person", "add", "ann", "--name", "Ann", "--birth-year", 1970)
    home.ok("person", "add", "ann", "--name", "Ben", "--birth-year", 1990, "--role", "joint")
    home.ok("person", "add", "ann", "--name", "Cleo", "--role", "sharer")
    home.ok("person", "add", "ann", "--name", "Dan", "--role", "stranger")
    add = ["account", "add", "ann"]
    home.ok(*add, "pair", "--kind", "cash", "--ownership", "joint", "--owner", 1, "--owner", 2, "--opening", "500.00")
    home.ok(*add, "both", "--kind", "cash", "--ownership", "joint", "--owner", 1, "--owner", 2)
    home.ok(*add, "roth", "--kind", "ira", "--ownership", "roth", "--owner", 1)
    home.ok(*add, "bens", "--kind", "ira", "--ownership", "traditional", "--owner", 2)
    return home


def test_persons_are_added_listed_and_granted(family: Shell) -> None:
    assert family.ok("person", "add", "ann", "--name", "Eve").out == "Eve is person 5 of ann.\n"
    assert family.ok("person", "grant", "ann", 5, "--role", "sharer").out == "Eve is sharer now.\n"
    told = family.ok("person", "list", "ann", "--json").json
    assert told["persons"][0] == {"person": 1, "name": "Ann", "role": "owner", "birth_year": 1970, "iras": ["roth"]}
    assert told["persons"][2]["birth_year"] is None
    assert told["persons"][4]["role"] == "sharer"
    accounts = {row.pop("handle"): row for row in told["accounts"]}
    assert accounts["pair"] == {"kind": "cash", "ownership": "joint", "owners": [1, 2], "agreed": False}
    assert accounts["checking"]["ownership"] == "individual"
    listed = family.ok("person", "list", "ann").out
    assert "Cleo" in listed
    assert "traditional" in listed
    assert family.ok("verify").out == CLEAN


ROTH = ["account", "add", "ann", "x", "--kind", "ira", "--ownership", "roth", "--owner", 1]
REFUSED: list[tuple[list[object], str]] = [
    (["person", "add", "ann", "--name", "Eve", "--birth-year", 1700], "birth_year: Write a whole number"),
    (["person", "add", "ann", "--name", "Eve", "--role", "boss"], "role: "),
    (["person", "grant", "ann", 9, "--role", "joint"], "person: The household has no person 9"),
    (["account", "add", "ann", "x", "--kind", "invest", "--ownership", "joint", "--owner", 1], "owners: "),
    (["account", "add", "ann", "x", "--kind", "ira", "--ownership", "roth", "--owner", 9], "owners: The household"),
    (["account", "add", "ann", "x", "--kind", "invest", "--opening", "99.99"], "opening: Such an account begins"),
    (["account", "add", "ann", "x", "--kind", "ira"], "ownership: An IRA names its person: write ownership, "),
    ([*ROTH, "--opening", "499.99"], "opening: Such an account begins"),
]


def test_what_cannot_be_is_refused_with_its_field(family: Shell) -> None:
    before = family.balances("ann")
    for words, sentence in REFUSED:
        assert family.refused(*words).startswith(sentence), words
    assert family.balances("ann") == before
    assert len(family.ok("person", "list", "ann", "--json").json["persons"]) == 4


def test_contributions_made_elsewhere_take_room(family: Shell) -> None:
    add = ["contribution", "add", "ann", 1, "--year", 2026, "--source", "Another bank"]
    assert family.ok(*add, "--amount", "1000.00").out == "1,000.00 of Ann counts to 2026.\n"
    family.ok(*add, "--amount", "-250.00")
    assert "[contribution_below_zero]" in family.refused(*add, "--amount", "-750.01")
    assert family.refused(*add, "--amount", "0.00").startswith("amount: Write an amount other than zero")
    assert family.refused("contribution", "add", "ann", 7, *add[4:], "--amount", "1.00").startswith("person: ")
    assert family.ok("earnings", "set", "ann", 2, 2026, "3000.00").out == "Ben earned 3,000.00 in 2026.\n"
    assert family.refused("earnings", "set", "ann", 2, 2099, "3000.00").startswith("year: ")
    told = family.ok("contribution", "list", "ann", "--json").json
    rooms = {(row["person"], row["year"], row["pool"]): row for row in told["rooms"]}
    assert (rooms[1, 2026, "ira"]["used"], rooms[1, 2026, "ira"]["left"]) == ("750.00", "7850.00")
    assert (rooms[2, 2026, "ira"]["limit"], rooms[2, 2026, "sep"]["limit"]) == ("3000.00", "750.00")
    assert (rooms[1, 2025, "ira"]["open"], rooms[1, 2026, "ira"]["open"]) == (False, True)
    newest = told["contributions"][0]
    assert newest == {
        "person": 1,
        "year": 2026,
        "pool": "ira",
        "amount": "-250.00",
        "on": "2026-11-21",
        "account": "",
        "source": "Another bank",
    }
    assert "Another bank" in family.ok("contribution", "list", "ann").out


def test_what_is_too_much_is_refused_or_told(family: Shell) -> None:
    add = ["contribution", "add", "ann", 2, "--year", 2026, "--source", "Another bank", "--amount", "9000.00"]
    said = family.refused(*add)
    assert said.startswith("amount: 9,000.00 is more than may still be contributed for 2026: 7,500.00 is left.")
    over = "IRA 2026: used 9,000.00 of 7,500.00: 1,500.00 too much."
    assert family.ok(*add, "--excess").out == f"9,000.00 of Ben counts to 2026. {over}\n"
    rooms = family.ok("contribution", "list", "ann", "--json").json["rooms"]
    (room,) = [one for one in rooms if (one["person"], one["year"], one["pool"]) == (2, 2026, "ira")]
    assert (room["used"], room["left"], room["too_much"]) == ("9000.00", "0.00", "1500.00")
    told = family.ok("earnings", "set", "ann", 2, 2026, "3000.00").out
    assert told == "Ben earned 3,000.00 in 2026. IRA 2026: used 9,000.00 of 3,000.00: 6,000.00 too much.\n"


def test_a_household_without_contributions_says_so(home: Shell) -> None:
    assert home.ok("contribution", "list", "ann").out == "No room yet.\nNo contribution yet.\n"


NAMES = {1: "Ann", 2: "Ben", 3: "Cleo", 4: "Dan", 9: "Person 9"}
PIE = ["pie", "set", "ann", "both"]
MATCHING = "- {when: {text: {starts: [rent]}}, category: housing}"


def words_of(family: Shell) -> dict[str, tuple[list[object], set[int]]]:
    """Commands by name, and the persons who may give them."""
    rules = {one: family.file(f"{one}.yaml", RULE.replace("SAVED", one)) for one in ("cash", "roth")}
    pie = family.file("pie.yaml", "pie: {name: a, slices: [{symbol: VTI, weight: 100%}]}")
    joint = ["--kind", "cash", "--ownership", "joint", "--owner", 1, "--owner", 2]
    ira = ["--kind", "ira", "--ownership", "roth", "--owner", 2]
    once = ["transfer", "once", "ann", "--amount", "1.00", "--from"]
    again = ["transfer", "recurring", "add", "ann", "--daily", "--amount", "1.00", "--from"]
    made = ["--year", 2025, "--amount", "1.00", "--source", "x"]
    return {
        "see": (["person", "list", "ann"], {1, 2, 3}),
        "rooms": (["contribution", "list", "ann"], {1, 2, 3}),
        "rules": (["rules", "apply", rules["cash"], "--customer", "ann"], {1}),
        "rules to a roth": (["rules", "apply", rules["roth"], "--customer", "ann"], {1}),
        "once": ([*once, "pair", "--to", "both"], {1, 2}),
        "once into bens": ([*once, "pair", "--to", "bens"], {2}),
        "again": ([*again, "pair", "--to", "both"], {1, 2}),
        "again from ours": ([*again, "checking", "--to", "both"], {1}),
        "open": (["account", "add", "ann", "o1", "--kind", "cash"], {1}),
        "open joint": (["account", "add", "ann", "o2", *joint], {1, 2}),
        "open ira": (["account", "add", "ann", "o3", *ira], {2}),
        "add": (["person", "add", "ann", "--name", "Eve"], {1}),
        "grant": (["person", "grant", "ann", 3, "--role", "sharer"], {1}),
        "contribute": (["contribution", "add", "ann", 1, *made], {1}),
        "contribute bens": (["contribution", "add", "ann", 2, *made], {2}),
        "earn": (["earnings", "set", "ann", 2, 2025, "1.00"], {2}),
        "pie": (["pie", "set", "ann", "cash", pie], {1}),
        "joint pie": (["pie", "set", "ann", "both", pie], {1, 2}),
        "order": (["order", "sell", "ann", "cash", "1.00"], {1}),
        "order bens": (["order", "sell", "ann", "bens", "all"], {2}),
        "raise": (["order", "raise", "ann", "bens", "5.00", "--to", "both"], {2}),
        "raise to another": (["order", "raise", "ann", "bens", "5.00", "--to", "checking"], set()),
        "agree": (["account", "agree", "ann", "both", "--no"], {1, 2}),
        "charge cash": (["account", "charge-cash", "ann", "both", "--no"], {1, 2}),
        "close": (["account", "close", "ann", "pair", "--to", "checking"], {1}),
        "close into both": (["account", "close", "ann", "pair", "--to", "both"], {1, 2}),
    }


def words_of_listings(family: Shell) -> dict[str, tuple[list[object], set[int]]]:
    """The same of matching rules, models, holdings and fees."""
    return {
        "matching": (["matching", "set", family.file("matching.yaml", MATCHING), "--customer", "ann"], {1}),
        "see matching": (["matching", "list", "ann"], {1, 2, 3}),
        "try matching": (["matching", "test", "ann"], {1, 2, 3}),
        "apply matching": (["matching", "apply", "ann", "--since", "2026-11-01"], {1}),
        "see models": (["pie", "follow", "--customer", "ann", "--preview"], {1, 2, 3}),
        "holding": (["holdings", "move", "ann", "both", "both", "VTI"], {1, 2}),
        "holding of bens": (["holdings", "move", "ann", "both", "bens", "VTI"], {2}),
        "paper": (["fee", "paper", "ann", "checking"], {1}),
        "paper of both": (["fee", "paper", "ann", "pair"], {1, 2}),
    }


def test_a_person_gives_the_commands_that_the_tables_allow(family: Shell) -> None:
    """Who may is let through: what the command then says of itself is another matter."""
    for place, (name, (words, able)) in enumerate({**words_of_listings(family), **words_of(family)}.items()):
        for person in ((3, 4, 9)[place % 3], 2, 1):
            said = family.run(*words, "--as", person)
            refused = "[not_allowed]" in said.err
            assert refused == (person not in able), (name, person, said.err)
            if refused:
                assert (said.code, said.out) == (4, "")
                assert said.err.lstrip().startswith(NAMES[person])
                assert "may." in said.err


def test_an_order_is_taken_back_by_who_may_trade(family: Shell) -> None:
    assert "[order_unknown]" in family.refused("order", "cancel", "ann", 1, "--as", 2)
    assert "[not_allowed]" in family.refused("order", "cancel", "ann", 1, "--as", 4)


def test_tables_speak_in_words(home: Shell) -> None:
    home.ok("person", "add", "ann", "--name", "Ann", "--birth-year", "1970")
    home.ok("person", "add", "ann", "--name", "Ben")
    home.ok("account", "add", "ann", "roth", "--kind", "ira", "--ownership", "roth", "--owner", "1")
    home.ok("account", "add", "ann", "pair", "--kind", "cash", "--ownership", "joint", "--owner", "1", "--owner", "2")
    said = home.ok("person", "list", "ann").out + home.ok("contribution", "list", "ann").out
    assert "retirement accounts" in said
    for raw in ("[", "]", "iras", "True", "False"):
        assert raw not in said
    assert "1, 2" in said


def test_nobody_is_born_in_a_year_to_come(home: Shell) -> None:
    said = home.refused("person", "add", "ann", "--name", "Ann", "--birth-year", "2050")
    assert said == "birth_year: Ann is not born before 2050; write a year up to 2026. [birth_year]\n"
    assert home.ok("person", "list", "ann", "--json").json["persons"] == []
    home.ok("person", "add", "ann", "--name", "Ann", "--birth-year", "2026")
