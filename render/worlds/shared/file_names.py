"""What files in a folder of worlds are called: pictures, their masks and depth maps, numbered frames, and the files of
worlds. Pure.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

WORLD_ENDING = ".world.toml"
MASK_ENDING = ".mask.png"
DEPTH_FILE_ENDINGS = (".depth.exr", ".depth.png")
LONGEST_FILE_NAME_BYTES = 255
FrameKind = Literal["png", "jpeg", "exr"]
FRAME_ENDINGS: dict[str, FrameKind] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".exr": "exr"}
"""How numbered frames end, in lower case."""
_NUMBERED = re.compile(r"(.*?)(\d{1,9})(\.[A-Za-z]{3,4})", re.DOTALL)


def is_world_file(file: str) -> bool:
    """Whether a file says what a world is made of."""
    return file.endswith(WORLD_ENDING)


def is_mask(file: str) -> bool:
    """Whether a file is the alpha of the picture beside it, and no picture of its own."""
    return file.endswith(MASK_ENDING)


def is_depth(file: str) -> bool:
    """Whether a file is the depth map of the picture beside it, and no picture of its own."""
    return file.lower().endswith(DEPTH_FILE_ENDINGS)


def depth_names(picture: str) -> tuple[str, ...]:
    """The names that the depth map of a picture may have: `street.depth.exr` for `street.jpg`, or else PNG."""
    stem = mask_name(picture).removesuffix(MASK_ENDING)
    return tuple(f"{stem}{ending}" for ending in DEPTH_FILE_ENDINGS)


def mask_name(picture: str) -> str:
    """The name that the mask of a picture has: `street.mask.png` for `street.jpg`. It may be a path."""
    folder, slash, name = picture.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return f"{folder}{slash}{stem if dot and stem else name}{MASK_ENDING}"


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
