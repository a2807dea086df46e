"""A stored answer as HTTP: what was made, or the refusal; the same again for the same key (ruling 38)."""

import json

from engine.request import Answered
from web.api.answers import TransferAnswer
from web.api.asked import Reply
from web.faults import Told, problem_response

_REFUSED = 400


def stored_reply(answered: Answered) -> Reply:
    """The answer of a transfer request, first or replayed."""
    headers = {"Idempotent-Replayed": "true"} if answered.replayed else {}
    body = json.loads(answered.body)
    if answered.status < _REFUSED:
        return Reply(TransferAnswer.model_validate(body), answered.status, headers)
    told = Told(answered.status, body["code"], body["detail"], body["field"])
    return Reply(problem_response(told).get_data(as_text=True), answered.status, headers)
