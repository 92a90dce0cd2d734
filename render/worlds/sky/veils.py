"""Clouds and fog of a sky as numbers for `shaders/worlds/veiled_sky.glsl`. Pure."""

from __future__ import annotations

import functools
import math
from statistics import NormalDist
from typing import NamedTuple

from render.worlds.sky.air import GROUND_KM, horizon_dip_rad, transmittance
from render.worlds.sky.plan import EYE_ABOVE_GROUND_M, CloudPlan, FogPlan, SkyPlan
from tracking.records import Vec3

TILES_M = (23_000.0, 6_100.0)
"""How far it is until each reading of the field of clouds repeats; `shaders/sky/clouds.glsl` has the same."""
_TURN = (0.8, 0.6)
_HARDEST, _SOFTEST = 0.1, 1.0
"""How wide the edges of clouds are, in deviations of the field."""
_THICKEST, _THINNEST = 12.0, 3.5
"""How deep clouds are for each deviation beyond the threshold: optical depths of hard and of soft ones."""
_RARE = 1e-4
_BEYOND = 2.0
_EARTH_M = GROUND_KM * 1e3
_PENUMBRA = 0.0047
_COLUMN_KM = 5.0
"""Below it is the air that counts before far clouds: between that of haze and that of air."""
_PLACES = tuple(NormalDist().inv_cdf((number + 0.5) / 64.0) for number in range(64))
"""Of the field, each as likely as any other."""


def has_veils(sky: SkyPlan) -> bool:
    """Whether there is anything of clouds or fog to draw."""
    return sky.clouds.coverage > 0.0 or sky.fog.density_per_km > 0.0


def cloud_threshold(coverage: float) -> float:
    """Where in the field clouds begin, in deviations, so that they cover this share of the sky: beyond its ends for 0
    and 1.
    """
    inside = min(max(coverage, _RARE), 1.0 - _RARE)
    outside = (coverage - inside) / _RARE * _BEYOND
    return NormalDist().inv_cdf(1.0 - inside) - outside


def cloud_shape(clouds: CloudPlan) -> tuple[float, float, float]:
    """The threshold, the width of edges, and depth for a deviation."""
    width = _HARDEST + (_SOFTEST - _HARDEST) * clouds.softness
    depth = _THICKEST + (_THINNEST - _THICKEST) * clouds.softness
    return cloud_threshold(clouds.coverage), width, depth


def cloud_places(drift_m: tuple[float, float]) -> tuple[float, float, float, float]:
    """Where both readings of the field begin for clouds that have drifted so far, 0 to 1."""
    x, y = drift_m
    (first, second), (cosine, sine) = TILES_M, _TURN
    turned = (cosine * x - sine * y, sine * x + cosine * y)
    along, ahead, along_second, ahead_second = (
        math.fmod(-part / tile, 1.0) for part, tile in ((x, first), (y, first), *((part, second) for part in turned))
    )
    return (along, ahead, along_second, ahead_second)


class Shade(NamedTuple):
    """What clouds let through in the mean over all places, of 1 that falls on them.

    `beams` of a light itself, `diffused` of it through clouds; `aslant` of light that a low sun sends along them;
    `sky` of the sky's. `shaders/sky/clouds.glsl` draws them so.
    """

    beams: float
    diffused: float
    aslant: float
    sky: float

    def of_light(self, rise: float) -> float:
        """What level ground gets of a light with this sine of elevation, over the light's own illuminance."""
        low = min(max(1.0 - abs(rise - 0.02) * 5.0, 0.0), 1.0)
        high = max(rise, 0.0)
        return high * (self.beams + self.diffused) + (1.0 - high) * (0.12 + 0.10 * low) * self.aslant


def shade(clouds: CloudPlan) -> Shade:
    """The shade below these clouds."""
    if clouds.coverage <= 0.0:
        return Shade(beams=1.0, diffused=0.0, aslant=0.0, sky=1.0)
    return _shade(*cloud_shape(clouds))


