"""The built-in street: houses with windows, lamps, trees and a road, from 2 m to 2 km away, made by code.

Its origin is in the middle of the road, its houses stand to the left and right of who looks along +Y. Windows and
lamps shine at dusk. All of it is chosen by one seed, so it is the same street everywhere.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.models.lamp_light import lit_by_lamps
from render.models.made import made_model
from render.models.model import Map, Material, Model
from render.models.quads import Colour, Place, Quads
from render.models.street_edges import Front, with_edges_seen
from render.models.street_pictures import (
    BAYS,
    FLOORS,
    LAMP_EVERY_M,
    PAVED_HALF_M,
    ROAD_HALF_M,
    STYLES,
    road,
    walls_of_houses,
)

NEAREST_M, FARTHEST_M = -48.0, 2000.0
KERB_M = 0.12
_BAY_M, _FLOOR_M = 1.7, 3.2
_DEEP_M = 11.0
_HOUSES_END_M = 620.0
_DEEPEST_M = 0.35
"""How far fronts may be set back."""
_RAILINGS_END_M = 46.0
_RINGS_M = (16.0, 40.0, _HOUSES_END_M)
"""Where its parts end, of which a view sees some."""
_COARSE_M = 150.0
"""What is farther away has fewer pieces: they would be a pixel wide."""
_WALLS, _ROAD, _PLAIN, _LAMPS = range(4)
_LAMP_NUMBERS = range(int(NEAREST_M // (0.5 * LAMP_EVERY_M)), 44)
_LAMP_M, _LAMP_HIGH_M = ROAD_HALF_M + 0.45, KERB_M + 4.8
_DUSK_LIGHT = (0.33, 0.24, 0.14)
"""A third of what the road has right below a lamp: as much as between two of them."""
_POOL_LIGHT = (0.285, 0.212, 0.133)
"""What the road sends back right below a lamp, over its own colour."""
_TONES: tuple[Colour, ...] = (
    (0.62, 0.52, 0.38),
    (0.55, 0.30, 0.20),
    (0.70, 0.66, 0.58),
    (0.42, 0.44, 0.46),
    (0.66, 0.46, 0.30),
    (0.50, 0.54, 0.48),
)
_ROOF: tuple[Colour, ...] = ((0.17, 0.10, 0.08), (0.12, 0.12, 0.14), (0.20, 0.13, 0.10))
_IRON: Colour = (0.03, 0.035, 0.035)
_STONE: Colour = (0.48, 0.46, 0.42)
_BRICK: Colour = (0.3, 0.16, 0.12)


def street(seed: int = 11) -> Model:
    """All of the street."""
    built = _Street(np.random.default_rng(seed))
    built.houses()
    built.skyline()
    built.ground()
    built.furniture()
    materials = [
        Material("walls", metallic=0.0, roughness=0.85, colour_map=Map(0), emitted=(0.5,) * 3, is_front=True),
        Material("road", metallic=0.0, roughness=0.9, colour_map=Map(1), emitted=_POOL_LIGHT, has_pools=True),
        Material("plain", metallic=0.0, roughness=0.8),
        Material("lamps", (0.9, 0.85, 0.75, 1.0), metallic=0.0, roughness=0.6, emitted=(9.0, 6.2, 3.4)),
    ]
    materials = [
        one._replace(shines_at_dusk=any(one.emitted), is_matte=True, has_roots=one.colour_map is not None)
        for one in materials
    ]
    for number in (_WALLS, _PLAIN):
        materials[number] = materials[number]._replace(is_lamplit=True)
    parts = [
        *(lit_by_lamps(part, _lamps_m(), LAMP_EVERY_M) for part in built.walls.parts(_WALLS, _RINGS_M)),
        *built.road.parts(_ROAD),
        *(lit_by_lamps(part, _lamps_m(), LAMP_EVERY_M) for part in built.plain.parts(_PLAIN, _RINGS_M)),
        *built.lamps.parts(_LAMPS, _RINGS_M),
    ]
    parts = [with_edges_seen(part, built.fronts, PAVED_HALF_M + _DEEPEST_M) for part in parts]
    street = made_model(parts, materials, pictures=[walls_of_houses(), road()])
    return street._replace(dusk_light=_DUSK_LIGHT)


class _House(NamedTuple):
    """On which side it stands, how far off the middle its front is, from where to where, how high, and its colour."""

    side: float
    front_m: float
    along: tuple[float, float]
    height: float
    tone: Colour

    @property
    def ends(self) -> tuple[float, float]:
        """Its left and right end for who stands before it."""
        return (self.along[1], self.along[0]) if self.side > 0.0 else self.along


class _Street:
    """The pieces of the street by their materials."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.walls, self.road, self.plain, self.lamps = Quads(), Quads(), Quads(), Quads()
        self.fronts: list[Front] = []
        self._rng = rng

    def houses(self) -> None:
        """Rows of houses on both sides, with side streets between some."""
        for side in (-1.0, 1.0):
            along, until_gap = NEAREST_M, 46.0 + 14.0 * side
            while along < _HOUSES_END_M:
                bays = int(self._rng.integers(4, BAYS + 1))
                width = bays * _BAY_M
                self._house(side, along, bays)
                along, until_gap = along + width, until_gap - width
                if until_gap < 0.0:
                    along, until_gap = along + 8.0, float(self._rng.uniform(60.0, 110.0))

    def _house(self, side: float, along: float, bays: int) -> None:
        rng = self._rng
        floors = int(rng.integers(3, FLOORS - 1))
        house = _House(
            side=side,
            front_m=PAVED_HALF_M + float(rng.uniform(0.0, _DEEPEST_M)),
            along=(along, along + bays * _BAY_M),
            height=KERB_M + floors * _FLOOR_M + 0.5,
            tone=_TONES[int(rng.integers(len(_TONES)))],
        )
        self.fronts.append(Front(side, house.along, house.height))
        self._front(house, bays, floors)
        near, far = sorted((side * house.front_m, side * (house.front_m + _DEEP_M)))
        dull = (0.8 * house.tone[0], 0.8 * house.tone[1], 0.8 * house.tone[2])
        self.plain.box((near, along, 0.0), (far, house.along[1], house.height), dull, ("front", "back"))
        self._roof(house)
        if abs(along) < _RAILINGS_END_M and rng.random() < 0.7:
            self._balcony(side, house.front_m, along + _BAY_M * int(rng.integers(0, bays - 1)), KERB_M + _FLOOR_M)

    def _front(self, house: _House, bays: int, floors: int) -> None:
        """The wall with windows, a field of the picture for each; above the last floor a strip without."""
        rng, cells = self._rng, float(STYLES * BAYS)
        column = BAYS * int(rng.integers(STYLES)) + int(rng.integers(0, BAYS - bays + 1))
        row = FLOORS * (1 + int(rng.integers(STYLES)))
        top = KERB_M + floors * _FLOOR_M
        left, right = house.ends
        u, v = (column / cells, (column + bays) / cells), (row / cells, (row - floors) / cells)
        uvs = ((u[0], v[0]), (u[1], v[0]), (u[1], v[1]), (u[0], v[1]))
        wall = house.side * house.front_m
        self.walls.add(_upright(wall, (left, right), (KERB_M, top)), house.tone, uvs)
        self.plain.add(_upright(wall, (left, right), (top, house.height)), house.tone)

    def _roof(self, house: _House) -> None:
        """Two slopes with the ridge along the street, gables, a cornice below, and a chimney."""
        rng, side, along, height = self._rng, house.side, house.along, house.height
        colour = _ROOF[int(rng.integers(len(_ROOF)))]
        eaves, back = side * (house.front_m - 0.3), side * (house.front_m + _DEEP_M)
        ridge, rise = side * (house.front_m + 0.5 * _DEEP_M), height + float(rng.uniform(2.0, 3.4))
        left, right = house.ends
        for foot, one, other in ((eaves, left, right), (back, right, left)):
            slope = ((foot, one, height), (foot, other, height), (ridge, other, rise), (ridge, one, rise))
            self.plain.add(slope, colour)
        low, high = sorted((eaves, back))
        for at, one, other in ((along[0], low, high), (along[1], high, low)):
            self.plain.add(((one, at, height), (other, at, height), (ridge, at, rise), (ridge, at, rise)), _STONE)
        is_coarse = abs(along[0]) > _COARSE_M
        near, far = sorted((side * (house.front_m - 0.32), side * house.front_m))
        cornice = () if is_coarse else (_facing(side), "foot", "front", "back")
        self.plain.box((near, along[0], height - 0.28), (far, along[1], height), _STONE, cornice)
        if rng.random() < 0.6:
            middle, at = ridge - side * 1.2, float(rng.uniform(along[0] + 1.0, along[1] - 1.0))
            sides = ("left", "right", "front", *(() if is_coarse else ("back", "top")))
            base, top = (middle - 0.35, at - 0.45, height), (middle + 0.35, at + 0.45, rise + 0.9)
            self.plain.box(base, top, _BRICK, sides)

    def _balcony(self, side: float, front_m: float, along: float, height: float) -> None:
        """A slab before a window, with a railing of bars."""
        out, wall = side * (front_m - 0.95), side * front_m
        near, far = sorted((out, wall))
        self.plain.box((near, along, height - 0.14), (far, along + _BAY_M, height), _STONE)
        rail = (min(out, out + side * 0.05), max(out, out + side * 0.05))
        self.plain.box((rail[0], along, height + 0.95), (rail[1], along + _BAY_M, height + 1.0), _IRON)
        for bar in np.linspace(along + 0.05, along + _BAY_M - 0.05, 10):
            at = float(bar)
            self.plain.box(
                (rail[0] + 0.01, at - 0.015, height),
                (rail[1] - 0.01, at + 0.015, height + 0.95),
                _IRON,
                (_facing(side), "front", "back"),
            )

    def skyline(self) -> None:
        """What closes the view: blocks to the left and right, and towers, from the last houses to 2 km."""
        rng = self._rng
        for number in range(70):
            away = float(_HOUSES_END_M + 20.0 + (FARTHEST_M - _HOUSES_END_M - 80.0) * (number / 70.0) ** 1.4)
            at = float(rng.uniform(0.012, 0.30)) * away * (1.0 if number % 2 else -1.0)
            half, height = float(rng.uniform(9.0, 22.0)), float(rng.uniform(14.0, 30.0)) * (1.0 + 0.4 * (away / 1000.0))
            tone = _TONES[int(rng.integers(len(_TONES)))]
            low, high = (at - half, away, 0.0), (at + half, away + 2.0 * half, height)
            self.plain.box(low, high, (0.7 * tone[0], 0.7 * tone[1], 0.75 * tone[2]), ("left", "right", "front", "top"))
        for at, away, half, height in (
            (-38.0, 700.0, 5.0, 46.0),
            (9.0, 1400.0, 11.0, 88.0),
            (-4.0, 1960.0, 20.0, 70.0),
        ):
            self.plain.box((at - half, away, 0.0), (at + half, away + 2.0 * half, height), _STONE)
            middle = (at, away + half, height + 3.2 * half)
            ring = [(at - half, away), (at + half, away), (at + half, away + 2 * half), (at - half, away + 2 * half)]
            for one in range(4):
                (a, b), (c, d) = ring[one], ring[(one + 1) % 4]
                self.plain.add(((a, b, height), (c, d, height), middle, middle), _ROOF[1])

    def ground(self) -> None:
        """The road between its pavements, kerbs, and the land behind the houses."""
        for begin, end in _stretches():
            turns = (begin / LAMP_EVERY_M, end / LAMP_EVERY_M)
            for low, high, height in (
                (-PAVED_HALF_M - 0.4, -ROAD_HALF_M, KERB_M),
                (-ROAD_HALF_M, ROAD_HALF_M, 0.0),
                (ROAD_HALF_M, PAVED_HALF_M + 0.4, KERB_M),
            ):
                u = (0.5 + 0.5 * low / PAVED_HALF_M, 0.5 + 0.5 * high / PAVED_HALF_M)
                uvs = ((u[0], turns[0]), (u[1], turns[0]), (u[1], turns[1]), (u[0], turns[1]))
                self.road.add(_level(low, high, begin, end, height), (1.0, 1.0, 1.0), uvs)
            for side in (-1.0, 1.0):
                left, right = (end, begin) if side > 0.0 else (begin, end)
                self.plain.add(_upright(side * ROAD_HALF_M, (left, right), (0.0, KERB_M)), _STONE)
        land: Colour = (0.14, 0.15, 0.10)
        for low, high in ((-1500.0, -PAVED_HALF_M - 0.4), (PAVED_HALF_M + 0.4, 1500.0)):
            self.plain.add(_level(low, high, NEAREST_M - 60.0, FARTHEST_M + 100.0, 0.0), land)

    def furniture(self) -> None:
        """Lamps on both pavements in turn, trees, and bollards along the kerbs near by."""
        for number in _LAMP_NUMBERS:
            along = 0.5 * LAMP_EVERY_M * number
            self._lamp((-1.0 if number % 2 == 0 else 1.0), along)
            if (number % 2 and abs(along) > 20.0) or along > 320.0:
                self._tree(-1.0 if number % 4 == 1 else 1.0, along + 5.0)
        for number in range(-4, 22):
            for side in (-1.0, 1.0):
                foot = (side * (ROAD_HALF_M + 0.25), 2.0 + 2.0 * number, KERB_M)
                self.plain.prism(foot, (0.09, 0.07), 0.85, _IRON, 6)

    def _lamp(self, side: float, along: float) -> None:
        at = side * _LAMP_M
        sides = 6 if abs(along) < 60.0 else 4 if abs(along) < _COARSE_M else 3
        self.plain.prism((at, along, KERB_M), (0.10, 0.055), 4.6, _IRON, sides, has_top=False)
        self.lamps.prism((at, along, KERB_M + 4.6), (0.11, 0.2), 0.42, (1.0, 1.0, 1.0), sides, has_top=False)
        self.plain.prism((at, along, KERB_M + 5.02), (0.25, 0.04), 0.2, _IRON, sides)

    def _tree(self, side: float, along: float) -> None:
        """A trunk, and leaves as two cut balls."""
        rng = self._rng
        at, green = side * (ROAD_HALF_M + 0.6), (0.07, float(rng.uniform(0.10, 0.15)), 0.035)
        sides = 8 if abs(along) < 0.5 * _COARSE_M else 5
        self.plain.prism((at, along, KERB_M), (0.16, 0.11), 2.6, (0.11, 0.08, 0.06), sides - 3, has_top=False)
        for height, radius in ((2.2, 1.15), (3.1, float(rng.uniform(0.8, 1.1)))):
            foot, middle = (at, along, KERB_M + height), (at, along, KERB_M + height + 0.9 * radius)
            self.plain.prism(foot, (0.45 * radius, radius), 0.9 * radius, green, sides, has_top=False)
            self.plain.prism(middle, (radius, 0.25), radius, green, sides, has_top=height > 3.0)


