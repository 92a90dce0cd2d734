"""Frame lines on the crew's preview: the pictures of other aspects that will be cut from the same film."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Preview = npt.NDArray[np.uint8]

FRAMES: dict[str, float] = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "2.39:1": 2.39}
_COLOURS = {"16:9": (255, 255, 255), "9:16": (64, 224, 208), "1:1": (255, 191, 0), "2.39:1": (255, 99, 132)}
_OUTSIDE = 0.75


def frame_box(width: int, height: int, aspect: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (the last two exclusive) of the largest centred frame of this aspect."""
    wide = min(width, round(height * aspect))
    high = min(height, round(width / aspect))
    left, top = (width - wide) // 2, (height - high) // 2
    return left, top, left + wide, top + high


def with_frame_lines(picture: Preview, frames: tuple[str, ...] = tuple(FRAMES)) -> Preview:
    """The picture (rows, columns, 3) with the lines of the named frames, each in its own colour.

    With a single frame, everything outside it is darkened. Raises KeyError for a frame that is not in `FRAMES`.
    """
    drawn = picture.copy()
    height, width = picture.shape[:2]
    thick = max(1, round(height / 540))
    if len(frames) == 1:
        left, top, right, bottom = frame_box(width, height, FRAMES[frames[0]])
        drawn = (picture * _OUTSIDE).astype(np.uint8)
        drawn[top:bottom, left:right] = picture[top:bottom, left:right]
    for name in frames:
        left, top, right, bottom = frame_box(width, height, FRAMES[name])
        for band in (
            drawn[top : top + thick, left:right],
            drawn[bottom - thick : bottom, left:right],
            drawn[top:bottom, left : left + thick],
            drawn[top:bottom, right - thick : right],
        ):
            band[:] = _COLOURS[name]
    return drawn
