"""What people can set of a layer and of a world while it is on the walls: declared once. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

from tracking.records import FARTHEST_M
from tracking.settable import Values, choice, number, switch

Surround = Literal["continue", "black"]
"""What there is beyond the edges of a picture."""
Projection = Annotated[
    Literal["sphere", "flat", "cylinder", "dome"],
    choice(
        "Whether the picture is on a sphere all around, an upright plane, an upright cylinder, or a fisheye overhead.",
        role="director",
    ),
]
TurnDeg = Annotated[
    float,
    number(
        -360.0,
        360.0,
        "deg",
        "Turns the layer about the vertical through the eye, + left like pan.",
        role="director",
        guarded=False,
        fade="circular",
    ),
]
Horizon = Annotated[
    float,
    number(
        0.0,
        1.0,
        "",
        "The row at eye height, as a share of the picture's height from its top.",
        role="director",
        guarded=False,
    ),
]
SpanDeg = Annotated[
    float,
    number(
        10.0,
        360.0,
        "deg",
        "How far round a sphere or a cylinder the picture goes, or across a dome; its height follows.",
        role="director",
        guarded=False,
    ),
]
WidthDeg = Annotated[
    float,
    number(
        1.0,
        170.0,
        "deg",
        "How wide a flat picture is, seen from where the outer eye is configured.",
        role="director",
        guarded=False,
    ),
]
FARTHEST_PICTURE_M = 10_000.0
"""Beyond it a flat picture shows no parallax that anybody could see: it may as well be at infinity."""
NEUTRAL_K = 6500.0
"""The white point that changes nothing."""


class LayerLight(Values):
    """What is done to the light of one layer, before anything that is done to the whole picture. Never to raw light."""

    opacity: Annotated[
        float, number(0.0, 1.0, "", "How much the layer covers what lies below it: 0 nothing, 1 all.", look="world")
    ] = 1.0
    exposure_stops: Annotated[
        float,
        number(
            -12.0, 12.0, "stops", "Brightness of the layer; one stop doubles the light.", look="world", fade="stops"
        ),
    ] = 0.0
    temperature_k: Annotated[
        float,
        number(2000.0, 15000.0, "K", "White point of the layer; 6500 changes nothing.", look="world", fade="mired"),
    ] = NEUTRAL_K
    tint: Annotated[float, number(-1.0, 1.0, "", "Green (-1) to magenta (+1).", look="world")] = 0.0
    saturation: Annotated[
        float, number(0.0, 2.0, "", "Strength of its colours: 0 grey, 1 as they are.", look="world")
    ] = 1.0
    contrast: Annotated[
        float, number(0.25, 4.0, "", "Contrast about middle grey (0.18); 1 changes nothing.", look="world")
    ] = 1.0
    expand_stops: Annotated[
        float,
        number(
            0.0,
            6.0,
            "stops",
            "Undoes the shoulder of a tone-mapped picture: how much brighter its brightest light was.",
            look="world",
        ),
    ] = 0.0
    soften_deg: Annotated[
        float, number(0.0, 10.0, "deg", "Puts the layer out of focus: the size of a point of light.", look="world")
    ] = 0.0
    follow: Annotated[
        float,
        number(
            0.0,
            1.0,
            "",
            "How far a layer with follow_hour goes with the light of the hour: 0 stays as it was shot.",
            look="sky",
        ),
    ] = 1.0


class LayerStart(LayerLight):
    """Beside its light, where a layer is, as far as its picture says nothing about that."""

    tilt_deg: Annotated[
        float,
        number(
            -90.0, 90.0, "deg", "Tilts the layer, + up like a camera.", role="director", guarded=False, fade="linear"
        ),
    ] = 0.0
    roll_deg: Annotated[
        float,
        number(
            -180.0,
            180.0,
            "deg",
            "Rolls the layer, + clockwise as its picture is seen.",
            role="director",
            guarded=False,
            fade="circular",
        ),
    ] = 0.0
    flip: Annotated[bool, switch("Mirrors the layer, left to right.")] = False
    distance_m: Annotated[
        float,
        number(
            0.0,
            FARTHEST_PICTURE_M,
            "m",
            "How far a flat layer is from where the outer eye is configured, 1 or more; 0 is infinity. The size stays.",
            role="director",
            guarded=False,
            fade="nearness",
            least=1.0,
        ),
    ] = 0.0
    ground_m: Annotated[
        float,
        number(
            0.0,
            1000.0,
            "m",
            "Lays the lower half of a sphere on the stage's floor: how high above ground it was taken; 0 is off.",
            role="director",
            guarded=False,
            fade="linear",
        ),
    ] = 0.0
    radius_m: Annotated[
        float,
        number(
            0.0,
            FARTHEST_M,
            "m",
            "Radius of the sphere or cylinder around the stage that carries the layer and its ground; 0 is infinity.",
            role="director",
            guarded=False,
            fade="nearness",
            least=0.01,
        ),
    ] = 0.0
    near_m: Annotated[
        float,
        number(
            0.05,
            1000.0,
            "m",
            "How near the nearest light of a depth map is that holds shares, not metres.",
            role="director",
            guarded=False,
            fade="nearness",
        ),
    ] = 1.0
    far_m: Annotated[
        float,
        number(
            0.1,
            FARTHEST_PICTURE_M,
            "m",
            "How far the farthest light of a depth map is that holds shares of a range.",
            role="director",
            guarded=False,
            fade="nearness",
        ),
    ] = 100.0
    surround: Annotated[
        Surround,
        choice(
            "Beyond the picture's edges: continues it mirrored and ever more blurred, or nothing, which is black.",
            role="director",
        ),
    ] = "continue"
    seam_deg: Annotated[
        float,
        number(
            0.0,
            30.0,
            "deg",
            "How wide the left and right edges of a whole sphere are blended into each other.",
            role="director",
            guarded=False,
            fade="linear",
        ),
    ] = 0.0


class LayerValues(LayerStart):
    """All that can be set of a layer. What a configuration does not give of these last ones, its picture decides."""

    projection: Projection = "sphere"
    turn_deg: TurnDeg = 0.0
    horizon: Horizon = 0.5
    span_deg: SpanDeg = 360.0
    width_deg: WidthDeg = 60.0

    @property
    def is_mended(self) -> bool:
        """Whether more is done to its light than its grade and its turn."""
        return self.contrast != 1.0 or self.expand_stops > 0.0 or self.soften_deg > 0.0


class WorldLook(Values):
    """What is set of a world as a whole."""

    exposure_stops: Annotated[
        float,
        number(
            -12.0,
            12.0,
            "stops",
            "Brightness of this world, so that a cut to another one blinds nobody.",
            look="world",
            fade="stops",
        ),
    ] = 0.0
    turn_deg: Annotated[
        float,
        number(
            -360.0,
            360.0,
            "deg",
            "Turns everything in this world about the vertical, + left like pan: 180 for the reverse shot.",
            look="world",
            fade="circular",
        ),
    ] = 0.0
