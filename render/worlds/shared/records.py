"""What several kinds of layer share: light on a sphere around the stage's origin, a picture from a file. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec

from render.views.limits import FARTHEST_M, Impossible
from render.worlds.shared.keys import KEY_PATTERN
from render.worlds.shared.values import LayerValues
from tracking.records import Evolving, Length, Record, Vec3

Key = Annotated[str, msgspec.Meta(pattern=KEY_PATTERN)]
"""What a world or layer is called in paths: 1 to 64 lower-case letters, digits, _ or -."""
_NEAREST_SHARE = 0.1
"""An eye is never taken to be nearer to a sphere than this share of its radius: parallax would grow without bound."""


class PictureFile(Record):
    """The picture that a layer needs: its file and the colour space that overrides what the file's type implies."""

    file: str
    colour_space: str | None = None

    @property
    def asset_key(self) -> str:
        """What the show knows the picture by until its hash is known."""
        return asset_key(self.file, self.colour_space or "")


def asset_key(file: str, colour_space: str) -> str:
    """The key of a file as it is decoded by a colour space, "" for what its type implies."""
    return f"{file}\n{colour_space}" if colour_space else file


class PictureKeys(LayerValues, forbid_unknown_fields=True):
    """The keys of a layer's table: its name, its picture, where its light is, and the start of its settable values.

    Every kind accepts them all, so that `kind` can be changed alone. `name` is any text and is shown, `key` stands in
    paths. `raw` is whether the light is a message: read at the middle of each LED, past colour, exposure, grade and
    dither. `radius_m` puts the light on a sphere around the stage's origin instead of at infinity.
    """

    raw: ClassVar[bool] = False

    name: str = ""
    key: Key | None = None
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
        """What cannot be drawn of this light."""
        if not 0.0 <= self.radius_m <= FARTHEST_M:
            yield Impossible("radius_m", self.radius_m, f"0 to {FARTHEST_M:.0f} m")

    def sphere_m(self) -> float | None:
        """Radius of the sphere around the stage's origin that all light comes from, 0.0 at infinity.

        A kind whose light comes from anywhere else gives None: then only the inverse distances that it draws say
        where.
        """
        return self.radius_m

    def holds_codes(self) -> bool:
        """Whether the light comes from a picture of code values, which has steps."""
        return False

    def shows_same_as(self, other: object) -> bool:
        """Whether a picture drawn of `other`, the light of an earlier frame, still shows this one."""
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
