"""What files in a folder of worlds are called: pictures, their masks, and the files of worlds. Pure."""

from __future__ import annotations

WORLD_ENDING = ".world.toml"
MASK_ENDING = ".mask.png"
LONGEST_FILE_NAME_BYTES = 255
_HIDDEN = "."
_SEPARATORS = ("/", "\\", "\0")


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


def fault_of_name(file: str) -> str | None:
    """What keeps a name from being that of a picture beside the file of a world; None if nothing does."""
    if any(separator in file for separator in _SEPARATORS):
        return f"found {file!r}, expected the name of a picture in the same folder, without a path"
    if not file or file.startswith(_HIDDEN) or not file.isprintable():
        return f"found {file!r}, expected the name of a picture in the same folder: printable, and no dot first"
    if len(file.encode(errors="surrogateescape")) > LONGEST_FILE_NAME_BYTES:
        return f"found a name of {len(file)} characters, expected at most {LONGEST_FILE_NAME_BYTES} bytes"
    if is_world_file(file):
        return f"found {file!r}, the file of a world, expected a picture: a world is made of pictures, not of worlds"
    if is_mask(file):
        return f"found {file!r}, expected the picture that it is the mask of: the mask is found by its name"
    return None
