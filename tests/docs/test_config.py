"""`docs/config.md` is what the catalogue and the seed of the dated configuration say."""

import os

from engine.dated.catalogue import CATALOGUE
from engine.dated.document import load_yaml
from engine.dated.page import config_page
from engine.dated.seed import seed
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "config.md"


def test_the_page_is_what_the_catalogue_says() -> None:
    anew = config_page(seed())
    if os.environ.get("SLUICE_UPDATE_DOCS") == "1":
        PAGE.write_text(anew, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == anew, "run this test with SLUICE_UPDATE_DOCS=1"


def test_every_name_and_every_row_of_the_seed_stands_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert [entry.name for entry in CATALOGUE if f"\n### {entry.name}\n" not in page] == []
    assert [row for row in seed() if f"| {row.value} | {row.source} |" not in page] == []


def test_a_name_without_rows_has_no_table() -> None:
    assert "| Name | From |" not in config_page(())


def test_the_example_of_the_page_is_read() -> None:
    example = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert load_yaml(example).problems == ()
