"""What is asked for exactly once: the answer is stored under the asker's key and given again for ever (ruling 38)."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.ports import BookWork

_REUSED: Final = "This key was used for another request; repeat that request exactly, or make a new key for a new one."


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer of a request: HTTP status, JSON body, and whether it is the stored answer of an earlier one."""

    status: int
    body: str
    replayed: bool = False


def once(work: BookWork, key: tuple[int, str], wanted: Sequence[str | int], decide: Callable[[], Answered]) -> Answered:
    """Decide a request and store its answer, refusals included; `key` is (customer, idempotency key).

    A key that was used already is not decided again: the stored answer for the same `wanted`, 422 for another.
    """
    customer, text = key
    fingerprint = hashlib.sha256(json.dumps(list(wanted)).encode()).digest()
    before = work.answer(customer, text)
    if before is not None:
        asked, status, body = before
        if asked != fingerprint:
            return Answered(422, refused("idempotency_key_reused", _REUSED, "Idempotency-Key"))
        return Answered(status, body, replayed=True)
    answered = decide()
    work.keep_answer(customer, text, fingerprint, (answered.status, answered.body))
    return answered


def refused(code: str, sentence: str, field: str) -> str:
    """A refusal as a JSON body: code, sentence, and the field where one is at fault."""
    return json.dumps({"code": code, "detail": sentence, "field": field})
