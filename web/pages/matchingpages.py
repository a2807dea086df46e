"""Matching rules: the ordered list with what it says of the newest lines, the form of one rule, moving categories."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response as FlaskResponse
from flask import request, url_for
from werkzeug.wrappers import Response

from engine.matching.document import MAX_MATCHES, MatchRule, read_match
from engine.matching.judge import NO_RULE
from engine.matching.recategorise import Trial, recategorise, rules_of, save_matching, tried
from engine.matching.wording import match_sentence
from engine.services import Services
from ledger.days import EVER, parse_day
from ledger.faults import Problem, SluiceError
from web.asking import Household, changing, reading
from web.faults import RefusedError
from web.matchform import CARDS, DIRECTIONS, GIVES, TESTS, Fields, blank, decoded, field_of, flat
from web.pages.frame import framed, see_other, whole

_TRIED: Final = 200  # lines that counts are about
_SHOWN: Final = 50
_MOST: Final = 10**9
_CHANGED: Final = "The matching rules were changed since this page was drawn; look at them again, then try again."


@dataclass(frozen=True, slots=True)
class Line:
    """An imported line and what the rules say of it; `rule` counts from 1, 0 where none holds."""

    day: int
    text: str
    amount: int
    now: str
    rule: int
    then: str


def matching(services: Services, reference: str) -> str:
    """GET /h/<reference>/matching; `since` asks what moving the categories of lines would do."""
    since = request.args.get("since", "").strip()
    with reading(services, reference) as house:
        rules = rules_of(house.work, house.customer)
        trial = tried(house.work, house.customer, rules, EVER, _TRIED)
        asked, problem = None, None
        if since:
            try:
                asked = tried(house.work, house.customer, rules, parse_day(since))
            except SluiceError as fault:
                problem = fault
        return framed(
            "matching.html",
            house,
            rows=[(rule, match_sentence(rule, house.names)) for rule in rules],
            trial=trial,
            lines=lines_of(trial, range(min(_SHOWN, len(trial.now)))),
            since=since,
            asked=asked,
            moving=lines_of(asked, asked.moving.tolist()[:_SHOWN]) if asked else [],
            errors={"since": problem.sentence} if problem else {},
            fields={"since": since},
            moved=_number(request.args.get("moved", "")),
            version=_version(house),
        )


def lines_of(trial: Trial, at: Sequence[int]) -> list[Line]:
    """The lines at these places of a trial."""
    lines, first = trial.standing.lines, trial.first.tolist()
    return [
        Line(
            int(lines.day[place]),
            lines.text[place],
            int(lines.amount[place]),
            trial.now[place],
            0 if first[place] == NO_RULE else first[place] + 1,
            trial.then[place],
        )
        for place in at
    ]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(_MOST)) else None


def _version(house: Household) -> int:
    versions = house.work.match_versions(house.customer)
    return versions[-1].version if versions else 0


def match_new(services: Services, reference: str) -> str | Response:
    """GET and POST /h/<reference>/matching/new."""
    return _form(services, reference, None)


def match_edit(services: Services, reference: str, place: str) -> str | Response:
    """GET and POST /h/<reference>/matching/<place>/edit; places count from 1."""
    return _form(services, reference, place)


def _form(services: Services, reference: str, place: str | None) -> str | Response:
    if request.method != "POST":
        with reading(services, reference) as house:
            rules = rules_of(house.work, house.customer)
            fields = blank() if place is None else flat(rules[_place(rules, place)])
            return _drawn(house, place, fields)
    fields = {name: text for name, text in request.form.items() if name not in {"csrf_token", "do", "version"}}
    if request.form.get("do") != "save":
        with reading(services, reference) as house:
            return _drawn(house, place, fields)
    with changing(services, reference) as house:
        problems = _saved(house, place, fields)
        if problems:
            return FlaskResponse(_drawn(house, place, fields, problems), 422)
    return see_other(url_for("pages.matching", reference=reference))


def _place(rules: Sequence[MatchRule], text: str) -> int:
    """The place of a rule from 0. Raises SluiceError `match_unknown`."""
    number = _number(text)
    if number is None or not 1 <= number <= len(rules):
        raise SluiceError("match_unknown", "The household has no matching rule at this place.")
    return number - 1


def _list(rules: tuple[MatchRule, ...], place: str | None, made: MatchRule) -> tuple[tuple[MatchRule, ...], int]:
    """The list with the rule as typed, and its place."""
    if place is None:
        return (*rules, made), len(rules)
    at = _place(rules, place)
    return (*rules[:at], made, *rules[at + 1 :]), at


def _saved(house: Household, place: str | None, fields: Fields) -> Sequence[Problem]:
    rules = rules_of(house.work, house.customer)
    if request.form.get("version") != str(_version(house)):
        return [Problem("", "version_changed", _CHANGED)]
    read = read_match(decoded(fields))
    if read.document is None:
        return read.problems
    if place is None and len(rules) >= MAX_MATCHES:
        return [Problem("", "too_many", f"A household has at most {MAX_MATCHES} matching rules; remove one first.")]
    whole_list, at = _list(rules, place, read.document)
    problems = save_matching(house.work, house.customer, whole_list, (house.day, house.services.now()))
    return [Problem(one.path.removeprefix(f"rules.{at}."), one.code, one.sentence) for one in problems]


def _drawn(house: Household, place: str | None, fields: Fields, problems: Sequence[Problem] = ()) -> str:
    rules = rules_of(house.work, house.customer)
    if place is not None:
        _place(rules, place)
    made = read_match(decoded(fields)).document
    return framed(
        "matchedit.html",
        house,
        own=place,
        fields=fields,
        preview=_preview(house, rules, place, made) if made else None,
        problems=[(field_of(one.path), one.sentence) for one in problems],
        errors={field_of(one.path): one.sentence for one in reversed(problems)},
        version=_version(house),
        tests=TESTS,
        directions=DIRECTIONS,
        cards=CARDS,
        gives=GIVES,
        categories=_categories(house),
    )


def _preview(house: Household, rules: tuple[MatchRule, ...], place: str | None, made: MatchRule) -> dict[str, Any]:
    """The sentence of a rule as typed, and the newest lines that it would decide."""
    whole_list, at = _list(rules, place, made)
    trial = tried(house.work, house.customer, whole_list, EVER, _TRIED)
    mine = [number for number, first in enumerate(trial.first.tolist()) if first == at]
    return {
        "sentence": match_sentence(made, house.names),
        "holds": trial.holds[at],
        "decides": trial.decides[at],
        "of": len(trial.now),
        "lines": lines_of(trial, mine[:_SHOWN]),
    }


def _categories(house: Household) -> list[str]:
    """The categories that the book knows, to choose from."""
    paths = (path.partition(":") for path in house.work.system_paths().values())
    return sorted({category for side, _, category in paths if side in {"income", "expense"}})


def match_change(services: Services, reference: str, place: str) -> Response:
    """POST /h/<reference>/matching/<place>/change: `do` is up, down, place (to a number) or remove."""
    do = request.form.get("do", "")
    with changing(services, reference) as house:
        rules = list(rules_of(house.work, house.customer))
        if request.form.get("version") != str(_version(house)):
            raise SluiceError("version_changed", _CHANGED)
        at = _place(rules, place)
        one = rules.pop(at)
        if do != "remove":
            step = {"up": at, "down": at + 2}.get(do)
            wanted = step if step is not None else whole(request.form.get("place", ""), MAX_MATCHES)
            rules.insert(min(max(wanted - 1, 0), len(rules)), one)
        problems = save_matching(house.work, house.customer, tuple(rules), (house.day, services.now()))
        if problems:
            raise RefusedError(problems)
    return see_other(url_for("pages.matching", reference=reference))


def match_apply(services: Services, reference: str) -> Response:
    """POST /h/<reference>/matching/apply: move the categories of lines since a date."""
    since = parse_day(request.form.get("since", ""))
    with changing(services, reference) as house:
        moved = recategorise(house.work, house.customer, since, (house.day, services.now()))
    return see_other(url_for("pages.matching", reference=reference, moved=moved))
