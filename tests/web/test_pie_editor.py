"""The editor: rows and weights by its buttons, with and without script's header; the review; what saving does."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.site import Site, post
from web.pieform import edited, flat, moves, read, rows, typed

PIE = "/h/home/pies/invest.growth"
EDIT = f"{PIE}/edit"
API = "/api/v1/customers/home/pies"
INPUT = re.compile(r'<input [^>]*?name="([^"]+)"[^>]*?>', re.DOTALL)


def fields_of(page: str) -> dict[str, str]:
    """The fields of a page's editor or review, as a browser would send them."""
    found: dict[str, str] = {}
    inside = page.partition('<form id="pie-form"')[2] or page.partition("<main")[2]
    for tag in re.finditer(r"<input [^>]+>", inside.partition("</form>")[0]):
        name, value = re.search(r'name="([^"]*)"', tag[0]), re.search(r'value="([^"]*)"', tag[0])
        if name and not ('type="checkbox"' in tag[0] and " checked" not in tag[0]):
            found[name[1]] = value[1] if value else ""
    for choice in re.finditer(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', inside, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', choice[2])
        found[choice[1]] = chosen[1] if chosen else ""
    return {name: text for name, text in found.items() if name != "csrf_token"}


def opened(client: FlaskClient, path: str = EDIT) -> dict[str, str]:
    return fields_of(client.get(path).get_data(as_text=True))


def pressed(client: FlaskClient, fields: dict[str, str], do: str, **more: str) -> tuple[int, str]:
    told = post(client, EDIT, **{**fields, "do": do, **more})
    return told.status_code, told.get_data(as_text=True)


def stored(client: FlaskClient, handle: str = "invest.growth") -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{API}/{handle}").get_json()
    return found


def test_the_form_reads_the_stored_pie(investor: FlaskClient) -> None:
    fields = opened(investor)
    assert fields["slices.0.symbol"] == "VTI"
    assert (fields["slices.1.pie.name"], fields["slices.1.pie.slices.0.weight"]) == ("abroad", "60")
    assert fields["slices.2.model"] == "classic_three_fund"
    assert fields["terms.bands.absolute"] == "3"
    status, page = pressed(investor, fields, "save")
    assert status == 200
    assert "Review what changes" in page
    assert "Slices that leave" not in page
    assert 'id="changed-terms"' not in page


@pytest.mark.parametrize("fragment", [None, "form", "preview"])
def test_the_total_says_what_is_left_to_give(investor: FlaskClient, fragment: str | None) -> None:
    fields = opened(investor) | {"slices.0.weight": "37"}
    token = re.search(r'name="csrf_token" value="([^"]+)"', investor.get(EDIT).get_data(as_text=True))
    assert token is not None
    headers = {"X-Fragment": fragment} if fragment else {}
    told = investor.post(EDIT, data={**fields, "csrf_token": token[1], "do": "preview"}, headers=headers)
    page = told.get_data(as_text=True)
    assert "3% left to give" in page
    assert 'data-part="total-slices"' in page
    assert 'data-part="total-slices.1.pie"' in page
    assert ("<html" in page) == (fragment is None)
    assert ('name="slices.0.symbol"' in page) == (fragment != "preview")


def test_buttons_change_the_rows(investor: FlaskClient) -> None:
    fields = opened(investor) | {"slices.0.weight": "37"}
    spread = fields_of(pressed(investor, fields, "spread:")[1])
    assert [spread[f"slices.{at}.weight"] for at in range(4)] == ["37.75", "30.75", "20.75", "10.75"]
    scaled = fields_of(pressed(investor, fields | {"slices.0.weight": "90"}, "scale:")[1])
    assert [scaled[f"slices.{at}.weight"] for at in range(4)] == ["60", "20", "13.33", "6.67"]
    added = fields_of(pressed(investor, fields, "add:slices.1.pie")[1])
    assert added["slices.1.pie.slices.2.symbol"] == ""
    given = fields_of(pressed(investor, added | {"slices.1.pie.slices.0.weight": "50"}, "spread:slices.1.pie")[1])
    assert given["slices.1.pie.slices.2.weight"] == "10"
    assert "slices.4.pie.name" in fields_of(pressed(investor, fields, "add_pie:")[1])
    model = fields_of(pressed(investor, fields, "add_model:", model_name="classic_ivy")[1])
    assert model["slices.4.model"] == "classic_ivy"
    assert "slices.3.symbol" not in fields_of(pressed(investor, fields, "drop:slices.3")[1])
    assert fields_of(pressed(investor, fields, "drop:name")[1])["name"] == "growth"
    terms = fields_of(pressed(investor, fields, "add:terms.symbols")[1])
    assert "terms.symbols.0.symbol" in terms
    assert "terms.symbols.0.symbol" not in fields_of(pressed(investor, terms, "drop:terms.symbols.0")[1])


