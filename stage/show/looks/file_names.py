"""What the files of looks are called, each after its look. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection

from stage.show.frame.inputs import LookKind

ENDING = ".toml"
TAKES = "takes"
"""The folder of the looks of takes, inside that of the looks."""
PICTURE_ENDING = ".jpg"
_LONGEST_BYTES = 200
"""Of a name without its ending: 255 is what file systems take, and a copy may be called a little longer."""
_NOT_IN_NAMES = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]|^[.~]|[. ]$')
"""What one file system or another does not take, and what hides a file."""


def file_of_look(name: str, taken: Collection[str]) -> str:
    """A name for a new look's file that none of the `taken` ones has, on any file system."""
    stem = _NOT_IN_NAMES.sub("_", name)
    encoded = stem.encode(errors="replace")
    if stem != name or len(encoded) > _LONGEST_BYTES:
        digest = hashlib.blake2b(name.encode(errors="replace"), digest_size=4).hexdigest()
        stem = f"{encoded[:_LONGEST_BYTES].decode(errors='ignore')} {digest}"
    known = [file.casefold() for file in taken]
    file, number = f"{stem}{ENDING}", 2
    while file.casefold() in known:
        file, number = f"{stem} {number}{ENDING}", number + 1
    return file


def place_of(kind: LookKind, file: str) -> str:
    """Where a look's file is, from the folder of the looks."""
    return file if kind == "show" else f"{TAKES if kind == 'take' else kind}/{file}"


def picture_of(file: str) -> str:
    """Where the picture of the look in a file is: beside it."""
    return f"{file.removesuffix(ENDING)}{PICTURE_ENDING}"


def kind_of_place(place: str) -> LookKind:
    """The kind of the look whose file is at a place."""
    folder, slash, _ = place.rpartition("/")
    if not slash:
        return "show"
    return "take" if folder == TAKES else "shipped"
