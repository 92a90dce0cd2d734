"""A small picture of a picture, for lists of worlds: a JPEG of at most 256 pixels on a side and 24 KiB."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from render.colour.matrices import inverse
from render.colour.primaries import REC709, acescg_from_rgb

Pixels = npt.NDArray[np.float32]

THUMBNAIL_PX = 256
THUMBNAIL_BYTES = 24 * 1024
_QUALITIES = (85, 70, 50, 30)
_HARDLY_ANY = 0.995
"""The share of a picture that is not brighter than what is shown as white."""


def thumbnail(light: Pixels) -> bytes:
    """JPEG of a small copy of a picture, (rows, columns, 3) ACEScg.

    Light up to 1 is shown as it is. Where a picture has more than that, all of it is compressed by one smooth curve
    (Reinhard 2002, eq. 4).
    """
    linear = np.clip(light @ np.array(inverse(acescg_from_rgb(REC709)), dtype=np.float32).T, 0.0, None)
    white = float(np.quantile(linear, _HARDLY_ANY))
    if white > 1.0:
        linear = linear * (1.0 + linear / np.float32(white * white)) / (1.0 + linear)
    code = np.clip(linear, 0.0, 1.0)
    code = np.where(code <= 0.0031308, code * 12.92, 1.055 * code ** (1.0 / 2.4) - 0.055)
    return jpeg_of(Image.fromarray(np.round(code * 255.0).astype(np.uint8), "RGB"))


def jpeg_of(picture: Image.Image) -> bytes:
    """JPEG of a small copy of a picture of codes."""
    picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX), Image.Resampling.BOX)
    for quality in _QUALITIES:
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=quality)
        if content.tell() <= THUMBNAIL_BYTES:
            break
    return content.getvalue()
