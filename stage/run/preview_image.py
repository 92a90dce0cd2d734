"""Pictures for people who look as images that can be encoded: luma and colour differences, as JPEG files have them."""

from __future__ import annotations

import numpy as np
from PIL import Image


def image_of(size_px: tuple[int, int], pixels: bytes) -> Image.Image:
    """A picture of (width, height) as a YCbCr image (ITU-T T.871); both pixels of a pair have its colour differences.

    Raises ValueError for a wrong number of bytes.
    """
    width, height = size_px
    pairs = np.frombuffer(pixels, np.uint8).reshape(height, width // 2, 4)
    bands = np.empty((height, width // 2, 2, 3), np.uint8)
    bands[..., 0] = pairs[..., ::2]
    bands[..., 1:] = pairs[:, :, None, 1::2]
    return Image.frombytes("YCbCr", (width, height), bands.data)
