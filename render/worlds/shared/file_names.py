"""What files in a folder of worlds are called: pictures, their masks, and the files of worlds. Pure."""

from __future__ import annotations

WORLD_ENDING = ".world.toml"
MASK_ENDING = ".mask.png"
LONGEST_FILE_NAME_BYTES = 255


def is_world_file(file: str) -> bool:
    """Whether a file says what a world is made of."""
    return file.endswith(WORLD_ENDING)


def is_mask(file: str) -> bool:
    """Whether a file is the alpha of the picture beside it, and no picture of its own."""
    return file.endswith(MASK_ENDING)


def mask_name(picture: str) -> str:
    """The name that the mask of a picture has: `street.mask.png` for `street.jpg`. It may be a path."""
    folder, slash, name = picture.rpartition("/")
    stem, dot, _ = name.rpartition(".")
    return f"{folder}{slash}{stem if dot and stem else name}{MASK_ENDING}"
