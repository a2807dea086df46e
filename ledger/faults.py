"""The two shapes an error can have: a fault that is raised at the edge, and a problem that is returned as a value."""

from dataclasses import dataclass


class SluiceError(Exception):
    """A fault with a stable code, a sentence for people and, where there is one, the path of the field.

    Every exception Sluice raises on purpose is one of these. The code never changes; the sentence may.
    """

    def __init__(self, code: str, sentence: str, field: str = "") -> None:
        """Keep the three parts; `str()` of the error is its sentence."""
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal as a value: where (a path such as `rules.2.from.0.account`), a stable code, and a sentence.

    The sentence says what was wrong and what would be right. An empty path means the document as a whole.
    """

    path: str
    code: str
    sentence: str
