"""The light of emitters: from a measured spectrum, a chromaticity, a colour temperature, or a name."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from stage.fixtures.records import Emitter
from stage.lights.mixing.names import UsualLight, usual_light
from stage.lights.mixing.observer import OBSERVER, WAVELENGTHS_NM, Spectrum
from stage.lights.mixing.whites import Numbers, nearest_whites, uv_from_xy, white_spectra, xy_from_xyz

LEAST_SEEN = 0.01
"""Share of an emitter's power that eyes must see (the mean of the observer's y) for it to be mixed into a colour."""
_STEP_NM = 5.0
_FINER = 10
"""Parts of a step of the grid over which a given spectrum is averaged: lines of lasers lie between its points."""
_SIGMA_OF_WIDTH = 0.42466
_WIDTH_NM = 25.0
"""Full width at half maximum of an emitter of which only the chromaticity is known."""
_PEAKS_NM = np.arange(405.0, 671.0, 1.0)
_NEAR_WHITE_UV = 0.02
_LIKE_ITS_NAME_UV = 0.04
_EVEN = np.full(WAVELENGTHS_NM.size, 1.0)
_EVEN_UV = uv_from_xy(xy_from_xyz(OBSERVER @ _EVEN))


class EmittedLight(NamedTuple):
    """An emitter at full: its spectrum, and its tristimulus values, in which the spectrum may err a little.

    Where a chromaticity is known and no spectrum, the spectrum is a likely one, and `xyz` has the chromaticity exactly.
    """

    spectrum: Spectrum
    xyz: Numbers


EVEN_LIGHT = EmittedLight(_EVEN, OBSERVER @ _EVEN)


def bell(peak_nm: float | Numbers, width_nm: float) -> Spectrum:
    """A Gaussian of height 1 and this full width at half maximum; several peaks give a row each."""
    distance = (WAVELENGTHS_NM - np.asarray(peak_nm)[..., None]) / (width_nm * _SIGMA_OF_WIDTH)
    return np.asarray(np.exp(-0.5 * distance**2))


_BELLS = bell(_PEAKS_NM, _WIDTH_NM)
_BELLS_FROM_EVEN = uv_from_xy(xy_from_xyz(_BELLS @ OBSERVER.T)) - _EVEN_UV
_BELL_ANGLES = np.unwrap(np.arctan2(_BELLS_FROM_EVEN[:, 0], _BELLS_FROM_EVEN[:, 1]))
_PHOSPHOR_WHITE = np.stack((bell(450.0, 20.0), bell(555.0, 110.0), bell(625.0, 90.0)))
"""What white LEDs are made of: the blue pump, the yellow and the red phosphor."""


def emitted_lights(emitters: tuple[Emitter, ...]) -> tuple[EmittedLight | None, ...]:
    """The light of a fixture's emitters, on one scale; None for one that has no known or no visible colour.

    An emitter that does not say how bright it is, is as bright beside the others as those of its name usually are.
    """
    usual = [usual_light(one.name) for one in emitters]
    spectra = [_spectrum_of(one, light) for one, light in zip(emitters, usual, strict=True)]
    likely = [_likely_luminance(spectrum, light) for spectrum, light in zip(spectra, usual, strict=True)]
    known = [
        one.luminance / guess
        for one, guess in zip(emitters, likely, strict=True)
        if one.luminance is not None and guess > 0.0
    ]
    scale = sum(known) / len(known) if known else 1.0
    return tuple(
        _scaled(one, spectrum, one.luminance if one.luminance is not None else scale * guess)
        for one, spectrum, guess in zip(emitters, spectra, likely, strict=True)
    )


def _likely_luminance(spectrum: Spectrum | None, usual: UsualLight | None) -> float:
    """The luminance of the usual light of this name; of another name, that of a spectrum as high as the usual ones."""
    if usual is not None:
        return float(OBSERVER[1] @ _usual_spectrum(usual))
    return 0.0 if spectrum is None else float(OBSERVER[1] @ (spectrum / spectrum.max()))


def _scaled(emitter: Emitter, spectrum: Spectrum | None, luminance: float) -> EmittedLight | None:
    if spectrum is None or OBSERVER[1] @ spectrum < LEAST_SEEN * spectrum.sum():
        return None
    spectrum = spectrum * (luminance / float(OBSERVER[1] @ spectrum))
    if not _is_seen(emitter) and emitter.xy is not None:
        x, y = emitter.xy
        return EmittedLight(spectrum, np.array((x / y, 1.0, max(1.0 - x - y, 0.0) / y)) * luminance)
    return EmittedLight(spectrum, OBSERVER @ spectrum)


def _spectrum_of(emitter: Emitter, usual: UsualLight | None) -> Spectrum | None:
    if _is_seen(emitter):
        return _on_the_grid(emitter.spectrum)
    if emitter.xy is not None:
        return _of_chromaticity(np.array(emitter.xy), usual) if emitter.xy[1] > 0.0 else None
    if emitter.temperature_k is not None:
        return _phosphor_white(1e6 / emitter.temperature_k)
    return None if usual is None else _usual_spectrum(usual)


def _is_seen(emitter: Emitter) -> bool:
    """Whether it has a spectrum with power in the visible."""
    return bool(emitter.spectrum) and float(_on_the_grid(emitter.spectrum).max()) > 0.0


def _on_the_grid(pairs: tuple[tuple[float, float], ...]) -> Spectrum:
    """A spectrum of any steps, averaged about each point of the grid; nothing outside what was measured."""
    measured = np.array(pairs, dtype=np.float64)
    count = WAVELENGTHS_NM.size
    inner = (np.arange(count * _FINER) + 0.5) / _FINER - 0.5
    fine = np.interp(WAVELENGTHS_NM[0] + _STEP_NM * inner, measured[:, 0], measured[:, 1], left=0.0, right=0.0)
    return np.asarray(np.maximum(np.nan_to_num(fine), 0.0).reshape(count, _FINER).mean(axis=1))


def _of_chromaticity(xy: Numbers, usual: UsualLight | None) -> Spectrum:
    """The usual light of its name if that looks like it; else a white LED, or a narrow one in white of even power."""
    if usual is not None:
        spectrum = _usual_spectrum(usual)
        if np.linalg.norm(uv_from_xy(xy_from_xyz(OBSERVER @ spectrum)) - uv_from_xy(xy)) < _LIKE_ITS_NAME_UV:
            return spectrum
    mired, distance = nearest_whites(xy[None])
    if abs(float(distance[0])) < _NEAR_WHITE_UV:
        return _phosphor_white(float(mired[0]))
    off = uv_from_xy(xy) - _EVEN_UV
    angle = np.arctan2(off[0], off[1])
    turned = (angle - _BELL_ANGLES[0]) % (2.0 * np.pi)
    at = np.interp(turned, _BELL_ANGLES - _BELL_ANGLES[0], np.arange(_PEAKS_NM.size))
    narrow = _BELLS[round(float(at))]
    if turned > _BELL_ANGLES[-1] - _BELL_ANGLES[0]:  # a purple, which no wavelength has
        narrow = _BELLS[0] + _BELLS[-1]
    reach = float(np.linalg.norm(uv_from_xy(xy_from_xyz(OBSERVER @ narrow)) - _EVEN_UV))
    pure = min(float(np.linalg.norm(off)) / reach, 1.0)
    luminances = OBSERVER[1] @ narrow, OBSERVER[1] @ _EVEN
    return np.asarray(pure * narrow / luminances[0] + (1.0 - pure) * _EVEN / luminances[1])


def _phosphor_white(mired: float) -> Spectrum:
    """The spectrum of a white LED of this colour; even light where those three cannot give it."""
    white = white_spectra(np.array(mired))[0]
    shares = np.linalg.solve(OBSERVER @ _PHOSPHOR_WHITE.T, OBSERVER @ white)
    return np.asarray(shares @ _PHOSPHOR_WHITE) if shares.min() >= 0.0 else white


def _usual_spectrum(usual: UsualLight) -> Spectrum:
    if usual.temperature_k is not None:
        white = _phosphor_white(1e6 / usual.temperature_k)
        return np.asarray(white / white.max())
    return np.asarray(sum(height * bell(peak, width) for height, peak, width in usual.bells))
