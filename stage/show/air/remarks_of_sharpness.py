"""Whether a picture has enough pixels for each wall and each camera's frame. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from render.worlds.shared.facts import PictureFacts
from render.worlds.shared.values import LayerValues
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
