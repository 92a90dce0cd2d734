"""Pictures for people who look, as images that can be encoded."""

from __future__ import annotations

import numpy as np
from PIL import Image

from stage.run.preview_records import PictureHeader


def image_of(header: PictureHeader, pixels: bytes) -> Image.Image:
    """A picture as RGB; one in pairs as YCbCr (ITU-T T.871). Raises ValueError for a wrong number of bytes."""
    size = (header.width, header.height)
    if header.exact:
        return Image.frombytes("RGB", size, pixels, "raw", "RGBX")
    pairs = np.frombuffer(pixels, np.uint8).reshape(header.height, header.width // 2, 4)
    bands = np.empty((header.height, header.width // 2, 2, 3), np.uint8)
    bands[..., 0] = pairs[..., ::2]
    bands[..., 1:] = pairs[:, :, None, 1::2]
    return Image.frombytes("YCbCr", size, bands.data)
