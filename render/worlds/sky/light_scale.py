"""From the light of the sky's model, whose sun outside the air gives 1, to the light of worlds. Pure."""

from __future__ import annotations

from render.worlds.sky.air import NITS_AT_ONE, SUN_LUX
from tracking.records import Vec3

ACESCG_FROM_REC709 = (
    (0.6130974024, 0.3395231462, 0.0473794515),
    (0.0701937225, 0.9163538791, 0.0134523985),
    (0.0206155929, 0.1095697729, 0.8698146342),
)
"""Rows. What `render/colour/primaries.py` works out, which this room is below."""
_SCALE = SUN_LUX / NITS_AT_ONE
WORLD_FROM_AIR = tuple(_SCALE * row[column] for column in range(3) for row in ACESCG_FROM_REC709)
"""Column by column, as shaders take it."""


def world_from_air(light: Vec3) -> Vec3:
    """Light of the model as the light of worlds."""
    red, green, blue = (
        _SCALE * sum(part * value for part, value in zip(row, light, strict=True)) for row in ACESCG_FROM_REC709
    )
    return (red, green, blue)
