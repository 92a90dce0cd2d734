"""A configured OSC map, prepared for quick lookup: address to fields, and fields to a pose."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from tracking.dialects import OscArgument, OscField, OscFrame, OscMap, OscRule
from tracking.protocols.osc_packet import Argument
from tracking.records import PacketError, Quat, Vec3
from tracking.rotation import IDENTITY, quat_from_pan_tilt_roll

LARGEST_PLACE_M = 1e6

_LARGEST_VALUE = 1e10
_POSITION: tuple[OscField, ...] = ("x", "y", "z")
_ANGLES: tuple[OscField, ...] = ("pan", "tilt", "roll")
_QUATERNION: tuple[OscField, ...] = ("qx", "qy", "qz", "qw")
POSE_FIELDS: tuple[OscField, ...] = (*_POSITION, *_ANGLES, *_QUATERNION)

# For each of stage x, y, z: the index of the sender's axis, and its sign.
_FRAMES: dict[OscFrame, tuple[tuple[int, float], tuple[int, float], tuple[int, float]]] = {
    "stage": ((0, 1.0), (1, 1.0), (2, 1.0)),
    "unity": ((0, 1.0), (2, 1.0), (1, 1.0)),
    "openvr": ((0, 1.0), (2, -1.0), (1, 1.0)),
    "unreal": ((1, 1.0), (0, 1.0), (2, 1.0)),
}
_LEFT_HANDED = ("unity", "unreal")

_UNIT_FACTORS = {"m": 1.0, "cm": 0.01, "mm": 0.001, "deg": 1.0, "rad": 180.0 / math.pi, "s": 1.0}
_MM_PER_M = 1000.0

BUILT_IN = OscMap(
    rules=(
        OscRule(
            address="/tracker/{id}/pose",
            arguments=tuple(
                OscArgument(index=index, field=field) for index, field in enumerate((*_POSITION, *_QUATERNION, "time"))
            ),
        ),
    )
)
"""`/tracker/{id}/pose`: x, y, z in metres, qx, qy, qz, qw, and the sender's time in seconds if it has a clock."""


class Match(NamedTuple):
    """The rule that an address matches: the fields of its arguments, and the body that it names ("" if none)."""

    steps: tuple[tuple[int, OscField, float], ...]
    body: str


class AddressBook:
    """The rules of one map, matched against addresses."""

    def __init__(self, rules: OscMap) -> None:
        self.frame: OscFrame = rules.frame
        self.needed = _needed_fields(rules)
        self._rules = tuple((_pattern(rule.address), _steps(rule)) for rule in rules.rules)

    def find(self, address: str) -> Match | None:
        """The first rule that the address matches; None if there is none."""
        for pattern, steps in self._rules:
            match = pattern.fullmatch(address)
            if match is not None:
                return Match(steps, match["id"] if "id" in pattern.groupindex else "")
        return None


def read_fields(match: Match, arguments: tuple[Argument, ...], ignored: list[str]) -> dict[str, float]:
    """The fields of one message in the stage's units. Raises PacketError (decode, not_finite).

    Every argument of the pose must be a usable number. Others may be missing; if one cannot be used, it is left out and
    its field is added to `ignored`.
    """
    fields: dict[str, float] = {}
    for index, field, factor in match.steps:
        if index >= len(arguments):
            if field in POSE_FIELDS:
                raise PacketError("decode", f"argument {index} ({field}) is missing; the message has {len(arguments)}")
            continue
        value = arguments[index]
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST_VALUE:
            fields[field] = value * factor
        elif field in POSE_FIELDS:
            raise _unusable(value, index, field)
        else:
            ignored.append(field)
    return fields


def _unusable(value: Argument, index: int, field: OscField) -> PacketError:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return PacketError("decode", f"argument {index} ({field}) is not a number")
    if not math.isfinite(value):
        return PacketError("not_finite", f"argument {index} ({field}) is {value}")
    return PacketError("decode", f"argument {index} ({field}) is {value:g}")


def pose_of(values: dict[str, float], frame: OscFrame) -> tuple[Vec3, Quat]:
    """Position and rotation in the stage's axes. Raises PacketError (decode) for an impossible place or turn."""
    position = _turned((values.get("x", 0.0), values.get("y", 0.0), values.get("z", 0.0)), frame)
    if not max(abs(part) for part in position) <= LARGEST_PLACE_M:
        raise PacketError("decode", f"position {position}, more than {LARGEST_PLACE_M:g} m away")
    if "qw" in values:
        return position, _quaternion((values["qx"], values["qy"], values["qz"], values["qw"]), frame)
    pan, tilt, roll = (values.get(field, 0.0) for field in _ANGLES)
    return position, quat_from_pan_tilt_roll(pan, tilt, roll) if pan or tilt or roll else IDENTITY


def _quaternion(sent: Quat, frame: OscFrame) -> Quat:
    """The rotation in the stage's axes. Its axis follows the frame; in a left-handed frame it turns the other way."""
    x, y, z, w = sent
    length = math.sqrt(x * x + y * y + z * z + w * w)
    if not 1e-3 < length < 1e3:
        raise PacketError("decode", f"quaternion of length {length:g}, expected 1")
    scale = -1.0 / length if frame in _LEFT_HANDED else 1.0 / length
    axis = _turned((x * scale, y * scale, z * scale), frame)
    return (axis[0], axis[1], axis[2], w / length)


def _turned(sent: Vec3, frame: OscFrame) -> Vec3:
    (x, x_sign), (y, y_sign), (z, z_sign) = _FRAMES[frame]
    return (sent[x] * x_sign, sent[y] * y_sign, sent[z] * z_sign)


def _needed_fields(rules: OscMap) -> tuple[OscField, ...]:
    mapped = [argument.field for rule in rules.rules for argument in rule.arguments]
    return tuple(field for field in POSE_FIELDS if field in mapped)


def _steps(rule: OscRule) -> tuple[tuple[int, OscField, float], ...]:
    return tuple((argument.index, argument.field, _factor(argument)) for argument in rule.arguments)


def _factor(argument: OscArgument) -> float:
    if argument.unit is None:
        return float(argument.sign)
    factor = _UNIT_FACTORS[argument.unit] * (_MM_PER_M if argument.field == "focal_length" else 1.0)
    return factor * argument.sign


def _pattern(address: str) -> re.Pattern[str]:
    wild = {"*": "[^/]*", "?": "[^/]", "{id}": "(?P<id>[^/]+)"}
    pieces = re.split(r"(\*|\?|\{id\})", address)
    return re.compile("".join(wild.get(piece) or re.escape(piece) for piece in pieces))
