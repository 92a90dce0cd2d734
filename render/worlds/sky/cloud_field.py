"""What clouds are made of: two fields without order that repeat, baked once and always the same."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FIELD_PX = 512
SLOPE_PX = 12
DEVIATIONS = 8.0
"""How many standard deviations of a field its texels' range is, about its middle."""
_STEEPNESS = (1.75, 1.45)
"""How steeply each field's waves grow with their length: the first has large clouds, the second their edges."""
_LONGEST = (2.5, 3.0)
"""Waves on the tile below which they no longer grow."""

Field = NDArray[np.uint8]


def cloud_field() -> Field:
    """Both fields, and how the first grows along columns and rows over `SLOPE_PX`: (512, 512, 4), a half for 0."""
    large, small = (_waves(*shape, seed=seed) for seed, shape in enumerate(zip(_STEEPNESS, _LONGEST, strict=True)))
    slopes = [0.5 * (np.roll(large, -SLOPE_PX, axis) - np.roll(large, SLOPE_PX, axis)) for axis in (1, 0)]
    tile = 0.5 + np.stack([large, small, *slopes], axis=2) / DEVIATIONS
    return np.round(np.clip(tile, 0.0, 1.0) * 255.0).astype(np.uint8)


def _waves(steepness: float, longest: float, seed: int) -> NDArray[np.float64]:
    """Waves of every direction and length on the tile, in any phase, with a mean of 0 and a deviation of 1."""
    up = np.fft.fftfreq(FIELD_PX, 1.0 / FIELD_PX)[:, None]
    across = np.fft.rfftfreq(FIELD_PX, 1.0 / FIELD_PX)[None, :]
    waves = np.sqrt(up**2 + across**2)
    size = np.maximum(waves, longest) ** -steepness * np.exp(-((waves / (0.35 * FIELD_PX)) ** 4))
    size[0, 0] = 0.0
    phases = 2.0 * math.pi * numbers(size.size, seed).reshape(size.shape)
    field: NDArray[np.float64] = np.fft.irfft2(size * np.exp(1j * phases), (FIELD_PX, FIELD_PX))
    field /= field.std()
    return field


def numbers(count: int, seed: int) -> NDArray[np.float64]:
    """Numbers of 0 to 1 without order, the same with every version of every library (SplitMix64, G. Steele, 2014)."""
    state = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed * 7919)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((state ^ (state >> np.uint64(31))) >> np.uint64(40)).astype(np.float64) / 2.0**24
