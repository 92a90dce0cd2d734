"""What the show sends to the preview page: a header, then the picture's bytes."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from tracking.records import Name, Record

TOPIC = re.compile(r"(wall|camera)/([A-Za-z0-9_-]{1,64})")
"""`wall/NAME` is the picture sent to a wall, `camera/NAME` a camera's inner picture."""
MAX_SIDE = 4096
MOST_VIEWS = 64
LONGEST_HOLD = 200
_NARROWEST = 1e-6
_ASKEW = 0.01

Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE)]
Metres = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
UnitPart = Annotated[float, msgspec.Meta(ge=-1.01, le=1.01)]
Tangent = Annotated[float, msgspec.Meta(ge=-1000.0, le=1000.0)]
Axis = tuple[UnitPart, UnitPart, UnitPart]


class CameraSight(Record):
    """From where a camera was expected to see a wall's picture: its entrance pupil and its unit axes in the stage.

    `frame` is what its lens sees: left, right, bottom and top as tangents. The bounds hold when decoding.
    """

    camera: Name
    eye_m: tuple[Metres, Metres, Metres]
    right: Axis
    ahead: Axis
    up: Axis
    frame: tuple[Tangent, Tangent, Tangent, Tangent]

    @property
    def sensible(self) -> bool:
        """Whether the frame has a width and a height, and the axes are about of length 1 and at right angles."""
        left, right, bottom, top = self.frame
        axes = (self.right, self.ahead, self.up)
        upright = all(
            abs(_dot(first, second) - (index == other)) < _ASKEW
            for index, first in enumerate(axes)
            for other, second in enumerate(axes)
        )
        return upright and right - left > _NARROWEST and top - bottom > _NARROWEST


class PictureHeader(Record):
    """The picture that follows: RGB code values for a screen, a byte each, top row first.

    It holds every `step`-th pixel of every `step`-th row. A wall's picture was drawn for the cameras in `sights`;
    `hold` says why it stands still, or is "".
    """

    width: Side
    height: Side
    frame: Annotated[int, msgspec.Meta(ge=0)]
    step: Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE)] = 1
    sights: Annotated[tuple[CameraSight, ...], msgspec.Meta(max_length=MOST_VIEWS)] = ()
    hold: Annotated[str, msgspec.Meta(max_length=LONGEST_HOLD)] = ""

    @property
    def byte_count(self) -> int:
        """How long the picture's bytes must be."""
        return self.width * self.height * 3

    def sight_of(self, camera: str) -> CameraSight | None:
        """From where a camera sees it, or None if it was not drawn for that camera."""
        return next((sight for sight in self.sights if sight.camera == camera), None)


def _dot(first: Axis, second: Axis) -> float:
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]
