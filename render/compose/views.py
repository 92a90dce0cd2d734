"""The cameras of a wall as uniforms of the composing shaders: where they are, what they see, their pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import moderngl

from render.colour.matrices import column_major
from render.compose.footprint import TEXELS_OF_A_TAP, texels_per_tangent
from render.compose.marks import NO_MARKS, marks_uniforms
from render.compose.regions import Rectangles
from render.gpu.passes import Uniform
from render.plan.inner import InnerPlan, as_drawn

_HARD_EDGE = 1e9
_NO_CAMERA: dict[str, Uniform] = {
    "eye": (0.0, 0.0, 0.0),
    "camera_from_stage": (0.0,) * 9,
    "view": (0.0, 0.0, 0.0, 0.0),
    "feather_slope": _HARD_EDGE,
}
"""A camera that has every LED behind it: it has no share in any."""
_NO_PICTURE: dict[str, Uniform] = {
    "place_from_tangents": (0.0, 0.0, 0.0, 0.0),
    "taps_per_tangent": 0.0,
    "picture_from_stage": (0.0,) * 9,
    "picture_eye": (0.0, 0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class InnerPicture:
    """One camera's view, the picture it looks into, and how it finds its place there.

    `reprojection` is "" for the view's own picture; for an earlier one "far", "sphere" or "drawn", by where the world's
    light is: at infinity, on a sphere, or at the distances that were drawn with it.
    """

    plan: InnerPlan
    texture: moderngl.Texture
    reprojection: str = ""


class PictureBlock(NamedTuple):
    """A part of a wall, None for all of it, and each camera's picture there; None for one that sees nothing of it."""

    rectangles: Rectangles | None
    pictures: tuple[InnerPicture | None, ...]


def view_uniforms(inners: Sequence[InnerPlan], room: int) -> dict[str, Uniform]:
    """The uniforms of `common/shares.glsl` for these cameras, by falling priority, in a variant with this room."""
    return _arrays([_view(inner) for inner in inners], _NO_CAMERA, room)


def mark_uniforms(inners: Sequence[InnerPlan], room: int) -> dict[str, Uniform]:
    """The uniforms of `common/marks.glsl` for them."""
    return _arrays([marks_uniforms(inner) for inner in inners], NO_MARKS, room)


def picture_uniforms(pictures: Sequence[InnerPicture], room: int) -> dict[str, Uniform]:
    """The uniforms with which `common/pictures.glsl` finds the places of LEDs in their pictures, also in earlier ones.

    A view that has a picture of its own looks into it as into an earlier one from the same pose, which is the same.
    """
    values = _arrays([_picture(picture.plan) for picture in pictures], _NO_PICTURE, room)
    spheres = [picture.plan.picture.air.sphere_m() for picture in pictures if picture.plan.picture is not None]
    return {**values, "radius": next((sphere_m for sphere_m in spheres if sphere_m), 0.0)}


def _view(inner: InnerPlan) -> dict[str, Uniform]:
    view = inner.view
    return {
        "eye": inner.eye_m,
        "camera_from_stage": column_major((inner.right, inner.up, inner.ahead)),
        "view": (view.left, view.bottom, view.right, view.top),
        "feather_slope": 1.0 / inner.feather if inner.feather > 0.0 else _HARD_EDGE,
    }


def _picture(inner: InnerPlan) -> dict[str, Uniform]:
    looked_into = as_drawn(inner)
    drawn = looked_into.drawn
    scale = (1.0 / (drawn.right - drawn.left), -1.0 / (drawn.top - drawn.bottom))
    return {
        "place_from_tangents": (*scale, -drawn.left * scale[0], -drawn.top * scale[1]),
        "taps_per_tangent": texels_per_tangent(looked_into) / TEXELS_OF_A_TAP,
        "picture_from_stage": column_major((looked_into.right, looked_into.up, looked_into.ahead)),
        "picture_eye": looked_into.eye_m,
    }


def _arrays(rows: list[dict[str, Uniform]], empty: Mapping[str, Uniform], room: int) -> dict[str, Uniform]:
    """One array of `room` elements for each name; rows without a camera are empty."""
    if room == 0:
        return {}
    filled = [*rows, *([empty] * (room - len(rows)))]
    return {name: [row[name] for row in filled] for name in empty}  # type: ignore[misc]  # rows hold no arrays


def reprojection_of(pictures: Sequence[InnerPicture]) -> tuple[str, ...]:
    """How pictures are looked into: in the way that serves all of them, since each serves the simpler ones too."""
    ways = {picture.reprojection for picture in pictures}
    return next(((f"REPROJECT_{way.upper()}",) for way in ("drawn", "sphere", "far") if way in ways), ())
