"""Where the light of a layer is: far away, on a sphere or cylinder, on the ground in it, or on a plane. Pure.

What passes must know of it is a part of `shaders/common/handed.glsl`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from tracking.records import Vec3
from tracking.rotation import quat_from_pan_tilt_roll, quat_rotate

if TYPE_CHECKING:
    from render.gpu.passes import Uniform

_NEAREST_SHARE = 0.1
"""No eye is taken to be nearer to a surface than this share of its distance: parallax would grow without bound."""
_LEAST_M = 1e-3
_ORIGIN: Vec3 = (0.0, 0.0, 0.0)


class Surface(NamedTuple):
    """What carries the light of one layer.

    A flat layer is on a plane `distance_m` from `anchor_m` along the unit vector `ahead`, 0 at infinity. Any other
    is on a sphere of `radius_m` around the stage's origin, 0 at infinity, or with `is_cylinder` on an upright
    cylinder there. With `ground_m` above 0 its rays that go down end on the stage's floor first, as far as that is
    in it. `viewpoint_m` is the place from which each point of the surface is looked up in the layer's picture. A
    relief has no such form: `relief_m`, above 0, is how far its nearest light is from its viewpoint, and the
    distances above do not count. `range_m` is how near and far a depth map's shares go.
    """

    is_flat: bool = False
    is_cylinder: bool = False
    radius_m: float = 0.0
    ground_m: float = 0.0
    distance_m: float = 0.0
    anchor_m: Vec3 = _ORIGIN
    ahead: Vec3 = (0.0, 1.0, 0.0)
    relief_m: float = 0.0
    range_m: tuple[float, float] = (1.0, 100.0)

    @property
    def viewpoint_m(self) -> Vec3:
        """The anchor of a flat layer; else the stage's origin, or the place above it where the picture was taken."""
        return self.anchor_m if self.is_flat else (0.0, 0.0, self.ground_m)

    @property
    def is_far(self) -> bool:
        """Whether all light comes from infinity: then only a ray's direction counts."""
        if self.relief_m > 0.0:
            return False
        return self.distance_m <= 0.0 if self.is_flat else max(self.radius_m, self.ground_m) <= 0.0

    def nearest_to_viewpoint_m(self) -> float:
        """Distance from the viewpoint to the nearest light; inf at infinity."""
        if self.relief_m > 0.0:
            return self.relief_m
        if self.is_flat:
            return self.distance_m or math.inf
        above = self.ground_m if self.ground_m > 0.0 else math.inf
        aside = max(self.radius_m - (0.0 if self.is_cylinder else self.ground_m), 0.0)
        return min(aside if self.radius_m > 0.0 else math.inf, above)

    def sphere_m(self) -> float | None:
        """Radius of the sphere around the stage's origin that all light comes from, 0.0 at infinity; else None."""
        if self.is_far:
            return 0.0
        is_other = self.is_flat or self.is_cylinder or max(self.ground_m, self.relief_m) > 0.0
        return None if is_other else self.radius_m

    def nearest_m(self, eye_m: Vec3) -> float:
        """Distance from an eye to the nearest light, for how much parallax its moves make; inf at infinity."""
        if self.is_far:
            return math.inf
        if self.relief_m > 0.0:
            return max(self.relief_m - math.dist(eye_m, self.viewpoint_m), _NEAREST_SHARE * self.relief_m)
        if self.is_flat:
            return max(self._beyond(eye_m), _NEAREST_SHARE * self.distance_m)
        reaches = []
        if self.radius_m > 0.0:
            aside = math.hypot(eye_m[0], eye_m[1]) if self.is_cylinder else math.sqrt(_dot(eye_m, eye_m))
            reaches.append(max(self.radius_m - aside, _NEAREST_SHARE * self.radius_m))
        if self.ground_m > 0.0:
            reaches.append(max(eye_m[2], _NEAREST_SHARE * self.ground_m, _LEAST_M))
        return min(reaches)

    def reach(self, eye_m: Vec3, ray: Vec3) -> float:
        """How many lengths of `ray` it is from an eye to the light that the ray meets; inf at infinity.

        Of a relief it is that to the nearest light there may be: nothing is seen to move more.
        """
        if self.is_far:
            return math.inf
        if self.relief_m > 0.0:
            return self.nearest_m(eye_m) / math.sqrt(_dot(ray, ray))
        if self.is_flat:
            along = _dot(self.ahead, ray)
            beyond = self._beyond(eye_m)
            return beyond / along if along > 0.0 and beyond > 0.0 else math.inf
        ground = self._to_ground(eye_m, ray)
        return self._to_sphere(eye_m, ray) if ground is None else ground

    def direction(self, eye_m: Vec3, ray: Vec3) -> Vec3:
        """From the viewpoint to the light that a ray from an eye meets; of any length, the ray itself at infinity."""
        reach = self.reach(eye_m, ray)
        if math.isinf(reach):
            return ray
        x, y, z = self.viewpoint_m
        return (eye_m[0] + reach * ray[0] - x, eye_m[1] + reach * ray[1] - y, eye_m[2] + reach * ray[2] - z)

    def _beyond(self, eye_m: Vec3) -> float:
        """How far the plane is from an eye."""
        offset = (eye_m[0] - self.anchor_m[0], eye_m[1] - self.anchor_m[1], eye_m[2] - self.anchor_m[2])
        return self.distance_m - _dot(self.ahead, offset)

    def _to_ground(self, eye_m: Vec3, ray: Vec3) -> float | None:
        if self.ground_m <= 0.0 or eye_m[2] <= 0.0 or ray[2] >= 0.0:
            return None
        reach = eye_m[2] / -ray[2]
        away = math.hypot(eye_m[0] + reach * ray[0], eye_m[1] + reach * ray[1])
        return reach if self.radius_m <= 0.0 or away <= self.radius_m else None

    def _to_sphere(self, eye_m: Vec3, ray: Vec3) -> float:
        if self.radius_m <= 0.0:
            return math.inf
        if self.is_cylinder:
            eye_m, ray = (eye_m[0], eye_m[1], 0.0), (ray[0], ray[1], 0.0)
        length = math.sqrt(_dot(ray, ray))
        if length <= 0.0:
            return math.inf
        along = _dot(eye_m, ray) / length
        power = along * along - _dot(eye_m, eye_m) + self.radius_m * self.radius_m
        return (math.sqrt(max(power, 0.0)) - along) / length


def ahead_of(turn_deg: float, tilt_deg: float) -> Vec3:
    """The unit vector to which the middle of a layer's picture is turned."""
    return quat_rotate(quat_from_pan_tilt_roll(turn_deg, tilt_deg, 0.0), (0.0, 1.0, 0.0))


def _dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def surface_form(surface: Surface) -> tuple[str, ...]:
    """The definitions that choose how rays meet the surface; none for a sphere at infinity."""
    if surface.is_flat:
        return ("PLANE",)
    if surface.is_far:
        return ()
    return ("NEAR", "SHAPED") if surface.is_cylinder else ("NEAR",)


def surface_values(surface: Surface) -> dict[str, Uniform]:
    """The uniforms that go with those definitions."""
    if surface.is_flat:
        nearness = 0.0 if surface.is_far else 1.0 / surface.distance_m
        return {"given_surface": (*surface.anchor_m, nearness), "given_ahead": surface.ahead}
    nearness = 1.0 / surface.radius_m**2 if surface.radius_m > 0.0 else 0.0
    upright = 1.0 if surface.is_cylinder else 0.0
    return {"given_surface": (nearness, surface.ground_m, upright, 0.0), "given_ahead": surface.ahead}
