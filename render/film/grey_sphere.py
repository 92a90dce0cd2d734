"""A grey sphere in the film picture, lit by the walls and by lamps: what would light an actor at a mark.

It hides nothing from the walls and casts no shadow. Double precision, with the film camera's own geometry.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from render.film.camera import FilmPose, every_pixel, in_stage
from render.film.lens import FilmLens
from render.film.scene import FilmWall, Picture, look, read_walls
from render.film.surfaces import Array

ALBEDO = 0.18
_GATHERED_ROWS = 512
_JOINED = 4
_NORMAL_ROWS = 48
_AT_ONCE = 512
_HALF = math.log(2.0)
_CLOSEST = 1e-6


@dataclass(frozen=True, kw_only=True)
class GreySphere:
    """A Lambertian sphere. All of it is lit as its middle is: walls and lamps are much farther than it is wide."""

    middle_m: Array
    radius_m: float


@dataclass(frozen=True, kw_only=True)
class FilmLamp:
    """A lamp that shines along the unit vector `axis` (3,): half as much at `half_angle_rad` from there.

    `light_at_1m` (3,) is the irradiance on its axis a metre away, in the light of walls (1.0 is 100 lux).
    """

    place_m: Array
    axis: Array
    half_angle_rad: float
    light_at_1m: Array


class Gathered(NamedTuple):
    """Light from directions (n, 3): unit vectors, and radiance times steradians (n, 3)."""

    towards: Array
    light: Array


def gather(walls: tuple[FilmWall, ...], pictures: Mapping[str, Picture], place_m: Array) -> Gathered:
    """The light of lit walls at a place. Where there are none it is dark."""
    rows, columns = _GATHERED_ROWS, 2 * _GATHERED_ROWS
    azimuth = (np.arange(columns) + 0.5) * (2.0 * math.pi / columns)
    edges = np.linspace(-1.0, 1.0, rows + 1)  # of the height, so that each direction has as much of the sphere
    turn, height = np.meshgrid(azimuth, 0.5 * (edges[1:] + edges[:-1]))
    level = np.sqrt(1.0 - height * height)
    rays = np.stack([np.sin(turn) * level, np.cos(turn) * level, height], axis=2)
    light = read_walls(walls, pictures, look(walls, place_m, rays.reshape(-1, 3))).light.reshape(rows, columns, 3)
    shape = (rows // _JOINED, _JOINED, columns // _JOINED, _JOINED, 3)
    joined = light.reshape(shape).sum(axis=(1, 3)).reshape(-1, 3) * (4.0 * math.pi / (rows * columns))
    middle = rays.reshape(shape).mean(axis=(1, 3)).reshape(-1, 3)
    lit = joined.any(axis=1)
    return Gathered(middle[lit] / np.linalg.norm(middle[lit], axis=1, keepdims=True), joined[lit])


def irradiance(normals: Array, gathered: Gathered) -> Array:
    """What the gathered light gives to surfaces with these unit normals: (n, 3)."""
    found = np.zeros_like(normals)
    for begin in range(0, len(normals), _AT_ONCE):
        part = slice(begin, begin + _AT_ONCE)
        found[part] = np.maximum(normals[part] @ gathered.towards.T, 0.0) @ gathered.light
    return found


def lamp_irradiance(points_m: Array, normals: Array, lamps: Sequence[FilmLamp]) -> Array:
    """What lamps give to surfaces at points (n, 3) with these unit normals: by the inverse square of the distance."""
    found = np.zeros_like(points_m)
    for lamp in lamps:
        away = lamp.place_m - points_m
        length = np.maximum(np.linalg.norm(away, axis=1), _CLOSEST)
        to_lamp = away / length[:, None]
        angle = np.arccos(np.clip(-to_lamp @ lamp.axis, -1.0, 1.0)) / max(lamp.half_angle_rad, _CLOSEST)
        strength = np.exp(-_HALF * angle * angle) * np.maximum((normals * to_lamp).sum(axis=1), 0.0) / length**2
        found += strength[:, None] * lamp.light_at_1m
    return found


def with_sphere(
    film: Picture,
    lens: FilmLens,
    pose: FilmPose,
    sphere: GreySphere,
    *,
    walls: tuple[FilmWall, ...],
    lit_by: Gathered,
    lamps: Sequence[FilmLamp] = (),
) -> Picture:
    """A film picture (height, width, 3) with the sphere in it, unless a wall is before it there."""
    height, width = film.shape[:2]
    found = film.reshape(-1, 3).astype(np.float64)
    table = irradiance(_normals(), lit_by).reshape(_NORMAL_ROWS + 1, 2 * _NORMAL_ROWS + 1, 3)
    for pixels in every_pixel(lens).portions():
        rays = in_stage(pose, pixels.rays)
        distance = _meet(sphere, pose.pupil_m, rays)
        met = np.flatnonzero(np.isfinite(distance))
        if not met.size:
            continue
        before = distance[met] < look(walls, pose.pupil_m, rays[met]).distance
        met = met[before]
        points = pose.pupil_m + distance[met, None] * rays[met]
        normals = (points - sphere.middle_m) / sphere.radius_m
        light = _looked_up(table, normals) + lamp_irradiance(points, normals, lamps)
        column, row = np.floor(pixels.positions_px[met]).astype(np.int64).T
        found[row * width + column] = ALBEDO / math.pi * light
    return found.reshape(height, width, 3).astype(np.float32)


def _meet(sphere: GreySphere, eye_m: Array, rays: Array) -> Array:
    """How far (n,) it is along rays (n, 3) to the sphere, in their lengths; inf beside it and from inside."""
    offset = eye_m - sphere.middle_m
    square, half = (rays * rays).sum(axis=1), rays @ offset
    inside = half * half - square * (offset @ offset - sphere.radius_m**2)
    reach = (-half - np.sqrt(np.maximum(inside, 0.0))) / square
    return np.where((inside > 0.0) & (reach > 0.0), reach, np.inf)


def _normals() -> Array:
    """Unit vectors of a table by elevation and azimuth, both ends included."""
    turn, rise = np.meshgrid(
        np.linspace(-math.pi, math.pi, 2 * _NORMAL_ROWS + 1),
        np.linspace(-0.5 * math.pi, 0.5 * math.pi, _NORMAL_ROWS + 1),
    )
    return np.stack([np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)], axis=2).reshape(-1, 3)


def _looked_up(table: Array, normals: Array) -> Array:
    """Between the places of the table, bilinear."""
    row = (np.arcsin(np.clip(normals[:, 2], -1.0, 1.0)) / math.pi + 0.5) * _NORMAL_ROWS
    column = (np.arctan2(normals[:, 0], normals[:, 1]) / (2.0 * math.pi) + 0.5) * (2 * _NORMAL_ROWS)
    top, left = (
        np.minimum(np.floor(place), last).astype(np.int64)
        for place, last in ((row, _NORMAL_ROWS - 1), (column, 2 * _NORMAL_ROWS - 1))
    )
    down, aside = (row - top)[:, None], (column - left)[:, None]
    upper = table[top, left] * (1.0 - aside) + table[top, left + 1] * aside
    lower = table[top + 1, left] * (1.0 - aside) + table[top + 1, left + 1] * aside
    return np.asarray(upper * (1.0 - down) + lower * down)
