"""Sun and moon that are set by hand: a director asks for a look, not for an almanac. Pure."""

from __future__ import annotations

import math

from stage.values.sky import MoonValues, SunValues
from tracking.records import Vec3

_LEAST = 1e-6


def hand_direction(body: SunValues | MoonValues) -> Vec3:
    """The unit vector in the stage to a body set by hand."""
    azimuth, elevation = math.radians(body.azimuth_deg), math.radians(body.elevation_deg)
    level = math.cos(elevation)
    return _unit((-level * math.sin(azimuth), level * math.cos(azimuth), math.sin(elevation)))


def lit_by(moon: Vec3, sun: Vec3, phase: float) -> Vec3:
    """The unit vector from a moon of this phase (the lit share of its disc) to what lights it.

    The lit side is turned to the sun, as it always is. A moon before or behind the sun is lit from above.
    """
    towards_eye = 2.0 * phase - 1.0
    aside = _aside(sun, moon) or _aside((0.0, 0.0, 1.0), moon) or _aside((0.0, 1.0, 0.0), moon)
    assert aside is not None
    share = math.sqrt(max(0.0, 1.0 - towards_eye * towards_eye))
    return _unit(
        (
            share * aside[0] - towards_eye * moon[0],
            share * aside[1] - towards_eye * moon[1],
            share * aside[2] - towards_eye * moon[2],
        )
    )


def _aside(vector: Vec3, axis: Vec3) -> Vec3 | None:
    """The part of a vector across a unit axis, as a unit vector; None where there is none."""
    along = vector[0] * axis[0] + vector[1] * axis[1] + vector[2] * axis[2]
    part = (vector[0] - along * axis[0], vector[1] - along * axis[1], vector[2] - along * axis[2])
    return _unit(part) if math.hypot(*part) > _LEAST else None


def _unit(vector: Vec3) -> Vec3:
    length = math.hypot(*vector)
    return (vector[0] / length, vector[1] / length, vector[2] / length)
