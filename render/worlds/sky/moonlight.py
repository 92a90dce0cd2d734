"""How bright the moon is by its phase, in parts of the sun outside the air. Pure."""

from __future__ import annotations

import math
from typing import NamedTuple

from tracking.records import Vec3

MOON_RADIUS_RAD = 0.00452
"""Its mean."""
FULL_MOON = 10.0 ** (-0.4 * (26.74 - 12.74))
"""The full moon's illuminance over the sun's, by their visual magnitudes."""
EARTHSHINE = 1e-4
"""How bright a new moon's disc is by the earth's light, over that of a full moon."""
_THIN = 1e-3


class Moonlight(NamedTuple):
    """The moon's illuminance; the light of its disc where it is lit from straight ahead; its disc's mean; and
    earthshine, which all of its disc has besides.
    """

    illuminance: float
    lit: float
    mean: float
    earthshine: float


def moonlight(moon: Vec3, lit_by: Vec3, stops: float) -> Moonlight:
    """The light of a moon seen towards `moon` that is lit from `lit_by`, both unit vectors, `stops` brighter than real.

    Illuminance falls with the phase angle after C. Allen (Astrophysical Quantities): a half moon has a ninth of a full
    one's. Its disc is that of dust (Lommel and Seeliger), scaled so that the two agree.
    """
    cosine = -sum(a * b for a, b in zip(moon, lit_by, strict=True))
    phase = math.acos(min(max(cosine, -1.0), 1.0))
    degrees = math.degrees(phase)
    full = FULL_MOON * math.exp2(stops)
    illuminance = full * 10.0 ** (-0.4 * (0.026 * degrees + 4e-9 * degrees**4))
    disc = math.pi * MOON_RADIUS_RAD**2
    earth = EARTHSHINE * 0.5 * (1.0 - math.cos(phase))
    mean = illuminance / disc
    return Moonlight(illuminance, mean / _whole_disc(phase), mean, full / disc * earth)


def _whole_disc(phase: float) -> float:
    """The mean of a disc of dust at this phase angle, over that of a full one."""
    half = min(max(0.5 * phase, 1e-6), 0.5 * math.pi - 1e-6)
    share = 1.0 - math.sin(half) * math.tan(half) * math.log(1.0 / math.tan(0.5 * half))
    return max(share, _THIN)
