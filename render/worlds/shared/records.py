"""What several kinds of world share: light on a sphere around the stage's origin, a picture from a file. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from render.views.limits import FARTHEST_M, Impossible
from tracking.records import Evolving, Length, Record, Vec3

_NEAREST_SHARE = 0.1
"""An eye is never taken to be nearer to a sphere than this share of its radius: parallax would grow without bound."""


class PictureFile(Record):
    """The picture that a world needs: its file and the colour space that overrides what the file's type implies."""

    file: str
    colour_space: str | None


class PictureKeys(Record):
    """The keys of a `[world]` table that name a picture, and the radius of the sphere that carries the light.

    Every kind with light on a sphere accepts them all, so that `kind` can be changed alone. `raw` is whether the light
    is a message: read at the middle of each LED, past colour, exposure, grade and dither.
    """

    raw: ClassVar[bool] = False

    file: str | None = None
    colour_space: str | None = None
    radius_m: Length | None = None

    def sphere_m(self) -> float | None:
        """Radius of the sphere around the stage's origin that the light comes from; None: from infinity."""
        return self.radius_m

    def named_files(self) -> Iterator[tuple[str, str]]:
        """Every key that names a file, and that file."""
        if self.file is not None:
            yield "file", self.file

    def named_colour_spaces(self) -> Iterator[tuple[str, str]]:
        """Every key that names a colour space, and that name."""
        if self.colour_space is not None:
            yield "colour_space", self.colour_space


class SphereLight(Evolving):
    """Light on a sphere of `radius_m` around the stage's origin; 0.0 means at infinity. The base of plan records."""

    raw: ClassVar[bool] = False

    radius_m: float = 0.0

    def impossible(self) -> Iterator[Impossible]:
        """What cannot be drawn of this world."""
        if not 0.0 <= self.radius_m <= FARTHEST_M:
            yield Impossible("radius_m", self.radius_m, f"0 to {FARTHEST_M:.0f} m")

    def sphere_m(self) -> float | None:
        """Radius of the sphere around the stage's origin that all light comes from, 0.0 at infinity.

        A kind whose light comes from anywhere else gives None: then only the inverse distances that it draws say
        where.
        """
        return self.radius_m

    def shows_same_as(self, other: object) -> bool:
        """Whether a picture drawn of `other`, a world of an earlier frame, still shows this one."""
        return self == other

    def nearest_m(self, eye_m: Vec3) -> float:
        """Distance from an eye to the nearest light, for how much parallax its moves make; inf at infinity."""
        if self.radius_m <= 0.0:
            return math.inf
        return max(self.radius_m - math.sqrt(_dot(eye_m, eye_m)), _NEAREST_SHARE * self.radius_m)

    def reach(self, eye_m: Vec3, ray: Vec3) -> float:
        """How many lengths of `ray` it is from an eye to the light that the ray meets; inf at infinity."""
        radius = self.radius_m
        if radius <= 0.0:
            return math.inf
        length = math.sqrt(_dot(ray, ray))
        along = _dot(eye_m, ray) / length
        return (math.sqrt(max(along * along - _dot(eye_m, eye_m) + radius * radius, 0.0)) - along) / length


def _dot(a: Vec3, b: Vec3) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
