"""What travels from the show to the preview page: one header before each picture's bytes."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec

from tracking.records import Record

TOPIC = re.compile(r"(wall|camera)/([A-Za-z0-9_-]{1,64})")
"""`wall/NAME` is what is sent to a wall, `camera/NAME` a camera's inner picture."""
MAX_SIDE = 4096

Side = Annotated[int, msgspec.Meta(ge=1, le=MAX_SIDE)]


class PictureHeader(Record):
    """The picture that follows, RGB, top row first.

    `codes` are bytes as a screen takes them, `light` is half-float linear ACEScg that the page's process converts,
    so that the show's loop does no colour arithmetic for it.
    """

    width: Side
    height: Side
    frame: Annotated[int, msgspec.Meta(ge=0)]
    kind: Literal["codes", "light"]

    @property
    def byte_count(self) -> int:
        """How long the picture's bytes must be."""
        return self.width * self.height * (3 if self.kind == "codes" else 6)