def _lamps_m() -> NDArray[np.float64]:
    """Where the lamps shine from: (n, 3)."""
    sides = (-1.0, 1.0)
    return np.array(
        [(sides[number % 2] * _LAMP_M, 0.5 * LAMP_EVERY_M * number, _LAMP_HIGH_M) for number in _LAMP_NUMBERS]
    )


def _upright(x: float, ends: tuple[float, float], heights: tuple[float, float]) -> tuple[Place, ...]:
    (left, right), (low, high) = ends, heights
    return ((x, left, low), (x, right, low), (x, right, high), (x, left, high))


def _level(low: float, high: float, begin: float, end: float, height: float) -> tuple[Place, ...]:
    return ((low, begin, height), (high, begin, height), (high, end, height), (low, end, height))


def _facing(side: float) -> str:
    """The side of a box that looks at the middle of the street."""
    return "left" if side > 0.0 else "right"


def _stretches() -> list[tuple[float, float]]:
    """The way along the street in pieces that grow with the distance, so that each is about as large to the eye."""
    ends, at = [NEAREST_M - 60.0, NEAREST_M, -12.0, 0.0], 12.0
    while at < FARTHEST_M:
        ends.append(at)
        at *= 1.5
    ends.append(FARTHEST_M)
    return list(itertools.pairwise(ends))


def lit_share(sine_of_sun: float) -> float:
    """How dark it is for lamps that shine at dusk: 0 by day, 1 at night, for the sine of the sun's elevation.

    Lamps go on from 4 deg above to 6 deg below the horizon (civil dusk), the shops' first.
    """
    elevation = math.degrees(math.asin(min(max(sine_of_sun, -1.0), 1.0)))
    return min(max((4.0 - elevation) / 10.0, 0.0), 1.0)
