"""What is to be said of a picture by itself: whether it is fine enough, how far its depth map holds, whether its sun is
as bright as the real one beside its own sky. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from render.worlds.shared.depth import depth_scale
from render.worlds.shared.facts import DepthFacts, PictureFacts
from render.worlds.shared.values import LayerValues
from render.worlds.sky.daylight import sun_over_sky
from stage.show.air.remark import Remark, within
from stage.show.air.sight import Sight
from tracking.records import Scalar

_CODES = {
    "flat": ("flat_soft_on_wall", "flat_soft_at_camera"),
    "sphere": ("sphere_soft_on_wall", "sphere_soft_at_camera"),
}
_ENOUGH = 0.6
"""The share of a frame's or a wall's columns that a picture needs not to look soft."""
_SHARP_PX = 2.0
"""Edges of a sharp picture are hardly wider. Where they are, it has been made larger, and has fewer pixels to show."""
_SOFTENED_PX, _NEARLY = 2.0, 0.7
"""So many of its pixels a picture is put out of focus, so that it looks meant."""
_OTHER_SHAPE = 0.02
"""A map that is so much wider or taller than its picture is not of its shape."""
_MOST_OPENED = 0.01
"""A picture holds as long as so much of it, in the mean, is what opened behind its jumps."""
_MOST_OF_NEAREST = 0.5
"""And as long as an eye is not nearer than this to what is nearest: the picture is too coarse for that."""
_LACKS_STOPS = 2.0
"""Less than that is between a clear and a hazy day."""
_LOWEST_DEG = 0.5


def sharpness_remarks(key: str, facts: PictureFacts, values: LayerValues, sight: Sight) -> Iterator[Remark]:
    """A remark for each wall and each camera on which a picture is soft, and is not put out of focus on purpose."""
    pixels = facts.columns / max(1.0, facts.detail_px / _SHARP_PX)
    per_radian = pixels / _width(values)
    soften_deg = within("soften_deg", math.ceil(100.0 * math.degrees(_SOFTENED_PX / per_radian)) / 100.0)
    if values.soften_deg >= _NEARLY * soften_deg:
        return
    fix = {f"/layer/{key}/soften_deg": soften_deg}
    on_wall, at_camera = _CODES["flat" if values.projection == "flat" else "sphere"]
    is_flat = values.projection == "flat"
    for wall in sight.walls:
        found = per_radian * math.radians(wall.width_deg)
        if found < _ENOUGH * wall.columns:
            yield Remark(on_wall, {"wall": wall.name, **_counts(facts, found, wall.columns, is_flat=is_flat)}, fix)
    for camera in sight.cameras:
        half = math.radians(camera.width_deg / 2.0)
        found = per_radian * 2.0 * (math.tan(half) if is_flat else half)
        if found < _ENOUGH * camera.columns:
            counts = _counts(facts, found, camera.columns, is_flat=is_flat)
            named: dict[str, Scalar] = {"camera": camera.name, "focal_mm": round(camera.focal_mm, 1)}
            yield Remark(at_camera, named | counts, fix)


def _width(values: LayerValues) -> float:
    """How wide a layer's picture is: the angle of one on a sphere, in the middle of a flat one as if it were near."""
    if values.projection == "flat":
        return 2.0 * math.tan(math.radians(values.width_deg / 2.0))
    return math.radians(values.span_deg)


def _counts(facts: PictureFacts, found: float, needed: int, *, is_flat: bool) -> dict[str, Scalar]:
    """`wide` is how many columns a picture of that kind should have; a flat one in place of a sphere, as the frame."""
    wide = math.ceil(facts.columns * needed / max(found, 1.0)) if is_flat else needed
    return {"found": round(found), "needed": needed, "wide": wide}


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


def sun_remarks(facts: PictureFacts) -> Iterator[Remark]:
    """How many stops the sun of a sphere lacks at its height. Nothing in the picture can be set to give them back."""
    if facts.sun_deg is None or facts.sun_deg < _LOWEST_DEG or facts.sun_over_sky <= 0.0:
        return
    stops = round(math.log2(sun_over_sky(facts.sun_deg) / facts.sun_over_sky), 1)
    if stops >= _LACKS_STOPS:
        yield Remark("sun_too_dark", {"elevation_deg": facts.sun_deg, "stops": stops})
