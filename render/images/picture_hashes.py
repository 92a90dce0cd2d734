"""What a picture is known by: the hash of its file, and of its mask's.

Needs neither NumPy nor a decoder: processes that only name or copy pictures start without them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from render.worlds.shared.file_names import depth_names, mask_name
from tracking.sources.ordinary_files import open_ordinary


def mask_beside(picture: Path) -> Path | None:
    """Where the mask of a picture is; None if it has none."""
    place = picture.with_name(mask_name(picture.name))
    return place if place.is_symlink() or place.exists() else None


def depth_beside(picture: Path) -> Path | None:
    """Where the depth map of a picture is; None if it has none."""
    places = (picture.with_name(name) for name in depth_names(picture.name))
    return next((place for place in places if place.is_symlink() or place.exists()), None)


def file_sha256(path: Path) -> str:
    """The hash of a file's bytes. Raises OSError."""
    with open_ordinary(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def picture_sha256(picture: Path) -> str:
    """What a picture is known by: the hash of its file, and of its mask's if it has one. Raises OSError."""
    own, mask = file_sha256(picture), mask_beside(picture)
    return own if mask is None else sha256_with_mask(own, file_sha256(mask))


def sha256_with_mask(picture: str, mask: str) -> str:
    """What a picture with a mask is known by, from the hashes of both files."""
    return hashlib.sha256(bytes.fromhex(picture) + bytes.fromhex(mask)).hexdigest()
