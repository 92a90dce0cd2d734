"""From a code with its values to a sentence. The fold and its records know codes alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from render.plan.frame import Hold
from stage.words.english import ENGLISH
from tracking.records import Scalar

Sentences = Mapping[str, str]
"""Code to a `str.format` template over the code's values."""


def sentence(code: str, values: Mapping[str, Scalar], sentences: Sentences = ENGLISH) -> str:
    """The sentence for `code`.

    A code that the table lacks, or values that its template does not fit (a take of another version may hold either),
    are shown as they are.
    """
    template = sentences.get(code)
    if template is not None:
        try:
            return template.format_map(values)
        except (LookupError, ValueError, TypeError, AttributeError):
            pass
    return ", ".join([code, *(f"{name} {value}" for name, value in values.items())])


def hold_line(holds: Iterable[Hold]) -> str:
    """Why a wall is held, every camera's reason in one line; "" where it is not."""
    return "; ".join(sentence(hold.reason, hold.values) for hold in holds)
