"""Whites: the reference illuminants of all colour temperatures, and which of them is nearest to a chromaticity.

A white is a Planckian radiator up to 4000 K, daylight from 5000 K, and between them their mixture (CIE 224:2017).
Chromaticities are pairs along the last axis. Temperatures are in mired (a million over kelvin), along which whites are
about evenly spaced.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from render.colour.grade import TINT_UV
from stage.lights.mixing.observer import DAYLIGHT, OBSERVER, WAVELENGTHS_NM, Spectrum

Numbers = npt.NDArray[np.float64]

PLANCKIAN_K, DAYLIGHT_K = 4000.0, 5000.0
_C2_NM_K = 1.4388e7
WHITES_MIRED: Numbers = np.arange(40.0, 1001.0, 4.0)
"""The whites of the tables here: 25,000 K to 1000 K."""
_CENTRE_UV = np.array((0.29091, 0.24421))
"""Where lines of equal colour temperature about meet (C. S. McCamy, Color Research & Application 17, 1992)."""
_NEWTON_STEPS = 4
_LEAST_CURVED = 0.25
"""Keeps steps towards the nearest white finite for colours that have none."""


def xy_from_xyz(xyz: Numbers) -> Numbers:
    """Chromaticities x, y of tristimulus values, whose sum must not be 0."""
    return np.asarray(xyz[..., :2] / xyz.sum(axis=-1, keepdims=True))


def uv_from_xy(xy: Numbers) -> Numbers:
    """CIE 1960 u, v, in which the nearest white is defined."""
    scale = -2.0 * xy[..., :1] + 12.0 * xy[..., 1:] + 3.0
    return np.concatenate((4.0 * xy[..., :1], 6.0 * xy[..., 1:]), axis=-1) / scale


def xy_from_uv(uv: Numbers) -> Numbers:
    """The inverse of `uv_from_xy`."""
    scale = 2.0 * uv[..., :1] - 8.0 * uv[..., 1:] + 4.0
    return np.concatenate((3.0 * uv[..., :1], 2.0 * uv[..., 1:]), axis=-1) / scale


def white_spectra(mired: Numbers) -> Spectrum:
    """Spectra of whites, one a row, each of luminance 1."""
    kelvin = 1e6 / np.atleast_1d(mired)[:, None]
    planckian = _of_luminance_1(WAVELENGTHS_NM**-5 / np.expm1(_C2_NM_K / (WAVELENGTHS_NM * kelvin)))
    share = np.clip((kelvin - PLANCKIAN_K) / (DAYLIGHT_K - PLANCKIAN_K), 0.0, 1.0)
    return (1.0 - share) * planckian + share * _of_luminance_1(_daylight(np.maximum(kelvin, PLANCKIAN_K)))


def _daylight(kelvin: Numbers) -> Spectrum:
    """Phases of daylight at 4000 to 25,000 K (CIE 15:2018, 4.1.2)."""
    t = 1e3 / np.minimum(kelvin, 25_000.0)
    warm = 0.244063 + 0.09911 * t + 2.9678 * t**2 - 4.6070 * t**3
    cold = 0.237040 + 0.24748 * t + 1.9018 * t**2 - 2.0064 * t**3
    x = np.where(kelvin <= 7000.0, warm, cold)
    y = -3.0 * x**2 + 2.870 * x - 0.275
    scale = 0.0241 + 0.2562 * x - 0.7341 * y
    first = (-1.3515 - 1.7703 * x + 5.9114 * y) / scale
    second = (0.0300 - 31.4424 * x + 30.0717 * y) / scale
    return np.asarray(DAYLIGHT[0] + first * DAYLIGHT[1] + second * DAYLIGHT[2])


def _of_luminance_1(spectra: Spectrum) -> Spectrum:
    return np.asarray(spectra / (spectra @ OBSERVER[1])[:, None])


_UV = uv_from_xy(xy_from_xyz(white_spectra(WHITES_MIRED) @ OBSERVER.T))
_ALONG = np.gradient(_UV, WHITES_MIRED, axis=0)
_BENT = np.gradient(_ALONG, WHITES_MIRED, axis=0)


def _angle(uv: Numbers) -> Numbers:
    """The direction of a chromaticity from `_CENTRE_UV`, which grows along the whites from cold to warm."""
    return np.asarray(np.arctan2(uv[..., 0] - _CENTRE_UV[0], uv[..., 1] - _CENTRE_UV[1]))


_ANGLES = _angle(_UV)


def _at(mired: Numbers, table: Numbers) -> Numbers:
    return np.stack([np.interp(mired, WHITES_MIRED, column) for column in table.T], axis=-1)


def whites_towards(xy: Numbers) -> tuple[Numbers, Numbers]:
    """Nearly the nearest white, without its jumps and kinks: mired, and the distance from it in CIE 1960 u, v.

    It is exact for whites themselves, and continuous in all colours but those behind `_CENTRE_UV`.
    """
    uv = uv_from_xy(xy)
    mired = np.interp(_angle(uv), _ANGLES, WHITES_MIRED)
    off = uv - _at(mired, _UV)
    return mired, np.hypot(off[..., 0], off[..., 1])


def nearest_whites(xy: Numbers) -> tuple[Numbers, Numbers]:
    """The white that is nearest in CIE 1960 u, v: its mired, and the distance from it, above 0 on the green side."""
    uv = uv_from_xy(xy)
    mired, _ = whites_towards(xy)
    for _ in range(_NEWTON_STEPS):
        off, along = uv - _at(mired, _UV), _at(mired, _ALONG)
        squared = (along**2).sum(axis=-1)
        curved = squared - (off * _at(mired, _BENT)).sum(axis=-1)
        step = (off * along).sum(axis=-1) / np.maximum(curved, _LEAST_CURVED * squared)
        mired = np.clip(mired + step, WHITES_MIRED[0], WHITES_MIRED[-1])
    off, along = uv - _at(mired, _UV), _at(mired, _ALONG)
    greener = along[..., 0] * off[..., 1] - along[..., 1] * off[..., 0]
    return mired, np.hypot(off[..., 0], off[..., 1]) * np.where(greener >= 0.0, 1.0, -1.0)


def xy_of_white(mired: Numbers, tint: Numbers) -> Numbers:
    """Chromaticities of whites moved across their line by a tint: -1 is green, +1 magenta."""
    along = _at(mired, _ALONG)
    across = np.stack((along[..., 1], -along[..., 0]), axis=-1) / np.hypot(along[..., 0], along[..., 1])[..., None]
    return xy_from_uv(_at(mired, _UV) + across * (tint * TINT_UV)[..., None])
