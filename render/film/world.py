"""The world of a verification in the film camera's own geometry: what its light stands for, and what cameras see.

The light of a `coordinates` world is a direction: from the stage's origin to a point on a sphere or at infinity, over
ground from `ground_m` above the origin, and of a flat one from where the plane is placed from. That of a room is the
place itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from render.film.surfaces import Array, Mask

_LEAST = 1e-12
_STEEP = 0.95
FIELDS = 8
"""Of a room's walls, across and up."""
ODD = 2.5
"""Is added to the light of every other field."""


@dataclass(frozen=True, kw_only=True)
class FilmPlane:
    """An upright or tilted plane: `distance_m` from `anchor_m` (3,) along the unit vector `ahead` (3,)."""

    anchor_m: Array
    ahead: Array
    distance_m: float


@dataclass(frozen=True, kw_only=True)
class FilmRoom:
    """A cube around `middle_m` (3,), `half_m` from each of its six chequered walls.

    Its light is a place in it, from -1 to 1 to the right, ahead and up; in every other field `ODD` is added to each.
    """

    middle_m: Array
    half_m: float

    def places(self, light: Array) -> Array:
        """The places (n, 3) of the stage that its light (n, 3) stands for."""
        odd = light[:, :1] > 0.5 * ODD
        return np.asarray(self.middle_m + self.half_m * np.where(odd, light - ODD, light))

    def fields(self, pupil_m: Array, rays: Array) -> Array:
        """A number (n,) for the field that each ray (n, 3) from a pupil in the room meets."""
        start = (pupil_m - self.middle_m) / self.half_m
        with np.errstate(divide="ignore"):
            reach = (np.sign(rays) - start) / np.where(rays == 0.0, 1e-300, rays)
        axis = np.argmin(np.abs(reach), axis=1)
        rows = np.arange(len(rays))
        place = start + rays * np.abs(reach[rows, axis])[:, None]
        cells = np.clip(np.floor((place + 1.0) * 0.5 * FIELDS), 0, FIELDS - 1).astype(np.int64)
        cells[rows, axis] = np.where(rays[rows, axis] > 0.0, FIELDS, FIELDS + 1)
        return np.asarray(cells @ np.array([1, 16, 256]))


@dataclass(frozen=True, kw_only=True)
class FilmWorld:
    """Where light comes from: a `room`, a `plane`, or a sphere of `radius_m` around the stage's origin (None: far).

    With `is_cylinder` that is an upright cylinder. With `ground_m` above 0 the floor at height 0 hides what lies below.
    """

    radius_m: float | None = None
    ground_m: float = 0.0
    is_cylinder: bool = False
    plane: FilmPlane | None = None
    room: FilmRoom | None = None

    @property
    def viewpoint_m(self) -> Array:
        """The place (3,) from which the light's directions are."""
        return np.array([0.0, 0.0, self.ground_m]) if self.plane is None else self.plane.anchor_m

    def offsets(self, light: Array, pupil_m: Array) -> Array:
        """From a pupil to the points that light (n, 3) stands for, of any length; directions where those are far."""
        if self.room is not None:
            return self.room.places(light) - pupil_m
        heading = light / np.maximum(np.linalg.norm(light, axis=1, keepdims=True), _LEAST)
        reach = self._reach(self.viewpoint_m, heading)
        near = np.isfinite(reach)
        points = self.viewpoint_m + heading * np.where(near, reach, 0.0)[:, None]
        return np.asarray(np.where(near[:, None], points - pupil_m, heading))

    def is_whole(self, pupil_m: Array, rays: Array, apart_rad: Array) -> Mask:
        """Which rays (n, 3) see the light of one field alone, as far as `apart_rad` (n,) around each of them."""
        if self.room is None:
            return np.ones(len(rays), dtype=np.bool_)
        ahead = rays / np.linalg.norm(rays, axis=1, keepdims=True)
        side = np.cross(ahead, np.where(np.abs(ahead[:, 2:]) < _STEEP, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]))
        side /= np.linalg.norm(side, axis=1, keepdims=True)
        up = np.cross(side, ahead)
        seen = self.room.fields(pupil_m, ahead)
        whole: Mask = np.ones(len(rays), dtype=np.bool_)
        for turn in np.arange(8) * (0.25 * np.pi):
            aside = np.tan(apart_rad)[:, None] * (np.cos(turn) * side + np.sin(turn) * up)
            whole &= self.room.fields(pupil_m, ahead + aside) == seen
        return whole

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
