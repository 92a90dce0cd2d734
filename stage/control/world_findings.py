"""What is found of worlds and of pictures that could be worlds, in words and with the values that cure it."""

from __future__ import annotations

import msgspec

from stage.show.air.remark import Remark
from stage.words.sentences import sentence
from tracking.records import Evolving, Scalar
from tracking.settable import Value


class WorldFinding(Evolving):
    """Something that the user should know of a world or a file; `fix` gives the values that would cure it, by path.

    `values` fill the sentence of `code` in any language; `text` is the English one.
    """

    code: str
    text: str
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)
    fix: dict[str, Value] = msgspec.field(default_factory=dict)


def finding_of(remark: Remark) -> WorldFinding:
    """A remark in words."""
    text = sentence(remark.code, remark.values)
    return WorldFinding(code=remark.code, text=text, values=dict(remark.values), fix=dict(remark.fix))
