"""Matching rules for programs: the whole ordered list, read and replaced."""

from engine.contributions.access import prove
from engine.contributions.rights import Action
from engine.matching.document import MatchList
from engine.matching.recategorise import rules_of, save_matching
from engine.matching.wording import match_sentence
from ledger.faults import SluiceError
from web.api.asked import Asked, Reply
from web.api.lists import version_asked
from web.api.recurringanswers import MatchAnswer, MatchingAnswer
from web.asking import Household, changing, reading
from web.faults import RefusedError


def get_matching(asked: Asked) -> Reply:
    """GET /customers/{reference}/matching."""
    with reading(asked.services, asked.reference) as house:
        return _list(house)


def put_matching(asked: Asked) -> Reply:
    """PUT /customers/{reference}/matching."""
    rules, wanted = asked.body_as(MatchList).rules, asked.headers.get("If-Match")
    with changing(asked.services, asked.reference) as house:
        prove(house.rights, asked.person, Action.SETTINGS)
        version = _version(house)
        if wanted is not None and version_asked(wanted) != version:
            sentence = f"The list is at version {version} now; read it again and change that."
            raise SluiceError("version_changed", sentence, "If-Match")
        problems = save_matching(house.work, house.customer, rules, (house.day, asked.services.now()))
        if problems:
            raise RefusedError(problems)
        return _list(house)


def _list(house: Household) -> Reply:
    version = _version(house)
    rules = rules_of(house.work, house.customer)
    rows = [MatchAnswer(sentence=match_sentence(rule, house.names), document=rule) for rule in rules]
    return Reply(MatchingAnswer(version=version, rules=rows), headers={"ETag": f'"{version}"'})


def _version(house: Household) -> int:
    versions = house.work.match_versions(house.customer)
    return versions[-1].version if versions else 0
