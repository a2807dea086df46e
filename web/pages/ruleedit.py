"""The form of one rule: the live sentence, the fields in its order, and "if it ran now" beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from engine.foreseen import Foreseen
from engine.rulebook import terms_of
from engine.services import Services
from engine.tonight import Tonight
from ledger.faults import Problem, SluiceError
from rules.document import Rule
from rules.naming import free_id, slug
from rules.starter_files import starters
from rules.wording import sentence
from web.asking import Household, changing, reading
from web.charts.ladder import Ladder, ladder
from web.moneyview import foreseen_of
from web.pages.frame import fragment, framed, see_other
from web.pages.plans import Effect, Row, effects, rows_of
from web.ruleform import (
    AMOUNT_FIELDS,
    MONTH_DAYS,
    WEEKDAYS,
    Fields,
    Typed,
    anchor,
    blank,
    by_field,
    edited,
    flat,
    offered_facts,
    path_words,
    places,
    typed,
)

_VERSION_CHANGED = "The rules were changed since this form was drawn; look at the preview again, then save again."


@dataclass(frozen=True, slots=True)
class Preview:
    """What tonight would do with the rule as typed; `problems` where that cannot be said yet."""

    sentence: str = ""
    row: Row | None = None
    others: tuple[Effect, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    coming: Foreseen | None = None
    problems: tuple[Problem, ...] = ()


def new_rule(services: Services, reference: str) -> str | Response:
    """GET and POST /h/<reference>/rules/new."""
    return _form(services, reference, None)


def edit_rule(services: Services, reference: str, rule: str) -> str | Response:
    """GET and POST /h/<reference>/rules/<rule>."""
    return _form(services, reference, rule)


def _form(services: Services, reference: str, rule: str | None) -> str | Response:
    if request.method != "POST":
        with reading(services, reference) as house:
            return _render(house, rule, _read(house, rule, _start(house, rule)))
    do = request.form.get("do", "preview")
    form = edited(request.form.to_dict(), do)
    if do != "save":
        with reading(services, reference) as house:
            return _render(house, rule, _read(house, rule, form))
    with changing(services, reference) as house:
        read = _read(house, rule, form)
        problems = _saved(house, rule, read)
        if problems:
            return FlaskResponse(_render(house, rule, read, problems), 422)
    return see_other(url_for("pages.rule_list", reference=reference))


def _start(house: Household, rule: str | None) -> Fields:
    if rule is not None:
        return flat(_old(house, rule))
    wanted = request.args.get("starter", "")
    chosen = next((one.rule for one in starters() if one.rule.id == wanted), None)
    return blank() if chosen is None else flat(chosen) | {"id": free_id(chosen.id, house.rules)}


def _old(house: Household, rule: str) -> Rule:
    for one in house.rules:
        if one.id == rule:
            return one
    raise SluiceError("rule_unknown", "The household has no such rule.")


def _read(house: Household, rule: str | None, form: Fields) -> Typed:
    return typed(form, rule or free_id(slug(form.get("name", "")), house.rules))


def _draft(house: Household, rule: str | None, made: Rule) -> tuple[list[Rule], int]:
    """The list with the rule as typed, and its place in it."""
    if rule is None:
        return [*house.rules, made], len(house.rules)
    _old(house, rule)
    at = [one.id for one in house.rules].index(rule)
    return [*house.rules[:at], made, *house.rules[at + 1 :]], at


def _saved(house: Household, rule: str | None, read: Typed) -> Sequence[Problem]:
    """Save the list with the rule, or say what is wrong, paths being those of the fields."""
    if read.rule is None:
        return read.loaded.problems
    if request.form.get("version") != str(house.record.version):
        return [Problem("", "version_changed", _VERSION_CHANGED)]
    rules, at = _draft(house, rule, read.rule)
    compiled = house.compiled(rules)
    if not compiled.problems:
        house.save(rules)
    return _own(compiled.problems, at)


def _own(problems: Sequence[Problem], at: int) -> tuple[Problem, ...]:
    """Problems with the paths of this form; those of other rules lose theirs."""
    prefix = f"rules.{at}."
    return tuple(
        Problem(one.path.removeprefix(prefix) if one.path.startswith(prefix) else "", one.code, one.sentence)
        for one in problems
    )


def _preview(house: Household, rule: str | None, read: Typed) -> Preview:
    made = read.rule
    if made is None:
        return Preview(problems=read.loaded.problems)
    words = sentence(made, house.names)
    rules, at = _draft(house, rule, made)
    compiled = house.compiled(rules)
    if compiled.program is None:
        return Preview(words, problems=_own(compiled.problems, at))
    drafted = house.tonight(compiled)
    row = rows_of(drafted.plan, drafted.rules, drafted.handles, house.names)[at]
    others = effects(house.tonight().decisions(), drafted.decisions(), made.id)
    after = _if_moved(row, drafted)
    ladders = [ladder(one, after[one.handle]) for one in house.accounts if one.handle in after]
    return Preview(words, row, tuple(others), tuple(ladders), foreseen_of(house, drafted, at + 1))


def _if_moved(row: Row, drafted: Tonight) -> dict[str, int]:
    """What the accounts of a rule have available after tonight, its own move counted also where it only watches."""
    run = drafted.plan.after
    available = dict(zip(drafted.handles, (run.posted - run.pending_out).tolist(), strict=True))
    touched: dict[str, int] = {}
    for leg in row.legs:
        for name, change in ((leg.source, -leg.amount), (leg.destination, 0 if leg.pending else leg.amount)):
            touched[name] = touched.get(name, available[name]) + (0 if row.moving else change)
    return touched


def _render(house: Household, rule: str | None, read: Typed, problems: Sequence[Problem] = ()) -> str:
    template = "rule_fragment.html" if fragment() else "rule.html"
    return framed(
        template,
        house,
        own=rule,
        fields=read.fields,
        preview=_preview(house, rule, read),
        problems=problems,
        errors=by_field(problems),
        version=house.record.version,
        places=lambda path: places(read.fields, path),
        has=lambda path: any(name.startswith(path) for name in read.fields),
        anchor=anchor,
        path_words=path_words,
        amount_fields=AMOUNT_FIELDS,
        facts=offered_facts({handle: terms.kind for handle, terms in terms_of(house.accounts).items()}),
        month_days=MONTH_DAYS,
        weekdays=WEEKDAYS,
    )
