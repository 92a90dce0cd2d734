"""The colour of a light: from what people set to CIE 1931 x, y and a level, and from light in ACEScg. Pure."""

from __future__ import annotations

import math

from render.colour.grade import TINT_UV
from render.colour.matrices import apply, inverse, multiply
from render.colour.primaries import ACESCG, REC709, Chromaticities, adaptation, xyz_from_rgb
from stage.values.lights import LightStart
from tracking.records import Vec3

REC2020: Chromaticities = (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290)
"""Rec. ITU-R BT.2020: the pure hues are on the edge of these primaries."""
XYZ_FROM_ACESCG = multiply(adaptation(ACESCG[6:], REC709[6:]), xyz_from_rgb(ACESCG))
"""The colour that a wall shows: neutral light of the working space is D65 there, since pictures were adapted to it."""
_ACESCG_FROM_XYZ = inverse(XYZ_FROM_ACESCG)
_XYZ_FROM_REC2020 = xyz_from_rgb(REC2020)
NEUTRAL_XY = (0.3127, 0.3290)
"""D65: the colour of a light that is dark."""
DAYLIGHT_FROM_K, PLANCK_TO_K = 5000.0, 4000.0
_LEAST_Y = 1e-3
_PLANCK_UV = (
    (0.20525, 0.31647),
    (0.21142, 0.32312),
    (0.21807, 0.32909),
    (0.22511, 0.33439),
    (0.23247, 0.33904),
    (0.24010, 0.34308),
    (0.24792, 0.34655),
    (0.25591, 0.34951),
    (0.26400, 0.35200),
    (0.27218, 0.35407),
    (0.28039, 0.35577),
    (0.28863, 0.35714),
    (0.29685, 0.35823),
    (0.30505, 0.35907),
    (0.31320, 0.35968),
    (0.32129, 0.36011),
    (0.32931, 0.36038),
    (0.33724, 0.36051),
)
"""CIE 1960 u, v of black bodies, from 175 mired on in steps of 25 (A. Robertson, JOSA 58, 1968)."""
_FIRST_MIRED, _MIRED_STEP = 175.0, 25.0
_STEP = 0.999

Cell = tuple[float, float, float]
"""x, y and level."""


def hand_cell(values: LightStart) -> Cell:
    """Colour and level of a light that follows nothing, before its intensity.

    Red, green and blue say their level too: their luminance. Any other colour is at its full light.
    """
    if values.colour == "rgb":
        return cell_of((values.red, values.green, values.blue))
    if values.colour == "xy":
        x, y = possible_xy(values.x, values.y)
    elif values.colour == "hsi":
        x, y = _hue_xy(values)
    else:
        x, y = white_xy(values.temperature_k, values.tint)
    return (x, y, 1.0)


def cell_of(light: Vec3) -> Cell:
    """Chromaticity and luminance of light in scene-linear ACEScg."""
    big_x, big_y, big_z = apply(XYZ_FROM_ACESCG, light)
    total = big_x + big_y + big_z
    return (big_x / total, big_y / total, big_y) if total > 0.0 else (*NEUTRAL_XY, 0.0)


def light_of(cell: Cell) -> Vec3:
    """The light in scene-linear ACEScg of a cell: the inverse of `cell_of`."""
    x, y, level = cell
    share = level / max(y, _LEAST_Y)
    return apply(_ACESCG_FROM_XYZ, (share * x, level, share * (1.0 - x - y)))


def possible_xy(x: float, y: float) -> tuple[float, float]:
    """The chromaticity that light can have next to this one: y above 0, and x and y no more than 1 together."""
    y = max(y, _LEAST_Y)
    total = x + y
    return (x, y) if total <= 1.0 else (x / total, y / total)


def white_xy(temperature_k: float, tint: float = 0.0) -> tuple[float, float]:
    """The white of a colour temperature, moved across its locus by the tint: -1 green, +1 magenta.

    Daylight (CIE 15:2018, series D) above 5000 K, a black body below 4000 K, a blend between.
    """
    u, v = _white_uv(temperature_k)
    if tint != 0.0:
        warmer_u, warmer_v = _white_uv(temperature_k * _STEP)
        along_u, along_v = warmer_u - u, warmer_v - v
        step = tint * TINT_UV / math.hypot(along_u, along_v)
        u, v = u + along_v * step, v - along_u * step
    scale = 2.0 * u - 8.0 * v + 4.0
    return possible_xy(3.0 * u / scale, 2.0 * v / scale)


def _white_uv(temperature_k: float) -> tuple[float, float]:
    share = min(max((temperature_k - PLANCK_TO_K) / (DAYLIGHT_FROM_K - PLANCK_TO_K), 0.0), 1.0)
    share = share * share * (3.0 - 2.0 * share)
    if share == 0.0:
        return _planckian_uv(temperature_k)
    daylight = _daylight_uv(temperature_k)
    if share == 1.0:
        return daylight
    black = _planckian_uv(temperature_k)
    return (
        black[0] + share * (daylight[0] - black[0]),
        black[1] + share * (daylight[1] - black[1]),
    )


def _planckian_uv(t: float) -> tuple[float, float]:
    """CIE 1960 u, v of a black body of 1667 to 5714 K: the table by cubics through four of its rows."""
    place = (1e6 / t - _FIRST_MIRED) / _MIRED_STEP
    first = min(max(int(place) - 1, 0), len(_PLANCK_UV) - 4)
    s = place - first
    weights = (
        (s - 1.0) * (s - 2.0) * (s - 3.0) / -6.0,
        s * (s - 2.0) * (s - 3.0) / 2.0,
        s * (s - 1.0) * (s - 3.0) / -2.0,
        s * (s - 1.0) * (s - 2.0) / 6.0,
    )
    rows = _PLANCK_UV[first : first + 4]
    u, v = (sum(weight * row[part] for weight, row in zip(weights, rows, strict=True)) for part in (0, 1))
    return (u, v)


def _daylight_uv(t: float) -> tuple[float, float]:
    """CIE 1960 u, v of the daylight series, 4000 to 25000 K (CIE 15:2018, 4.1.2)."""
    if t <= 7000.0:
        x = 0.244063 + 0.09911e3 / t + 2.9678e6 / t**2 - 4.6070e9 / t**3
    else:
        x = 0.237040 + 0.24748e3 / t + 1.9018e6 / t**2 - 2.0064e9 / t**3
    y = -3.0 * x * x + 2.870 * x - 0.275
    scale = -2.0 * x + 12.0 * y + 3.0
    return (4.0 * x / scale, 6.0 * y / scale)


def _hue_xy(values: LightStart) -> tuple[float, float]:
    """On the straight way from the white to the hue at the edge of Rec. 2020."""
    white_x, white_y = white_xy(values.temperature_k, values.tint)
    sector = values.hue_deg / 60.0 % 6.0
    red, green, blue = (min(max(abs((sector - at + 3.0) % 6.0 - 3.0) * -1.0 + 2.0, 0.0), 1.0) for at in (0.0, 2.0, 4.0))
    big_x, big_y, big_z = apply(_XYZ_FROM_REC2020, (red, green, blue))
    total = big_x + big_y + big_z
    share = values.saturation
    return (white_x + share * (big_x / total - white_x), white_y + share * (big_y / total - white_y))
