"""Floats to half floats and back, several times as fast as NumPy, which converts one number after the other.

A half float has the bits of a float without the 13 lowest of its fraction, and an exponent that is less by 112. So a
float times 2^-112, rounded and shifted, is a half float, and the other way round (IEEE 754, binary16 and binary32).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]

BRIGHTEST = 65504.0
_DOWN, _UP = np.float32(2.0**-112), np.float32(2.0**112)
_DROPPED = 13
_NEGATIVE = 1 << 15
_ROUND = (1 << (_DROPPED - 1)) - 1
_AT_ONCE = 1 << 16
"""Numbers worked on at a time: they stay in the caches."""


def halves_of(rows: Pixels) -> Halves:
    """The nearest half floats, the even one of two, in C order. No number in `rows` is beyond `BRIGHTEST`."""
    if rows.min(initial=0.0) < 0.0:
        return rows.astype(np.float16, order="C")
    found = np.empty(rows.shape, dtype=np.float16)
    source, target = np.ascontiguousarray(rows).reshape(-1), found.reshape(-1).view(np.uint16)
    floats = np.empty(min(_AT_ONCE, source.size), dtype=np.float32)
    odd = np.empty(floats.size, dtype=np.uint32)
    for first in range(0, source.size, _AT_ONCE):
        part = source[first : first + _AT_ONCE]
        scaled, is_odd = floats[: part.size], odd[: part.size]
        np.multiply(part, _DOWN, out=scaled)
        bits = scaled.view(np.uint32)
        np.right_shift(bits, _DROPPED, out=is_odd)
        is_odd &= np.uint32(1)
        bits += is_odd
        bits += np.uint32(_ROUND)
        bits >>= np.uint32(_DROPPED)
        target[first : first + _AT_ONCE] = bits
    return found


def floats_of(halves: Halves) -> Pixels:
    """The floats of half floats, all of which are finite."""
    if halves.view(np.uint16).max(initial=0) >= _NEGATIVE:
        return halves.astype(np.float32)
    bits = halves.view(np.uint16).astype(np.uint32)
    bits <<= np.uint32(_DROPPED)
    floats = bits.view(np.float32)
    floats *= _UP
    return floats
