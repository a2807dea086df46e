"""The rule list: order, modes, last verdicts; adopting a starter and removing a rule."""

from collections.abc import Sequence

from flask import request, url_for
from werkzeug.wrappers import Response

from engine.answer import DecisionWords, decisions_of
from engine.evaluate import evaluate
from engine.rulebook import terms_of
from engine.services import Services
from ledger.faults import Problem, SluiceError
from rules.check import check
from rules.document import MAX_RULES, Rule
from rules.load import load_rules
from rules.naming import free_id
from rules.starter_files import starters
from rules.wording import sentence
from web.asking import Household, changing, reading
from web.faults import RefusedError
from web.pages.frame import framed, see_other, whole
from web.pages.plans import rows_of


def rule_list(services: Services, reference: str) -> str:
    """GET /h/<reference>/rules."""
    with reading(services, reference) as house:
        tonight = house.tonight()
        last = house.nights()[:1]
        return framed(
            "rules.html",
            house,
            rows=rows_of(tonight.plan, tonight.rules, tonight.handles, house.names),
            last_night=last[0].day if last else None,
            verdicts=_verdicts(house, last[0].day) if last else {},
            warnings=[(one.path.split(".")[1], one) for one in house.warnings(tonight.rules)],
            starters=[(one, sentence(one.rule), _missing(house, one.rule)) for one in starters()],
        )


def _verdicts(house: Household, day: int) -> dict[str, DecisionWords]:
    """What that night decided, silence included; nothing where it decided nothing for this household."""
    try:
        night = house.night(day)
    except SluiceError:
        return {}
    words = decisions_of(evaluate(night.snapshot), 0, night.rules, night.handles)
    return {one["rule"]: one for one in words}


def _missing(house: Household, rule: Rule) -> list[str]:
    """The problems that keep a starter from being adopted as it is."""
    return [one.sentence for one in check([rule], terms_of(house.accounts))]


def set_mode(services: Services, reference: str, rule: str) -> Response:
    """POST /h/<reference>/rules/<rule>/mode."""
    mode = request.form.get("mode", "")
    with changing(services, reference) as house:
        at = _place(house.rules, rule)
        house.save(_with(house.rules, at, {"mode": mode}))
    return _back(reference, rule)


def _with(rules: Sequence[Rule], at: int, changes: dict[str, str]) -> list[Rule]:
    """The list with one rule changed, read again as a document. Raises RefusedError."""
    documents = [rule.model_dump(mode="json", by_alias=True, exclude_defaults=True) for rule in rules]
    documents[at] |= changes
    loaded = load_rules(documents)
    if loaded.problems:
        raise RefusedError(loaded.problems)
    return list(loaded.rules)


def _place(rules: Sequence[Rule], name: str) -> int:
    """The place of a rule, from 0. Raises SluiceError `rule_unknown`."""
    for at, rule in enumerate(rules):
        if rule.id == name:
            return at
    raise SluiceError("rule_unknown", "The household has no such rule.")


def move(services: Services, reference: str, rule: str) -> Response:
    """POST /h/<reference>/rules/<rule>/place: to a position, or one up or down."""
    with changing(services, reference) as house:
        rules = list(house.rules)
        at = _place(rules, rule)
        step = {"up": at, "down": at + 2}.get(request.form.get("do", ""))
        wanted = step if step is not None else whole(request.form.get("place", ""), MAX_RULES)
        one = rules.pop(at)
        rules.insert(min(max(wanted - 1, 0), len(rules)), one)
        house.save(rules)
    return _back(reference, rule)


def remove(services: Services, reference: str, rule: str) -> Response:
    """POST /h/<reference>/rules/<rule>/remove; its versions stay."""
    with changing(services, reference) as house:
        at = _place(house.rules, rule)
        house.save([*house.rules[:at], *house.rules[at + 1 :]])
    return see_other(url_for("pages.rule_list", reference=reference))


def adopt(services: Services, reference: str, starter: str) -> Response:
    """POST /h/<reference>/starters/<starter>: add a ready-made rule, which only watches."""
    found = next((one.rule for one in starters() if one.rule.id == starter), None)
    if found is None:
        raise SluiceError("starter_unknown", "There is no such starter.")
    with changing(services, reference) as house:
        if len(house.rules) >= MAX_RULES:
            raise RefusedError([Problem("rules", "too_many", f"A customer has at most {MAX_RULES} rules.")])
        added = found.model_copy(update={"id": free_id(found.id, house.rules)})
        house.save([*house.rules, added])
    return _back(reference, added.id)


def _back(reference: str, rule: str) -> Response:
    return see_other(url_for("pages.rule_list", reference=reference, _anchor=f"rule-{rule}"))
