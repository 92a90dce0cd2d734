"""The world of a verification in the film camera's own geometry: what its light stands for, and what cameras see.

The light of a `coordinates` world is a direction: from the stage's origin to a point on a sphere or at infinity, over
ground from `ground_m` above the origin, and of a flat one from where the plane is placed from.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from render.film.surfaces import Array

_LEAST = 1e-12


@dataclass(frozen=True, kw_only=True)
class FilmPlane:
    """An upright or tilted plane: `distance_m` from `anchor_m` (3,) along the unit vector `ahead` (3,)."""

    anchor_m: Array
    ahead: Array
    distance_m: float


@dataclass(frozen=True, kw_only=True)
class FilmWorld:
    """Where light comes from: a `plane`; else a sphere of `radius_m` around the stage's origin, None for infinity.

    With `is_cylinder` that is an upright cylinder. With `ground_m` above 0 the floor at height 0 hides what lies below.
    """

    radius_m: float | None = None
    ground_m: float = 0.0
    is_cylinder: bool = False
    plane: FilmPlane | None = None

    @property
    def viewpoint_m(self) -> Array:
        """The place (3,) from which the light's directions are."""
        return np.array([0.0, 0.0, self.ground_m]) if self.plane is None else self.plane.anchor_m

    def offsets(self, light: Array, pupil_m: Array) -> Array:
        """From a pupil to the points that light (n, 3) stands for, of any length; directions where those are far."""
        heading = light / np.maximum(np.linalg.norm(light, axis=1, keepdims=True), _LEAST)
        reach = self._reach(self.viewpoint_m, heading)
        near = np.isfinite(reach)
        points = self.viewpoint_m + heading * np.where(near, reach, 0.0)[:, None]
        return np.asarray(np.where(near[:, None], points - pupil_m, heading))

    def light(self, pupil_m: Array, rays: Array) -> Array:
        """The light (n, 3) that a camera with this pupil sees along rays (n, 3) of the stage, as unit vectors.

        NaN where a ray misses the sphere.
        """
        heading = rays / np.sqrt(rays[:, 0] ** 2 + rays[:, 1] ** 2 + rays[:, 2] ** 2)[:, None]
        reach = self._reach(pupil_m, heading)
        far = np.isposinf(reach)
        points = pupil_m + heading * np.where(far, 0.0, reach)[:, None]
        seen = np.where(far[:, None], heading, points - self.viewpoint_m)
        return np.asarray(seen / np.linalg.norm(seen, axis=1, keepdims=True))

    def _reach(self, place_m: Array, heading: Array) -> Array:
        """How far it is (n,) from a place along unit vectors (n, 3) to the light: inf at infinity, NaN for none."""
        if self.plane is not None:
            depth = heading @ self.plane.ahead
            left = self.plane.distance_m - float((place_m - self.plane.anchor_m) @ self.plane.ahead)
            meets = (depth > _LEAST) & (left > 0.0)
            return np.asarray(np.where(meets, left / np.where(meets, depth, 1.0), np.inf))
        reach = self._sphere(place_m, heading)
        if self.ground_m <= 0.0 or place_m[2] <= 0.0:
            return reach
        down = heading[:, 2] < -_LEAST
        floor = np.where(down, -place_m[2] / np.where(down, heading[:, 2], -1.0), np.inf)
        across = place_m[:2] + heading[:, :2] * np.where(down, floor, 0.0)[:, None]
        inside = down if self.radius_m is None else down & (np.hypot(across[:, 0], across[:, 1]) <= self.radius_m)
        return np.where(inside, floor, reach)

    def _sphere(self, place_m: Array, heading: Array) -> Array:
        if self.radius_m is None:
            return np.full(len(heading), np.inf)
        x, y, z = place_m.tolist()
        if self.is_cylinder:
            return self._cylinder(x, y, heading)
        along = heading[:, 0] * x + heading[:, 1] * y + heading[:, 2] * z
        square = along * along - (x * x + y * y + z * z) + self.radius_m * self.radius_m
        return np.asarray(np.sqrt(np.where(square >= 0.0, square, np.nan)) - along)

    def _cylinder(self, x: float, y: float, heading: Array) -> Array:
        level = np.maximum(np.hypot(heading[:, 0], heading[:, 1]), _LEAST)
        along = (heading[:, 0] * x + heading[:, 1] * y) / level
        square = along * along - (x * x + y * y) + (self.radius_m or 0.0) ** 2
        return np.asarray((np.sqrt(np.where(square >= 0.0, square, np.nan)) - along) / level)