@functools.lru_cache(maxsize=64)
def _shade(threshold: float, width: float, depth: float) -> Shade:
    """That of clouds of a shape: kept, since they drift in every frame and seldom change."""
    sums = [0.0, 0.0, 0.0, 0.0]
    for place in _PLACES:
        deep = depth * _height(place - threshold, width)
        thin, through = math.exp(-deep), 1.0 / (1.0 + 0.1 * deep)
        cover = 1.0 - thin
        ahead = 0.9 * thin
        parts = (
            thin,
            cover * (through * (1.0 - ahead) + ahead),
            cover * through**2,
            thin + cover * (0.25 + 0.75 * through),
        )
        sums = [found + part / len(_PLACES) for found, part in zip(sums, parts, strict=True)]
    return Shade(*sums)


def elevation_of(rise: float) -> float:
    """The elevation, radians, whose sine is `rise`."""
    return math.asin(min(max(rise, -1.0), 1.0))


def light_at(haze: float, altitude_m: float, elevation_rad: float) -> Vec3:
    """What the air leaves of a light at this altitude, as it rises there over the horizon, disc and all."""
    dip = horizon_dip_rad(altitude_m)
    risen = min(max(0.5 + (elevation_rad + dip) / (2.0 * _PENUMBRA), 0.0), 1.0)
    share = risen * risen * (3.0 - 2.0 * risen)
    if share <= 0.0:
        return (0.0, 0.0, 0.0)
    red, green, blue = transmittance(haze, altitude_m, math.sin(max(elevation_rad, -dip + 1e-6)))
    return (share * red, share * green, share * blue)


def lights_on_clouds(sky: SkyPlan, rise: float) -> tuple[Vec3, Vec3, Vec3]:
    """A light at the clouds, which is seen here with this sine of elevation: as far as they are seen away from it,
    here, and as far towards it.
    """
    altitude_m = sky.eye_altitude_m - EYE_ABOVE_GROUND_M + sky.clouds.height_m
    elevation, turn = elevation_of(rise), cloud_horizon_m(sky.clouds) / _EARTH_M
    before, here, beyond = (light_at(sky.haze, altitude_m, elevation + side * turn) for side in (-1.0, 0.0, 1.0))
    return before, here, beyond


def cloud_horizon_m(clouds: CloudPlan) -> float:
    """How far away clouds are that are seen at the horizon."""
    return math.sqrt(clouds.height_m * (2.0 * _EARTH_M + clouds.height_m))


def air_above(sky: SkyPlan) -> Vec3:
    """What the air straight above the eye leaves of light from outside it."""
    return transmittance(sky.haze, sky.eye_altitude_m, 1.0)


def air_below_clouds(clouds: CloudPlan) -> float:
    """How much of the air's depth is below the clouds."""
    return 1.0 - math.exp(-clouds.height_m * 1e-3 / _COLUMN_KM)


def below_veils(sky: SkyPlan) -> float:
    """How much of what clouds leave gets to the ground: light comes back from the ground and again from the clouds, and
    fog takes some.
    """
    covered = 1.0 - shade(sky.clouds).beams
    return (1.0 + 0.5 * sky.ground_albedo * covered) * fog_passing(sky.fog)


def fog_passing(fog: FogPlan) -> float:
    """How much of the light from above fog leaves, diffused through it."""
    return 1.0 / (1.0 + 0.1 * fog_depths(fog)[0])


def fog_depths(fog: FogPlan) -> tuple[float, float, float, float]:
    """Depth straight up and straight down, each with the square that keeps it finite along the horizon.

    Above, the earth's curve ends fog whose density halves every so many metres; below, the horizon does.
    """
    per_m = fog.density_per_km * 1e-3
    up = per_m * fog.height_m * math.exp(-EYE_ABOVE_GROUND_M / fog.height_m)
    down = per_m * min(EYE_ABOVE_GROUND_M, fog.height_m)
    horizon_m = math.sqrt(2.0 * _EARTH_M * EYE_ABOVE_GROUND_M)
    return up, 2.0 * fog.height_m / (math.pi * _EARTH_M), down, (EYE_ABOVE_GROUND_M / horizon_m) ** 2


def _height(above: float, width: float) -> float:
    """`cloud_height` of the shader."""
    share = above / width
    if share > 1.0:
        return above
    return width * 0.25 * (share + 1.0) ** 2 if share > -1.0 else 0.0
