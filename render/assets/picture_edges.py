"""Whether a picture's edges are a sphere's: left and right meet, and the first and the last row are a point each."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]
Match = Literal["yes", "perhaps", "no"]

_DARK = 0.002
"""Light that differences are never compared with less than."""
_ALIKE = 0.02
_OF_FAR = 0.3
_MOST_GAIN = 0.3
_TELLING = 0.05
_EVEN, _NEARLY_EVEN = 0.05, 0.35
_BLOCKS = 64
_OFTEN = 0.8


def matching_edges(columns: Pixels) -> Match:
    """Whether the left and right edges meet; "perhaps" where the picture is too plain to tell.

    `columns` are seven of the picture, (rows, 7, 3): the first two, the last two, and those at its quarters. Edges that
    meet differ hardly more than neighbours do, however much columns that are far apart differ. That one side is
    brighter than the other by a constant does not count: a seam is a finding, and makes no sphere flat.
    """
    light = np.log(np.maximum(columns, 0.0) + _DARK)
    edge, gain = _apart(light[:, 3], light[:, 0])
    near = max(_apart(light[:, 0], light[:, 1])[0], _apart(light[:, 2], light[:, 3])[0])
    far = float(np.median([_apart(light[:, 0], light[:, place])[0] for place in (4, 5, 6)]))
    if edge - near > max(_ALIKE, _OF_FAR * (far - near)) or gain > _MOST_GAIN:
        return "no"
    return "yes" if far - near > _TELLING else "perhaps"


def _apart(one: Pixels, other: Pixels) -> tuple[float, float]:
    """How much two columns of logarithms differ, beside the constant between them; and that constant."""
    difference = one - other
    constant = np.median(difference, axis=0)
    return float(np.abs(difference - constant).mean()), float(np.abs(constant).max())


def seam_step(columns: Pixels) -> float:
    """The step of light across the seam as a share of it, beyond what neighbouring columns differ by.

    Columns as in `matching_edges`. Rows are compared in blocks: a texture that happens to end there is no step.
    """
    count = min(_BLOCKS, len(columns))
    starts = np.linspace(0, len(columns), count, endpoint=False).astype(int)
    blocks = (
        np.add.reduceat(np.maximum(columns, 0.0), starts, axis=0) / np.diff(starts, append=len(columns))[:, None, None]
    )

    def step(one: int, other: int) -> float:
        a, b = blocks[:, one], blocks[:, other]
        return float(np.quantile((np.abs(a - b) / ((a + b) / 2.0 + _DARK)).max(-1), _OFTEN))

    return max(0.0, step(3, 0) - max(step(0, 1), step(2, 3)))


def unevenness(row: Pixels) -> float:
    """How much a row of light (columns, 3) varies, as a share of its mean."""
    mean = row.mean(0, dtype=np.float64)
    spread = row.std(0, dtype=np.float64)
    return float(np.sqrt((spread * spread).sum() / ((mean * mean).sum() + 3.0 * _DARK * _DARK)))


def has_even_poles(first: Pixels, last: Pixels, *, strictly: bool) -> bool:
    """Whether both can be one point each of a sphere; `strictly` where nothing else says that it is one."""
    return max(unevenness(first), unevenness(last)) <= (_EVEN if strictly else _NEARLY_EVEN)
