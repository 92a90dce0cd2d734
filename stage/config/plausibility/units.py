"""Guesses the unit in which a number was written by mistake. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from tracking.records import Vec3

_UNITS = (("millimetres", 1000.0), ("centimetres", 100.0), ("inches", 1.0 / 0.0254))
_MOST_GUESSES = 2
_TURN_STEP_RAD = math.pi / 12.0
_TURN_ERROR_RAD = 0.0021
"""How far a rounded fraction of pi may be off: 3.14 is."""
_LEAST_CONVERTED_M = 0.05

Fits = Callable[[float], bool]
"""Whether a length in metres is one that somebody would build or mount."""


def length_cure(found_m: float, fits: Fits) -> str:
    """The likely unit of a length and its value in metres, if one fits; else a plain request for metres."""
    guesses = [(unit, f"{found_m / count:.6g}") for unit, count in _UNITS if fits(abs(found_m) / count)]
    return _in_words(guesses) or "lengths are in metres"


def place_cure(found_m: Vec3, least_m: float, most_m: float, fits: Fits | None = None) -> str:
    """The same for a place, judged by its largest coordinate, or by `fits` for the factor of the conversion."""
    largest = max(map(abs, found_m))
    guesses = [
        (unit, listed(_converted(one, count, most_m) for one in found_m))
        for unit, count in _UNITS
        if (least_m <= largest / count <= most_m if fits is None else fits(1.0 / count))
    ]
    return _in_words(guesses) or "places are in metres, from the stage's origin"


def within(least_m: float, most_m: float) -> Fits:
    """Lengths from the least to the most."""
    return lambda length_m: least_m <= length_m <= most_m


def in_radians(angle_deg: float) -> float | None:
    """An angle in degrees if what was written is a multiple of 15 degrees in radians, such as 1.5708; else None."""
    steps = round(angle_deg / _TURN_STEP_RAD)
    if 0 < abs(steps) <= 24 and abs(angle_deg - steps * _TURN_STEP_RAD) < _TURN_ERROR_RAD:
        return steps * 15.0
    return None


def listed(numbers: Iterable[float]) -> str:
    """Numbers as a configuration writes them: `[0.1, -1, 0]`."""
    return "[" + ", ".join(f"{one:.6g}" for one in numbers) + "]"


def _converted(found_m: float, count: float, most_m: float) -> float:
    """One coordinate in metres. A small one with decimals was in metres already: only the others are in the unit."""
    was_in_metres = abs(found_m) <= most_m and not found_m.is_integer() and abs(found_m) / count < _LEAST_CONVERTED_M
    return found_m if was_in_metres else found_m / count


def _in_words(guesses: list[tuple[str, str]]) -> str:
    """`written in centimetres? In metres it is 2; from inches it would be 5.08`; "" without a guess."""
    if not guesses:
        return ""
    (unit, metres), *others = guesses[:_MOST_GUESSES]
    return f"written in {unit}? In metres it is {metres}" + "".join(
        f"; from {other} it would be {value}" for other, value in others
    )