def test_a_slice_moves_with_its_units_and_nothing_is_traded(investor: FlaskClient) -> None:
    before = {one["path"]: one["units"] for one in stored(investor)["slices"]}
    fields = opened(investor)
    moved = fields_of(pressed(investor, fields, "move", **{"move.slice": "slices.3", "move.pie": "slices.1.pie"})[1])
    assert moved["slices.1.pie.slices.2.symbol"] == "BND"
    moved |= {"slices.1.pie.slices.0.weight": "50", "slices.1.pie.slices.1.weight": "30"}
    moved |= {"slices.1.pie.slices.2.weight": "20", "slices.0.weight": "50"}
    status, page = pressed(investor, moved, "save")
    assert status == 200
    assert "moved from BND, nothing is traded" in page
    assert stored(investor)["version"] == 1
    status, _ = pressed(investor, fields_of(page), "confirm")
    assert status == 303
    after = {one["path"]: one["units"] for one in stored(investor)["slices"]}
    assert after["abroad/BND"] == before["BND"]
    assert "BND" not in after
    assert stored(investor)["version"] == 2


@pytest.mark.parametrize("sell", [False, True])
def test_a_slice_that_leaves_is_kept_or_sold(investor: FlaskClient, *, sell: bool) -> None:
    fields = opened(investor)
    dropped = fields_of(pressed(investor, fields, "drop:slices.3")[1]) | {"slices.0.weight": "50"}
    status, page = pressed(investor, dropped, "save")
    assert status == 200
    assert "Sell BND in the next window" in page
    chosen = {"sell.0": "BND"} if sell else {}
    assert pressed(investor, fields_of(page), "confirm", **chosen)[0] == 303
    (gone,) = [one for one in stored(investor)["slices"] if one["path"] == "BND"]
    assert (gone["state"], gone["weight"]) == ("removing" if sell else "left", "0%")
    shown = investor.get(PIE).get_data(as_text=True)
    assert ("sold in the next window" if sell else "left the pie") in shown


def test_terms_are_reviewed_and_saved(investor: FlaskClient) -> None:
    fields = opened(investor) | {"terms.minimum_cash": "75.00", "terms.lots": "hifo", "terms.bands.relative": ""}
    fields |= {"terms.symbols.0.symbol": "bnd", "terms.symbols.0.paid": "reinvest"}
    del fields["terms.auto_invest"]
    _, page = pressed(investor, fields, "save")
    for words in ("50.00 becomes 75.00", "m1 becomes hifo", "on becomes off", "none becomes BND reinvest"):
        assert words in page
    assert pressed(investor, fields_of(page), "confirm")[0] == 303
    terms = stored(investor)["terms"]
    assert (terms["auto_invest"], terms["lots"], terms["symbols"]) == (False, "hifo", {"BND": "reinvest"})
    assert terms["bands"] == {"absolute": "3%", "relative": None}


