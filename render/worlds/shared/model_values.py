"""What people can set of a 3D scene while it is on the walls: declared once. Pure.

A scene's own axes are those of its file; its ground is where they have the height 0.
"""

from __future__ import annotations

from typing import Annotated

from tracking.settable import Values, number, switch

FARTHEST_M = 10_000.0
SCALES = (0.001, 1000.0)
FASTEST = 4.0

XM = Annotated[
    float,
    number(
        -FARTHEST_M,
        FARTHEST_M,
        "m",
        "Where the scene's origin is on the stage: to the right.",
        role="director",
        guarded=False,
        fade="linear",
    ),
]
YM = Annotated[
    float,
    number(
        -FARTHEST_M,
        FARTHEST_M,
        "m",
        "Where the scene's origin is on the stage: towards the front wall.",
        role="director",
        guarded=False,
        fade="linear",
    ),
]
FloorM = Annotated[
    float,
    number(
        -1000.0,
        1000.0,
        "m",
        "How high the scene's ground is above the stage's floor.",
        role="director",
        guarded=False,
        fade="linear",
    ),
]
Scale = Annotated[
    float,
    number(*SCALES, "", "How large the scene is: 1 is as large as its file says.", role="director", guarded=False),
]
Moves = Annotated[bool, switch("The scene's movement runs. Without it, it stands.", look="world")]
Pace = Annotated[
    float,
    number(
        0.0,
        FASTEST,
        "",
        "How fast it moves: 1 is as its file says. It jumps, and the movement goes on from where it is.",
        look="world",
        fade=None,
    ),
]


class ModelValues(Values):
    """Where a scene stands, and how it moves. Its turn is that of its layer, about its own origin."""

    x_m: XM = 0.0
    y_m: YM = 0.0
    floor_m: FloorM = 0.0
    scale: Scale = 1.0
    moves: Moves = True
    pace: Pace = 1.0
