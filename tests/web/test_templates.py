"""Templates hold no inline style or script, no unescaped text, and nothing from elsewhere; budgets are kept."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
BANNED = {
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style",
    "an inline handler": r"\son[a-z]+\s*=",
    "an htmx handler": r"hx-on|js:",
    "unescaped text": r"\|\s*safe\b|autoescape\s+false|Markup",
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "something from elsewhere": r"""(src|href|action)\s*=\s*["']?(https?:)?//""",
    "a link that opens elsewhere": r"target\s*=",
}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) >= 10


@pytest.mark.parametrize("what", BANNED)
def test_templates_hold_none_of(what: str) -> None:
    found = [path.name for path in TEMPLATES if re.search(BANNED[what], path.read_text(), re.IGNORECASE)]
    assert not found


@pytest.mark.parametrize(
    "bad",
    [
        '<p style="x">', "<style>", '<p onclick="x">', "<p hx-on:click>", "{{ x | safe }}", "<script>x</script>",
        '<a href="//evil">', '<a target="_blank">',
    ],
)  # fmt: skip
def test_the_bans_bite(bad: str) -> None:
    assert any(re.search(pattern, bad, re.IGNORECASE) for pattern in BANNED.values())


def test_every_form_that_posts_has_its_token() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        assert len(re.findall(r'<form[^>]*method="post"', text)) == text.count("{{ csrf() }}"), path.name


def test_budgets() -> None:
    css = sum(len(path.read_bytes()) for path in (WEB / "static").rglob("*.css"))
    script = list((WEB / "static").rglob("*.js"))
    assert css <= 30 * 1024
    assert sum(len(path.read_bytes()) for path in script) <= 60 * 1024
    assert all(len(path.read_text().splitlines()) <= 150 for path in script)
