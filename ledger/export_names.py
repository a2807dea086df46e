"""Names in exported books: legal in beancount and in hledger, unique, and readable back to the original text.

Both programs take account names of parts joined by colons; beancount wants each part to begin with a capital letter
or a digit and to hold ASCII letters, digits and dashes only. References and handles may hold anything, so a part is
an encoding of its text, and the text itself stands beside it as metadata. Of asset codes beancount takes no single
letter, no slash and no digit in front; hledger wants all but letters in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.accounts import Kind

_ROOT: Final = {
    Kind.BORROW: "Liabilities",
    Kind.INCOME: "Income",
    Kind.EXPENSE: "Expenses",
    Kind.EQUITY: "Equity",
    Kind.CONVERSION: "Equity",
}
_TRADED: Final = (Kind.HOLDING, Kind.CONVERSION)
_PLAIN: Final = re.compile(r"[A-Za-z0-9]", re.ASCII)
_JOINT: Final = {"_": "-", ".": "--", ":": "----"}
_COMMODITY: Final = re.compile(r"[A-Z][A-Z0-9'._-]*[A-Z0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class ExportAccount:
    """What an export says of one account.

    `asset` is its code, such as `USD`, and `scale` its decimals. `handle` is a customer's handle, or a system
    account's path such as `income:salary`. `customer` and `reference` are 0 and "" for a system account. `posted` is
    the signed posted balance that the books hold, in smallest units: the strangers then check it against the
    transfers; None leaves the account with the balance that the transfers give. `parent` is the invest account that
    an inner account is in, else 0.
    """

    book: int
    kind: Kind
    asset: str
    handle: str
    customer: int = 0
    reference: str = ""
    posted: int | None = None
    scale: int = 2
    parent: int = 0


def encode(text: str) -> str:
    """The text as one part of an account name; different texts give different parts.

    Letters and digits stay. Between two of them `_` becomes `-`, `.` becomes `--` and `:` becomes `----`; every other
    character becomes `---`, its code point in hexadecimal, `-`. A small first letter is written as a capital; a dash
    at the end says that it was a capital already or, where the part begins with 0, that the text begins with no
    letter or digit.
    """
    body = "".join(_encoded(text, at) for at in range(len(text)))
    first = text[:1]
    if not _PLAIN.fullmatch(first):
        return f"0{body}-"
    return f"{body}-" if first.isupper() else first.upper() + body[1:]


def _encoded(text: str, at: int) -> str:
    sign = text[at]
    if _PLAIN.fullmatch(sign):
        return sign
    between = _PLAIN.fullmatch(text[at - 1 : at]) and _PLAIN.fullmatch(text[at + 1 : at + 2])
    return _JOINT[sign] if between and sign in _JOINT else f"---{ord(sign):x}-"


def paths(accounts: Mapping[int, ExportAccount]) -> dict[int, str]:
    """The account name of every account id; no name is another's or a parent of another's.

    `Assets:<customer>:<handle>`, `Liabilities:...` for a borrow line, `Income:<category>` and so on for system
    accounts, `Equity:Conversion:<what for>:<asset>` for one that trades pass through. With several books the second
    part is `Book<number>`; with several currencies every system account, of which each has its own, ends in the asset.
    """
    books = len({one.book for one in accounts.values()}) > 1
    assets = len({one.asset for one in accounts.values() if one.kind not in _TRADED}) > 1
    return {account: _path(one, books=books, assets=assets) for account, one in accounts.items()}


def _path(one: ExportAccount, *, books: bool, assets: bool) -> str:
    book = [f"Book{one.book}"] if books else []
    if one.customer:
        own = [encode(one.reference), encode(one.handle)]
    else:
        kind, _, category = one.handle.partition(":")
        traded = one.kind in _TRADED
        own = [
            *([encode(kind)] if traded else []),
            encode(category),
            *([_asset(one.asset)] if assets or traded else []),
        ]
    return ":".join([_ROOT.get(one.kind, "Assets"), *book, *own])


def _asset(code: str) -> str:
    """The code of an asset as a part of a name; it begins with a capital letter or a digit."""
    return "".join(_encoded(code, at) for at in range(len(code)))


def beancount_commodity(code: str) -> str:
    """The code as beancount takes it; different codes give different names, and most stay as they are.

    `/` becomes `_`, which no code holds. What begins with a digit gets `X'` in front, and what is one character, or
    ends in none of letter or digit, gets `''0` behind.
    """
    name = code.replace("/", "_")
    name = name if name[0].isalpha() else f"X'{name}"
    return name if _COMMODITY.fullmatch(name) else f"{name}''0"


def hledger_commodity(code: str) -> str:
    """The code as hledger takes it: in quotes unless it is letters alone."""
    return code if code.isalpha() else f'"{code}"'


def printable(text: str) -> str:
    r"""The text on one line: each character that does not print becomes its code point, as `\u{a}`."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else f"\\u{{{ord(sign):x}}}" for sign in text)
