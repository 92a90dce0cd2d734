"""Looks for frames that cannot be decoded, all over a film of which no frame needs another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import gcd

from render.media.examined import MediaFinding, finding
from render.media.faults import MediaError

_LOOKED_S = 0.5
_GOLDEN = 0.618
"""Multiples of it, less their whole part, are spread as evenly as can be however many there are."""


def damage_of(read: Callable[[int], object], frames: int) -> list[MediaFinding]:
    """One frame that cannot be read, of as many of a film's `frames` as half a second of the processor is enough for.

    Raises MediaError where the film is replaced meanwhile.
    """
    ends_s = time.process_time() + _LOOKED_S
    for number in _all_over(frames):
        try:
            read(number)
        except MediaError as error:
            if error.code == "media_replaced" or error.is_of_frame:
                raise
            return [finding("media_frame_damaged", frame=number)]
        if time.process_time() > ends_s:
            break
    return []


def _all_over(frames: int) -> Iterator[int]:
    """Every frame once, each as far from those before as there is room: by the golden ratio."""
    stride = max(1, round(_GOLDEN * frames))
    while gcd(stride, frames) > 1:
        stride += 1
    return ((number * stride) % frames for number in range(frames))
