"""The light that reaches a place, integrated in double precision from what walls send and from a world by direction.

It shares no code with the renderer's own measuring.
"""

import math
from typing import NamedTuple

import numpy as np

from render.colour.grade import REC709_FROM_ACESCG

ACESCG_FROM_REC709 = np.linalg.inv(np.array(REC709_FROM_ACESCG))


class LitWall(NamedTuple):
    """A wall's LEDs: places, normals towards the viewer, (n, 3), square metres each, and their light, (n, 3).

    `meets` says which rays from a place meet the wall at all.
    """

    places: np.ndarray
    normals: np.ndarray
    area: float
    light: np.ndarray
    meets: object


def shown_light(renderer, name):
    """The light of the codes that a wall with an sRGB curve is sent: ACEScg, 1.0 is 100 nits, (n, 3)."""
    codes = renderer.read_wall(name).reshape(-1, 3) / 255.0
    linear = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    return linear * (renderer.walls[name].signal.peak_nits / 100.0) @ ACESCG_FROM_REC709.T


def flat_wall(renderer, name, positions, size_m):
    """The wall of `sample_plans`, 3 m ahead."""
    places = positions.reshape(-1, 3)

    def meets(place, rays):
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = (3.0 - place[1]) / rays[:, 1]
            x, z = place[0] + reach * rays[:, 0], place[2] + reach * rays[:, 2]
            return (reach > 0) & (np.abs(x) <= 2.0) & (z >= 0.3) & (z <= 2.55)

    normals = np.broadcast_to([0.0, -1.0, 0.0], places.shape)
    return LitWall(places, normals, size_m[0] * size_m[1] / len(places), shown_light(renderer, name), meets)


def arc_shaped(renderer, name, positions):
    """The arc of `sample_plans`: 4 m, 150 degrees, 2.6 m high."""
    places = positions.reshape(-1, 3)
    inwards = -places * [1.0, 1.0, 0.0] / 4.0

    def meets(place, rays):
        square = (rays[:, :2] ** 2).sum(axis=1)
        half = rays[:, :2] @ place[:2]
        reach = (np.sqrt(half**2 - square * (place[:2] @ place[:2] - 16.0)) - half) / square
        at = place + reach[:, None] * rays
        turn = np.degrees(np.arctan2(at[:, 0], at[:, 1]))
        return (np.abs(turn) <= 75.0) & (at[:, 2] >= 0.0) & (at[:, 2] <= 2.6)

    area = 4.0 * math.radians(150.0) * 2.6 / len(places)
    return LitWall(places, inwards, area, shown_light(renderer, name), meets)


def cosine(axis):
    """A lobe and its integral."""
    return lambda rays: np.maximum(rays @ np.array(axis), 0.0), math.pi


def cone(axis, half_deg):
    whole = 2.0 * math.pi * (1.0 - math.cos(math.radians(half_deg)))
    return lambda rays: (rays @ np.array(axis) >= math.cos(math.radians(half_deg))).astype(float), whole


def gathered(place, lobe, walls, world, steps=600):
    """Mean radiance (3,) over a lobe at a place, of walls in front of a world: `world` gives the light of unit vectors."""
    weight, whole = lobe
    place = np.array(place, float)
    total = np.zeros(3)
    for wall in walls:
        away = wall.places - place
        length = np.linalg.norm(away, axis=1)
        rays = away / length[:, None]
        solid = wall.area * np.maximum(-(rays * wall.normals).sum(axis=1), 0.0) / length**2
        total += (solid * weight(rays)) @ wall.light
    rays, solid = sphere(steps)
    free = ~np.any([wall.meets(place, rays) for wall in walls], axis=0) if walls else np.ones(len(rays), bool)
    part = free & (weight(rays) > 0.0)
    return (total + (solid[part] * weight(rays[part])) @ world(rays[part])) / whole


def sphere(steps):
    """Unit vectors all around, (n, 3), and the steradians of each, in rows of elevation."""
    azimuth = (np.arange(2 * steps) + 0.5) * (math.pi / steps) - math.pi
    edges = np.linspace(-math.pi / 2, math.pi / 2, steps + 1)
    elevation = 0.5 * (edges[1:] + edges[:-1])
    turn, rise = np.meshgrid(azimuth, elevation)
    rays = np.stack([np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)], axis=2).reshape(-1, 3)
    return rays, np.repeat((np.sin(edges[1:]) - np.sin(edges[:-1])) * (math.pi / steps), 2 * steps)
