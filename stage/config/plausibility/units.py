"""Guesses the unit in which a number was written by mistake. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tracking.records import Vec3

_UNITS = (("millimetres", 1000.0), ("centimetres", 100.0))
_TURN_STEP_RAD = math.pi / 12.0
_TURN_ERROR_RAD = 0.0021
"""How far a rounded fraction of pi may be off: 3.14 is."""


def length_cure(found_m: float, least_m: float, most_m: float) -> str:
    """The likely unit of a length and its value in metres, if that is plausible; else a plain request for metres."""
    for unit, count in _UNITS:
        if least_m <= abs(found_m) / count <= most_m:
            return f"written in {unit}? In metres it is {found_m / count:g}"
    return "lengths are in metres"


def place_cure(found_m: Vec3, least_m: float, most_m: float) -> str:
    """The same for a place, judged by its largest coordinate."""
    largest = max(abs(one) for one in found_m)
    for unit, count in _UNITS:
        if least_m <= largest / count <= most_m:
            return f"written in {unit}? In metres it is {listed(one / count for one in found_m)}"
    return "places are in metres, from the stage's origin"


def in_radians(angle_deg: float) -> float | None:
    """An angle in degrees if what was written is a multiple of 15 degrees in radians, such as 1.5708; else None."""
    steps = round(angle_deg / _TURN_STEP_RAD)
    if 0 < abs(steps) <= 24 and abs(angle_deg - steps * _TURN_STEP_RAD) < _TURN_ERROR_RAD:
        return steps * 15.0
    return None


def listed(numbers: Iterable[float]) -> str:
    """Numbers as a configuration writes them: `[0.1, -1, 0]`."""
    return "[" + ", ".join(f"{one:.6g}" for one in numbers) + "]"
