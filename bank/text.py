"""Words from a bank made safe to keep and to show: no control characters, no card numbers, a bounded length."""

import re
import unicodedata
from typing import Final

TEXT_CHARS: Final = 200
SHOWN_CHARS: Final = 40
CARD_DIGITS: Final = (13, 19)
CARD_GROUP: Final = 3  # shorter groups are parts of dates and times

_MASKED_CHARS = 5 * TEXT_CHARS  # a card number cut off here lies past TEXT_CHARS once those before it are masked
_BLANK = frozenset({"Cc", "Zl", "Zp", "Zs"})  # become a space
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn"})  # marks that turn or hide text, halves of characters, unassigned
_GROUPED = re.compile(r"\d+(?:[ .-]\d+)*")
_DIGITS = re.compile(r"\d+")


def clean_text(raw: str) -> str:
    """One line of at most TEXT_CHARS characters: blanks folded, control characters gone, card numbers masked."""
    return mask_cards(_visible(raw)[:_MASKED_CHARS])[:TEXT_CHARS].rstrip()


def shown(raw: str) -> str:
    """A value as a message may quote it: cleaned, masked, shortened to SHOWN_CHARS and put in quotes."""
    text = mask_cards(_visible(raw[:TEXT_CHARS]))
    return f'"{text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"}"'


def mask_cards(text: str) -> str:
    """Every card number of 13 to 19 digits (Luhn-valid, whole or in groups) becomes `****` and its last four digits."""
    return _GROUPED.sub(_mask_run, text)


def _visible(raw: str) -> str:
    if raw.isascii() and raw.isprintable():
        return " ".join(raw.split())
    kept = (" " if (kind := unicodedata.category(c)) in _BLANK else "" if kind in _DROPPED else c for c in raw)
    return " ".join("".join(kept).split())


def _mask_run(match: re.Match[str]) -> str:
    run = match.group()
    groups = [(m.start(), m.end()) for m in _DIGITS.finditer(run)]
    done, first, out = 0, 0, []
    while first < len(groups):
        last = _card_end(run, groups, first)
        if last < 0:
            first += 1
            continue
        start, end = groups[first][0], groups[last][1]
        digits = "".join(_DIGITS.findall(run[start:end]))
        out += [run[done:start], "****", digits[-4:]]
        done, first = end, last + 1
    return "".join([*out, run[done:]])


def _card_end(run: str, groups: list[tuple[int, int]], first: int) -> int:
    """The last group of the longest card number that starts with group `first`, or -1."""
    digits, found = "", -1
    for i in range(first, len(groups)):
        group = run[slice(*groups[i])]
        digits += group
        if len(group) < CARD_GROUP or len(digits) > CARD_DIGITS[1]:
            break
        if len(digits) >= CARD_DIGITS[0] and _luhn(digits):
            found = i
    return found


def _luhn(digits: str) -> bool:
    values = [int(d) for d in reversed(digits)]
    return sum(values[0::2]) % 10 == -sum(sum(divmod(2 * d, 10)) for d in values[1::2]) % 10
