"""The levels of a model's pictures, as codes of 8 bits, made in bands so that a frame need not wait for a whole one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.assets.levels import Halving, level_sizes

Codes = NDArray[np.uint8]
_BAND_BYTES = 1 << 20
_STEPS = 4095


class LevelBand(NamedTuple):
    """Rows of a level from `top` on: (rows, columns, 4)."""

    level: int
    top: int
    codes: Codes


def level_bands(codes: Codes, *, is_srgb: bool) -> Iterator[LevelBand]:
    """All levels of a picture (rows, columns, 4), the picture itself among them, in bands of at most 1 MiB of it.

    Smaller levels are means in linear light where `is_srgb`; alpha is linear always, and not multiplied in, as in
    glTF 2.0, section 3.9.4.
    """
    rows, columns = codes.shape[:2]
    sizes = level_sizes(rows, columns)
    halvings = [Halving(size) for size in sizes[:-1]]
    tops = [0] * len(sizes)
    band = max(2, _BAND_BYTES // (4 * columns))
    for first in range(0, rows, band):
        here = codes[first : first + band]
        yield LevelBand(0, first, here)
        light = _light_of(here, is_srgb=is_srgb)
        for level, halving in enumerate(halvings, start=1):
            light = halving.add(light)
            if not len(light):
                break
            yield LevelBand(level, tops[level], _codes_of(light, is_srgb=is_srgb))
            tops[level] += len(light)


def made_levels(codes: Codes, *, is_srgb: bool) -> tuple[Codes, ...]:
    """All levels of a picture but itself, each whole."""
    rows, columns = codes.shape[:2]
    found = [np.empty((*size, 4), np.uint8) for size in level_sizes(rows, columns)[1:]]
    for level, top, band in level_bands(codes, is_srgb=is_srgb):
        if level:
            found[level - 1][top : top + len(band)] = band
    return tuple(found)


def whole_bands(codes: Codes, levels: tuple[Codes, ...]) -> Iterator[LevelBand]:
    """The same bands, of levels that were made before."""
    for level, whole in enumerate((codes, *levels)):
        band = max(1, _BAND_BYTES // (4 * whole.shape[1]))
        for top in range(0, len(whole), band):
            yield LevelBand(level, top, whole[top : top + band])


def _srgb_from_linear(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1."""
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def linear_from_srgb(code: NDArray[np.float64]) -> NDArray[np.float64]:
    """IEC 61966-2-1."""
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


_LINEAR = linear_from_srgb(np.arange(256) / 255.0).astype(np.float32)
_CODES = np.rint(255.0 * _srgb_from_linear((np.arange(_STEPS + 1) / _STEPS) ** 2)).astype(np.uint8)
"""By the root of light, so that dark steps are not lost."""


def _light_of(codes: Codes, *, is_srgb: bool) -> NDArray[np.float32]:
    if not is_srgb:
        return codes.astype(np.float32)
    light = _LINEAR[codes]
    light[..., 3] = codes[..., 3]
    return light


def _codes_of(light: NDArray[np.float32], *, is_srgb: bool) -> Codes:
    if not is_srgb:
        return np.asarray(np.rint(light), np.uint8)
    codes = np.empty(light.shape, np.uint8)
    codes[..., :3] = _CODES[np.rint(np.sqrt(np.clip(light[..., :3], 0.0, 1.0)) * _STEPS).astype(np.int32)]
    codes[..., 3] = np.rint(light[..., 3])
    return codes
