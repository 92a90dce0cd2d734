"""The air of the earth as the sky is drawn with it: its constants, haze, what it leaves of light from outside. Pure.

The model is S. Hillaire's, "A Scalable and Production Ready Sky and Atmosphere Rendering Technique" (EGSR 2020): air
that thins with height (Rayleigh), haze (Mie) and ozone, over a sphere. Lengths are in kilometres; colours are linear
Rec.709. The sun outside the air gives 1 there; `world_from_air` makes the light of worlds of it.
"""

from __future__ import annotations

import functools
import itertools
import math
from typing import NamedTuple

from tracking.records import Vec3

GROUND_KM = 6360.0
TOP_KM = 6460.0
AIR_KM = TOP_KM - GROUND_KM
RAYLEIGH_KM = 8.0
MIE_KM = 1.2
"""Heights at which 1/e of the air, and of the haze, is left."""
OZONE_MIDDLE_KM = 25.0
OZONE_HALF_KM = 15.0
RAYLEIGH_PER_KM: Vec3 = (5.802e-3, 13.558e-3, 33.1e-3)
OZONE_PER_KM: Vec3 = (0.650e-3, 1.881e-3, 0.085e-3)
MIE_SCATTERING_PER_KM = 3.996e-3
MIE_EXTINCTION_PER_KM = 4.44e-3
SUN_RADIUS_RAD = 0.004675
SUN_LUX = 128_000.0
"""Illuminance of the sun outside the air."""
NITS_AT_ONE = 10_000.0
"""What 1.0 of a sky's light stands for: so the zenith of a clear noon is about 0.4."""
_HAZIEST_DECADES = 2.5
_SHELLS_KM = (0.0, 0.2, 0.6, 1.2, 2.5, 4.5, 7.0, 10.0, 14.0, 19.0, 25.0, 32.0, 40.0, 60.0, 100.0)
_SHELLS_SQUARED = tuple((GROUND_KM + shell) ** 2 for shell in _SHELLS_KM)
_NODES = (0.21132486540518713, 0.7886751345948129)
"""Gauss's places of order 2, on 0 to 1, which weigh the same: good to 0.02 % with these shells."""
ACESCG_FROM_REC709 = (
    (0.6130974024, 0.3395231462, 0.0473794515),
    (0.0701937225, 0.9163538791, 0.0134523985),
    (0.0206155929, 0.1095697729, 0.8698146342),
)
"""Rows. What `render/colour/primaries.py` works out, which this room is below."""
_SCALE = SUN_LUX / NITS_AT_ONE
WORLD_FROM_AIR = tuple(_SCALE * row[column] for column in range(3) for row in ACESCG_FROM_REC709)
"""Column by column, as shaders take it."""


class Air(NamedTuple):
    """Scattering by haze, and what is lost to air, haze and ozone, in red, green and blue; per km at its densest."""

    mie_scattering: float
    rayleigh: Vec3
    mie: Vec3
    ozone: Vec3


def air_of(haze: float) -> Air:
    """The air for `haze` from 0, which is the model's own clear day, to 1, where one sees about 3 km.

    Its haze is 10^(2.5 * haze) times as dense: equal steps look alike.
    """
    denser = 10.0 ** (_HAZIEST_DECADES * haze)
    lost = MIE_EXTINCTION_PER_KM * denser
    return Air(MIE_SCATTERING_PER_KM * denser, RAYLEIGH_PER_KM, (lost, lost, lost), OZONE_PER_KM)


def horizon_dip_rad(eye_altitude_m: float) -> float:
    """How far below the horizontal the horizon is for an eye this high above sea level."""
    height = max(eye_altitude_m, 0.0) * 1e-3
    return math.atan2(math.sqrt(height * (2.0 * GROUND_KM + height)), GROUND_KM)


@functools.lru_cache(maxsize=64)
def transmittance(haze: float, eye_altitude_m: float, rise: float) -> Vec3:
    """What the air leaves of light from outside it, by colour; 0 below the horizon.

    `rise` is the sine of the direction's elevation at the eye. Kept, since a sky is asked for the same several times a
    frame, and in the light of scenes for many frames.
    """
    height = max(eye_altitude_m, 0.0) * 1e-3
    if rise < -math.sin(horizon_dip_rad(eye_altitude_m)):
        return (0.0, 0.0, 0.0)
    rayleigh_km, mie_km, ozone_km = _columns(height, rise)
    air = air_of(haze)
    red, green, blue = (
        math.exp(-rayleigh_km * rayleigh - mie_km * mie - ozone_km * ozone)
        for rayleigh, mie, ozone in zip(air.rayleigh, air.mie, air.ozone, strict=True)
    )
    return (red, green, blue)


def _columns(height: float, rise: float) -> Vec3:
    """Air, haze and ozone along a ray out of the air, as lengths of the densest: leg by leg between shells.

    It is worked out several times a frame, so the densities stand in its loop.
    """
    radius = GROUND_KM + height
    along, squared = radius * rise, radius * radius * max(1.0 - rise * rise, 0.0)
    halves = [math.sqrt(max(shell - squared, 0.0)) for shell in _SHELLS_SQUARED]
    stops = [along, *(half for half in halves if half > along)]
    if along < 0.0:
        stops[1:] = [*(-half for half in reversed(halves) if -half > along), *halves]
    rayleigh = mie = ozone = 0.0
    root, falls = math.sqrt, math.exp
    for start, end in itertools.pairwise(stops):
        length = end - start
        share = 0.5 * length
        for node in _NODES:
            place = start + length * node
            above = root(place * place + squared) - GROUND_KM
            rayleigh += share * falls(above / -RAYLEIGH_KM)
            mie += share * falls(above / -MIE_KM)
            off = above - OZONE_MIDDLE_KM
            if -OZONE_HALF_KM < off < OZONE_HALF_KM:
                ozone += share * (1.0 - abs(off) / OZONE_HALF_KM)
    return (rayleigh, mie, ozone)


def world_from_air(light: Vec3) -> Vec3:
    """Light of the model as the light of worlds."""
    red, green, blue = (
        _SCALE * sum(part * value for part, value in zip(row, light, strict=True)) for row in ACESCG_FROM_REC709
    )
    return (red, green, blue)
