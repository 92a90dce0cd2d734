"""The form of a wall as a tape measure and a compass would find it, and directions in words. Pure."""

from __future__ import annotations

import math

from calibration.patches import distance_m
from calibration.walls import WallSurface
from tracking.records import Record, Vec3

_ROSE = ("front", "front left", "left", "back left", "back", "back right", "right", "front right")
_STEEP_DEG = 60.0


class WallForm(Record):
    """A wall as built, metres in the stage.

    `width_m` is measured along the longest row and `height_m` along the longest column, from the edge of the first LED
    to the edge of the last. `across_m` and `up_m` are the median distances between neighbouring LEDs of a row and of a
    column, `corner_deg` the angle between rows and columns. `facing` is the mean direction in which the LEDs shine,
    `upward` the direction from lower to upper rows; both are unit vectors. The edges run from left to right as seen
    facing the wall, with up to 33 points.
    """

    name: str
    width_m: float
    height_m: float
    across_m: float
    up_m: float
    corner_deg: float
    centre_m: Vec3
    facing: Vec3
    upward: Vec3
    lower_edge_m: tuple[Vec3, ...]
    upper_edge_m: tuple[Vec3, ...]


class Direction(Record):
    """A direction in the stage: pan (+ left of +Y) and tilt (+ up) in degrees, and in words."""

    words: str
    pan_deg: float
    tilt_deg: float


def direction_of(way: Vec3) -> Direction:
    """The direction of a vector. "front" is the stage's +Y, "left" is -X; steep directions are "up" and "down"."""
    flat = math.hypot(way[0], way[1])
    tilt = math.degrees(math.atan2(way[2], flat))
    pan = 0.0 if flat < 1e-9 else math.degrees(math.atan2(0.0 - way[0], way[1]))
    words = _ROSE[round(pan / 45.0) % 8]
    if abs(tilt) > _STEEP_DEG:
        words = "up" if tilt > 0.0 else "down"
    return Direction(words=words, pan_deg=pan, tilt_deg=tilt)


def between(start: Vec3, end: Vec3) -> Vec3:
    """The vector from one place to another."""
    return (end[0] - start[0], end[1] - start[1], end[2] - start[2])


def distance_of(surface: WallSurface, place: Vec3) -> float:
    """The distance from a place to the nearest point of a wall, metres."""
    return min((distance_m(patches, place) for patches in surface.patches_m if patches), default=math.inf)


def is_in_front(surface: WallSurface, place: Vec3) -> bool:
    """Whether a place is in front of the nearest part of a wall, among the wall's samples."""
    samples = zip(surface.points_m, surface.normals, strict=True)
    point, normal = min(samples, key=lambda sample: math.dist(sample[0], place))
    return _dot(normal, between(point, place)) > 0.0


def _dot(one: Vec3, other: Vec3) -> float:
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
