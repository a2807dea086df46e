"""The terms of a pie as form fields below `terms.`, and back."""

from collections.abc import Mapping
from typing import Any, Final

from engine.invest.pies.terms import SLOTS, PieTerms, load_terms
from ledger.money import format_money, format_percent
from rules.decode import Decoded, Read
from rules.values import FORM
from web.ruleform import places

PREFIX: Final = "terms."
MONEY: Final = ("minimum_cash", "threshold")
CHOICES: Final = ("mode", "small_orders", "rebalance_on", "every", "lots", "dividends")
TAXES: Final = ("short_rate", "long_rate")
BANDS: Final = ("absolute", "relative")

Fields = dict[str, str]


def flat(terms: PieTerms) -> Fields:
    """Terms as the fields that make them."""
    fields = {name: format_money(getattr(terms, name)) for name in MONEY}
    fields |= {name: str(getattr(terms, name)) for name in CHOICES}
    fields |= {name: format_percent(getattr(terms, name)).rstrip("%") for name in TAXES}
    fields |= {"auto_invest": "on" if terms.auto_invest else "", "cooldown_days": str(terms.cooldown_days)}
    fields |= {"broker": terms.broker}
    fields |= {f"windows.{at}": slot if slot in terms.windows else "" for at, slot in enumerate(SLOTS)}
    for name in BANDS:
        band = None if terms.bands is None else getattr(terms.bands, name)
        fields[f"bands.{name}"] = "" if band is None else format_percent(band).rstrip("%")
    for at, (symbol, paid) in enumerate(terms.symbols.items()):
        fields |= {f"symbols.{at}.symbol": symbol, f"symbols.{at}.paid": paid}
    return {PREFIX + name: text for name, text in fields.items()}


def typed(form: Mapping[str, str]) -> Fields:
    """The fields of a posted form that belong to the terms; a tick that was taken off is there without text."""
    fields = {name: text.strip() for name, text in form.items() if name.startswith(PREFIX)}
    ticks = ("auto_invest", *(f"windows.{at}" for at in range(len(SLOTS))))
    return dict.fromkeys((PREFIX + name for name in ticks), "") | fields


def edited(fields: Fields, do: str) -> Fields:
    """The fields after a button that adds or drops a security with dividends of its own."""
    verb, _, path = do.partition(":")
    taken = places(fields, f"{PREFIX}symbols")
    if verb == "add" and path == f"{PREFIX}symbols":
        own = f"{path}.{max(taken, default=-1) + 1}"
        return fields | {f"{own}.symbol": "", f"{own}.paid": "cash"}
    if verb == "drop" and path in {f"{PREFIX}symbols.{at}" for at in taken}:
        return {name: text for name, text in fields.items() if not name.startswith(f"{path}.")}
    return fields


def read(fields: Fields) -> Read[PieTerms]:
    """The terms that the fields make, or what is wrong, by field name."""
    own = {name.removeprefix(PREFIX): text for name, text in fields.items()}
    value: dict[str, Any] = {name: own[name] for name in (*MONEY, *CHOICES, "broker") if own.get(name)}
    value |= {name: _percent(own[name]) for name in TAXES if own.get(name)}
    value |= {"auto_invest": own.get("auto_invest") == "on"}
    value |= {"cooldown_days": own["cooldown_days"]} if own.get("cooldown_days") else {}
    value["windows"] = [slot for at, slot in enumerate(SLOTS) if own.get(f"windows.{at}")]
    bands = {name: _percent(own[f"bands.{name}"]) for name in BANDS if own.get(f"bands.{name}")}
    value |= {"bands": bands} if bands else {}
    rows = [(own.get(f"symbols.{at}.symbol", ""), own.get(f"symbols.{at}.paid", "")) for at in places(own, "symbols")]
    value["symbols"] = {symbol.upper(): paid for symbol, paid in rows if symbol}
    return load_terms(Decoded(value), "terms", FORM)


def _percent(text: str) -> str:
    return text if "%" in text else f"{text}%"
