"""What is to be said of a picture's depth map: whether it fits, and from how far off its centre it holds. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from render.worlds.shared.depth import depth_scale
from render.worlds.shared.facts import DepthFacts, PictureFacts
from render.worlds.shared.values import LayerValues
from stage.show.air.remark import Remark

_OTHER_SHAPE = 0.02
"""A map that is so much wider or taller than its picture is not of its shape."""
_MOST_OPENED = 0.01
"""A picture holds as long as so much of it, in the mean, is what opened behind its jumps."""
_MOST_OF_NEAREST = 0.5
"""And as long as an eye is not nearer than this to what is nearest: the picture is too coarse for that."""


def depth_remarks(picture: PictureFacts, depth: PictureFacts) -> Iterator[Remark]:
    """What is to be said of a depth map beside its picture."""
    if abs(depth.columns * picture.rows / (depth.rows * picture.columns) - 1.0) > _OTHER_SHAPE:
        sizes = {"columns": picture.columns, "rows": picture.rows}
        yield Remark("depth_stretched", {**sizes, "depth_columns": depth.columns, "depth_rows": depth.rows})


def held_remarks(depth: DepthFacts, values: LayerValues) -> Iterator[Remark]:
    """From how far off its centre a relief holds."""
    nearest_m = depth_scale(depth.kind, values.near_m, values.far_m).distance_m(depth.most)
    if math.isfinite(nearest_m):
        metres = round(holds_m(depth, values.near_m, values.far_m), 2)
        yield Remark("depth_holds", {"metres": metres, "nearest_m": round(nearest_m, 2)})


def holds_m(depth: DepthFacts, near_m: float, far_m: float) -> float:
    """How far an eye may be off the centre: until a hundredth of the picture is what opened behind its jumps, and half
    way to its nearest light at most. inf where all light is at infinity.
    """
    scale = depth_scale(depth.kind, near_m, far_m)
    nearest = scale.nearness(depth.most)
    span = nearest - scale.nearness(depth.least)
    of_numbers = max(depth.most - depth.least, 1e-9)
    opened = depth.opened * span / of_numbers
    by_gaps = _MOST_OPENED / opened if opened > 0.0 else math.inf
    return min(by_gaps, _MOST_OF_NEAREST / nearest if nearest > 0.0 else math.inf)
