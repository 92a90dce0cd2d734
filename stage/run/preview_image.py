"""Pictures for people who look, as images that can be encoded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from stage.run.preview_records import PictureHeader


def image_of(header: PictureHeader, pixels: bytes) -> Image.Image:
    """A picture as RGB; one in pairs as YCbCr (ITU-T T.871). Raises ValueError for a wrong number of bytes."""
    size = (header.width, header.height)
    if header.exact:
        return Image.frombytes("RGB", size, pixels, "raw", "RGBX")
    halves = np.frombuffer(pixels, "<u2").reshape(header.height, header.width)
    blue, red = (_of_both(halves.view("<u4"), shift) for shift in (8, 24))
    luma = halves.astype(np.uint8)
    return Image.merge("YCbCr", [Image.frombuffer("L", size, band, "raw", "L", 0, 1) for band in (luma, blue, red)])


def _of_both(pairs: npt.NDArray[np.uint32], shift: int) -> npt.NDArray[np.uint8]:
    """The byte at so many bits of each pair, for both of its pixels."""
    codes = (pairs >> shift & 0xFF) * np.uint32(0x101)
    return codes.astype("<u2").view(np.uint8)
