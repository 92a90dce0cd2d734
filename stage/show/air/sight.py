"""How large walls and frames are for whoever judges how sharp a picture is on them. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from calibration.cameras import Camera
from calibration.walls import Wall, WallSurface
from stage.config.records import StageConfig
from tracking.records import Vec3


class WallSight(NamedTuple):
    """A wall: its columns of LEDs, and how wide it is from the outer eye where it is nearest."""

    name: str
    columns: int
    width_deg: float


class CameraSight(NamedTuple):
    """A camera's frame at the longest focal length that its configuration names: its columns, and how wide it is."""

    name: str
    focal_mm: float
    columns: int
    width_deg: float


class Sight(NamedTuple):
    """All walls and cameras of which that is known."""

    walls: tuple[WallSight, ...] = ()
    cameras: tuple[CameraSight, ...] = ()


def sight_of(config: StageConfig, surfaces: Iterable[WallSurface]) -> Sight:
    """The walls and cameras of a stage; `surfaces` are those of its walls, as far as they are known."""
    by_name = {surface.name: surface for surface in surfaces}
    walls = (_wall(wall, by_name.get(wall.name), config.stage.outer_eye_m) for wall in config.walls)
    cameras = (_camera(camera) for camera in config.cameras)
    return Sight(
        walls=tuple(wall for wall in walls if wall is not None),
        cameras=tuple(camera for camera in cameras if camera is not None),
    )


def _wall(wall: Wall, surface: WallSurface | None, eye_m: Vec3) -> WallSight | None:
    if surface is None or not surface.points_m:
        return None
    nearest_m = min(math.dist(point, eye_m) for point in surface.points_m)
    if nearest_m <= 0.0:
        return None
    columns = wall.resolution_px[0]
    width_deg = math.degrees(columns * surface.pixel_pitch_m / nearest_m)
    return WallSight(name=wall.name, columns=columns, width_deg=min(width_deg, 360.0))


def _camera(camera: Camera) -> CameraSight | None:
    zoom = () if camera.zoom is None else tuple(focal_mm for _, focal_mm in camera.zoom)
    focal_mm = camera.focal_length_mm or max(zoom, default=0.0)
    if focal_mm <= 0.0:
        return None
    width_deg = math.degrees(2.0 * math.atan(camera.sensor_mm[0] / (2.0 * focal_mm)))
    return CameraSight(name=camera.name, focal_mm=focal_mm, columns=camera.resolution_px[0], width_deg=width_deg)
