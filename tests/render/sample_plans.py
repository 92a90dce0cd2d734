"""Small walls and plans for drawing tests, made by hand, without the code under test."""

import math

import msgspec
import numpy as np

from calibration.walls import ArcShape, PlaneShape, Signal, Wall
from render.plan.frame import FramePlan, GradePlan, OuterPlan, WallPlan
from render.plan.inner import InnerPlan
from render.views.edges import Tangents
from render.worlds.coordinates.record import CoordinatesPlan
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.panorama.record import PanoramaPlan
from render.worlds.sky.record import SkyLight

OUTER_EYE = (0.0, 0.0, 1.5)
ASSET = "a" * 64


def plane_wall(name="flat", size=(160, 90), **signal):
    """4 m by 2.25 m, 3 m in front of the stage's origin."""
    shape = PlaneShape(lower_left_m=(-2.0, 3.0, 0.3), lower_right_m=(2.0, 3.0, 0.3), upper_left_m=(-2.0, 3.0, 2.55))
    return Wall(name=name, resolution_px=size, shape=shape, signal=Signal(**signal))


def plane_positions(wall):
    columns, rows = wall.resolution_px
    x = -2.0 + 4.0 * (np.arange(columns) + 0.5) / columns
    z = 2.55 - 2.25 * (np.arange(rows) + 0.5) / rows
    grid_x, grid_z = np.meshgrid(x, z)
    return np.stack([grid_x, np.full_like(grid_x, 3.0), grid_z], axis=2)


def arc_wall(name="arc", size=(256, 80)):
    return Wall(name=name, resolution_px=size, shape=ArcShape(radius_m=4.0, sweep_deg=150.0, height_m=2.6))


def arc_positions(wall):
    columns, rows = wall.resolution_px
    angle = np.radians(150.0) * ((np.arange(columns) + 0.5) / columns - 0.5)
    z = 2.6 * (1.0 - (np.arange(rows) + 0.5) / rows)
    grid_angle, grid_z = np.meshgrid(angle, z)
    return np.stack([4.0 * np.sin(grid_angle), 4.0 * np.cos(grid_angle), grid_z], axis=2)


def edges(half_width, half_height):
    return Tangents(left=-half_width, right=half_width, bottom=-half_height, top=half_height)


def inner(*, eye=(0.2, -0.5, 1.4), pan=0.0, tilt=0.0, half=(0.35, 0.2), feather=0.05, size=(320, 180), name="A"):
    """A camera without roll, angles in radians; `half` is the view in tangents, drawn a little beyond the feather."""
    cp, sp, ct, st = math.cos(pan), math.sin(pan), math.cos(tilt), math.sin(tilt)
    margin = feather + 0.01
    return InnerPlan(
        camera=name,
        light_ns=0,
        eye_m=eye,
        right=(cp, sp, 0.0),
        ahead=(-sp * ct, cp * ct, st),
        up=(sp * st, -cp * st, ct),
        frame=edges(half[0] * 0.95, half[1] * 0.95),
        view=edges(*half),
        feather=feather,
        drawn=edges(half[0] + margin, half[1] + margin),
        size_px=size,
    )


def air_of(*lights, exposure_stops=0.0, **changes):
    """A world of one layer for each light or placed layer, alone on air, all with the same changes."""
    placed = (light if isinstance(light, LayerPlan) else LayerPlan(light=light) for light in lights)
    layers = tuple(msgspec.structs.replace(layer, **changes) for layer in placed)
    return AirPlan(world=WorldPlan(key="w", layers=layers, exposure_stops=exposure_stops))


WORLDS = {"panorama": PanoramaPlan(asset=ASSET), "coordinates": CoordinatesPlan(), "sky": SkyLight()}


def world_plan(kind="panorama", radius_m=0.0):
    return LayerPlan(light=WORLDS[kind], radius_m=radius_m)


def frame_plan(walls, inners=(), kind="panorama", radius_m=0.0, face_px=128, *, world=None, **changes):
    """Every wall shows every inner picture, the first of them in front. `world` is its only layer, or the light of that."""
    plan = FramePlan(
        epoch=0,
        frame=0,
        present_ns=0,
        air=air_of(world or world_plan(kind, radius_m)),
        outer=OuterPlan(eye_m=OUTER_EYE, face_px=face_px),
        inners=tuple(inners),
        walls=tuple(WallPlan(name=wall.name, light_ns=0, inners=tuple(range(len(inners)))) for wall in walls),
        grade=GradePlan(),
        blackout=False,
    )
    return msgspec.structs.replace(plan, **changes)


def with_pattern(plan, pattern):
    walls = tuple(msgspec.structs.replace(wall, pattern=pattern) for wall in plan.walls)
    return msgspec.structs.replace(plan, walls=walls)


def smooth_panorama(columns=512, rows=256):
    """Bright and smooth everywhere, also across the wrap column and at the poles: low harmonics of the direction."""
    azimuth = ((np.arange(columns) + 0.5) / columns - 0.5) * 2.0 * np.pi
    elevation = (0.5 - (np.arange(rows) + 0.5) / rows) * np.pi
    grid_azimuth, grid_elevation = np.meshgrid(azimuth, elevation)
    x = np.sin(grid_azimuth) * np.cos(grid_elevation)
    y = np.cos(grid_azimuth) * np.cos(grid_elevation)
    z = np.sin(grid_elevation)
    return np.stack([2.0 + np.sin(3.0 * x), 2.0 + np.sin(4.0 * y + x), 2.0 + np.cos(5.0 * z)], axis=2).astype(
        np.float32
    )


def flat_panorama(colour):
    return np.broadcast_to(np.array(colour, np.float32), (8, 16, 3)).copy()
