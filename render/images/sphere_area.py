"""Which part of the sphere a picture's XMP says that it shows.

Google, "Photo Sphere XMP Metadata" (GPano).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from render.images.faults import PictureError

_NAMESPACE = re.compile(rb"xmlns:([A-Za-z_][\w.-]{0,63})\s*=\s*[\"']http://ns\.google\.com/photos/1\.0/panorama/[\"']")
_ROUNDING = 0.001
"""A ratio this close to 2:1 is meant to be 2:1, and a shape this close to another is the same."""


@dataclass(frozen=True, kw_only=True)
class PanoramaCrop:
    """What GPano says: the size of the whole panorama, and the part of it that was stored, in its own pixels."""

    full_columns: float
    full_rows: float
    columns: float
    rows: float
    left: float
    top: float


def crop_of(xmp: bytes) -> PanoramaCrop | None:
    """The crop that GPano names in XMP; None if it names none. Raises PictureError if it is not of a sphere."""
    namespace = _NAMESPACE.search(xmp)
    if namespace is None:
        return None
    prefix = re.escape(namespace[1])
    kind = _value(xmp, prefix, b"ProjectionType", rb"\w+")
    if kind is not None and kind.lower() != b"equirectangular":
        raise PictureError("gpano_projection", found=kind.decode()[:40])
    names = (
        b"FullPanoWidthPixels",
        b"FullPanoHeightPixels",
        b"CroppedAreaImageWidthPixels",
        b"CroppedAreaImageHeightPixels",
        b"CroppedAreaLeftPixels",
        b"CroppedAreaTopPixels",
    )
    found = [_value(xmp, prefix, name, rb"-?\d{1,9}(?:\.\d{0,9})?") for name in names]
    numbers = [float(text) for text in found if text is not None]
    if len(numbers) < len(names):
        return None
    full_columns, full_rows, columns, rows, left, top = numbers
    return PanoramaCrop(full_columns=full_columns, full_rows=full_rows, columns=columns, rows=rows, left=left, top=top)


def _value(xmp: bytes, prefix: bytes, name: bytes, pattern: bytes) -> bytes | None:
    """A property's value in XMP, written as an attribute or as an element."""
    found = re.search(rb"<?\b%s:%s\s*(?:=\s*[\"']|>)\s*(%s)\s*[\"'<]" % (prefix, name, pattern), xmp)
    return None if found is None else found[1]


def checked_crop(columns: int, rows: int, crop: PanoramaCrop | None) -> PanoramaCrop | None:
    """The crop that is named of a picture of `columns` by `rows`. Raises PictureError.

    It may be a part of a band around the horizon: of a panorama that is less high than half its width.
    """
    if crop is None:
        return None
    if not _is_within(crop) or not _is_of_shape(crop, columns, rows):
        raise PictureError(
            "gpano_crop",
            columns=columns,
            rows=rows,
            crop_columns=crop.columns,
            crop_rows=crop.rows,
            left=crop.left,
            top=crop.top,
            full_columns=crop.full_columns,
            full_rows=crop.full_rows,
        )
    if crop.full_columns < 2.0 * crop.full_rows * (1.0 - _ROUNDING) - 1.0:
        raise PictureError("gpano_part", full_columns=crop.full_columns, full_rows=crop.full_rows)
    return crop


def _is_within(crop: PanoramaCrop) -> bool:
    return (
        min(crop.columns, crop.rows) > 0
        and min(crop.left, crop.top) >= 0
        and crop.left + crop.columns <= crop.full_columns
        and crop.top + crop.rows <= crop.full_rows
    )


def _is_of_shape(crop: PanoramaCrop, columns: int, rows: int) -> bool:
    """Whether the crop and the picture have one shape; the picture may have been scaled and so rounded."""
    return math.isclose(columns * crop.rows, rows * crop.columns, rel_tol=max(_ROUNDING, 1.0 / min(columns, rows)))
