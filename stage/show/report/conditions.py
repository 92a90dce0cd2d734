"""Standing conditions: what the edges report as missing or lost, and what somebody has to acknowledge."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from stage.show.frame.inputs import Condition
from stage.show.report.tracker_health import Fault
from tracking.records import Notebook, Scalar

MOST_STANDING = 64
_LONGEST_TEXT = 200
SUBJECTS = ("tracker", "camera", "wall", "world", "source", "why", "take", "helper", "path", "file", "output", "light")
"""The values that say what a finding is about: with the code, they make it the same one in the next frame."""


class Conditions(Notebook):
    """The conditions that stand, by code and subject.

    One that `lasts` stays until somebody has acknowledged it; any other stays until its edge reports that it is over.
    """

    standing: dict[str, Condition] = msgspec.field(default_factory=dict)


def subject_key(code: str, values: dict[str, Scalar]) -> str:
    """The code and what it is about: what makes a finding the same one in the next frame."""
    return "\n".join([code, *(str(values[name]) for name in SUBJECTS if name in values)])


def note_condition(conditions: Conditions, report: Condition) -> None:
    """Follows an edge's report. Beyond `MOST_STANDING` the oldest condition that does not last makes room first."""
    standing = conditions.standing
    values = {name: _bounded(value) for name, value in report.values.items()}
    key = _key(report.code, values)
    if not report.present:
        standing.pop(key, None)
        return
    standing[key] = msgspec.structs.replace(report, values=values)
    while len(standing) > MOST_STANDING:
        passing = (key for key, condition in standing.items() if not condition.lasts)
        del standing[next(passing, next(iter(standing)))]


def standing_condition(conditions: Conditions, code: str, subject: dict[str, Scalar]) -> Condition | None:
    """The condition of this code about this subject, if it stands."""
    return conditions.standing.get(_key(code, subject))


def forget_passing(conditions: Conditions) -> None:
    """Keeps only what lasts: a new core's edges report for themselves what is missing now."""
    conditions.standing = {key: condition for key, condition in conditions.standing.items() if condition.lasts}


def acknowledge_lasting(conditions: Conditions, code: str) -> bool:
    """Ends the lasting conditions of this code. Returns whether there were any."""
    ended = [key for key, condition in conditions.standing.items() if condition.lasts and condition.code == code]
    for key in ended:
        del conditions.standing[key]
    return bool(ended)


def standing_faults(conditions: Conditions) -> Iterator[Fault]:
    """A fault for each condition that stands."""
    for condition in conditions.standing.values():
        yield Fault(condition.code, condition.severity, condition.values)


def _key(code: str, values: dict[str, Scalar]) -> str:
    """What makes a condition the same one again, whatever its reason is now."""
    return subject_key(code, {name: value for name, value in values.items() if name != "why"})


def _bounded(value: Scalar) -> Scalar:
    return value[:_LONGEST_TEXT] if isinstance(value, str) else value
