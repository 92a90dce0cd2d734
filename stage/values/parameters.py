"""A parameter: one settable value with its path, derived from its declaration. Pure.

Paths are OSC-style and follow the value's place in `ShowValues`: `/camera/A/manual/x_m`.
"""

from __future__ import annotations

import math
import sys
import unicodedata
from collections.abc import Iterator
from typing import Literal

import msgspec

from stage.almanac.calendar import FIRST_DATE, LAST_DATE, day_of
from tracking.records import Evolving, Record, Scalar
from tracking.settable import (
    Declaration,
    FadeRule,
    Form,
    Kind,
    LookGroup,
    Overrides,
    Role,
    Value,
    Values,
    declarations_of,
    is_in_gap,
)

ErrorCode = Literal[
    "bad_message", "unknown_path", "wrong_type", "out_of_range", "forbidden", "conflict", "busy", "no_answer"
]
MAX_TEXT = 256
_LONGEST_SHOWN = 64
_MOST_LISTED = 24


class Refusal(Evolving):
    """Why a request was refused: the wire's error code, and the reason as a code with values."""

    code: ErrorCode
    reason: str
    values: dict[str, Scalar] = msgspec.field(default_factory=dict)


class Parameter(Record):
    """One settable value, as clients see it.

    `minimum` and `maximum` (in `unit`) bound floats, `choices` lists what a choice accepts, `role` is the lowest role
    that may set it. `fade` is the rule by which it moves over time and `look` the look group that stores it; `fades`
    and `in_looks` say whether there is one. `seen` says whether a film camera sees it change, `guarded` whether a
    change during a take could spoil the take. `override` says that any value but the default replaces what a film
    camera would see: for a moment, or until it is set back. `least` is the lowest number beside 0, where there is one.
    `form` is what a text must be, such as a date. One that `calls` does something whenever it is set.
    """

    path: str
    kind: Kind
    default: Value
    help: str
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    role: Role = "director"
    in_looks: bool = False
    fades: bool = False
    fade: FadeRule | None = None
    look: LookGroup | None = None
    seen: bool = True
    guarded: bool = False
    override: Overrides | None = None
    least: float | None = None
    form: Form | None = None
    calls: bool = False

    def check(self, value: object) -> Value | Refusal:
        """`value` as it is stored, or why it is refused.

        Whole numbers become floats. A boolean accepts only true and false, never 0 or 1, and a float never a boolean,
        so that a client that confuses them gets an error.
        """
        if self.kind == "float":
            low, high = self.minimum, self.maximum
            if (
                type(value) is float
                and self.least is None
                and low is not None
                and high is not None
                and low < value < high
            ):
                return value + 0.0
            return self._check_number(value)
        if self.kind == "boolean":
            return value if isinstance(value, bool) else self._wrong_type(value, "not_a_switch")
        return self._check_text(value)

    def _check_number(self, value: object) -> Value | Refusal:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._wrong_type(value, "not_a_number")
        low = -math.inf if self.minimum is None else self.minimum
        high = math.inf if self.maximum is None else self.maximum
        if is_in_gap(value, self.least):
            gap: dict[str, Scalar] = {"path": self.path, "found": _shown(value), "unit": self.unit}
            return Refusal(
                code="out_of_range", reason="number_in_gap", values={**gap, "least": self.least or 0.0, "maximum": high}
            )
        if self.fade == "clock" and value == high:
            return low  # midnight has one number, so that equal hours have equal bytes
        if low <= value <= high and abs(value) <= sys.float_info.max:
            return float(value) + 0.0  # turns -0.0 into 0.0, so that equal values have equal bytes
        values: dict[str, Scalar] = {"path": self.path, "found": _shown(value), "unit": self.unit}
        values |= {"minimum": low, "maximum": high}
        return Refusal(code="out_of_range", reason="number_out_of_range", values=values)

    def _check_text(self, value: object) -> Value | Refusal:
        if not isinstance(value, str):
            return self._wrong_type(value, "not_a_choice" if self.choices else "not_text")
        if self.kind == "choice" and value not in self.choices:
            alike = unicodedata.normalize("NFC", value[:MAX_TEXT])
            for choice in self.choices:
                if unicodedata.normalize("NFC", choice) == alike:
                    return choice  # the same name as another keyboard writes it
            values: dict[str, Scalar] = {"path": self.path, "found": _shown(value), "choices": _listed(self.choices)}
            return Refusal(code="out_of_range", reason="no_such_choice", values=values)
        if len(value) > MAX_TEXT:
            values = {"path": self.path, "most": MAX_TEXT}
            return Refusal(code="out_of_range", reason="text_too_long", values=values)
        if self.form == "date" and day_of(value) is None:
            values = {"path": self.path, "found": _shown(value), "first": FIRST_DATE, "last": LAST_DATE}
            return Refusal(code="out_of_range", reason="not_a_date", values=values)
        return value

    def _wrong_type(self, value: object, reason: str) -> Refusal:
        values: dict[str, Scalar] = {"path": self.path, "found": _shown(value)}
        if self.choices:
            values["choices"] = _listed(self.choices)
        return Refusal(code="wrong_type", reason=reason, values=values)


def parameters_of(prefix: str, values: Values) -> Iterator[Parameter]:
    """The parameters of a group under `prefix`, groups inside it included; their defaults are its present values."""
    for declared in declarations_of(type(values)):
        present, path = getattr(values, declared.name), f"{prefix}/{declared.name}"
        if declared.group is not None:
            yield from parameters_of(path, present)
        else:
            yield _parameter(path, declared, present)


def flat(prefix: str, values: Values) -> Iterator[tuple[str, Value]]:
    """Path and present value of everything in a group, in declared order."""
    for declared in declarations_of(type(values)):
        path, present = f"{prefix}/{declared.name}", getattr(values, declared.name)
        if declared.group is not None:
            yield from flat(path, present)
        else:
            yield path, present


def _parameter(path: str, declared: Declaration, default: Value) -> Parameter:
    setting = declared.setting
    return Parameter(
        path=path,
        kind=declared.kind,
        default=default,
        help=setting.help,
        unit=setting.unit,
        minimum=declared.low,
        maximum=declared.high,
        choices=declared.choices,
        role=setting.role,
        in_looks=setting.look is not None,
        fades=setting.fade is not None,
        fade=setting.fade,
        look=setting.look,
        seen=setting.seen,
        guarded=setting.guarded,
        override=setting.override,
        least=setting.least,
        form=setting.form,
        calls=setting.calls,
    )


def _listed(choices: tuple[str, ...]) -> str:
    """What there is to choose, with commas where names have spaces, and not without end."""
    named = [*choices[:_MOST_LISTED], *(["..."] if len(choices) > _MOST_LISTED else [])]
    return (", " if any(" " in choice for choice in choices) else " ").join(named)


def _shown(value: object) -> str:
    """What a client sent, in a few characters."""
    return repr(value)[:_LONGEST_SHOWN] if isinstance(value, str) else str(value)[:_LONGEST_SHOWN]
