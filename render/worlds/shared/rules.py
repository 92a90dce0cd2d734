"""A rule that a world or layer breaks, as a code with values. Pure."""

from __future__ import annotations

import msgspec

from tracking.records import Record, Scalar


class BrokenRule(Record):
    """The key that breaks a rule, such as `layers[0].file`, and which rule, with what was found and expected."""

    key: str
    code: str
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)
