"""How a value that people may set is declared: once, on the field of the record that the show reads. Pure.

    class GradeValues(Values):
        exposure_stops: Annotated[float, number(-12.0, 12.0, "stops", "Brightness of the world.", look="grade")] = 0.0

The field's type, default and range are msgspec's; the rest is a `Setting`. Everything else is read off that line: the
parameter tree and its paths, the wire, fades, looks, the configuration's default and range, what a plan may hold, and
the tables in the documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from tracking.records import Record

Value = bool | float | str
Kind = Literal["float", "boolean", "text", "choice"]
Role = Literal["viewer", "director", "operator", "admin"]
ROLES: tuple[Role, ...] = ("viewer", "director", "operator", "admin")
"""From least to most."""
Overrides = Literal["momentary", "standing"]
"""How a value replaces what a film camera would see: for a moment, so that the next start is without it, or until it is
set back.
"""
FadeRule = Literal["linear", "stops", "mired", "nearness", "circular", "clock", "dissolve"]
"""How a value moves: evenly; evenly in stops, which is what a number of stops does; evenly in mired, the reciprocal of
kelvin; evenly in one over a distance, of which 0 is infinity; the shorter way round 360 degrees; the shorter way round
24 hours. A choice jumps; what it chooses dissolves.
"""
Way = Literal["shorter", "forward", "backward"]
"""Which way round a value goes that goes round: the shorter one, with half a turn forward; up; or down."""
Curve = Literal["linear", "ease"]
"""How a fade runs from its start to its end: evenly; or with a soft start and a soft end."""
ROUND_TURNS: dict[FadeRule, float] = {"circular": 360.0, "clock": 24.0}
"""The rules of values that go round, and how far a whole turn is."""
LookGroup = Literal["world", "sky", "time", "grade", "cards", "lights"]
SETTING = "setting"
"""The key of a `Setting` in `msgspec.Meta.extra`."""
Form = Literal["date"]
"""What a text must be: a date, year-month-day."""


class Values(Record, forbid_unknown_fields=False):
    """A group of values, one field each. Frozen: a change makes a new record, so two records can be compared at once.

    States and takes of another version may hold further fields.
    """


class Setting(Record):
    """What a declaration says beyond type, default and range.

    `role` is the least role that may set the value, `look` the group of a look that stores it (None: no look does),
    `fade` how it moves over time (None: it jumps). `seen` says whether a film camera sees it change, `guarded` whether
    changing it while a take records could spoil the take. `override` says that any value but the normal one replaces
    what a film camera would see (None: it does not). `least` is the lowest number that is allowed beside 0, which then
    means something of its own (None: there is no such gap). `form` is what a text must be (None: any). A value that
    `calls` does something whenever it is set, also to what it is already.
    """

    help: str
    unit: str = ""
    role: Role = "director"
    fade: FadeRule | None = None
    look: LookGroup | None = None
    seen: bool = True
    guarded: bool = False
    override: Overrides | None = None
    least: float | None = None
    form: Form | None = None
    calls: bool = False


def number(
    low: float,
    high: float,
    unit: str,
    text: str,
    *,
    role: Role | None = None,
    look: LookGroup | None = None,
    fade: FadeRule | None = "linear",
    seen: bool = True,
    guarded: bool | None = None,
    override: Overrides | None = None,
    least: float | None = None,
    calls: bool = False,
) -> msgspec.Meta:
    """A number from `low` to `high` in `unit`; with `least`, 0 or a number from `least` to `high`.

    One that a look stores is the director's. Any other is the stage's geometry, timing or rig: the operator's, and
    guarded while a take records, unless said otherwise.
    """
    setting = Setting(
        help=text,
        unit=unit,
        role=role or ("director" if look else "operator"),
        fade=fade,
        look=look,
        seen=seen,
        guarded=look is None if guarded is None else guarded,
        override=override,
        least=least,
        calls=calls,
    )
    return msgspec.Meta(ge=low, le=high, extra={SETTING: setting})


def switch(
    text: str,
    *,
    role: Role = "director",
    look: LookGroup | None = None,
    seen: bool = True,
    guarded: bool = False,
    override: Overrides | None = None,
) -> msgspec.Meta:
    """Something that is on or off."""
    setting = Setting(help=text, role=role, look=look, seen=seen, guarded=guarded, override=override)
    return msgspec.Meta(extra={SETTING: setting})


def choice(
    text: str,
    *,
    role: Role = "operator",
    look: LookGroup | None = None,
    seen: bool = True,
    guarded: bool = False,
    override: Overrides | None = None,
    fade: FadeRule | None = None,
) -> msgspec.Meta:
    """One of several words, which the field's `Literal` lists, or which the running show offers for a `str`."""
    setting = Setting(help=text, role=role, look=look, seen=seen, guarded=guarded, override=override, fade=fade)
    return msgspec.Meta(extra={SETTING: setting})


def date(text: str, *, role: Role = "director") -> msgspec.Meta:
    """A date, as text; it jumps, and no look holds it."""
    return msgspec.Meta(extra={SETTING: Setting(help=text, role=role, form="date"), "cure": "date"})


class Declaration(NamedTuple):
    """What one field of a group declares. A field that is a group itself has that as `group`, and nothing else."""

    name: str
    group: type[Values] | None = None
    kind: Kind = "float"
    default: Value = 0.0
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    setting: Setting = Setting(help="")


@cache
def declarations_of(group: type[Values]) -> tuple[Declaration, ...]:
    """The declared fields of a group, in order. Fields that are no values, such as a name, are left out."""
    hints = get_type_hints(group, include_extras=True)
    found = (_declaration(field.name, hints[field.name], field.default) for field in msgspec.structs.fields(group))
    return tuple(one for one in found if one is not None)


def out_of_range(values: Values) -> Iterator[tuple[Declaration, Value]]:
    """Every declared value of a group that is not in its range, or none of its choices."""
    for declared in declarations_of(type(values)):
        value = getattr(values, declared.name)
        if declared.group is not None:
            yield from out_of_range(value)
        elif declared.low is not None and declared.high is not None:
            if not declared.low <= value <= declared.high or is_in_gap(value, declared.setting.least):
                yield declared, value
        elif declared.choices and value not in declared.choices:
            yield declared, value


def is_in_gap(value: Value, least: float | None) -> bool:
    """Whether a number is between 0 and the least that is allowed beside it."""
    return least is not None and isinstance(value, int | float) and 0.0 < value < least


def _declaration(name: str, hint: Any, default: object) -> Declaration | None:
    if isinstance(hint, type) and issubclass(hint, Values):
        return Declaration(name, group=hint)
    origin, *metas = get_args(hint) or (hint,)
    meta = next((meta for meta in metas if isinstance(meta, msgspec.Meta)), None)
    setting = _setting(None if meta is None else meta.extra)
    if meta is None or setting is None:
        return None
    assert isinstance(default, bool | float | str), f"{name} has no default"
    return Declaration(
        name,
        kind=_kind(origin),
        default=default,
        low=None if meta.ge is None else float(meta.ge),
        high=None if meta.le is None else float(meta.le),
        choices=get_args(origin),
        setting=setting,
    )


def _setting(extra: Mapping[str, Any] | None) -> Setting | None:
    found = (extra or {}).get(SETTING)
    return found if isinstance(found, Setting) else None


def _kind(origin: Any) -> Kind:
    if origin is float:
        return "float"
    if origin is bool:
        return "boolean"
    return "choice" if get_origin(origin) is Literal else "text"
