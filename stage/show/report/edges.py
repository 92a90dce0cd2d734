"""Where a camera's frame passes the edge of the picture behind everything: the film sees what only follows. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator

from render.plan.frame import FramePlan
from render.plan.inner import InnerPlan
from render.worlds.on_air import LayerPlan, WorldPlan
from render.worlds.shared.facts import PictureFacts
from render.worlds.shared.picture_place import Angles, Edges, PicturePlace, angle_edges, angles_in, place_of
from stage.show.air.state import AirState
from stage.show.report.tracker_health import Fault
from tracking.records import Scalar, Vec3

_LEAST_DEG = 0.1
_SIDES = ("left", "bottom", "right", "top")


def edge_faults(plan: FramePlan, air: AirState) -> Iterator[Fault]:
    """A fault for each camera and world on air whose farthest picture does not fill the camera's frame."""
    for world in plan.air.worlds:
        layer = world.layers[0]
        facts = _facts_of(world, air)
        if facts is None:
            continue
        place = place_of(layer, (facts.columns, facts.rows))
        if not place.has_edges:
            continue
        named = air.worlds[world.key].name
        for camera, (side, by_deg) in _worst(plan, layer, place).items():
            if by_deg > _LEAST_DEG:
                values: dict[str, Scalar] = {"camera": camera, "world": named, "side": side}
                yield Fault("picture_edge_in_frame", "warning", {**values, "by_deg": float(math.ceil(by_deg))})


def _facts_of(world: WorldPlan, air: AirState) -> PictureFacts | None:
    known = air.worlds.get(world.key)
    picture = None if known is None else known.layers[0].picture()
    asset = None if picture is None else air.assets.get(picture.asset_key)
    return None if asset is None else asset.facts


def _worst(plan: FramePlan, layer: LayerPlan, place: PicturePlace) -> dict[str, tuple[str, float]]:
    """The side that each camera's frame passes farthest, and by how many degrees."""
    worst: dict[str, tuple[str, float]] = {}
    surface, edges = layer.surface(), angle_edges(place, layer.projection)
    for inner in plan.inners:
        for ray in _border(inner):
            angles = angles_in(place, surface.direction(inner.eye_m, ray), layer.projection)
            side, by_deg = _beyond(edges, angles)
            if by_deg > worst.get(inner.camera, ("", 0.0))[1]:
                worst[inner.camera] = (side, by_deg)
    return worst


def _border(inner: InnerPlan) -> Iterator[Vec3]:
    """Rays through the corners of a camera's frame, and through the middles of its sides."""
    frame, right, ahead, up = inner.frame, inner.right, inner.ahead, inner.up
    middle = 0.5 * (frame.left + frame.right), 0.5 * (frame.bottom + frame.top)
    for x in (frame.left, middle[0], frame.right):
        for y in (frame.bottom, middle[1], frame.top):
            yield (
                ahead[0] + x * right[0] + y * up[0],
                ahead[1] + x * right[1] + y * up[1],
                ahead[2] + x * right[2] + y * up[2],
            )


def _beyond(edges: Edges, angles: Angles) -> tuple[str, float]:
    """The side of the picture that angles pass, and by how many degrees; below 0 inside."""
    left, bottom, right, top = edges
    across, up = angles
    beyond = (left - across, bottom - up, across - right, up - top)
    farthest = max(range(4), key=lambda side: beyond[side])
    return _SIDES[farthest], math.degrees(beyond[farthest])
