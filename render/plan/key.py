"""The chroma-key patch of a camera in a plan, and its limits. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from render.views.limits import Impossible, is_in_reach, is_light
from tracking.records import Evolving, Vec3

KEY_REGIONS = ("view", "frame")
MARKER_KINDS = ("off", "stage", "frame")
"""Where the crosses of a chroma key are fixed; shaders know a kind by its index in this tuple."""
_SMALLEST_RAD = 1e-4


class KeyPlan(Evolving):
    """A chroma-key patch in place of a camera's inner picture, in ACEScg light.

    `region` is "view" (all of the inner view) or "frame" (what the lens sees). Crosses of `marker_light`, `size_rad`
    from tip to tip and about `spacing_rad` apart, are fixed at angles seen from `marker_eye_m` ("stage": they stick to
    the walls), at places of the film frame ("frame"), or not drawn ("off").
    """

    region: str
    light: Vec3
    markers: str
    marker_light: Vec3
    marker_eye_m: Vec3
    spacing_rad: float
    size_rad: float


def impossible_key(key: KeyPlan) -> Iterator[Impossible]:
    """What cannot be drawn of a key patch."""
    if key.markers not in MARKER_KINDS or key.region not in KEY_REGIONS:
        yield Impossible("", (key.markers, key.region), f"one of {MARKER_KINDS} and one of {KEY_REGIONS}")
    if not (is_light(key.light) and is_light(key.marker_light) and is_in_reach(key.marker_eye_m)):
        yield Impossible("", (key.light, key.marker_light, key.marker_eye_m), "lights and a place")
    if not (_SMALLEST_RAD <= key.spacing_rad <= math.pi and _SMALLEST_RAD <= key.size_rad <= math.pi):
        yield Impossible("", (key.spacing_rad, key.size_rad), f"{_SMALLEST_RAD} to 3.14 rad")
