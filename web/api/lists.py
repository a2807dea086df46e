"""Rule lists, starters and the preview of a case for programs."""

import re
from collections.abc import Sequence
from typing import Final

from engine.answer import decisions_of
from engine.case import read_case
from engine.contributions.access import prove, touched
from engine.contributions.rights import Action
from engine.evaluate import evaluate
from engine.rulebook import from_text
from ledger.days import format_day
from ledger.faults import SluiceError
from rules.decode import decode_json
from rules.document import Rule
from rules.starter_files import starters
from rules.wording import sentence
from web.api.answers import (
    DecisionAnswer,
    PreviewAnswer,
    ProblemRow,
    RuleAnswer,
    RulesAnswer,
    StarterAnswer,
    StartersAnswer,
    VersionAnswer,
    VersionsAnswer,
)
from web.api.asked import Asked, Reply
from web.api.bodies import RulesBody
from web.asking import Household, changing, reading
from web.faults import RefusedError

_VERSION: Final = re.compile(r'(?:W/)?"?([0-9]{1,9})"?', re.ASCII)


def get_rules(asked: Asked) -> Reply:
    """GET /customers/{reference}/rules."""
    with reading(asked.services, asked.reference) as house:
        version = house.record.version
        return Reply(_list(house, house.rules, version), headers={"ETag": f'"{version}"'})


def put_rules(asked: Asked) -> Reply:
    """PUT /customers/{reference}/rules."""
    rules = asked.body_as(RulesBody).rules
    wanted = asked.headers.get("If-Match")
    with changing(asked.services, asked.reference) as house:
        version = house.record.version
        if wanted is not None and version_asked(wanted) != version:
            sentence_ = f"The list is at version {version} now; read it again and change that."
            raise SluiceError("version_changed", sentence_, "If-Match")
        prove(house.rights, asked.person, Action.RULE, touched(house.rules, rules))
        house.save(rules)
        version = max(one.version for one in house.work.versions(house.customer))
        return Reply(_list(house, rules, version), headers={"ETag": f'"{version}"'})


def version_asked(text: str) -> int:
    """The version that If-Match names. Raises SluiceError `parameter`."""
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        raise SluiceError("parameter", 'If-Match is the version that was read, such as "3".', "If-Match")
    return int(match[1])


def _list(house: Household, rules: Sequence[Rule], version: int) -> RulesAnswer:
    rows = [
        RuleAnswer(id=rule.id, mode=rule.mode, sentence=sentence(rule, house.names), document=rule) for rule in rules
    ]
    warnings = [ProblemRow(field=one.path, code=one.code, detail=one.sentence) for one in house.warnings(rules)]
    return RulesAnswer(version=version, rules=rows, warnings=warnings)


def list_versions(asked: Asked) -> Reply:
    """GET /customers/{reference}/rules/versions."""
    with reading(asked.services, asked.reference) as house:
        rows = [
            VersionAnswer(version=one.version, saved=format_day(one.day), rules=list(from_text(one.documents)))
            for one in house.versions
        ]
        return Reply(VersionsAnswer(versions=rows))


def list_starters(_: Asked) -> Reply:
    """GET /starters."""
    rows = [
        StarterAnswer(title=one.title, description=one.description, sentence=sentence(one.rule), rule=one.rule)
        for one in starters()
    ]
    return Reply(StartersAnswer(starters=rows))


def preview(asked: Asked) -> Reply:
    """POST /preview (ruling 59)."""
    read = read_case(decode_json(asked.raw))
    if read.case is None:
        raise RefusedError(read.problems)
    plan = evaluate(read.case.snapshot)
    told = decisions_of(plan, 0, read.case.rules, read.case.handles)
    return Reply(PreviewAnswer(decisions=[DecisionAnswer.model_validate(one) for one in told]))
