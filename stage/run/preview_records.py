"""What the show and whoever shows its pictures tell each other: what is watched, where it comes to, and what it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from stage.run.picture_memory import SLOTS
from stage.run.record_link import CoreRecords, ProcessRecords
from tracking.records import Evolving, Name, Record

TOPIC = re.compile(r"(film|wall|camera)/([A-Za-z0-9_-]{1,64})")
"""`film/NAME` is what a film camera sees of the walls, `wall/NAME` what is sent to a wall, `camera/NAME` a camera's
inner picture."""
SIDES_PX = (160, 320, 640, 960, 1280)
"""How long the longer side of a picture may be asked to be at most, so that all who look share few pictures."""
MAX_SIDE = SIDES_PX[-1]
_PIXEL_BYTES, _PAIRED_BYTES = 4, 2
MOST_BYTES = MAX_SIDE * MAX_SIDE * _PIXEL_BYTES
MOST_WATCHED = 64
MOST_VIEWS = 64
LONGEST_NOTE = 400
PARKED = "parked"
"""The note on a camera that has no place in the picture."""
_NARROWEST = 1e-6
_ASKEW = 0.01
_MOST_TO_SHOW = 1 << 14
_MOST_TO_PAGE = 1 << 12

Topic = Annotated[str, msgspec.Meta(pattern=rf"^{TOPIC.pattern}$(?!\n)")]
Side = Annotated[int, msgspec.Meta(ge=0, le=MAX_SIDE)]
Metres = Annotated[float, msgspec.Meta(ge=-1e12, le=1e12)]
UnitPart = Annotated[float, msgspec.Meta(ge=-1.01, le=1.01)]
Tangent = Annotated[float, msgspec.Meta(ge=-1000.0, le=1000.0)]
Axis = tuple[UnitPart, UnitPart, UnitPart]


def side_for(width_px: int) -> int:
    """The side that a picture is asked in for somebody who shows it `width_px` wide: the next larger one."""
    return next((side for side in SIDES_PX if side >= width_px), SIDES_PX[-1])


class WantedPicture(NamedTuple):
    """A topic that somebody watches, how long the longer side of its picture may be: one of `SIDES_PX`; and whether it
    is to be exact, as `PictureHeader` says.
    """

    topic: Topic
    side_px: Annotated[int, msgspec.Meta(ge=SIDES_PX[0], le=MAX_SIDE, multiple_of=SIDES_PX[0])]
    exact: bool = False


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
    """A picture of code values for a screen, top row first. One that is `exact` has red, green, blue and a byte without
    meaning for each pixel; others, for each two side by side, the luma of the left one and the blue difference of both,
    the luma of the right one and the red difference of both.

    No side is longer than `side_px`, for which it was asked. A wall's picture was drawn for the cameras in `sights`.
    `note` says why it stands still or is not what it seems, or is "". Where width and height are 0, only the note is
    new.
    """

    width: Annotated[int, msgspec.Meta(ge=0, le=MAX_SIDE, multiple_of=2)]
    height: Side
    frame: Annotated[int, msgspec.Meta(ge=0)]
    side_px: Side = MAX_SIDE
    sights: Annotated[tuple[CameraSight, ...], msgspec.Meta(max_length=MOST_VIEWS)] = ()
    note: Annotated[str, msgspec.Meta(max_length=LONGEST_NOTE)] = ""
    exact: bool = False

    @property
    def byte_count(self) -> int:
        """How long the picture's bytes must be."""
        return self.width * self.height * (_PIXEL_BYTES if self.exact else _PAIRED_BYTES)


class Watched(Evolving):
    """Page to show: all that is watched from now on."""

    pictures: Annotated[tuple[WantedPicture, ...], msgspec.Meta(max_length=MOST_WATCHED)] = ()


class PictureMemory(Evolving):
    """Show to page: the memory of all pictures, `most` slots of `size` bytes. Its descriptor comes beside this.

    What is in it up to the one of number `newest` was for somebody else.
    """

    size: Annotated[int, msgspec.Meta(ge=1, le=1 << 32)]
    most: Annotated[int, msgspec.Meta(ge=1, le=SLOTS)]
    newest: Annotated[int, msgspec.Meta(ge=0)]


class PictureCome(Evolving):
    """What is said of a picture in its memory. Where its header's width and height are 0, only the note is new."""

    topic: Topic
    header: PictureHeader


def to_page(path: Path) -> CoreRecords[PictureMemory, Watched]:
    """The show's end, at `path`. Raises OSError where it cannot be."""
    return CoreRecords(path, msgspec.msgpack.Decoder(Watched), _MOST_TO_SHOW, room_bytes=_MOST_TO_PAGE)


def to_show(path: Path) -> ProcessRecords[Watched, PictureMemory]:
    """The page's end: it finds the show at `path` whenever there is one."""
    return ProcessRecords(path, msgspec.msgpack.Decoder(PictureMemory), _MOST_TO_PAGE, takes_descriptors=True)


def _dot(first: Axis, second: Axis) -> float:
    return first[0] * second[0] + first[1] * second[1] + first[2] * second[2]
