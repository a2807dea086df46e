"""Transfers: recurring ones with their next dates, the form of one, and a one-off transfer with its review."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from engine.recurring.asking import nights_of, read_fields
from engine.recurring.changes import Listed, added, in_mode, keeping, mode_before, named, recurring, removed, replaced
from engine.recurring.changes import skipping as skipped
from engine.recurring.coming import coming
from engine.recurring.document import RecurringTransfer
from engine.recurring.shortform import as_rule, own_problem, with_id
from engine.recurring.wording import transfer_sentence
from engine.rulebook import first_saved
from engine.services import Services
from ledger.accounts import Kind
from ledger.days import date_of, day_number, parse_day
from ledger.faults import Problem, SluiceError
from rules.decode import Read
from rules.document import Rule
from web.asking import Household, changing, reading, trying
from web.moneyview import flying
from web.oneoff import FIELDS, made, read_request, reviewed
from web.pages.frame import form_key, framed, see_other
from web.transferform import (
    ALSO,
    DAY_WORDS,
    MODES,
    MONTH_DAYS,
    NTH_WORDS,
    SHIFTS,
    SHORTS,
    WAYS,
    Fields,
    also,
    blank,
    chosen,
    document_fields,
    field_of,
    flat,
    unseen,
)

_NEXT: Final = 3
_OTHERS: Final = frozenset({"customer_unknown", "book_busy"})
"""Faults that are no one-off form's."""


def transfers(services: Services, reference: str) -> str:
    """GET /h/<reference>/transfers."""
    with reading(services, reference) as house:
        return _page(house, dict.fromkeys(FIELDS, ""))


def _page(house: Household, fields: Fields, problem: SluiceError | None = None) -> str:
    nights = nights_of(house.work, house.customer, house.services.today())
    saved = first_saved(house.versions, house.rules, nights.next)
    rows = [
        (one, transfer_sentence(one.rule, house.names), coming(one.rule, saved[one.rule.id], nights, _NEXT))
        for one in recurring(house.rules)
    ]
    return framed(
        "transfers.html",
        house,
        rows=rows,
        skips={one.rule.id: _skips(one, nights.last) for one, _, _ in rows},
        fields=fields,
        problem=problem,
        errors={problem.field: problem.sentence} if problem else {},
        has_bank=any(one.kind == Kind.BANK for one in house.accounts),
        has_ira=any(one.kind == Kind.IRA for one in house.accounts),
        key=secrets.token_urlsafe(24),
        way=flying(house),
    )


def _skips(one: Listed, last_night: int) -> list[int]:
    """The skipped dates that are still to come."""
    return [day for day in map(day_number, one.transfer.skip) if day > last_night]


def once(services: Services, reference: str) -> str | Response:
    """GET /h/<reference>/transfers/once: what the query's transfer would do; POST makes it, once for its key."""
    given = request.form if request.method == "POST" else request.args
    fields = {name: given.get(name, "") for name in FIELDS}
    try:
        key = form_key(given.get("key", ""))
        if request.method == "POST":
            return _made(services, reference, fields, key)
        with trying(services, reference) as house:
            review = reviewed(house, read_request(house, fields, key))
            return framed("transferreview.html", house, review=review, fields=fields, key=key)
    except SluiceError as fault:
        if fault.code in _OTHERS:
            raise
        with reading(services, reference) as house:
            return FlaskResponse(_page(house, fields, fault), 422)


def _made(services: Services, reference: str, fields: Fields, key: str) -> Response:
    refused: SluiceError | None = None
    with changing(services, reference) as house:
        asked = read_request(house, fields, key)
        try:
            made(house, asked)
        except SluiceError as fault:  # the refusal is kept with its key, so the transaction has to end well
            refused = fault
    if refused is not None:
        raise refused
    return see_other(url_for("pages.transfers", reference=reference))


def recurring_new(services: Services, reference: str) -> str | Response:
    """GET and POST /h/<reference>/transfers/new."""
    return _form(services, reference, None)


def recurring_edit(services: Services, reference: str, rule: str) -> str | Response:
    """GET and POST /h/<reference>/transfers/<rule>/edit."""
    return _form(services, reference, rule)


def _form(services: Services, reference: str, rule: str | None) -> str | Response:
    if request.method != "POST":
        with reading(services, reference) as house:
            return _drawn(house, rule, blank() if rule is None else flat(named(house.rules, rule).transfer))
    fields = {name: text for name, text in request.form.items() if name not in {"csrf_token", "do", "version"}}
    if request.form.get("do") != "save":
        with reading(services, reference) as house:
            return _drawn(house, rule, fields)
    with changing(services, reference) as house:
        problems = _saved(house, rule, fields)
        if problems:
            return FlaskResponse(_drawn(house, rule, fields, problems), 422)
    return see_other(url_for("pages.transfers", reference=reference))


