"""What travels from the show to the preview page: one header before each picture's bytes."""

from __future__ import annotations

import re
from typing import Annotated

import msgspec

from tracking.records import Record

TOPIC = re.compile(r"(wall|camera)/([A-Za-z0-9_-]{1,64})")
"""`wall/NAME` is what is sent to a wall, `camera/NAME` a camera's inner picture."""
MAX_SIDE = 4096

Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE)]


class PictureHeader(Record):
    """The picture that follows: RGB code values as a screen takes them, a byte each, top row first."""

    width: Side
    height: Side
    frame: Annotated[int, msgspec.Meta(ge=0)]

    @property
    def byte_count(self) -> int:
        """How long the picture's bytes must be."""
        return self.width * self.height * 3
