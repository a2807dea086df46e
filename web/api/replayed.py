"""A stored answer as HTTP: what was made, or the refusal; the same again for the same key (ruling 38)."""

import json

from engine.once import Answered
from web.api.answers import Answer, TransferAnswer
from web.api.asked import Reply
from web.faults import Told, problem_response

_REFUSED = 400


def stored_reply(answered: Answered, kind: type[Answer] = TransferAnswer) -> Reply:
    """The answer of a request that is made once, first or replayed; `kind` is the answer of one that was done."""
    headers = {"Idempotent-Replayed": "true"} if answered.replayed else {}
    body = json.loads(answered.body)
    if answered.status < _REFUSED:
        return Reply(kind.model_validate(body), answered.status, headers)
    told = Told(answered.status, body["code"], body["detail"], body["field"])
    return Reply(problem_response(told).get_data(as_text=True), answered.status, headers)
