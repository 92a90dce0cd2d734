"""A small JPEG of a film's frame, for lists of worlds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from render.assets.thumbnail import jpeg_of
from render.media.planes import orientation_of

if TYPE_CHECKING:
    from av import VideoFrame

_LARGEST_PX = 1024
"""FFmpeg makes so large a picture of it first, with its colours converted as its tags say."""


def small_jpeg(frame: VideoFrame, pixel_aspect: tuple[int, int]) -> bytes:
    """JPEG of a small copy, upright and as wide as it is shown. Colours are of its codes: HDR looks flat."""
    across, down = pixel_aspect
    columns, rows = frame.width * across, frame.height * down
    scale = min(1.0, _LARGEST_PX / max(columns, rows))
    size = (max(2, round(columns * scale)), max(2, round(rows * scale)))
    stored = frame.reformat(width=size[0], height=size[1], format="rgb24", interpolation="AREA").to_ndarray()
    transposed, mirrored_columns, mirrored_rows = orientation_of(frame)[0]
    shown = stored.swapaxes(0, 1) if transposed else stored
    shown = shown[:, ::-1] if mirrored_columns else shown
    return jpeg_of(Image.fromarray((shown[::-1] if mirrored_rows else shown).copy(), "RGB"))
