"""How one maker's FreeD or OSC differs from the published protocol, as records that a preset or a user fills in."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tracking.records import FocalLength, Place, Record, Turn

PositionAxis = Literal["x", "-x", "y", "-y", "z", "-z"]
AngleAxis = Literal["pan", "-pan", "tilt", "-tilt", "roll", "-roll"]
RawRange = tuple[Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFF)], Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFF)]]
Mask = Annotated[int, msgspec.Meta(ge=0, le=0xFFFFFF)]

_LARGEST_SCALE = 1000.0


class FreeDDialect(Record):
    """How a FreeD sender differs from Vinten's manual. The defaults follow the manual.

    `position_axes` names the wire's field for each of stage x, y, z, and `angle_axes` that for pan, tilt, roll, each
    with its sign. FreeD's pan, which turns right, is already flipped: "-pan" is for a maker whose pan turns left.
    `position_scale` and `angle_scale` multiply the manual's units (1/64 mm, 1/32768 degree). Offsets are added last, in
    the stage's axes. Masks keep the bits that carry the value; then `lens_zero` is subtracted from zoom and focus.
    Ranges are the raw values at the two ends; the first may be the larger. `zoom_mm` gives the focal lengths at the
    ends of `zoom_range`, linear between them. With `normalise_lens`, zoom, focus and iris are given as 0 to 1 over
    their ranges instead of as sent. `user` says what the two spare bytes hold. With `lens = "zcam"` zoom is mm x 100,
    focus is mm x 10, and the spare bytes hold the f-number x 100 in bits 0-11 and a sequence number in bits 12-15.
    """

    position_axes: tuple[PositionAxis, PositionAxis, PositionAxis] = ("x", "y", "z")
    angle_axes: tuple[AngleAxis, AngleAxis, AngleAxis] = ("pan", "tilt", "roll")
    position_scale: float = 1.0
    angle_scale: float = 1.0
    position_offset_m: Place = (0.0, 0.0, 0.0)
    angle_offset_deg: tuple[Turn, Turn, Turn] = (0.0, 0.0, 0.0)
    zoom_mask: Mask = 0xFFFFFF
    focus_mask: Mask = 0xFFFFFF
    user_mask: Annotated[int, msgspec.Meta(ge=0, le=0xFFFF)] = 0xFFFF
    lens_zero: Mask = 0
    zoom_range: RawRange = (0, 0xFFFFFF)
    focus_range: RawRange = (0, 0xFFFFFF)
    iris_range: RawRange = (0, 0xFFFF)
    zoom_mm: tuple[FocalLength, FocalLength] | None = None
    normalise_lens: bool = False
    user: Literal["ignore", "iris"] = "ignore"
    lens: Literal["encoders", "zcam"] = "encoders"

    def __post_init__(self) -> None:
        _check_axes(self.position_axes, "position_axes")
        _check_axes(self.angle_axes, "angle_axes")
        _check_scale(self.position_scale, "position_scale")
        _check_scale(self.angle_scale, "angle_scale")
        for name in ("zoom_range", "focus_range", "iris_range"):
            if getattr(self, name)[0] == getattr(self, name)[1]:
                raise ValueError(f"{name} is {getattr(self, name)}; expected two different raw values")


def _check_axes(axes: tuple[str, ...], name: str) -> None:
    if len({axis.lstrip("-") for axis in axes}) != 3:
        raise ValueError(f"{name} is {list(axes)}; expected each axis once")


def _check_scale(scale: float, name: str) -> None:
    if not 0.0 < abs(scale) <= _LARGEST_SCALE:
        raise ValueError(f"{name} is {scale}; expected a number within {_LARGEST_SCALE:g}, not 0")


OscField = Literal[
    "x", "y", "z", "pan", "tilt", "roll", "qx", "qy", "qz", "qw",
    "zoom", "focus", "iris", "focal_length", "focus_distance", "entrance_pupil", "f_stop", "time",
]  # fmt: skip
OscUnit = Literal["m", "cm", "mm", "deg", "rad", "s"]
OscFrame = Literal["stage", "unity", "openvr", "unreal"]

_LENGTHS: tuple[OscUnit, ...] = ("m", "cm", "mm")
_TURNS: tuple[OscUnit, ...] = ("deg", "rad")
_QUATERNION = ("qx", "qy", "qz", "qw")
_UNITS_OF_FIELDS: dict[OscField, tuple[OscUnit, ...]] = {
    "x": _LENGTHS,
    "y": _LENGTHS,
    "z": _LENGTHS,
    "pan": _TURNS,
    "tilt": _TURNS,
    "roll": _TURNS,
    "focal_length": _LENGTHS,
    "focus_distance": _LENGTHS,
    "entrance_pupil": _LENGTHS,
    "time": ("s",),
}


class OscArgument(Record):
    """One argument of a message: its field, unit and sign.

    Without `unit` it is in metres, degrees, seconds, millimetres for `focal_length`, and raw values as sent.
    """

    index: Annotated[int, msgspec.Meta(ge=0, le=63)]
    field: OscField
    unit: OscUnit | None = None
    sign: Literal[1, -1] = 1

    def __post_init__(self) -> None:
        units = _UNITS_OF_FIELDS.get(self.field, ())
        if self.unit is not None and self.unit not in units:
            wanted = f"one of {', '.join(units)}" if units else "none"
            raise ValueError(f"unit is {self.unit}; expected {wanted} for {self.field}")


class OscRule(Record):
    """An address, as a pattern with `*`, `?` and at most one `{id}`, and the meaning of its arguments."""

    address: Annotated[str, msgspec.Meta(pattern=r"^/", max_length=256)]
    arguments: Annotated[tuple[OscArgument, ...], msgspec.Meta(min_length=1, max_length=32)]


class OscMap(Record):
    """Which messages make up a pose. `frame` says how the sender's axes are oriented.

    stage: X right, Y ahead, Z up; unity: X right, Y up, Z ahead, left-handed; openvr: X right, Y up, Z back;
    unreal: X ahead, Y right, Z up, left-handed. The frame applies to x, y, z and the quaternion. Pan, tilt and roll are
    + left, + up, + clockwise from behind, after each argument's own sign. `/tracker/{id}/pose` is always understood.
    """

    frame: OscFrame = "stage"
    rules: Annotated[tuple[OscRule, ...], msgspec.Meta(max_length=64)] = ()

    def __post_init__(self) -> None:
        fields = [argument.field for rule in self.rules for argument in rule.arguments]
        turned = [field for field in _QUATERNION if field in fields]
        if turned and len(turned) < len(_QUATERNION):
            raise ValueError(f"rules is a map of {', '.join(turned)}; expected qx, qy, qz and qw together")
        if turned and any(field in fields for field in ("pan", "tilt", "roll")):
            raise ValueError("rules is a map of a quaternion and of angles; expected one of the two")
        if self.rules and not any(field in fields for field in ("x", "y", "z", "pan", "tilt", "roll", "qw")):
            raise ValueError("rules is a map of neither; expected a position or a rotation")
