"""Who sees 3D scenes in a plan: all that it shows somewhere, and the views that pictures of that are drawn in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from render.compose.regions import WallTiles
from render.compose.wall_views import WallRaster, WallView, view_on
from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan, as_drawn, drawn_as, inner_view
from render.worlds.on_air import AirPlan
from tracking.records import Vec3


class Shown(NamedTuple):
    """What is on air somewhere in a plan: the views that see it, and the eye that sees it all around, if any does."""

    air: AirPlan
    views: tuple[InnerPlan, ...]
    around_m: Vec3 | None


def shown_in(plan: FramePlan) -> Iterator[Shown]:
    """All that a plan shows, with what earlier pictures in it show, and by whom it is seen."""
    outer = plan.outer
    frozen = outer.air is not None and outer.air != plan.air
    yield Shown(plan.air, plan.inners, None if frozen else outer.eye_m)
    if frozen and outer.air is not None:
        yield Shown(outer.air, (), outer.eye_m)
    for inner in plan.inners:
        if inner.picture is not None:
            yield Shown(inner.picture.air, (as_drawn(inner),), None)
        if inner.coming is not None:
            yield Shown(inner.coming.picture.air, (drawn_as(inner, inner.coming.picture),), None)


def views_of_scenes(
    plan: FramePlan,
    shown: Shown,
    rasters: Mapping[str, WallRaster],
    curved: Mapping[str, WallTiles],
    *,
    by_raster: bool,
) -> Iterator[tuple[int | None, WallView]]:
    """The views that a scene is drawn in: of each wall as its eyes see it, and whole ones where that cannot be.

    Outer ones have a number. Whole ones are cut to what walls show of them where all of these are in `curved`.
    """
    whole: dict[InnerPlan, list[WallTiles]] = {inner: [] for inner in shown.views} if by_raster else {}
    for number, wall in enumerate(() if by_raster else plan.walls):
        raster = rasters.get(wall.name)
        seen_by = [plan.inners[index] for index in wall.inners] if shown.views else []
        if raster is None:
            for inner in seen_by:
                whole.setdefault(inner, []).extend([curved[wall.name]] if wall.name in curved else [])
            continue
        yield from ((None, view) for inner in seen_by if (view := raster.seen_by(inner)) is not None)
        if shown.around_m is not None:
            yield number, raster.seen_from(shown.around_m)
    for inner, walls in whole.items():
        yield None, WallView("", view_on(inner, walls) if walls else inner_view(inner))
