"""Ever smaller copies of a plane of codes, each the one before filtered by a box, at about the speed of memory.

Sizes halve rounding down, as OpenGL's do. Where a size is odd the box reaches over three samples, so that no column or
row counts twice. Halves are rounded up and down in turns from level to level, so that a picture keeps its brightness.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[Any]
"""Codes (rows, columns), uint8 or uint16."""

_ROWS_AT_ONCE = 128
"""Rows worked on at a time: they stay in the caches."""
_TEXEL_ROWS_AT_ONCE = 16
_MOST_IN_SUMS = 14
"""Four codes of so many bits are added without leaving 16 bits."""


def fill_levels(levels: Sequence[Plane], bits: int, first: int = 0) -> None:
    """Fills all levels of a plane but the first one given, number `first`, which holds codes of so many bits. Rows may
    have room between them.
    """
    for level, (larger, smaller) in enumerate(pairwise(levels), start=first):
        rows, columns = larger.shape
        if rows % 2 or columns % 2:
            _fill_odd(larger, smaller)
            continue
        rounding = 2 - level % 2
        for top in range(0, rows, _ROWS_AT_ONCE):
            target = smaller[top // 2 : (top + _ROWS_AT_ONCE) // 2]
            _fill_even(larger[top : top + _ROWS_AT_ONCE], target, rounding, bits)


def _fill_even(band: Plane, target: Plane, rounding: int, bits: int) -> None:
    """The mean of two by two samples."""
    below = 0
    if band.dtype == np.uint8:
        pairs = band.view(np.uint16)  # of two neighbours in any order: they are added
        across = pairs & np.uint16(0xFF)
        across += pairs >> np.uint16(8)
        sums = across[0::2] + across[1::2]
    elif bits <= _MOST_IN_SUMS:
        sums = (band[0::2] + band[1::2]).view(np.uint32) * np.uint32(0x10001)  # the sum of two is in the upper half
        below = 16
    else:
        down = band[0::2].astype(np.uint32) + band[1::2]
        sums = down[:, 0::2] + down[:, 1::2]
    sums += sums.dtype.type(rounding << below)
    sums >>= sums.dtype.type(2 + below)
    target[...] = sums


def put_beside(texels: Plane, planes: Sequence[Plane]) -> None:
    """Fills (rows, columns, 2 or 4) with the samples of planes side by side; a fourth without a plane stays."""
    if len(planes) == 2:
        words = _words(texels)
        np.left_shift(planes[1], 8 * texels.itemsize, out=words, dtype=words.dtype)
        np.bitwise_or(words, planes[0], out=words)
        return
    for top in range(0, len(texels), _TEXEL_ROWS_AT_ONCE):
        for sample, plane in enumerate(planes):
            texels[top : top + _TEXEL_ROWS_AT_ONCE, :, sample] = plane[top : top + _TEXEL_ROWS_AT_ONCE]


def fill_levels_of_texels(levels: Sequence[Plane], bits: int, first: int = 0) -> None:
    """The same for levels of (rows, columns, 2 or 4)."""
    for level, (larger, smaller) in enumerate(pairwise(levels), start=first):
        rows, columns, samples = larger.shape
        if rows % 2 or columns % 2:
            for sample in range(samples):
                _fill_odd(larger[..., sample], smaller[..., sample])
            continue
        rounding, fill = 2 - level % 2, _fill_even_pairs if samples == 2 else _fill_even_quads
        for top in range(0, rows, _ROWS_AT_ONCE):
            band = larger[top : top + _ROWS_AT_ONCE]
            fill(band, smaller[top // 2 : (top + _ROWS_AT_ONCE) // 2], rounding, bits)


def _fill_even_quads(band: Plane, target: Plane, rounding: int, bits: int) -> None:
    """The mean of two by two texels of four samples, as many at once as have room for their sums beside each other."""
    words, means = _words(band), _words(target)
    if band.dtype == np.uint8:
        every = [
            _mean_of_four((words >> np.uint32(shift)) & np.uint32(0xFF00FF), rounding * 0x10001) for shift in (0, 8)
        ]
        np.bitwise_or(every[0] & np.uint32(0xFF00FF), (every[1] & np.uint32(0xFF00FF)) << np.uint32(8), out=means)
    elif bits <= _MOST_IN_SUMS:
        np.bitwise_and(_mean_of_four(words, rounding * 0x1000100010001), np.uint64(0x3FFF3FFF3FFF3FFF), out=means)
    else:
        for sample in range(4):
            _fill_even(band[..., sample], target[..., sample], rounding, bits)


def _mean_of_four(words: Plane, rounding: int) -> Plane:
    """A quarter of the sums of two by two words, into which bits of samples beside each other may have come."""
    down = words[0::2] + words[1::2]
    sums: Plane = down[:, 0::2] + down[:, 1::2]
    sums += sums.dtype.type(rounding)
    sums >>= sums.dtype.type(2)
    return sums


def _fill_even_pairs(band: Plane, target: Plane, rounding: int, bits: int) -> None:
    """The mean of two by two pairs, both samples at once where their sums have room beside each other."""
    if band.dtype == np.uint8:
        four = band.reshape(len(band), -1).view(np.uint32)  # two pairs, of which one sample each is taken at a time
        means: list[Plane] = []
        for shift in (0, 8):
            one = (four >> np.uint32(shift)) & np.uint32(0xFF00FF)
            sums = one[0::2] + one[1::2]
            sums += sums >> np.uint32(16)
            sums += np.uint32(rounding)
            means.append((sums >> np.uint32(2)) & np.uint32(0xFF))
        _words(target)[...] = means[0] | means[1] << np.uint32(8)
    elif bits <= _MOST_IN_SUMS:
        words = _words(band)
        sums = (words[0::2] + words[1::2]).view(np.uint64)
        sums += sums >> np.uint64(32)
        sums += np.uint64(rounding * 0x10001)
        sums >>= np.uint64(2)
        sums &= np.uint64(0x3FFF3FFF)
        _words(target)[...] = sums
    else:
        for sample in (0, 1):
            _fill_even(band[..., sample], target[..., sample], rounding, bits)


def _words(texels: Plane) -> Plane:
    """Each texel as one number, whose lowest bits are the first sample."""
    kind = np.dtype(f"<u{texels.shape[2] * texels.itemsize}")
    return texels.reshape(len(texels), -1).view(kind)


def _fill_odd(larger: Plane, smaller: Plane) -> None:
    filtered = halved_rows(halved_rows(larger.astype(np.float32)).T).T
    np.add(filtered, np.float32(0.5), out=filtered)
    smaller[...] = filtered


def halved_rows(plane: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Half the rows, of (rows, columns) or more dimensions: each is the mean of what it covers. One row stays."""
    size = len(plane)
    if size == 1:
        return plane
    half = size // 2
    if size % 2 == 0:
        return np.asarray((plane[0::2] + plane[1::2]) * np.float32(0.5))
    index = np.arange(half, dtype=np.float32).reshape(-1, *(1 for _ in plane.shape[1:]))
    before, after = (half - index) / size, (index + 1.0) / size
    found = plane[0 : 2 * half : 2] * before + plane[1 : 2 * half : 2] * np.float32(half / size)
    return np.asarray(found + plane[2 : 2 * half + 1 : 2] * after, dtype=np.float32)
