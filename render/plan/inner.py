"""Inner views in a plan, the pictures they look into, and their limits. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from render.plan.key import KeyPlan, impossible_key
from render.views.edges import Tangents, has_area
from render.views.limits import Impossible, impossible_view, inside
from render.views.view import View
from render.worlds.on_air import AirPlan, impossible_air
from tracking.records import Evolving, Vec3


class InnerPicturePlan(Evolving):
    """A picture that an inner view looks into: drawn for `frame` from a pose of that time, over `drawn`."""

    frame: int
    air: AirPlan
    eye_m: Vec3
    right: Vec3
    ahead: Vec3
    up: Vec3
    drawn: Tangents
    size_px: tuple[int, int]


class PicturePartPlan(Evolving):
    """A picture in the making: this frame draws its band `part` (from the top, 0 first) of `parts`."""

    picture: InnerPicturePlan
    part: int
    parts: int


class InnerPlan(Evolving, omit_defaults=True):
    """One camera's view for one wall latency, drawn from the predicted entrance pupil.

    `right`, `ahead` and `up` are the camera's unit axes in the stage. `frame` is what the lens sees. Inside `view`
    (frame plus overscan) the inner picture is shown at full strength; it fades out over `feather` (tangent units)
    beyond. `drawn` encloses all of that and is what the picture of `size_px` (width, height) covers.

    With reprojection, `picture` is what was drawn instead, earlier and a little wider, and each LED looks into it by
    the ray from this plan's eye; `coming` is the part of the next one that this frame draws. `key` covers the picture,
    `outline` draws the edges of frame and view.
    """

    camera: str
    light_ns: int
    eye_m: Vec3
    right: Vec3
    ahead: Vec3
    up: Vec3
    frame: Tangents
    view: Tangents
    feather: float
    drawn: Tangents
    size_px: tuple[int, int]
    picture: InnerPicturePlan | None = None
    coming: PicturePartPlan | None = None
    key: KeyPlan | None = None
    outline: bool = False


def as_drawn(inner: InnerPlan) -> InnerPlan:
    """The inner view with the pose, edges and size that the picture it looks into is drawn with."""
    return inner if inner.picture is None else drawn_as(inner, inner.picture)


def drawn_as(inner: InnerPlan, picture: InnerPicturePlan) -> InnerPlan:
    """The inner view with the pose, edges and size of `picture`."""
    return msgspec.structs.replace(
        inner,
        eye_m=picture.eye_m,
        right=picture.right,
        ahead=picture.ahead,
        up=picture.up,
        drawn=picture.drawn,
        size_px=picture.size_px,
    )


def inner_view(inner: InnerPlan) -> View:
    """What one camera's inner picture shows."""
    return View(
        eye_m=inner.eye_m,
        right=inner.right,
        ahead=inner.ahead,
        up=inner.up,
        edges=inner.drawn,
        size_px=inner.size_px,
    )


def impossible_inner(inner: InnerPlan, largest_px: int) -> Iterator[Impossible]:
    """What cannot be drawn of an inner view, its pictures and its key; textures are at most `largest_px` a side."""
    yield from _impossible_pose(inner, largest_px)
    if not (has_area(inner.view) and has_area(inner.frame)):
        yield Impossible("view", (inner.view, inner.frame), "edges with an area")
    if not math.isfinite(inner.feather):
        yield Impossible("feather", inner.feather, "a finite width")
    if inner.picture is not None:
        yield from inside("picture", _impossible_picture(inner.picture, largest_px))
    coming = inner.coming
    if coming is not None:
        yield from inside("coming.picture", _impossible_picture(coming.picture, largest_px))
        if not 0 <= coming.part < coming.parts:
            yield Impossible("coming.part", coming.part, f"0 to {coming.parts - 1}")
    if inner.key is not None:
        yield from inside("key", impossible_key(inner.key))


def _impossible_picture(picture: InnerPicturePlan, largest_px: int) -> Iterator[Impossible]:
    yield from inside("air", impossible_air(picture.air))
    yield from _impossible_pose(picture, largest_px)


def _impossible_pose(view: InnerPlan | InnerPicturePlan, largest_px: int) -> Iterator[Impossible]:
    return impossible_view(
        eye_m=view.eye_m,
        axes=(view.right, view.ahead, view.up),
        drawn=view.drawn,
        size_px=view.size_px,
        largest_px=largest_px,
    )
