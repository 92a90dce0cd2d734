"""The chroma-key patch of a camera: its values, its plan and its limits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from render.views.limits import Impossible, is_in_reach, is_light
from tracking.records import Evolving, Vec3
from tracking.settable import Values, choice, number, switch

KeyRegion = Literal["view", "frame"]
MarkerKind = Literal["stage", "frame", "off"]
"""Where the crosses of a chroma key are fixed."""
_SMALLEST_RAD = 1e-4


class KeyValues(Values):
    """A camera's chroma-key patch. Its light is linear ACEScg; 1.0 is 100 nits at exposure 0."""

    enabled: Annotated[
        bool,
        switch(
            "Shows a chroma-key patch in place of the camera's inner picture.",
            role="operator",
            guarded=True,
            override="standing",
        ),
    ] = False
    region: Annotated[KeyRegion, choice("The whole view, or only the frame that the lens sees.", guarded=True)] = "view"
    red: Annotated[
        float, number(0.0, 100.0, "", "The patch's light, linear ACEScg; 1.0 is 100 nits at exposure 0.")
    ] = 0.15
    green: Annotated[
        float, number(0.0, 100.0, "", "The patch's light, linear ACEScg; 1.0 is 100 nits at exposure 0.")
    ] = 0.4
    blue: Annotated[
        float, number(0.0, 100.0, "", "The patch's light, linear ACEScg; 1.0 is 100 nits at exposure 0.")
    ] = 0.09
    markers: Annotated[
        MarkerKind,
        choice("Tracking crosses: fixed to the walls, fixed in the film frame, or none.", guarded=True),
    ] = "stage"
    marker_exposure_stops: Annotated[
        float,
        number(-6.0, 6.0, "stops", "Light of the crosses relative to the patch.", fade="stops"),
    ] = -1.0
    marker_spacing_deg: Annotated[float, number(1.0, 90.0, "deg", "Distance from cross to cross.")] = 8.0
    marker_size_deg: Annotated[float, number(0.1, 20.0, "deg", "Size of a cross, tip to tip.")] = 1.5


class KeyPlan(Evolving):
    """A chroma-key patch in place of a camera's inner picture, in ACEScg light.

    `region` is "view" (all of the inner view) or "frame" (what the lens sees). Crosses of `marker_light`, `size_rad`
    from tip to tip and about `spacing_rad` apart, are fixed at angles seen from `marker_eye_m` ("stage": they stick to
    the walls), at places of the film frame ("frame"), or not drawn ("off").
    """

    region: KeyRegion
    light: Vec3
    markers: MarkerKind
    marker_light: Vec3
    marker_eye_m: Vec3
    spacing_rad: float
    size_rad: float


def key_plan(values: KeyValues, marker_eye_m: Vec3) -> KeyPlan:
    """The patch as it is drawn; `marker_eye_m` is where its stage markers are spaced evenly from."""
    gain = 2.0**values.marker_exposure_stops
    return KeyPlan(
        region=values.region,
        light=(values.red, values.green, values.blue),
        markers=values.markers,
        marker_light=(values.red * gain, values.green * gain, values.blue * gain),
        marker_eye_m=marker_eye_m,
        spacing_rad=math.radians(values.marker_spacing_deg),
        size_rad=math.radians(values.marker_size_deg),
    )


def impossible_key(key: KeyPlan) -> Iterator[Impossible]:
    """What cannot be drawn of a key patch."""
    if key.markers not in get_args(MarkerKind) or key.region not in get_args(KeyRegion):
        expected = f"one of {get_args(MarkerKind)} and one of {get_args(KeyRegion)}"
        yield Impossible("", (key.markers, key.region), expected)
    if not (is_light(key.light) and is_light(key.marker_light) and is_in_reach(key.marker_eye_m)):
        yield Impossible("", (key.light, key.marker_light, key.marker_eye_m), "lights and a place")
    if not (_SMALLEST_RAD <= key.spacing_rad <= math.pi and _SMALLEST_RAD <= key.size_rad <= math.pi):
        yield Impossible("", (key.spacing_rad, key.size_rad), f"{_SMALLEST_RAD} to 3.14 rad")
