"""What files in a folder of worlds are called: pictures, their masks and depth maps, and the files of worlds. Pure."""

from __future__ import annotations

WORLD_ENDING = ".world.toml"
MASK_ENDING = ".mask.png"
DEPTH_FILE_ENDINGS = (".depth.exr", ".depth.png")
LONGEST_FILE_NAME_BYTES = 255


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
