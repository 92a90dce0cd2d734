"""Which way up a camera held the picture that it stored: read from EXIF, and turned upright.

CIPA DC-008 (EXIF), tag 0x0112; TIFF 6.0 for the layout of its directory.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy.typing as npt

UPRIGHT = 1
_TAG = 0x0112
_SHORT, _LONG = 3, 4
_MAX_ENTRIES = 1000


def orientation_of(exif: bytes) -> int:
    """The orientation, 1 to 8, that EXIF names; 1, which is upright, if it names none or cannot be read."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        directory = struct.unpack_from(f"{order}I", tiff, 4)[0]
        count = struct.unpack_from(f"{order}H", tiff, directory)[0]
        for entry in range(min(count, _MAX_ENTRIES)):
            at = directory + 2 + 12 * entry
            tag, kind = struct.unpack_from(f"{order}HH", tiff, at)
            if tag == _TAG:
                value = struct.unpack_from({_SHORT: f"{order}H", _LONG: f"{order}I"}.get(kind, "B"), tiff, at + 8)[0]
                return int(value) if 1 <= value <= 8 else UPRIGHT
    except struct.error:  # an offset that points out of the file
        pass
    return UPRIGHT


def is_sideways(orientation: int) -> bool:
    """Whether the stored rows are columns of the upright picture."""
    return orientation >= 5


def upright(stored: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """A view of a stored picture (rows, columns, ...) with its top up and its left at the left.

    The orientation says where the stored row 0 and column 0 are: 1 top left, 2 top right, 3 bottom right, 4 bottom
    left, 5 left top, 6 right top, 7 right bottom, 8 left bottom.
    """
    if is_sideways(orientation):
        stored = stored.swapaxes(0, 1)
    if orientation in {2, 3, 6, 7}:
        stored = stored[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        stored = stored[::-1]
    return stored
