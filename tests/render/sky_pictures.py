"""Skies on walls of directions: an LED for each direction, as fine or as coarse as a test wants."""

import math

import numpy as np

from calibration.walls import PlaneShape, Wall
from render.colour.grade import REC709_FROM_ACESCG
from render.renderer import Renderer
from render.worlds.on_air import AirPlan, LayerPlan, WorldPlan
from render.worlds.sky.plan import SkyPlan
from render.worlds.sky.record import SkyLight
from tests.render.sample_plans import OUTER_EYE, frame_plan

AWAY_M = 10.0
LUX_AT_ONE = 12.8
"""The sun's light outside the air over the light that 1.0 stands for."""
DOWN = (0.0, 0.0, -1.0)


def towards(elevation_deg, azimuth_deg=0.0):
    """The unit vector in the stage; azimuth + to the left, 0 is +Y."""
    elevation, azimuth = math.radians(elevation_deg), math.radians(azimuth_deg)
    level = math.cos(elevation)
    return (-level * math.sin(azimuth), level * math.cos(azimuth), math.sin(elevation))


def sky_air(sky, **layer):
    """One sky on air."""
    return AirPlan(world=WorldPlan(key="sky", layers=(LayerPlan(light=SkyLight(sky=sky), **layer),)))


class SkyWall:
    """A wall whose LEDs are in these directions from the outer eye, (rows, columns, 3), drawn by a renderer of its own.

    Apart from each other, with no LED between them, they are points.
    """

    def __init__(self, context, directions, *, apart=False, draw="auto"):
        rays = np.asarray(directions, float)
        self.rays = rays.reshape(-1, 1, 3) if rays.ndim == 2 else rays
        self._every = 2 if apart else 1
        places = np.full((self._every * len(self.rays), self._every * self.rays.shape[1], 3), np.nan)
        places[:: self._every, :: self._every] = np.array(OUTER_EYE) + AWAY_M * self.rays
        shape = PlaneShape(lower_left_m=(-1.0, 1.0, 0.0), lower_right_m=(1.0, 1.0, 0.0), upper_left_m=(-1.0, 1.0, 1.0))
        self.wall = Wall(name="sky", resolution_px=(places.shape[1], places.shape[0]), shape=shape)
        self.renderer = Renderer(context, (self.wall,), {"sky": places}, draw=draw)

    def light(self, sky, face_px=128, **layer):
        """What the LEDs show, scene-linear ACEScg, (rows, columns, 3)."""
        self.renderer.draw(frame_plan((self.wall,), air=sky_air(sky, **layer), face_px=face_px))
        return self.renderer.read_wall_linear("sky")[:: self._every, :: self._every].astype(float)

    def rec709(self, sky, **layer):
        """The same in linear Rec.709."""
        return self.light(sky, **layer) @ np.array(REC709_FROM_ACESCG).T


def patch(elevation_deg, azimuth_deg, size, pitch_rad):
    """Directions of size x size LEDs of one pitch around a direction, (size, size, 3)."""
    ahead = np.array(towards(elevation_deg, azimuth_deg))
    side = np.array(towards(0.0, azimuth_deg - 90.0))
    up = np.cross(side, ahead)
    steps = pitch_rad * (np.arange(size) - 0.5 * (size - 1))
    rays = ahead + steps[None, :, None] * side - steps[:, None, None] * up
    return rays / np.linalg.norm(rays, axis=2, keepdims=True)


def day(elevation_deg, azimuth_deg=0.0, **values):
    """A sky with the sun there, and no moon."""
    return SkyPlan(sun=towards(elevation_deg, azimuth_deg), moon=DOWN, **values)
