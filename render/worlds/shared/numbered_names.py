"""Names of numbered frames: a stem, a number, and the ending of a picture that films are made of. Pure."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

FrameKind = Literal["png", "jpeg", "exr"]
FRAME_ENDINGS: dict[str, FrameKind] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".exr": "exr"}
"""How numbered frames end, in lower case."""
_NUMBERED = re.compile(r"(.*?)(\d{1,9})(\.[A-Za-z]{3,4})", re.DOTALL)


class NumberedName(NamedTuple):
    """What a frame's name says. Frames of one film have the same stem and ending, and differ in their number."""

    stem: str
    number: int
    ending: str

    @property
    def kind(self) -> FrameKind:
        """The kind of picture."""
        return FRAME_ENDINGS[self.ending]


def number_in(name: str) -> NumberedName | None:
    """The number before the ending of a picture's name; None where there is none. Hidden files are no frames."""
    found = None if name.startswith(".") else _NUMBERED.fullmatch(name)
    if found is None or found[3].lower() not in FRAME_ENDINGS:
        return None
    return NumberedName(found[1], int(found[2]), found[3].lower())
