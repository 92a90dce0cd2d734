"""What people can set of a plate while it plays: declared once. Pure.

Seconds are of the film, from its first frame. A film on time code goes where that is, whatever its speed.
"""

from __future__ import annotations

from typing import Annotated, Literal

from tracking.settable import Values, choice, number, switch

LONGEST_S = 86_400.0
"""A day: time code knows no more."""
FASTEST = 4.0
MOST_LOOP_FRAMES = 1000.0
_MOST_CROP = 0.49
"""Two opposite sides leave something."""


def _edge(text: str) -> object:
    return number(0.0, _MOST_CROP, "", text, role="director", guarded=False)


Play = Annotated[bool, switch("The film runs. Without it, it stands at its frame.", look="world")]
Speed = Annotated[
    float,
    number(
        0.0,
        FASTEST,
        "",
        "How fast it runs: 1 is its own speed. It jumps, and the film goes on from where it is.",
        look="world",
        fade=None,
    ),
]
OffsetS = Annotated[
    float,
    number(
        -LONGEST_S,
        LONGEST_S,
        "s",
        "How much later it runs than its clock says.",
        role="director",
        guarded=False,
        fade=None,
    ),
]
InS = Annotated[
    float,
    number(0.0, LONGEST_S, "s", "Where in the film it begins.", role="director", guarded=False, fade=None),
]
OutS = Annotated[
    float,
    number(
        0.0,
        LONGEST_S,
        "s",
        "Where in the film it ends, without the frame there; 0 is the film's own end.",
        role="director",
        guarded=False,
        fade=None,
    ),
]
End = Annotated[
    Literal["loop", "hold", "hide"],
    choice("At its end it begins again, stands at its last frame, or is gone.", role="director"),
]
LoopFrames = Annotated[
    float,
    number(
        0.0,
        MOST_LOOP_FRAMES,
        "",
        "Over how many of its frames the end dissolves into the beginning; 0 is a cut.",
        role="director",
        guarded=False,
        fade=None,
    ),
]
CropLeft = Annotated[float, _edge("What is cut off its left side, as a share of its width.")]
CropRight = Annotated[float, _edge("What is cut off its right side, as a share of its width.")]
CropTop = Annotated[float, _edge("What is cut off its top, as a share of its height.")]
CropBottom = Annotated[float, _edge("What is cut off its bottom, as a share of its height.")]


class PlateValues(Values):
    """How a film is played. `position_s` is where people sent it last, not where it is."""

    play: Play = True
    speed: Speed = 1.0
    position_s: Annotated[
        float,
        number(
            0.0,
            LONGEST_S,
            "s",
            "Sends the film there, in this frame, also where it was sent there before.",
            role="director",
            guarded=False,
            fade=None,
            calls=True,
        ),
    ] = 0.0
    offset_s: OffsetS = 0.0
    in_s: InS = 0.0
    out_s: OutS = 0.0
    end: End = "loop"
    loop_frames: LoopFrames = 0.0
    crop_left: CropLeft = 0.0
    crop_right: CropRight = 0.0
    crop_top: CropTop = 0.0
    crop_bottom: CropBottom = 0.0
