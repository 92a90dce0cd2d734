"""The finest level of a film that any LED looks at, from its placement, the walls and the eyes. Pure.

What is finer need be neither made nor uploaded. An LED of pitch p at a distance d from its eye covers an angle of p / d
at least, as the shader takes it (`shaders/common/placed_picture.glsl`): the level is the logarithm of the texels in
that. What carries the light stretches it: seen from the viewpoint of a near surface, a width at a distance R from the
eye covers R / D of the angle, with D the distance from the viewpoint, and R is at least D less how far the eye is off.
Everything else that the shader does widens what an LED covers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from render.worlds.plate.record import PlatePlan, size_left
from render.worlds.plate.sets import set_part
from render.worlds.shared.media import MediaFacts
from render.worlds.shared.picture_place import place_of
from render.worlds.shared.placed import PlacedLayer
from render.worlds.shared.surfaces import Surface
from tracking.records import Vec3

_MARGIN = 0.25
"""Levels: what rays to a softened disc leave the middle by, and the logarithm is wrong by."""
_CELL_M = 0.5
"""Eyes are known by cells: one that moves within its own needs no other level."""
_IN_CELL_M = 0.5 * math.sqrt(3.0) * _CELL_M
_MOST = 16
Box = tuple[Vec3, Vec3]


class WallReach(NamedTuple):
    """A wall for whoever asks how far its LEDs are: boxes that all of them are in, and the least pitch of any."""

    boxes: tuple[Box, ...]
    pitch_m: float


class Looks(NamedTuple):
    """How closely LEDs look from the eyes in a cell around this middle: the least angle that any covers there."""

    cell: Vec3
    angle: float


def cells_of(eyes: Iterable[Vec3]) -> tuple[Vec3, ...]:
    """The cells in which eyes are, by how many there are before them on each axis; each once, in order."""
    return tuple(sorted({(x // _CELL_M, y // _CELL_M, z // _CELL_M) for x, y, z in eyes}))


def looks_of(walls: Sequence[WallReach], cells: Iterable[Vec3]) -> tuple[Looks, ...]:
    """How closely the LEDs of walls look from eyes in these cells; nothing without walls."""
    middles = [(_CELL_M * (x + 0.5), _CELL_M * (y + 0.5), _CELL_M * (z + 0.5)) for x, y, z in cells]
    return tuple(Looks(one, min(_angle(wall, one) for wall in walls)) for one in middles) if walls else ()


def finest_levels(
    light: PlatePlan, layer: PlacedLayer, films: Sequence[MediaFacts], looks: Iterable[Looks]
) -> tuple[int, ...]:
    """The finest level of each film of a layer that is looked at; 0 where it is not known how."""
    surface = light.carrier(layer.surface())
    least = min((one.angle * _left(surface, one.cell) for one in looks), default=0.0)
    return tuple(_level(_texels(light, number, layer, facts) * least) for number, facts in enumerate(films))


def _level(texels: float) -> int:
    return 0 if texels <= 1.0 else min(_MOST, max(0, math.floor(math.log2(texels) - _MARGIN)))


def _texels(light: PlatePlan, number: int, layer: PlacedLayer, facts: MediaFacts) -> float:
    """Texels for a radian, or a tangent, as the film's drawing has them."""
    if light.is_set:
        return set_part(light.parts[number], facts).texels_per_tangent
    return place_of(layer, size_left(light.parts[number], facts)).texels_per_unit


def _angle(wall: WallReach, cell: Vec3) -> float:
    """The pitch over the distance of the farthest LED."""
    corners = (corner for low, high in wall.boxes for corner in product(*zip(low, high, strict=True)))
    farthest = max((math.dist(cell, corner) for corner in corners), default=math.inf)
    return wall.pitch_m / (farthest + _IN_CELL_M)


def _left(surface: Surface, cell: Vec3) -> float:
    """How much of an angle at the eye is left at the viewpoint of what carries the light."""
    nearest = surface.nearest_to_viewpoint_m()
    if math.isinf(nearest):
        return 1.0
    aside = math.dist(cell, surface.viewpoint_m) + _IN_CELL_M
    return max(0.0, 1.0 - aside / nearest) if nearest > 0.0 else 0.0