@pytest.mark.parametrize(
    "changes, field, words",
    [
        ({"slices.0.weight": "37"}, "b-slices", "total 97%"),
        ({"slices.0.weight": "lots"}, "f-slices.0.weight", "not a percent"),
        ({"slices.0.symbol": "NOPE"}, "f-slices.0.symbol", "not known to the market"),
        ({"slices.0.symbol": "BND"}, "f-slices.3", "already slice 1"),
        ({"slices.1.pie.name": "Bad name"}, "f-slices.1.pie.name", "not a usable id"),
        ({"slices.1.pie.slices.0.weight": "59"}, "f-slices.1.pie.slices", "total 99%"),
        ({"terms.minimum_cash": "much"}, "f-terms.minimum_cash", "not an amount"),
        (
            {"terms.rebalance_on": "bands", "terms.bands.absolute": "", "terms.bands.relative": ""},
            "f-terms.bands",
            "needs bands",
        ),
        ({"slices.2.model": "nothing"}, "f-slices.2.model", "no model pie"),
    ],
)
def test_mistakes_are_told_at_their_fields(
    investor: FlaskClient, changes: dict[str, str], field: str, words: str
) -> None:
    for do in ("save", "confirm"):
        status, page = pressed(investor, opened(investor) | changes, do)
        assert status == 422
        assert f'href="#{field}"' in page
        assert words in page
    assert stored(investor)["version"] == 1


def test_a_form_drawn_before_another_save_is_refused(investor: FlaskClient) -> None:
    fields = opened(investor)
    assert pressed(investor, fields | {"terms.minimum_cash": "60"}, "confirm")[0] == 303
    status, page = pressed(investor, fields, "confirm")
    assert status == 422
    assert "The pie was changed since this form was drawn" in page


def test_going_on_editing_keeps_what_was_typed(investor: FlaskClient) -> None:
    page = pressed(investor, opened(investor) | {"title": "Growing"}, "save")[1]
    again = fields_of(pressed(investor, fields_of(page), "edit")[1])
    assert again["title"] == "Growing"


def test_a_model_becomes_a_pie_and_then_ones_own(investor: FlaskClient) -> None:
    path = "/h/home/pies/invest.spare/edit"
    fields = opened(investor, f"{path}?model=classic_three_fund")
    assert fields["model"] == "classic_three_fund"
    page = post(investor, path, **fields, do="save").get_data(as_text=True)
    assert post(investor, path, **fields_of(page), do="confirm").status_code == 303
    assert stored(investor, "invest.spare")["pie"]["model"] == {"name": "classic_three_fund", "version": 1}
    own = fields_of(post(investor, path, **opened(investor, path), do="unlock").get_data(as_text=True))
    assert own["slices.0.symbol"] == "VTI"
    assert post(investor, path, **own, do="confirm").status_code == 303
    assert "model" not in stored(investor, "invest.spare")["pie"]
    assert "is this model already" not in investor.get("/h/home/models/classic_three_fund").get_data(as_text=True)


def test_a_first_pie_and_one_slice_more(investor: FlaskClient) -> None:
    fields = opened(investor, "/h/home/pies/roth/edit")
    assert (fields["name"], fields["slices.1.symbol"], fields["version"]) == ("roth", "", "0")
    added = opened(investor, f"{EDIT}?add=classic_ivy")
    assert added["slices.4.model"] == "classic_ivy"


def test_paths_that_make_no_sense_change_nothing(moved_on: Site) -> None:
    models = moved_on.app.config["SERVICES"].models()
    found = read({"name": "a", "slices.0.symbol": "vti", "slices.0.weight": "100"}, models)
    assert found.document is not None
    fields = flat(found.document)
    for do, form in (
        ("add:nowhere", {}),
        ("spread:slices.9.pie", {}),
        ("spread:", {}),
        ("add_model:", {}),
        ("unlock", {}),
        ("move", {"move.slice": "slices.0", "move.pie": ""}),
        ("move", {"move.slice": "slices.0", "move.pie": "slices.0.pie"}),
        ("move", {"move.slice": "slices.7", "move.pie": "slices.1.pie"}),
        ("nothing", {}),
    ):
        assert edited(fields, do, form, models) == fields
    assert rows({"slices.0.weight": "x"}).words == "a weight cannot be read"
    assert edited({"slices.0.weight": "x"}, "scale:", {}, models) == {"slices.0.weight": "x"}
    assert edited({"slices.0.weight": ""}, "scale:", {}, models) == {"slices.0.weight": "0"}
    assert rows({"slices.0.weight": "150%"}).words == "50% too much"
    assert typed({"name": " a ", "do": "x", "slices." + "9" * 300: "x"}) == {"name": "a"}
    assert read({"slices..x": "1"}, models).document is None
    assert moves({"slices.0.was": "GONE", "slices.0.symbol": "VTI"}, found.document, {"GONE": "GONE"}) == {}
