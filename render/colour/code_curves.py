"""From the codes of film to light: what a colour space of films does to one channel, and its primaries. Pure.

Codes are given as they are meant: 0 is black and 1 is white, whatever range they had in the file. Light of 1 is what
white is in a picture: 100 nits on a wall at exposure 0. Films of Rec.709 are taken as cameras make them, scene-linear
by the inverse of the camera's curve, and not as a display shows them: what is photographed from the wall is light of a
scene. Curves are odd about 0, so that codes below black, which colours outside the primaries have, keep their place
(as in IEC 61966-2-4).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from render.colour.primaries import REC709, Chromaticities

REC2020: Chromaticities = (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290)
"""Rec. ITU-R BT.2020-2, table 3; BT.2100-2, table 2 has the same."""
REC601_525: Chromaticities = (0.630, 0.340, 0.310, 0.595, 0.155, 0.070, 0.3127, 0.3290)
REC601_625: Chromaticities = (0.640, 0.330, 0.290, 0.600, 0.150, 0.060, 0.3127, 0.3290)
"""Rec. ITU-R BT.601-7, section 2.5.1: pictures of 525 lines (as SMPTE 170M has them), and of 625."""
P3_D65: Chromaticities = (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290)
"""SMPTE EG 432-1: what telephones film and many displays show."""
_PQ_NITS = 10000.0
_WHITE_NITS = 100.0
_HLG_WHITE = 0.75
"""The signal of a white in hybrid log-gamma (Report ITU-R BT.2408-7, table 1): it is as bright as one of Rec.709."""

Curve = Callable[[float], float]


class Toe(NamedTuple):
    """How a curve begins: up to a code of `end` its light is `linear` times the code and `squared` times its square."""

    end: float
    linear: float = 0.0
    squared: float = 0.0


class FilmSpace(NamedTuple):
    """A colour space of films: the light that a code of one channel stands for, the primaries of that light, and the
    `toe` of the curve, above which it is smooth.
    """

    light_of: Curve
    primaries: Chromaticities
    toe: Toe


def light_of_rec709(code: float) -> float:
    """The inverse of the camera's curve (Rec. ITU-R BT.709-6, item 1.2; the same numbers in BT.2020-2, table 4)."""
    return code / 4.5 if code < 4.5 * 0.018 else math.pow((code + 0.099) / 1.099, 1.0 / 0.45)


def light_of_srgb(code: float) -> float:
    """IEC 61966-2-1, section 5.2."""
    return code / 12.92 if code <= 0.04045 else math.pow((code + 0.055) / 1.055, 2.4)


def light_of_linear(code: float) -> float:
    """Codes that are light."""
    return code


def light_of_pq(code: float) -> float:
    """The perceptual quantiser (SMPTE ST 2084, section 5.1; BT.2100-2, table 4): 100 nits are 1."""
    root = math.pow(code, 1.0 / (2523.0 / 32.0))
    above = max(root - 3424.0 / 4096.0, 0.0)
    below = 2413.0 / 128.0 - 2392.0 / 128.0 * root
    return _PQ_NITS / _WHITE_NITS * math.pow(above / below, 1.0 / (2610.0 / 16384.0))


def light_of_hlg(code: float) -> float:
    """The inverse of the camera's curve of hybrid log-gamma (BT.2100-2, table 5), so that a white is 1."""
    return _hlg_scene(code) / _hlg_scene(_HLG_WHITE)


def _hlg_scene(code: float) -> float:
    a = 0.17883277
    b, c = 1.0 - 4.0 * a, 0.5 - a * math.log(4.0 * a)
    return code * code / 3.0 if code <= 0.5 else (math.exp((code - c) / a) + b) / 12.0


_REC709_TOE = Toe(end=4.5 * 0.018, linear=1.0 / 4.5)
_SRGB_TOE = Toe(end=0.04045, linear=1.0 / 12.92)
_HLG_TOE = Toe(end=0.5, squared=1.0 / (3.0 * _hlg_scene(_HLG_WHITE)))
_LINEAR_TOE = Toe(end=0.5, linear=1.0)
_PQ_END = 0.006
_PQ_TOE = Toe(_PQ_END, 0.2 * light_of_pq(_PQ_END) / _PQ_END, 0.8 * light_of_pq(_PQ_END) / _PQ_END**2)
"""The perceptual quantiser has none: this one is within a sixth of a code of ten bits."""
FILM_SPACES = {
    "rec709": FilmSpace(light_of_rec709, REC709, _REC709_TOE),
    "rec601_525": FilmSpace(light_of_rec709, REC601_525, _REC709_TOE),
    "rec601_625": FilmSpace(light_of_rec709, REC601_625, _REC709_TOE),
    "p3": FilmSpace(light_of_rec709, P3_D65, _REC709_TOE),
    "display_p3": FilmSpace(light_of_srgb, P3_D65, _SRGB_TOE),
    "rec2020": FilmSpace(light_of_rec709, REC2020, _REC709_TOE),
    "srgb": FilmSpace(light_of_srgb, REC709, _SRGB_TOE),
    "linear": FilmSpace(light_of_linear, REC709, _LINEAR_TOE),
    "hlg": FilmSpace(light_of_hlg, REC2020, _HLG_TOE),
    "pq": FilmSpace(light_of_pq, REC2020, _PQ_TOE),
}
"""The colour spaces that films are tagged with. All others are those of OpenColorIO, by its names."""


def light_of(curve: Curve, code: float) -> float:
    """The light of a code of any sign."""
    return math.copysign(curve(abs(code)), code)