def _read(house: Household, rule: str | None, fields: Fields) -> Read[RecurringTransfer]:
    nights = nights_of(house.work, house.customer, house.services.today())
    saved = first_saved(house.versions, house.rules, nights.next).get(rule or "", date_of(nights.next))
    return read_fields(document_fields(fields), saved, nights)


def _list(house: Household, rule: str | None, transfer: RecurringTransfer) -> tuple[tuple[Rule, ...], int]:
    """The rule list with the transfer as typed, and its place."""
    if rule is None:
        return added(house.rules, with_id(transfer, house.rules)), len(house.rules)
    return replaced(house.rules, rule, transfer), named(house.rules, rule).place


def _problems(house: Household, rule: str | None, read: Read[RecurringTransfer]) -> Sequence[Problem]:
    if read.document is None:
        return read.problems
    rules, at = _list(house, rule, read.document)
    return [own_problem(one, at) for one in house.compiled(rules).problems]


def _saved(house: Household, rule: str | None, fields: Fields) -> Sequence[Problem]:
    """Save the transfer, or say what is wrong, paths being those of the document."""
    if request.form.get("version") != str(house.record.version):
        sentence_ = "The rules were changed since this form was drawn; look at it again, then save again."
        return [Problem("", "version_changed", sentence_)]
    read = _read(house, rule, fields)
    problems = _problems(house, rule, read)
    if read.document is not None and not problems:
        house.save(_list(house, rule, read.document)[0])
    return problems


def _drawn(house: Household, rule: str | None, fields: Fields, problems: Sequence[Problem] = ()) -> str:
    if rule is not None:
        named(house.rules, rule)
    read = _read(house, rule, fields)
    sound = read.document is not None and not _problems(house, rule, read)
    return framed(
        "transferedit.html",
        house,
        own=rule,
        fields=fields | {"form": chosen(fields)},
        preview=_preview(house, rule, read.document) if read.document and sound else None,
        problems=[(field_of(one.path), one.sentence) for one in problems],
        errors={field_of(one.path): one.sentence for one in reversed(problems)},
        version=house.record.version,
        ways=WAYS,
        also=[f"{ALSO}{form}" for form in also(fields)],
        unseen=unseen(fields),
        shifts=SHIFTS,
        shorts=SHORTS,
        modes=MODES,
        month_days=MONTH_DAYS,
        quarter_days=[("", "choose"), *((day, day) for day in MONTH_DAYS)],
        weekdays=DAY_WORDS,
        nths=NTH_WORDS,
    )


def _preview(house: Household, rule: str | None, transfer: RecurringTransfer) -> dict[str, Any]:
    """The sentence of a transfer as typed, and when it would move."""
    nights = nights_of(house.work, house.customer, house.services.today())
    saved = first_saved(house.versions, house.rules, nights.next).get(rule or "", date_of(nights.next))
    made_of = as_rule(with_id(transfer, house.rules))
    return {"sentence": transfer_sentence(made_of, house.names), "days": coming(made_of, saved, nights, _NEXT)}


def recurring_change(services: Services, reference: str, rule: str) -> Response:
    """POST /h/<reference>/transfers/<rule>/change: `do` is pause, resume, turn_on, remove, skip:DATE or keep:DATE."""
    verb, _, text = request.form.get("do", "").partition(":")
    with changing(services, reference) as house:
        found = named(house.rules, rule)
        house.save(_changed(house, found, verb, text))
    anchor = None if verb == "remove" else f"transfer-{rule}"
    return see_other(url_for("pages.transfers", reference=reference, _anchor=anchor))


def _changed(house: Household, found: Listed, verb: str, text: str) -> tuple[Rule, ...]:
    rules, name = house.rules, found.rule.id
    if verb == "remove":
        return removed(rules, name)
    if verb in {"skip", "keep"}:
        day = parse_day(text)
        last = nights_of(house.work, house.customer, house.services.today()).last
        return skipped(rules, name, day, last) if verb == "skip" else keeping(rules, name, day)
    if verb == "pause":
        return in_mode(rules, name, "off")
    if verb == "turn_on":
        return in_mode(rules, name, "auto")
    if verb == "resume":
        return in_mode(rules, name, mode_before(house.versions, name))
    raise SluiceError("choice", "Choose pause, resume, turn on, skip, keep or remove.", "do")
